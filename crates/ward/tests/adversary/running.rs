//! The binary itself, running, as an operator starts it.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use rustls::pki_types::{CertificateDer, pem::PemObject};
use serde_json::Value;
use tempfile::TempDir;
use ward_testkit::Wire;

/// A process of `ward` that ends when dropped.
pub(crate) struct Running {
    child: Child,
    folder: TempDir,
    /// What it said when it was ready.
    pub(crate) said: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command of the binary in a folder, with these variables and no others.
pub(crate) fn ward(folder: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ward"));
    command.current_dir(folder).env_clear();
    command.envs(environment.iter().copied()).args(arguments);
    command
}

impl Running {
    /// Starts a command that says a line when it is ready; `Err` is what it said when it ended
    /// instead.
    fn start(folder: TempDir, mut command: Command) -> Result<Self, String> {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let is_ready = |line: &String| line.starts_with("Ward serves") || line.starts_with('{');
        let line = said.by_ref().map_while(Result::ok).find(is_ready);
        let Some(line) = line else {
            let output = child.wait_with_output().unwrap();
            return Err(String::from_utf8(output.stderr).unwrap());
        };
        // Nobody reads what more it says and logs: it must not wait for that.
        std::thread::spawn(move || said.for_each(drop));
        let mut log = child.stderr.take().unwrap();
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Ok(Self {
            child,
            folder,
            said: line,
        })
    }

    /// `ward serve` on free ports, with one organisation and nobody enrolled.
    pub(crate) fn serve(environment: &[(&str, &str)], more: &[&str]) -> Result<Self, String> {
        let folder = tempfile::tempdir().unwrap();
        let init = ["init", "--organisation", "WRD01:Larkfield", "--unsealed"];
        let init = ward(folder.path(), &[], &init).output().unwrap();
        assert!(
            init.status.success(),
            "{}",
            String::from_utf8_lossy(&init.stderr)
        );
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let tls = folder.path().join("ward-data/tls");
        fs::create_dir_all(&tls).unwrap();
        fs::write(tls.join("ca.pem"), made.cert.pem()).unwrap();
        fs::write(tls.join("server.pem"), made.cert.pem()).unwrap();
        fs::write(tls.join("server.key"), made.signing_key.serialize_pem()).unwrap();
        let mut arguments = vec!["serve"];
        arguments.extend(["--set", "server.listen=127.0.0.1:0"]);
        arguments.extend(["--set", "metrics.listen=127.0.0.1:0"]);
        arguments.extend(more);
        let command = ward(folder.path(), environment, &arguments);
        Self::start(folder, command)
    }

    /// Whether it ends by itself, and soon.
    pub(crate) fn ends(&mut self) -> bool {
        (0..200).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            self.child.try_wait().unwrap().is_some()
        })
    }

    /// `ward demo` with one person in each organisation, and what it tells.
    pub(crate) fn demo() -> (Self, Value) {
        let folder = tempfile::tempdir().unwrap();
        let arguments = [
            "demo",
            "--people",
            "1",
            "--port",
            "0",
            "--json",
            "--dir",
            "ward-data",
        ];
        let command = ward(folder.path(), &[], &arguments);
        let running = Self::start(folder, command).unwrap();
        let told = serde_json::from_str(&running.said).unwrap();
        (running, told)
    }

    /// The way to it, at an address that it listens on, by the name that it answers to.
    pub(crate) fn wire(&self, address: SocketAddr, authority: &str) -> Wire {
        let file = self.folder.path().join("ward-data/tls/ca.pem");
        Wire {
            address,
            authority: authority.to_owned(),
            certificate: CertificateDer::from_pem_file(file).unwrap(),
        }
    }

    /// Bytes of memory that it holds.
    pub(crate) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.unwrap().trim().trim_end_matches(" kB");
        kib.parse::<u64>().unwrap() * 1024
    }

    /// Every socket of the process that others can reach: TCP that listens, UDP and Unix that are
    /// bound. As Linux tells it.
    pub(crate) fn sockets(&self) -> BTreeSet<String> {
        let own = format!("/proc/{}", self.child.id());
        let links = fs::read_dir(format!("{own}/fd")).unwrap();
        let links = links.filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
        let inodes: BTreeSet<String> = links
            .filter_map(|to| {
                let to = to.to_str()?.strip_prefix("socket:[")?;
                Some(to.strip_suffix(']')?.to_owned())
            })
            .collect();
        let mut found = BTreeSet::new();
        for (table, listens) in [("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")] {
            let text = fs::read_to_string(format!("{own}/net/{table}")).unwrap_or_default();
            for row in text.lines().skip(1) {
                let row: Vec<&str> = row.split_whitespace().collect();
                if row[3] == listens && inodes.contains(row[9]) {
                    found.insert(format!("{table} {}", row[1]));
                }
            }
        }
        let text = fs::read_to_string(format!("{own}/net/unix")).unwrap();
        for row in text.lines().skip(1) {
            let row: Vec<&str> = row.split_whitespace().collect();
            // One without a name is half of a pair that the process has with itself.
            if let (true, Some(name)) = (inodes.contains(row[6]), row.get(7)) {
                found.insert(format!("unix {name}"));
            }
        }
        found
    }

    /// The addresses that it listens on: of 127.0.0.1 alone, or it is told what else there is.
    pub(crate) fn listening(&self) -> Vec<SocketAddr> {
        let sockets = self.sockets().into_iter();
        sockets
            .map(|socket| {
                let port = socket.strip_prefix("tcp 0100007F:");
                let port = port.unwrap_or_else(|| panic!("a side door: {socket}"));
                let port = u16::from_str_radix(port, 16).unwrap();
                SocketAddr::from(([127, 0, 0, 1], port))
            })
            .collect()
    }
}
