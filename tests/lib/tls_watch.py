# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Relays TLS between a client and a server, and reads from the clear part of the handshake the version, and whether the session
is resumed."""

import contextlib
import socket
import threading

HANDSHAKE = 22                  # type of record; then of message, then of extension
SERVER_HELLO, CERTIFICATE = 2, 11
SUPPORTED_VERSIONS, PRE_SHARED_KEY = 43, 41
# SHA-256 of "HelloRetryRequest", which replaces the random bytes.
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
VERSIONS = {0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}


def parts_of(data, n_of_type, n_of_length):
    """Yields type and content of each complete part of the data."""
    at = 0
    while len(data) >= (start := at + n_of_type + n_of_length):
        end = start + int.from_bytes(data[at + n_of_type:start], "big")
        if len(data) < end:
            return
        yield int.from_bytes(data[at:at + n_of_type], "big"), data[start:end]
        at = end


class Visit:
    """One connection: version None until the server has answered."""

    def __init__(self):
        self.came = b""
        self.version = None
        self.is_resumed = False
        self.is_over = False

    def read(self, data):
        """Reads bytes of the server, until the handshake is encrypted."""
        clear = b""
        self.came += data
        for kind, content in parts_of(self.came, 3, 2):
            self.is_over = kind >> 16 != HANDSHAKE
            if self.is_over:
                break
            clear += content
        messages = list(parts_of(clear, 1, 3))
        for kind, content in messages:
            if kind == SERVER_HELLO and content[2:34] != RETRY:
                self.read_hello(content)
        if self.version == "TLSv1.2":
            self.is_resumed = self.is_over and CERTIFICATE not in dict(messages)

    def read_hello(self, hello):
        rest = hello[34 + 1 + hello[34] + 3 + 2:]
        extensions = dict(parts_of(rest, 2, 2))
        version = extensions.get(SUPPORTED_VERSIONS, hello[:2])
        self.version = VERSIONS.get(int.from_bytes(version, "big"))
        self.is_resumed = PRE_SHARED_KEY in extensions


class TlsWatch:
    """Accepts connections at a port of its own, and relays them to another port of this machine."""

    def __init__(self, port):
        self.behind = port
        self.visits = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(None)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.behind))
                visit = Visit()
                self.visits.append(visit)
                for socket_, other, seen in ((client, server, None), (server, client, visit)):
                    socket_.settimeout(None)
                    threading.Thread(target=copy, args=(socket_, other, seen), daemon=True).start()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def copy(source, target, visit):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            if visit is not None and not visit.is_over:
                visit.read(data)
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
