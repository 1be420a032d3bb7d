# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A WebSocket server of plain bytes, without any library: it sends and sees the bytes on the wire."""

import base64
import contextlib
import hashlib
import re
import select
import socket
import threading

from lib.tap import SOCKET_SECONDS

TIMEOUT = SOCKET_SECONDS
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept_of(key, guid=GUID):
    return base64.b64encode(hashlib.sha1((key + guid).encode()).digest()).decode()


def read_head(stream):
    """The bytes of a request or response; None = the connection ended in it."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = stream.read(1)
        if not byte:
            return None
        head += byte
    return head


def read_frame(stream):
    """The first byte of a frame of at most 65535 bytes, and its payload without a mask."""
    first, second = stream.read(2)
    length = second & 0x7F
    if length == 126:
        length = int.from_bytes(stream.read(2), "big")
    key = stream.read(4) if second & 0x80 else bytes(4)
    return first, bytes(byte ^ key[i % 4] for i, byte in enumerate(stream.read(length)))


class Peer:
    """A server for one connection: it plays a script and keeps the received bytes.  timeout: seconds of each wait; None is for
    the peer of a window, in which a user may wait for any time between two keys: its process has a limit."""

    def __init__(self, play, timeout=TIMEOUT):
        self.timeout = timeout
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(timeout)
        self.uri = f"ws://127.0.0.1:{self.listener.getsockname()[1]}/"
        self.play = play
        self.came = []
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self):
        connection, _ = self.listener.accept()
        self.connection = connection
        with connection:
            connection.settimeout(self.timeout)
            self.stream = connection.makefile("rwb")
            self.request = read_head(self.stream)
            if self.request is None:
                return
            self.play(self)
            with contextlib.suppress(OSError, ValueError):
                self.stream.close()

    def header(self, name):
        return re.search(rb"(?mi)^" + name + rb":\s*(.*?)\r$", self.request).group(1).decode()

    def write(self, data):
        self.stream.write(data)
        self.stream.flush()

    def has_come(self, seconds):
        """Whether there is something to read, or will be within so many seconds."""
        self.connection.setblocking(False)
        is_buffered = self.stream.peek(1) != b""
        self.connection.settimeout(self.timeout)
        return is_buffered or select.select([self.connection], [], [], seconds)[0] != []

    def upgrade(self):
        self.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   b"Sec-WebSocket-Accept: " + accept_of(self.header(b"Sec-WebSocket-Key")).encode()
                   + b"\r\n\r\n")

    def frame(self, first, payload):
        assert len(payload) < 65536
        length = bytes([len(payload)]) if len(payload) < 126 else b"\x7e" + len(payload).to_bytes(2, "big")
        self.write(bytes([first]) + length + payload)

    def read_frame(self):
        first, payload = read_frame(self.stream)
        self.came.append((first, payload))
        return first, payload

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.thread.join(self.timeout)
        self.listener.close()
        assert not self.thread.is_alive(), "the peer does not end"
