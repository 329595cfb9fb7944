//! What a kiosk or a board shows and asks: the pairing, and that it is paired.

pub(crate) mod heartbeat;
pub(crate) mod offer;
pub(crate) mod show;

#[cfg(test)]
pub(crate) use show::PairPage;
