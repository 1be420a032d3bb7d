# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The instructions in user space that an echo of 20 bytes costs our server and our client, and that a connection without
a message costs our server, also by a route, counted by callgrind.

Unlike times, they hardly depend on what else the machine does. Each figure is the difference of two runs with fixed
numbers of messages, so that what a program does once does not count. With several messages in flight the program is
stopped while they are sent: so it finds all of them when it wakes up, in every run."""

import collections
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from lib.raw_peer import accept_of

SIZE = 20
KEY = "dGhlIHNhbXBsZSBub25jZQ=="             # RFC 6455 1.3
MASK = bytes([0x37, 0xFA, 0x21, 0x3D])       # RFC 6455 5.7
PAYLOAD = b"0123456789abcdefghij"
CLOSE = bytes([0x03, 0xE8])                  # 1000
OPCODES = {"binary": 2, "text": 1}
CELLS = ((1, 1), (100, 1), (100, 16))        # connections, messages in flight on each
FEW, MANY = 2000, 8000                       # echoes
FOREVER = "100000"                           # seconds
LIMIT = 300
MOST = 1.01                                  # of the other library's count
# The most instructions in the library itself, compiled as the Debian package by GCC 12.  Only a commit that says why
# raises one, here and in docs/performance.md.
BARS = {
    "function": (1165, 1000, 390),
    "function, text": (1180, 1030, 420),
    "signal": (1200, 1030, 420),
    "async": (5320, 5150, 3200),
    "client": (1220, 1030, 440),
}
ROLES = tuple(BARS)
# CONNECTION_BARS are those of a connection without a message, in all objects: GLib's are most of them.
CONNECTION_BARS = {"TCP ends": 35800, "Close": 39000}
FEW_CONNECTIONS, MANY_CONNECTIONS = 300, 1300
# A handshake by one of a thousand patterns, in all objects, of the count with one exact route for the same path.
ROUTES_BAR = 1.05
PATH = "/service500/tea/ann"
ROUTES = {"exact route": ("--route", PATH), "1000 patterns": ("--patterns", "1000")}
# The bar of a frame, in all objects, when sixteen messages arrive together and each is sent to all.
BROADCAST_BAR = 450
RECEIVERS, BURST = 100, 16
FEW_BURSTS, MANY_BURSTS = 10, 60


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


def masked_frame(opcode):
    return bytes([0x80 | opcode, 0x80 | SIZE]) + MASK + bytes(byte ^ MASK[i % 4] for i, byte in enumerate(PAYLOAD))


def plain_frame(opcode):
    return bytes([0x80 | opcode, SIZE]) + PAYLOAD


def state_of(pid):
    """A letter, as in proc(5): S is a process that waits."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        return file.read().rpartition(")")[2].split()[0]


class Counted:
    """A program under callgrind, its connections, and what crosses them. Nothing of it is left behind at the end."""

    def __init__(self, folder, command):
        self.counts = os.path.join(folder, f"counts-{len(os.listdir(folder))}")
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={self.counts}", *command]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.streams = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for connection, stream in self.streams:
            stream.close()
            connection.close()
        if self.process.poll() is None:
            self.process.kill()              # also while it is stopped
        self.process.communicate(timeout=LIMIT)

    def take(self, connection):
        connection.settimeout(LIMIT)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.streams.append((connection, connection.makefile("rb")))
        return self.streams[-1][1]

    def drop(self, connection, stream):
        self.streams.remove((connection, stream))
        stream.close()
        connection.close()

    def settle(self):
        """Returns when the program waits: it wakes up for the next step alone."""
        end = time.monotonic() + LIMIT
        while state_of(self.process.pid) != "S":
            if time.monotonic() > end:
                raise CountError(f"the program under callgrind does not wait for anything after {LIMIT} s")
            time.sleep(0.0001)

    def send(self, data):
        """To each connection at once."""
        if len(self.streams) > 1:
            self.process.send_signal(signal.SIGSTOP)
        for connection, _ in self.streams:
            connection.sendall(data)
        self.process.send_signal(signal.SIGCONT)

    def expect(self, data):
        for _, stream in self.streams:
            if read_exactly(stream, len(data)) != data:
                raise CountError("an echo differs from its message")

    def skip(self, n):
        for _, stream in self.streams:
            read_exactly(stream, n)

    def end(self):
        """Returns the file with the counts."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=LIMIT)
        if self.process.returncode not in (0, -signal.SIGTERM):
            raise CountError(f"the program under callgrind ended with {self.process.returncode}")
        return self.counts


def connect(counted, port, path="/"):
    """Returns the connection and its stream."""
    connection = socket.create_connection(("127.0.0.1", port), LIMIT)
    stream = counted.take(connection)
    counted.settle()
    connection.sendall((f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
    read_head(stream)
    counted.settle()
    return connection, stream


def read_port(counted):
    words = counted.process.stdout.readline().split()
    if words[:1] != ["port"]:
        raise CountError("bench-server does not start under valgrind: it has written no port")
    return int(words[1])


def count_connections(programs, folder, end, n, path="/", options=()):
    """n connections to a server, one after the other: opening handshake and end; returns the file with the counts."""
    with Counted(folder, [os.path.join(programs, "bench-server"), "0", "--function", *options]) as counted:
        port = read_port(counted)
        for _ in range(n):
            connection, stream = connect(counted, port, path)
            if end == "Close":
                connection.sendall(bytes([0x88, 0x82]) + MASK + bytes(byte ^ key for byte, key in zip(CLOSE, MASK)))
                if read_exactly(stream, 2 + len(CLOSE)) != bytes([0x88, len(CLOSE)]) + CLOSE:
                    raise CountError("the server's Close differs from the client's")
                counted.settle()
            connection.shutdown(socket.SHUT_WR)
            if stream.read():
                raise CountError("the server sends after its end")
            counted.settle()
            counted.drop(connection, stream)
        return counted.end()


def count_server(programs, folder, role, cell, n):
    """n echoes of a server whose messages go to a function, the signal or asynchronous calls; returns the file with the counts."""
    connections, depth = cell
    options = {"signal": [], "async": ["--async"]}.get(role, ["--function"])
    opcode = OPCODES["text" if role.endswith("text") else "binary"]
    with Counted(folder, [os.path.join(programs, "bench-server"), "0", *options]) as counted:
        port = read_port(counted)
        for _ in range(connections):
            connect(counted, port)
        for _ in range(n // (connections * depth)):
            counted.send(masked_frame(opcode) * depth)
            counted.expect(plain_frame(opcode) * depth)
        return counted.end()


def count_broadcasts(programs, folder, n):
    """n bursts of messages from one connection to all; returns the file with the counts."""
    with Counted(folder, [os.path.join(programs, "bench-server"), "0", "--broadcast"]) as counted:
        port = read_port(counted)
        for _ in range(RECEIVERS):
            connect(counted, port)
        for _ in range(n):
            counted.streams[0][0].sendall(masked_frame(OPCODES["binary"]) * BURST)
            counted.expect(plain_frame(OPCODES["binary"]) * BURST)
            counted.settle()
        return counted.end()


def accept(counted, listener):
    connection, _ = listener.accept()
    stream = counted.take(connection)
    key = re.search(r"(?mi)^Sec-WebSocket-Key:\s*(\S+)", read_head(stream))[1]
    connection.sendall(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        f"Sec-WebSocket-Accept: {accept_of(key)}\r\n\r\n").encode())


def count_client(programs, folder, _role, cell, n):
    """n echoes that come back to a client, which sends the next messages; returns the file with the counts."""
    connections, depth = cell
    sent = len(masked_frame(OPCODES["binary"])) * depth
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(LIMIT)
        with Counted(folder, [os.path.join(programs, "bench-client"), "echo", str(listener.getsockname()[1]),
                              f"--size={SIZE}", f"--connections={connections}", f"--depth={depth}",
                              f"--seconds={FOREVER}", f"--warm-up={FOREVER}"]) as counted:
            for _ in range(connections):
                accept(counted, listener)
            counted.skip(sent)
            for _ in range(n // (connections * depth)):
                counted.send(plain_frame(OPCODES["binary"]) * depth)
                counted.skip(sent)
            return counted.end()


def read_objects(counts):
    """The instructions in each program and library, by the name of its file."""
    objects, names, name, is_call = collections.Counter(), {}, "?", False
    with open(counts, encoding="utf-8") as file:
        for line in file:
            if line.startswith("ob="):
                number, _, path = line[3:].strip().partition(" ")
                name = names[number] = os.path.basename(path) if path else names[number]
            elif line.startswith("cob="):
                number, _, path = line[4:].strip().partition(" ")
                if path:
                    names[number] = os.path.basename(path)
            elif line.startswith("calls="):
                is_call = True               # the next line has what the called function costs
            elif line[0] in "+-*0123456789":
                if not is_call:
                    objects[name] += int(line.split()[1])
                is_call = False
    if not objects:
        raise CountError(f"callgrind wrote no numbers to {counts}")
    return objects


def round_up(n, cell):
    size = cell[0] * cell[1]
    return -(-n // size) * size


def per_piece(count, few, many, read=read_objects):
    """The difference of two runs: numbers by what read takes from a file with counts.  count: of a folder and a number."""
    if not shutil.which("valgrind"):
        raise CountError("valgrind is missing: install the package valgrind")
    with tempfile.TemporaryDirectory(prefix="bench-counts-") as folder:
        less, more = (read(count(folder, n)) for n in (few, many))
    return {name: (number - less.get(name, 0)) / (many - few) for name, number in more.items()}


def per_echo(programs, role, cell, few=FEW, many=MANY, read=read_objects):
    count = count_client if role == "client" else count_server
    return per_piece(lambda folder, n: count(programs, folder, role, cell, n), round_up(few, cell), round_up(many, cell), read)


def per_connection(programs, end, few=FEW_CONNECTIONS, many=MANY_CONNECTIONS, read=read_objects):
    return per_piece(lambda folder, n: count_connections(programs, folder, end, n), few, many, read)


def per_handshake_by_route(programs, options, few=FEW_CONNECTIONS, many=MANY_CONNECTIONS, read=read_objects):
    return per_piece(lambda folder, n: count_connections(programs, folder, "TCP ends", n, PATH, options), few, many, read)


def per_broadcast(programs, few=FEW_BURSTS, many=MANY_BURSTS, read=read_objects):
    per_burst = per_piece(lambda folder, n: count_broadcasts(programs, folder, n), few, many, read)
    return {name: number / (RECEIVERS * BURST) for name, number in per_burst.items()}


def of_library(objects):
    return sum(number for name, number in objects.items() if name.startswith("libwsproto-1"))


def read_functions(counts):
    """The instructions in each function itself."""
    done = subprocess.run(["callgrind_annotate", "--threshold=100", "--show-percs=no", counts], text=True, check=True,
                          stdout=subprocess.PIPE)
    functions = collections.Counter()
    for number, name, library in re.findall(r"^\s*([\d,]+)\s+\S*?:(\S+)(?: \[(\S+)\])?\s*$", done.stdout, re.M):
        functions[os.path.basename(library or "?"), name] += int(number.replace(",", ""))
    return functions


def print_functions(title, functions):
    """All that are above 0.2 % of the sum."""
    total = sum(functions.values())
    print(f"\n{title}: {total:.1f}")
    for (library, function), number in sorted(functions.items(), key=lambda entry: -entry[1]):
        if number > total / 500:
            print(f"{number:10.1f}  {function}  {library}")


def profile(name, programs):
    """Prints where the instructions of each role and cell, and of each end of a connection, are."""
    for role in ROLES:
        for cell in CELLS:
            print_functions(f"{name}, {role}, {cell[0]} connections, {cell[1]} in flight",
                            per_echo(programs, role, cell, read=read_functions))
    for end in CONNECTION_BARS:
        print_functions(f"{name}, a connection, {end}", per_connection(programs, end, read=read_functions))
    print_functions(f"{name}, a frame of sixteen broadcasts", per_broadcast(programs, read=read_functions))


def print_row(name, role, figures, digits=1):
    print(f"{name:>12}{role:>16}" + "".join(f"{figure:12.{digits}f}" for figure in figures), flush=True)


def compare_connections(folders):
    print(f"\ninstructions for a connection without a message, in all objects\n\n{'':>28}"
          + "".join(f"{end:>12}" for end in CONNECTION_BARS))
    is_fine = True
    for i, (name, programs) in enumerate(folders.items()):
        figures = [sum(per_connection(programs, end).values()) for end in CONNECTION_BARS]
        print_row(name, "connection", figures)
        if i == 0:
            print_row("", "bar", CONNECTION_BARS.values(), 0)
            is_fine = all(figure <= bar for figure, bar in zip(figures, CONNECTION_BARS.values()))
    return is_fine


def compare_routes(programs):
    print(f"\ninstructions for a connection by a route, in all objects; ratio: of the first one, at most {ROUTES_BAR}\n")
    exact, patterns = (sum(per_handshake_by_route(programs, options).values()) for options in ROUTES.values())
    for name, figure in zip(ROUTES, (exact, patterns)):
        print_row("wsproto", name, [figure])
    print_row("", "ratio", [patterns / exact], 4)
    return patterns <= ROUTES_BAR * exact


def compare_broadcasts(folders):
    """Sixteen messages that arrive together, each to a hundred connections."""
    print("\ninstructions for a frame of sixteen broadcasts, in all objects\n")
    is_fine = True
    for i, (name, programs) in enumerate(folders.items()):
        figure = sum(per_broadcast(programs).values())
        print_row(name, "frame", [figure])
        if i == 0:
            print_row("", "bar", [BROADCAST_BAR], 0)
            is_fine = figure <= BROADCAST_BAR
    return is_fine


def compare(folders):
    """Prints the counts of each folder of programs by its name, ours first. TRUE: no count of ours is too high."""
    print(f"instructions for an echo of {SIZE} bytes: all, and those in the library; ratio: of the first one, at most {MOST}\n")
    print(f"{'':>28}" + "".join(f"{f'{connections}, {depth}':>12}" for connections, depth in CELLS))
    first, is_fine = {}, True
    for name, programs in folders.items():
        for role, bars in BARS.items():
            counts = [per_echo(programs, role, cell) for cell in CELLS]
            figures = [sum(objects.values()) for objects in counts]
            own = [of_library(objects) for objects in counts]
            print_row(name, role, figures)
            print_row("", "library", own)
            if role in first:
                ratios = [ours / others for ours, others in zip(first[role], figures)]
                print_row("", "ratio", ratios, 4)
                is_fine = is_fine and max(ratios) <= MOST
                continue
            first[role] = figures
            print_row("", "bar", bars, 0)
            is_fine = is_fine and all(figure <= bar for figure, bar in zip(own, bars))
    is_fine = compare_connections(folders) and is_fine
    is_fine = compare_routes(next(iter(folders.values()))) and is_fine
    return compare_broadcasts(folders) and is_fine
