//! Tells the service manager how the process is: systemd's protocol of datagrams to `NOTIFY_SOCKET`.

use std::os::unix::net::UnixDatagram;

/// It serves.
pub fn ready() {
    send("READY=1");
}

/// It is about to end.
pub fn stopping() {
    send("STOPPING=1");
}

/// Nobody need listen: without a manager there is no socket, and with one nothing depends on it.
fn send(state: &str) {
    let Some(name) = std::env::var_os("NOTIFY_SOCKET") else { return };
    let Ok(socket) = UnixDatagram::unbound() else { return };
    #[cfg(target_os = "linux")]
    if let Some(name) = name.as_encoded_bytes().strip_prefix(b"@") {
        use std::os::linux::net::SocketAddrExt as _;
        if let Ok(address) = std::os::unix::net::SocketAddr::from_abstract_name(name) {
            let _ = socket.send_to_addr(state.as_bytes(), &address);
        }
        return;
    }
    let _ = socket.send_to(state.as_bytes(), name);
}
