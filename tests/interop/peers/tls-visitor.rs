// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* tls-visitor CA PORT [1.2]: connects twice with rustls, each time for one text of five bytes, and prints the
 * reply of each visit as a line of JSON. */
use std::convert::TryFrom;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const TEXT: &[u8] = b"\x81\x85\x00\x00\x00\x00hello";
const FAREWELL: &[u8] = b"\x88\x82\x00\x00\x00\x00\x10\xe1";

fn visit(config: &Arc<rustls::ClientConfig>, port: u16) {
    let name = rustls::ServerName::try_from("localhost").unwrap();
    let mut session = rustls::ClientConnection::new(config.clone(), name).unwrap();
    let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut tls = rustls::Stream::new(&mut session, &mut socket);
    let mut head = Vec::new();
    let mut byte = [0u8; 1];
    let mut frame = [0u8; 7];
    let mut rest = Vec::new();

    tls.write_all(REQUEST).unwrap();
    while !head.ends_with(b"\r\n\r\n") {
        tls.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    tls.write_all(TEXT).unwrap();
    tls.read_exact(&mut frame).unwrap();
    tls.write_all(FAREWELL).unwrap();
    tls.read_to_end(&mut rest).unwrap();

    let status = String::from_utf8_lossy(&head[9..12]).to_string();
    let echo = String::from_utf8_lossy(&frame[2..]).to_string();
    let version = if tls.conn.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_2) { "TLSv1.2" } else { "TLSv1.3" };
    let farewell: String = rest.iter().map(|byte| format!("{:02x}", byte)).collect();
    println!("{{\"status\": {}, \"echo\": \"{}\", \"version\": \"{}\", \"farewell\": \"{}\"}}", status, echo,
        version, farewell);
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let pem = std::fs::read(&words[1]).unwrap();
    let mut authorities = rustls::RootCertStore::empty();
    for certificate in rustls_pemfile::certs(&mut &pem[..]).unwrap() {
        authorities.add(&rustls::Certificate(certificate)).unwrap();
    }
    let version = if words.len() > 3 { &rustls::version::TLS12 } else { &rustls::version::TLS13 };
    let config = rustls::ClientConfig::builder()
        .with_safe_default_cipher_suites()
        .with_safe_default_kx_groups()
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(authorities)
        .with_no_client_auth();
    let config = Arc::new(config);
    for _ in 0..2 {
        visit(&config, words[2].parse().unwrap());
    }
}
