//! What Linux tells of a process's sockets (proc(5)): `/proc/self/fd` says which sockets it holds,
//! `/proc/self/net` what each is.

use std::{
    collections::HashSet,
    fs, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use super::Socket;

/// `TCP_LISTEN` and, for UDP, a socket that is connected to nobody (`TCP_CLOSE`).
const LISTENS: [(&str, &str); 2] = [("tcp", "0A"), ("udp", "07")];
/// `__SO_ACCEPTCON` of `/proc/net/unix`: it listens.
const UNIX_LISTENS: u32 = 0x1_0000;

/// Every socket of this process that takes what strangers send.
pub(super) fn all() -> io::Result<Vec<Socket>> {
    let own = own()?;
    let mut found = Vec::new();
    for (protocol, state) in LISTENS {
        for family in ["", "6"] {
            match fs::read_to_string(format!("/proc/self/net/{protocol}{family}")) {
                Ok(table) => found.extend(internet(&table, protocol, state, &own)),
                // A kernel without IPv6 has no such table, and no such socket.
                Err(error) if error.kind() == io::ErrorKind::NotFound && family == "6" => {}
                Err(error) => return Err(error),
            }
        }
    }
    // A path may be of any bytes.
    let table = fs::read("/proc/self/net/unix")?;
    found.extend(unix(&String::from_utf8_lossy(&table), &own));
    Ok(found)
}

/// The inodes of the sockets that this process holds.
fn own() -> io::Result<HashSet<u64>> {
    let mut inodes = HashSet::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        // One that was closed since is none of ours any more.
        let Ok(target) = fs::read_link(entry?.path()) else {
            continue;
        };
        let name = target.to_str().unwrap_or_default();
        let inode = name
            .strip_prefix("socket:[")
            .and_then(|rest| rest.strip_suffix(']'))
            .and_then(|inode| inode.parse::<u64>().ok());
        inodes.extend(inode);
    }
    Ok(inodes)
}

/// The rows of a table of TCP or UDP: `sl local_address rem_address st .. uid timeout inode`.
fn internet(table: &str, protocol: &'static str, state: &str, own: &HashSet<u64>) -> Vec<Socket> {
    let rows = table.lines().skip(1).filter_map(|row| {
        let fields: Vec<&str> = row.split_whitespace().collect();
        let [_, local, _, st, _, _, _, _, _, inode, ..] = fields.as_slice() else {
            return None;
        };
        (*st == state && own.contains(&inode.parse().ok()?)).then_some(*local)
    });
    rows.map(|local| Socket {
        protocol,
        // What can't be read is shown as it is: it is a socket all the same.
        address: address(local).map_or_else(|| local.to_owned(), |at| at.to_string()),
        purpose: None,
    })
    .collect()
}

/// `0100007F:20FB`: an address as words in the machine's own order, and a port.
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |at: usize| {
        let word = u32::from_str_radix(ip.get(at * 8..at * 8 + 8)?, 16).ok()?;
        Some(word.to_ne_bytes())
    };
    let ip: IpAddr = match ip.len() {
        8 => Ipv4Addr::from(word(0)?).into(),
        32 => {
            let words = [word(0)?, word(1)?, word(2)?, word(3)?].concat();
            let bytes: [u8; 16] = words.try_into().ok()?;
            Ipv6Addr::from(bytes).into()
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// The rows of the table of Unix sockets: `num refs protocol flags type st inode [path]`.
fn unix(table: &str, own: &HashSet<u64>) -> Vec<Socket> {
    let rows = table.lines().skip(1).filter_map(|row| {
        let fields: Vec<&str> = row.split_whitespace().collect();
        let [_, _, _, flags, _, _, inode, path @ ..] = fields.as_slice() else {
            return None;
        };
        let listens = u32::from_str_radix(flags, 16).ok()? & UNIX_LISTENS != 0;
        (listens && own.contains(&inode.parse().ok()?)).then(|| path.join(" "))
    });
    rows.map(|address| Socket {
        protocol: "unix",
        address,
        purpose: None,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TCP: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   0: 0100007F:20FB 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 77 1 0 100 0 0 10 0\n   1: 0100007F:24F8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 78 1 0 100 0 0 10 0\n   2: 0100007F:20FB 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 79 1 0 100 0 0 10 0\n";

    #[test]
    #[cfg(target_endian = "little")]
    fn rows_of_this_process_that_listen_are_found() {
        let own = HashSet::from([77, 79]);
        let found = internet(TCP, "tcp", "0A", &own);
        let addresses: Vec<&str> = found.iter().map(|one| one.address.as_str()).collect();
        assert_eq!(addresses, ["127.0.0.1:8443"]);
        let six = "00000000000000000000000001000000:20FB";
        assert_eq!(address(six).unwrap().to_string(), "[::1]:8443");
        for bad in [
            "",
            ":",
            "0100007F",
            "0100007F:x",
            "01:20FB",
            "å100007F:20FB",
        ] {
            assert_eq!(address(bad), None, "{bad}");
        }
    }

    #[test]
    fn unix_sockets_that_listen_are_found() {
        let table = "Num RefCount Protocol Flags Type St Inode Path\n0000: 00000002 00000000 00010000 0001 01 5 /run/a b\n0000: 00000002 00000000 00000000 0001 03 6 /run/c\n";
        let found = unix(table, &HashSet::from([5, 6]));
        assert_eq!(found.len(), 1);
        assert_eq!(
            found.first().map(|one| one.address.as_str()),
            Some("/run/a b")
        );
    }
}
