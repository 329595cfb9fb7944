//! Accounts, factors, sessions: the one maker of Assured.
