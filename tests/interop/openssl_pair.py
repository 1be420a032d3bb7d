# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""openssl s_client and openssl s_server, with both ends of WebSocket connections played through them: for steps of TLS 1.3 that
other programs do not take at will, such as KeyUpdate and early data."""

import os
import re

from captured import Connection, Frame
from console import Console
from lib.raw_peer import accept_of
from tls_client import BINARY, CLOSE, FIN, TEXT, frame

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
RESPONSE = ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept_of(KEY)}\r\n\r\n").encode()
UPDATES = ("client:K", "server:K", "client:k", "server:k")
FAREWELL = b"\x03\xe8"


def request(target):
    return (f"GET {target} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n").encode()


class Server:
    """s_server at a free port, which serves one connection after the other."""

    def __init__(self, folder, *options):
        self.folder = folder
        self.console = Console("openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", f"{folder}/server.pem", "-key",
                               f"{folder}/server.key", "-tls1_3", "-early_data", "-num_tickets", "1", *options)
        self.at = self.console.wait_for(b"ACCEPT 127.0.0.1:")
        end = self.console.wait_for(b"\n", self.at)
        self.port = int(re.match(rb"\d+", self.console.printed[self.at:end]).group())
        self.at = end


class Visit:
    """A connection to it.  connection: the frames as they were sent."""

    def __init__(self, server, key_log, target, *options, early_target=None, has_early_request=False):
        """early_target: of a request that the client sends as early data; if the server has it (has_early_request), it is the
        request of this connection."""
        self.server, self.connection = server, Connection(target)
        words = list(options)
        if early_target:
            path = f"{server.folder}/early-data"
            with open(path, "wb") as file:
                file.write(request(early_target) + self.make(TEXT, b"early"))
            words += ["-early_data", path]
        self.client = Console("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername", "localhost", "-CAfile",
                              f"{server.folder}/ca.pem", "-keylogfile", key_log, *words)
        self.at = 0
        if has_early_request:
            server.at = server.console.wait_for(b"\r\n\r\n", server.at)
            self.note("sent", TEXT, b"early")
        else:
            self.send_from_client(request(target))
        # s_client prints the session before it reads its input.
        self.at = self.client.wait_for(b"Verify return code", self.at)
        self.send_from_server(RESPONSE)

    def make(self, opcode, payload):
        self.key = os.urandom(4)
        return frame(FIN | opcode, payload, self.key)

    def note(self, direction, opcode, payload):
        key = self.key.hex() if direction == "sent" else ""
        self.connection.frames[direction].append(Frame(1, 0, opcode, key, len(payload)))
        self.connection.payloads[direction].append(payload)

    def send_from_client(self, data):
        """Until the server has it."""
        self.client.write(data)
        self.server.at = self.server.console.wait_for(data, self.server.at)

    def send_from_server(self, data):
        self.server.console.write(data)
        self.at = self.client.wait_for(data, self.at)

    def exchange(self, opcode, payload):
        """A frame in each direction."""
        self.send_from_client(self.make(opcode, payload))
        self.note("sent", opcode, payload)
        self.send_from_server(frame(FIN | opcode, payload))
        self.note("received", opcode, payload)

    def update_key(self, side, letter):
        """Capital: also of the other side.  Each program takes the letter alone, before it sends anything else."""
        if side == "client":
            self.client.write(f"{letter}\n".encode())
            self.at = self.client.wait_for(b"KEYUPDATE\n", self.at)
        else:
            self.server.console.write(f"{letter}\n".encode())

    def converse(self, updates=()):
        """With these updates of keys, and a closing handshake.

        Each update is followed by two frames in each direction: the first of the client may be sent before it has received an
        update of the server, and an update that the server has asked for goes before the second."""
        self.exchange(TEXT, b"hello from both sides")
        for number, update in enumerate(updates):
            self.update_key(*update.split(":"))
            self.exchange(BINARY, bytes([number]) * 40)
            self.exchange(TEXT, update.encode())
        self.exchange(CLOSE, FAREWELL)
        return self

    def end(self):
        self.client.end()
        return self
