//! What the process listens on: what it bound by the list, and what the operating system says.
//!
//! Ward serves on a [`Listener`] alone, which only [`Sockets`] makes, so that no listener is left
//! out of the list. That nothing else of the process listens, a library or a forgotten port, is
//! asked of the operating system (facts: side-door listeners, Teleport #1550).

mod observed;

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::net::{TcpListener, TcpStream};

/// The sockets that the process bound.
#[derive(Debug, Default)]
pub struct Sockets(Mutex<Vec<Socket>>);

/// One socket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Socket {
    /// `tcp`, `udp` or `unix`.
    pub protocol: &'static str,
    /// Address and port; of a Unix socket its path.
    pub address: String,
    /// What answers there; none where nobody listed it.
    pub purpose: Option<&'static str>,
}

/// A socket that is on the list for as long as it listens.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    address: SocketAddr,
    sockets: Arc<Sockets>,
}

impl Sockets {
    /// An empty list. A process has one.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Listens on an address, and puts it on the list.
    ///
    /// # Errors
    /// Those of the operating system.
    pub async fn bind(
        self: &Arc<Self>,
        address: SocketAddr,
        purpose: &'static str,
    ) -> io::Result<Listener> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        self.locked().push(Socket::tcp(address, purpose));
        Ok(Listener {
            listener,
            address,
            sockets: Arc::clone(self),
        })
    }

    /// What is on the list.
    pub fn listed(&self) -> Vec<Socket> {
        self.locked().clone()
    }

    /// What the operating system says that the process listens on, each with its purpose where it
    /// is on the list: TCP and Unix sockets that listen, UDP sockets that take from anyone.
    ///
    /// # Errors
    /// Where the operating system does not say it as Linux does: then nothing is known, and nothing
    /// may be called covered.
    pub fn observed(&self) -> io::Result<Vec<Socket>> {
        let listed = self.listed();
        let mut observed = observed::all()?;
        for socket in &mut observed {
            let known = listed
                .iter()
                .find(|one| one.protocol == socket.protocol && one.address == socket.address);
            socket.purpose = known.and_then(|one| one.purpose);
        }
        Ok(observed)
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Socket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Socket {
    fn tcp(address: SocketAddr, purpose: &'static str) -> Self {
        Self {
            protocol: "tcp",
            address: address.to_string(),
            purpose: Some(purpose),
        }
    }
}

impl fmt::Display for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let purpose = self.purpose.unwrap_or("NOT LISTED");
        write!(f, "{} {} ({purpose})", self.protocol, self.address)
    }
}

impl Listener {
    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn ip(&self) -> IpAddr {
        self.address.ip()
    }

    pub(crate) async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.listener.accept().await
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let address = self.address.to_string();
        let mut listed = self.sockets.locked();
        if let Some(own) = listed.iter().position(|one| one.address == address) {
            listed.swap_remove(own);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

    /// Other tests of this process listen, too: each looks for its own.
    fn seen(sockets: &Sockets, address: SocketAddr) -> Option<Socket> {
        let observed = sockets.observed().unwrap();
        let address = address.to_string();
        observed.into_iter().find(|one| one.address == address)
    }

    #[tokio::test]
    async fn what_is_bound_by_the_list_is_seen_with_its_purpose_until_it_ends() {
        let sockets = Sockets::new();
        let listener = sockets.bind(ANY, "a test").await.unwrap();
        let address = listener.address();
        assert_eq!(seen(&sockets, address).unwrap().purpose, Some("a test"));
        assert_eq!(sockets.listed().len(), 1);
        drop(listener);
        assert!(seen(&sockets, address).is_none());
        assert!(sockets.listed().is_empty());
    }

    #[tokio::test]
    async fn a_side_door_is_seen_without_a_purpose() {
        let sockets = Sockets::new();
        let six = SocketAddr::new(IpAddr::V6(std::net::Ipv6Addr::LOCALHOST), 0);
        for any in [ANY, six] {
            let Ok(door) = std::net::TcpListener::bind(any) else {
                // A machine without IPv6.
                continue;
            };
            let found = seen(&sockets, door.local_addr().unwrap()).unwrap();
            assert_eq!((found.protocol, found.purpose), ("tcp", None));
            let door = std::net::UdpSocket::bind(any).unwrap();
            let found = seen(&sockets, door.local_addr().unwrap()).unwrap();
            assert_eq!((found.protocol, found.purpose), ("udp", None));
        }
        let folder = std::env::temp_dir().join(format!("ward-{}.sock", std::process::id()));
        let door = std::os::unix::net::UnixListener::bind(&folder).unwrap();
        let observed = sockets.observed().unwrap();
        let path = folder.display().to_string();
        assert!(
            observed
                .iter()
                .any(|one| one.protocol == "unix" && one.address == path)
        );
        drop(door);
        std::fs::remove_file(folder).unwrap();
    }

    #[tokio::test]
    async fn a_connection_is_no_listener() {
        let sockets = Sockets::new();
        let listener = sockets.bind(ANY, "a test").await.unwrap();
        let caller = TcpStream::connect(listener.address()).await.unwrap();
        assert!(seen(&sockets, caller.local_addr().unwrap()).is_none());
    }
}
