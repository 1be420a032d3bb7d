# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The instructions that an echo of 20 bytes costs our server and our client, counted by callgrind.

Unlike times, they hardly depend on what else the machine does. Each figure is the difference of two runs, so that what
a program does once does not count."""

import base64
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

SIZE, FEW, MANY = 20, 1000, 11000
KEY, GUID = "dGhlIHNhbXBsZSBub25jZQ==", "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"       # RFC 6455 1.3
HEADER, MASK = 2, 4
SHORT, LONG = 1, 4                           # seconds that a client echoes
LIMIT = 300
MOST = 1.01                                  # of the other library's count
ROLES = ("server", "client")


class CountError(Exception):
    pass


def read_exactly(stream, n):
    data = stream.read(n)
    if len(data) != n:
        raise CountError(f"expected {n} bytes, got {len(data)}: the other side has ended")
    return data


def read_head(stream):
    lines = []
    while not lines or lines[-1].strip():
        lines.append(stream.readline())
        if not lines[-1]:
            raise CountError("the other side ended in its head")
    return b"".join(lines).decode("ascii")


def start(command, folder):
    """The program under callgrind, and the file for its counts."""
    counts = os.path.join(folder, f"counts-{len(os.listdir(folder))}")
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={counts}", *command]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True), counts


def read_counts(process, counts):
    process.communicate(timeout=LIMIT)
    with open(counts, encoding="utf-8") as file:
        found = re.search(r"^(?:totals|summary): (\d+)", file.read(), re.M)
    if not found:
        raise CountError(f"callgrind has counted nothing; the program ended with {process.returncode}")
    return int(found[1])


def count_server(programs, folder, n):
    """n echoes, one after the other."""
    process, counts = start([os.path.join(programs, "bench-server"), "0"], folder)
    try:
        port = int(process.stdout.readline().split()[1])
        frame = bytes([0x82, 0x80 | SIZE, 0, 0, 0, 0]) + bytes(SIZE)
        with socket.create_connection(("127.0.0.1", port), LIMIT) as connection, connection.makefile("rb") as stream:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
            read_head(stream)
            for _ in range(n):
                connection.sendall(frame)
                if read_exactly(stream, HEADER + SIZE) != bytes([0x82, SIZE]) + bytes(SIZE):
                    raise CountError("an echo differs from its message")
    finally:
        process.send_signal(signal.SIGTERM)
    return read_counts(process, counts), n


class EchoServer(threading.Thread):
    """Echoes to one client until it ends, and counts."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.n = self.listener.getsockname()[1], 0
        self.start()

    def run(self):
        connection, _ = self.listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.listener, connection, connection.makefile("rb") as stream:
            key = re.search(r"(?im)^sec-websocket-key: (\S+)", read_head(stream))[1]
            accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
            connection.sendall(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                f"Sec-WebSocket-Accept: {accept}\r\n\r\n").encode())
            while len(frame := stream.read(HEADER + MASK + SIZE)) == HEADER + MASK + SIZE:
                key = frame[HEADER:HEADER + MASK]
                connection.sendall(bytes([frame[0], SIZE]) + bytes(byte ^ key[i % MASK] for i, byte in enumerate(frame[HEADER + MASK:])))
                self.n += 1


def count_client(programs, folder, seconds):
    server = EchoServer()
    process, counts = start([os.path.join(programs, "bench-client"), str(server.port), "1", str(SIZE), str(seconds)], folder)
    instructions = read_counts(process, counts)
    server.join(LIMIT)
    return instructions, server.n


def per_echo(count, programs, folder, few, many):
    instructions_of_few, n_few = count(programs, folder, few)
    instructions_of_many, n_many = count(programs, folder, many)
    if n_many <= n_few:
        raise CountError(f"{n_many} echoes in the longer run, {n_few} in the shorter one")
    return (instructions_of_many - instructions_of_few) / (n_many - n_few)


def compare(folders):
    """Prints the counts of each folder of programs by its name, ours first. TRUE: no count of ours is too high."""
    if not shutil.which("valgrind"):
        raise CountError("valgrind is missing: install the package valgrind")
    print(f"instructions for an echo of {SIZE} bytes; ratio: of the first one, at most {MOST}\n")
    print("".join(["", *(f"{text:>12}" for text in ("", *ROLES))]))
    first, is_fine = None, True
    for name, programs in folders.items():
        with tempfile.TemporaryDirectory(prefix="bench-counts-") as folder:
            figures = [per_echo(count_server, programs, folder, FEW, MANY), per_echo(count_client, programs, folder, SHORT, LONG)]
        print(f"{name:>12}" + "".join(f"{figure:12.1f}" for figure in figures))
        if first is None:
            first = figures
            continue
        ratios = [ours / others for ours, others in zip(first, figures)]
        is_fine = is_fine and max(ratios) <= MOST
        print(f"{'ratio':>12}" + "".join(f"{ratio:12.4f}" for ratio in ratios))
    return is_fine
