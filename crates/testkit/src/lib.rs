//! What tests share: a fixed clock, seeded randomness, a whole Ward over TLS. Dev only.
