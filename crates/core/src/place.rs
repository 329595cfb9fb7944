//! What counts as one place, where callers are counted by the address that they come from.

use std::net::IpAddr;

/// What counts as one address: of IPv6 the /64, which one host has all of (RFC 6177).
pub fn neighbourhood(address: IpAddr) -> u128 {
    leading(address, 64)
}

/// What one customer of a provider may have all of: of IPv6 the /48 (RFC 6177), of IPv4 the address.
pub fn network(address: IpAddr) -> u128 {
    leading(address, 48)
}

/// The address, of IPv6 its first bits alone. An IPv4 address stands for itself however it is
/// written (RFC 4291 2.5.5.2).
fn leading(address: IpAddr, bits: u32) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => {
            let rest = u128::BITS - bits;
            address.to_bits() >> rest << rest
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_one_ipv6_network_are_one_address() {
        let of = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8:0:ffff::1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:1::1"));
        assert_ne!(of("::ffff:192.0.2.1"), of("192.0.2.2"));
    }
}
