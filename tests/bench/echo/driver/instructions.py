# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The instructions that an echo of 20 bytes costs our server and our client, counted by callgrind.

Unlike times, they hardly depend on what else the machine does. Each figure is the difference of two runs, so that what
a program does once does not count."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile

from lib.raw_peer import Peer

SIZE, FEW, MANY = 20, 1000, 11000
KEY = "dGhlIHNhbXBsZSBub25jZQ=="             # RFC 6455 1.3
HEADER = 2
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
    if not found or process.returncode not in (0, -signal.SIGTERM):
        raise CountError(f"the program under callgrind ended with {process.returncode}")
    return int(found[1])


def count_server(programs, folder, n):
    """n echoes, one after the other."""
    process, counts = start([os.path.join(programs, "bench-server"), "0"], folder)
    try:
        words = process.stdout.readline().split()
        if words[:1] != ["port"]:
            raise CountError("bench-server does not start under valgrind: it has written no port")
        port = int(words[1])
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


def echo(peer):
    peer.upgrade()
    with contextlib.suppress(ConnectionResetError):       # the client has ended
        while peer.stream.peek(1):
            peer.frame(*peer.read_frame())


def count_client(programs, folder, seconds):
    with Peer(echo) as peer:
        port = peer.listener.getsockname()[1]
        process, counts = start([os.path.join(programs, "bench-client"), "echo", str(port), f"--size={SIZE}",
                                 f"--seconds={seconds}"], folder)
        instructions = read_counts(process, counts)
    return instructions, len(peer.came)


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
