#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A WebSocket client of Python's ssl that writes a key log, and expects each message back.

As a program it visits a URI, and prints a line of JSON about each visit.  OPENSSL_CONF, which Python's ssl reads, chooses the
suites of TLS 1.3."""

import argparse
import base64
import json
import os
import random
import socket
import ssl
import zlib
from urllib.parse import urlsplit

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
FIN, RSV1, MASKED = 0x80, 0x40, 0x80
EMPTY_BLOCK = b"\x00\x00\xff\xff"
SIZES = (12, 125, 126, 3000)
SEED = 6455


def mask(payload, key):
    n = len(payload)
    return (int.from_bytes(payload, "big") ^ int.from_bytes((key * (n // 4 + 1))[:n], "big")).to_bytes(n, "big")


def frame(first, payload, key=None):
    """A frame as it is on the wire; with a key it is masked."""
    bit, n = MASKED if key else 0, len(payload)
    if n < 126:
        length = bytes([bit | n])
    elif n < 65536:
        length = bytes([bit | 126]) + n.to_bytes(2, "big")
    else:
        length = bytes([bit | 127]) + n.to_bytes(8, "big")
    return bytes([first]) + length + (key + mask(payload, key) if key else payload)


def make_context(authority, key_log, version=None, ciphers=None, has_tickets=True):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(authority)
    context.keylog_filename = key_log
    if version:
        context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, version.replace(".", "_"))
    if ciphers:
        context.set_ciphers(ciphers)
    if not has_tickets:
        context.options |= ssl.OP_NO_TICKET
    return context


class TlsClient:
    """An open connection."""

    def __init__(self, context, uri, session=None, deflates=False):
        parts = urlsplit(uri)
        plain = socket.create_connection(("127.0.0.1", parts.port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.tls = context.wrap_socket(plain, server_hostname="localhost", session=session)
        self.stream = self.tls.makefile("rb")
        self.deflater = zlib.compressobj(wbits=-15) if deflates else None
        self.inflater = zlib.decompressobj(wbits=-15)
        # The same keys in each run: where a header is lost, the bytes of masked payloads decide what is taken for the next one.
        self.keys = random.Random(SEED)
        self.open(parts)

    def open(self, parts):
        key = base64.b64encode(os.urandom(16)).decode()
        extension = "Sec-WebSocket-Extensions: permessage-deflate\r\n" if self.deflater else ""
        self.tls.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                         f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{extension}\r\n".encode())
        head = []
        while (line := self.stream.readline().rstrip(b"\r\n")) != b"":
            head.append(line.decode())
        assert head and " 101 " in head[0], head
        assert self.deflater is None or any("permessage-deflate" in line and "no_context" not in line for line in head), head

    def send(self, opcode, payload):
        if self.deflater and opcode in (TEXT, BINARY):
            opcode |= RSV1
            payload = (self.deflater.compress(payload) + self.deflater.flush(zlib.Z_SYNC_FLUSH)).removesuffix(EMPTY_BLOCK)
        self.tls.sendall(frame(FIN | opcode, payload, self.keys.randbytes(4)))

    def receive_frame(self):
        first, length = self.stream.read(2)
        if length >= 126:
            length = int.from_bytes(self.stream.read(2 if length == 126 else 8), "big")
        return first, self.stream.read(length)

    def receive(self):
        """The opcode and payload of the next message or control frame."""
        first, payload = self.receive_frame()
        opcode, is_deflated = first & 15, first & RSV1
        while not first & FIN:
            first, more = self.receive_frame()
            payload += more
        return opcode, self.inflater.decompress(payload + EMPTY_BLOCK) if is_deflated else payload

    def echo(self, opcode, payload):
        """Sends a message, and waits until it comes back."""
        self.send(opcode, payload)
        received = self.receive()
        assert received == (PONG if opcode == PING else opcode, payload), received

    def echo_fragments(self, payload, n_bytes):
        """The same with a text in two fragments, which are not compressed."""
        self.tls.sendall(frame(TEXT, payload[:n_bytes], self.keys.randbytes(4)) +
                         frame(FIN | CONTINUATION, payload[n_bytes:], self.keys.randbytes(4)))
        received = self.receive()
        assert received == (TEXT, payload), received

    def close(self, code=1000, reason=b"done"):
        """The closing handshake, and the end of the stream."""
        self.send(CLOSE, code.to_bytes(2, "big") + reason)
        received = self.receive()
        assert received[0] == CLOSE, received
        self.stream.read()
        self.end()

    def end(self):
        self.stream.close()
        self.tls.close()


def message(number, size):
    """A payload that no other message has."""
    return f"message {number} ".encode() * (size // 10 + 1)


def converse(client, n_messages, sizes):
    """A conversation of messages of these sizes in turn, a ping, fragments, and a Close frame."""
    for number in range(n_messages):
        size = sizes[number % len(sizes)]
        client.echo(TEXT if number % 2 == 0 else BINARY, message(number, size)[:size])
    client.echo(PING, b"anybody")
    client.echo_fragments(message(n_messages, 20), 7)
    session = client.tls.session        # a session of TLS 1.3 is received after the handshake
    client.close()
    return session


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("uri")
    parser.add_argument("authority")
    parser.add_argument("key_log")
    parser.add_argument("--tls")
    parser.add_argument("--ciphers")
    parser.add_argument("--ids", action="store_true", help="no tickets")
    parser.add_argument("--deflate", action="store_true")
    parser.add_argument("--visits", type=int, default=1)
    parser.add_argument("--messages", type=int, default=8)
    parser.add_argument("--sizes", type=lambda text: [int(word) for word in text.split(",")], default=SIZES)
    options = parser.parse_args()
    context = make_context(options.authority, options.key_log, options.tls, options.ciphers, not options.ids)
    session = None
    for _ in range(options.visits):
        client = TlsClient(context, options.uri, session, options.deflate)
        version, (suite, *_), is_reused = client.tls.version(), client.tls.cipher(), client.tls.session_reused
        session = converse(client, options.messages, options.sizes)
        print(json.dumps({"version": version, "suite": suite, "is_reused": is_reused}), flush=True)


if __name__ == "__main__":
    main()
