# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The scenes that a window shows when a task of tests/ui/tasks.py begins: a recording, or traffic of clients and servers of plain bytes."""

import base64
import contextlib
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, ".."), os.path.join(HERE, "..", "inspector")]

from accessible_tree import Seen  # noqa: E402 (needs the path)
from wsinspect_capture import KEY, REQUEST, RESPONSE, Capture, Connection, frame  # noqa: E402 (needs the path)

from lib.raw_peer import accept_of, read_frame, read_head  # noqa: E402 (needs the path)
from lib.tap import SOCKET_SECONDS  # noqa: E402 (needs the path)

TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A
N_TICKS = 12
N_ROWS = 59                     # of the recording, with events


def json_frame(value, key=None):
    return frame(TEXT, json.dumps(value).encode(), key)


def close_frame(code, reason=b"", key=None):
    return frame(CLOSE, struct.pack(">H", code) + reason, key)


def write_recording(path):
    """Five connections: prices with pings, orders with replies, one that its server ends, one that is refused, and one
    that breaks a rule."""
    capture = Capture()
    prices, orders, feed = (Connection(capture, 40001 + i) for i in range(3))
    prices.open("/prices")
    orders.open("/orders", request="Sec-WebSocket-Protocol: json-rpc\r\n", response="Sec-WebSocket-Protocol: json-rpc\r\n")
    feed.open("/feed", request="Authorization: Bearer not-for-others\r\n")
    prices.send("client", json_frame({"type": "subscribe", "symbols": ["ACME"]}, KEY))
    for i in range(N_TICKS):
        prices.send("server", json_frame({"type": "tick", "number": i, "price": 100 + i}))
    prices.send("server", json_frame({"type": "snapshot", "rows": ["x" * 60] * 150}))
    feed.send("server", frame(TEXT, b"the feed begins"))
    for number, seconds in ((1, 0), (2, 2), (3, 0)):
        orders.send("client", json_frame({"jsonrpc": "2.0", "id": number, "method": "order.place"}, KEY))
        capture.wait(seconds)
        orders.send("server", json_frame({"jsonrpc": "2.0", "id": number, "result": f"order {number} is placed"}))
    for name, seconds in ((b"beat 1", 0), (b"beat 2", 3), (b"beat 3", 0), (b"beat 4", 4)):
        prices.send("client", frame(PING, name, KEY))
        capture.wait(seconds)
        prices.send("server", frame(PONG, name))
    feed.send("server", close_frame(1011, b"out of memory"))
    feed.send("client", close_frame(1011, b"", KEY))
    feed.end()
    refused = Connection(capture, 40004)
    refused.send("client", REQUEST.format(path="/admin", more="").encode())
    refused.send("server", b"HTTP/1.1 403 Forbidden\r\nContent-Length: 13\r\n\r\nno admin here")
    refused.end()
    legacy = Connection(capture, 40005)
    legacy.open("/legacy")
    legacy.send("server", frame(TEXT, b'{"name": "\xc3("}'))
    legacy.close(1007, b"not UTF-8")
    prices.close()
    orders.close()
    with open(path, "wb") as file:
        file.write(capture.data)


class Wire:
    """One end of a connection: a thread takes its frames, answers pings, texts of a server and a Close, and ends with it."""

    def __init__(self, connection, key, name):
        connection.settimeout(SOCKET_SECONDS)
        self.stream = connection.makefile("rwb")
        self.connection, self.key, self.name = connection, key, name
        self.came = []
        self.has_come = threading.Condition()
        self.thread = threading.Thread(target=self._take_all, daemon=True)

    def read_head(self):
        head = read_head(self.stream)
        if head is None:
            raise OSError("the connection ended in a head")
        return head.decode()

    def write(self, data):
        self.stream.write(data)
        self.stream.flush()

    def send(self, first, payload):
        self.write(frame(first, payload, self.key))

    def _take_all(self):
        # A user may wait for any time between two keys.
        self.connection.settimeout(None)
        with contextlib.suppress(OSError, ValueError):
            while True:
                first, payload = read_frame(self.stream)
                with self.has_come:
                    self.came.append((first, payload))
                    self.has_come.notify_all()
                if first == PING:
                    self.send(PONG, payload)
                elif first == TEXT and self.key is None:
                    self.send(CLOSE if payload == b"close" else TEXT, struct.pack(">H", 1001) if payload == b"close" else payload)
                elif first == CLOSE:
                    self.send(CLOSE, payload)
                    break
        self.end()

    def has(self, first, payload, n=1):
        """Waits for a frame, or for several that are equal."""
        with self.has_come:
            return self.has_come.wait_for(lambda: self.came.count((first, payload)) >= n, SOCKET_SECONDS)

    def end(self):
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


class Caller(Wire):
    """A client of the window."""

    def __init__(self, address, path):
        host, port = re.fullmatch(r"ws://([^:/]+):(\d+)/?", address).groups()
        super().__init__(socket.create_connection((host, int(port)), SOCKET_SECONDS), KEY, path)
        key = base64.b64encode(os.urandom(16)).decode()
        self.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        self.read_head()
        self.thread.start()


class Server:
    """It sends texts back; it refuses /admin, and ends a connection that sends "close"."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(None)
        self.place = f"localhost:{self.listener.getsockname()[1]}"
        self.wires = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=self.listener.accept()[:1], daemon=True).start()

    def _serve(self, connection):
        wire = Wire(connection, None, "")
        with contextlib.suppress(OSError):
            head = wire.read_head()
            wire.name = head.split(" ")[1]
            if wire.name == "/admin":
                wire.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 13\r\n\r\nno admin here")
                wire.end()
                return
            key = re.search(r"(?mi)^Sec-WebSocket-Key:\s*(.*?)\r$", head).group(1)
            wire.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       b"Sec-WebSocket-Accept: " + accept_of(key).encode() + b"\r\n\r\n")
            wire.send(TEXT, b"welcome to " + wire.name.encode())
            self.wires.append(wire)
            wire.thread.start()

    def end(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for wire in self.wires:
            wire.end()


class Start:
    """The page on which a user chooses; a recording and a server are there."""

    def __init__(self, folder):
        self.server = Server()
        self.words = {"folder": folder, "place": self.server.place}
        self.arguments = []
        self.callers = []
        write_recording(os.path.join(folder, "market.pcap"))

    def __enter__(self):
        return self

    @staticmethod
    def find_obstacle():
        """Why this machine cannot have the scene; None: it can."""
        return None

    def __exit__(self, *_):
        for caller in self.callers:
            caller.end()
        self.server.end()

    def begin(self, hands):
        hands.look(Seen("Connect as a Client", "push button"))
        hands.program.take_keys()
        hands.look(Seen("", state="focused"))


class Recording(Start):
    """The window shows the recording."""

    def __init__(self, folder):
        super().__init__(folder)
        self.arguments = [os.path.join(folder, "market.pcap")]

    def begin(self, hands):
        hands.look(Seen(f"{N_ROWS} rows", "label"))


class Loopback(Start):
    """The window captures lo, on which two more servers are than that of the user."""

    def __init__(self, folder):
        super().__init__(folder)
        self.others = [Server(), Server()]
        self.words["port"] = self.server.place.split(":")[1]

    def __exit__(self, *words):
        super().__exit__(*words)
        for server in self.others:
            server.end()

    @staticmethod
    def find_obstacle():
        if not shutil.which("dumpcap"):
            return "there is no dumpcap"
        done = subprocess.run(["dumpcap", "-L", "-i", "lo"], capture_output=True, check=False, timeout=SOCKET_SECONDS)
        return None if done.returncode == 0 else "this user may not capture"

    def begin(self, hands):
        super().begin(hands)
        hands.program.press_until("the card", lambda: hands.program.has_focus("Watch a Network Interface"), "Tab")
        hands.program.press("Return")
        hands.look(Seen("Ready to capture"))
        hands.program.type_into("Interface; empty", "lo")
        hands.program.click("_Watch", lambda: hands.program.has_name("Watching the Interface"))
        for server, path in ((self.others[0], "/news"), (self.server, "/mine"), (self.others[1], "/feed")):
            self.callers.append(Caller(f"ws://{server.place.replace('localhost', '127.0.0.1')}", path))
            hands.look(Seen(f"welcome to {path}", "table row"))


class Connected(Start):
    """The window is a client of the server."""

    PATH = "/chat"

    def __init__(self, folder):
        super().__init__(folder)
        self.arguments = ["--connect", f"ws://{self.server.place}{self.PATH}"]

    def begin(self, hands):
        hands.look(Seen('received text, 16 bytes, "welcome to /chat"', "table row"))


class Refused(Connected):
    """The server has refused the window."""

    PATH = "/admin"

    def begin(self, hands):
        hands.look(Seen("403"))


class Served(Start):
    """The window is a server with two clients."""

    def __init__(self, folder):
        super().__init__(folder)
        self.arguments = ["--serve"]

    def begin(self, hands):
        address = hands.look(Seen("ws://127.0.0.1:", "label")).name
        for path in ("/prices", "/orders"):
            self.callers.append(Caller(address, path))
            self.callers[-1].send(TEXT, f"from {path}".encode())
            hands.look(Seen(f'received text, {len(path) + 5} bytes, "from {path}"', "table row"))
            self.callers[-1].has(TEXT, f"from {path}".encode())
