//! Keys, envelopes, blind tokens, sealing. No I/O.
