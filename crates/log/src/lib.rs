//! Entry format, Merkle tree, checkpoints, verifier. No I/O.
