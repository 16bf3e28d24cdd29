//! Connections that become something else.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::house::{Browser, House};

/// Asks for a socket from this origin, and answers with the connection and the head of what came back.
async fn knock(browser: &Browser, path: &str, origin: &str) -> (TcpStream, String) {
    let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let host = browser.url().replace("http://", "");
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: {origin}\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: {}\r\n\r\n",
        cookies.join("; ")
    );
    let mut connection = TcpStream::connect(&host).await.expect("a connection");
    connection.write_all(request.as_bytes()).await.expect("sent");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.expect("an answer"));
    }
    (connection, String::from_utf8(head).expect("text"))
}

async fn echo(connection: &mut TcpStream) -> bool {
    let mut heard = [0; 5];
    connection.write_all(b"hello").await.is_ok()
        && connection.read_exact(&mut heard).await.is_ok()
        && heard == *b"hello"
}

#[tokio::test]
async fn a_socket_is_opened_for_the_own_page_and_closed_when_the_session_ends() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    let own = browser.url().replace("http://", "https://");

    let (mut connection, head) = knock(&browser, "/socket", &own).await;

    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(echo(&mut connection).await);
    browser.delete("/user/sessions").await;
    let closed = async { while echo(&mut connection).await {} };
    tokio::time::timeout(Duration::from_secs(10), closed).await.expect("the socket is closed");
}

#[tokio::test]
async fn a_socket_is_not_opened_for_others() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    let own = browser.url().replace("http://", "https://");
    assert!(knock(&browser, "/socket", &own).await.1.starts_with("HTTP/1.1 401 "));
    browser.log_in("anna").await;

    assert!(knock(&browser, "/socket", "https://evil.example").await.1.starts_with("HTTP/1.1 403 "));
    assert!(knock(&browser, "/socket", "null").await.1.starts_with("HTTP/1.1 403 "));
    assert!(knock(&browser, "/orders", &own).await.1.starts_with("HTTP/1.1 400 "));
}
