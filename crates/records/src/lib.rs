//! The one door to patient data: read, search, write, transaction, history.
