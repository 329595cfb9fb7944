//! Route table, sessions on the wire, errors to responses, limits, TLS.
