//! The organisation's devices: paired and unpaired by its administrators, with a fresh proof.

pub(crate) mod list;
pub(crate) mod pair;
pub(crate) mod pairing;
pub(crate) mod unpair;

#[cfg(test)]
pub(crate) use {list::DeviceList, pairing::PairingPage};
