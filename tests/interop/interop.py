# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Shared code of the tests with other libraries: processes that report what they see, line by line."""

import atexit
import functools
import json
import os
import queue
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from tap import Tap  # noqa: E402

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")
PYTHON = "/usr/bin/python3"
PATIENCE = 60                   # seconds; only a hang takes this long
BUILD_SECONDS = 300
OURS = ("G_DEBUG", "LD_PRELOAD", "MALLOC_PERTURB_", "ASAN_OPTIONS")

MIB = 1 << 20
# The steps of a conversation (see README.md); libsoup can send neither fragments nor pings.
MESSAGES = ["text:0", "text:5", "binary:0", "binary:1", "text:125", "binary:126", "text:65535", "binary:65536",
            "text:100000", f"binary:{MIB}", f"text:{16 * MIB}", f"binary:{16 * MIB}"]
FRAGMENTS = ["text:1000:3", "binary:100000:7"]
N_OPEN_FRAMES = 2 + 6           # the least number of such frames
PING = ["ping:anybody"]
CLOSE = ["close:4321:enough"]
CLOSE_CODES = [1000, 3000, 4999]


def is_ours(command):
    return any(word.endswith(("wsinspect", "wire-server", "wsp-peer.py")) for word in command)


def environment_of(command):
    environment = dict(os.environ, NODE_PATH="/usr/share/nodejs:/usr/share/node_modules")
    if not is_ours(command):
        for variable in OURS:                           # warnings of other libraries must not be fatal
            environment.pop(variable, None)
    return environment


class Fork:
    """A process of a nursery: the part of subprocess.Popen that is needed, without the status."""

    def __init__(self, pid, stdout, stderr):
        self.stdout = open(stdout, encoding="utf-8")
        self.stderr = open(stderr, encoding="utf-8")
        try:
            self.descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            self.descriptor = None

    def has_ended(self, timeout):
        return self.descriptor is None or bool(select.select([self.descriptor], [], [], timeout)[0])

    def poll(self):
        return 0 if self.has_ended(0) else None

    def wait(self, timeout):
        if not self.has_ended(timeout):
            raise subprocess.TimeoutExpired("a process of a nursery", timeout)
        return 0

    def send_signal(self, number):
        if self.poll() is None:
            signal.pidfd_send_signal(self.descriptor, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)


class Nursery:
    """Starts programs in Python without loading their library each time: see peers/peer.py."""

    def __init__(self, command):
        self.channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.lock = threading.Lock()
        theirs.setblocking(True)        # the other program does not expect a time-out
        self.process = subprocess.Popen([*command, "nursery"], stdin=theirs, env=environment_of(command))
        theirs.close()
        atexit.register(self.stop)

    def start(self, words):
        (stdout, their_stdout), (stderr, their_stderr) = os.pipe(), os.pipe()
        with self.lock:
            socket.send_fds(self.channel, [json.dumps(words).encode()], [their_stdout, their_stderr])
            pid = int(self.channel.recv(20))
        os.close(their_stdout)
        os.close(their_stderr)
        return Fork(pid, stdout, stderr)

    def stop(self):
        self.channel.close()
        self.process.wait(PATIENCE)


@functools.cache
def nursery_of(*command):
    return Nursery(command)


def start(command, stdin):
    if command[0] == PYTHON:
        return nursery_of(*command[:2]).start(command[2:])
    return subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, encoding="utf-8", env=environment_of(command))


class Program:
    """A child process whose lines are read as they are written."""

    def __init__(self, command, stdin=subprocess.DEVNULL):
        self.process = start(command, stdin)
        self.lines = []
        self.errors = []
        self.arrived = queue.Queue()
        self.has_ended = False
        self.readers = [threading.Thread(target=self._read, daemon=True),
                        threading.Thread(target=self._read_errors, daemon=True)]
        for reader in self.readers:
            reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.arrived.put(line.rstrip("\n"))
        self.arrived.put(None)

    def _read_errors(self):
        self.errors.extend(self.process.stderr)

    def next_line(self):
        """The next line, None at the end of the output."""
        line = self.arrived.get(timeout=PATIENCE) if not self.has_ended else None
        self.has_ended = line is None
        if line is not None:
            self.lines.append(line)
        return line

    def wait_for(self, pattern):
        """The match of the first line that contains the pattern."""
        while True:
            line = self.next_line()
            if line is None:
                raise AssertionError(f"ended before it said {pattern}: {self.lines[-5:]} {self.errors[-5:]}")
            match = re.search(pattern, line)
            if match:
                return match

    def wait_for_event(self, name):
        """The next event of that name in the reports of a peer."""
        while True:
            event = json.loads(self.wait_for(r"^\{").string)
            if event["event"] == name:
                return event

    def events(self):
        """The events that a peer has reported so far."""
        return [json.loads(line) for line in self.lines if line.startswith("{")]

    def rest(self):
        while self.next_line() is not None:
            continue
        return self.lines

    def end(self):
        """Waits for the end and returns the exit status."""
        status = self.process.wait(timeout=PATIENCE)
        for reader in self.readers:
            reader.join(timeout=PATIENCE)
        return status

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.end()
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.end()


class Library:
    """A library, its program, and its capabilities."""

    def __init__(self, name, command, can_all=True):
        self.name = name
        self.command = command
        self.can_all = can_all

    def steps(self):
        """A conversation of all steps that this library supports."""
        return MESSAGES + (FRAGMENTS + PING if self.can_all else []) + CLOSE

    def server(self, *words):
        """Starts a server: the program, the port, and its name and version."""
        program = Program([*self.command, "server", *words])
        version = program.wait_for_event("version")
        port = program.wait_for_event("listening")["port"]
        return program, port, f"{version['name']} {version['version']}"

    def client(self, uri, *words):
        return Program([*self.command, "client", uri, *words])


def libsoup():
    return Library("libsoup", [PYTHON, f"{PEERS}/soup-peer.py"], can_all=False)


def node():
    """Debian's node, even if the path has another one before it."""
    return "/usr/bin/nodejs" if os.path.exists("/usr/bin/nodejs") else shutil.which("node")


def has_soup():
    """Are libsoup and its typelib installed?"""
    done = subprocess.run([PYTHON, "-c", "import gi; gi.require_version('Soup', '3.0')"], capture_output=True, check=False)
    return done.returncode == 0


def has_node_ws():
    """Are Node and its library ws installed?"""
    if not node():
        return False
    done = subprocess.run([node(), "-e", "require('ws')"], env=environment_of([node()]), capture_output=True, check=False)
    return done.returncode == 0


def libraries(lws_peer, beast_peer):
    """All libraries that have a program here; a browser has its own test."""
    return [libsoup(),
            Library("node-ws", [node(), f"{PEERS}/node-peer.js"]),
            Library("python-websockets", [PYTHON, f"{PEERS}/websockets-peer.py"]),
            Library("libwebsockets", [lws_peer]),
            Library("boost-beast", [beast_peer])]


@functools.cache
def build_go(folder, name):
    """A program of peers."""
    program = f"{folder}/{name}"
    subprocess.run(["go", "build", "-o", program, f"{PEERS}/{name}.go"], check=True, timeout=BUILD_SECONDS,
                   env={**os.environ, "GOCACHE": f"{folder}/go", "GO111MODULE": "off", "GOFLAGS": ""})
    return program


def ours():
    return Library("libwsproto", [PYTHON, f"{PEERS}/wsp-peer.py"])


def events_of(program):
    """All events that a program reported until its end."""
    program.rest()
    program.end()
    return program.events()


def named(events, name):
    return [event for event in events if event["event"] == name]


def version_of(events):
    return " ".join(f"{event['name']} {event['version']}" for event in named(events, "version"))


def echo_faults(steps, events):
    """The messages that were not echoed unchanged."""
    types = {"text": "text", "binary": "binary", "noise": "text"}
    wanted = [(types[words[0]], int(words[1])) for words in (step.split(":") for step in steps)
              if words[0] in types]
    received = [(event["type"], event["length"]) for event in named(events, "echo") if event["is_equal"]]
    pongs = [event for event in named(events, "pong") if event["is_equal"]]
    if received != wanted:
        yield f"wanted {wanted}, received {received}"
    if len(pongs) != len([step for step in steps if step.startswith("ping")]):
        yield f"pongs: {pongs}"


def count_open_frames(lines):
    """The number of received frames in the output of wsinspect that are not the last of their message."""
    return len([line for line in lines if re.search(r"<- (text|binary|continuation) +\.\.\. ", line)])


def start_server(*command):
    """A server that prints its URI: the program and the URI."""
    program = Program(command)
    return program, program.wait_for(r"(wss?://\S+)").group(1)


def serve(wsinspect, *options):
    """wsinspect serve on a free port."""
    return start_server(wsinspect, "serve", "--port", "0", *options)


NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


def openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def make_authority(folder, name):
    """A private CA: NAME.pem, NAME.key."""
    openssl(folder, "req", "-x509", *NEW_KEY, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "30",
            "-subj", "/CN=Authority", "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign")


def issue_certificate(folder, name, subject, extension):
    """A certificate that the CA has issued: NAME.pem, NAME.key."""
    with open(f"{folder}/{name}.extensions", "w", encoding="ascii") as file:
        file.write(f"{extension}\nbasicConstraints=CA:FALSE\n")
    openssl(folder, "req", *NEW_KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={subject}")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-out", f"{name}.pem", "-days", "30", "-extfile", f"{name}.extensions")


def make_certificates(folder):
    """A private CA and a server certificate that it has issued: options for a server and for a client."""
    make_authority(folder, "ca")
    issue_certificate(folder, "server", "localhost", "subjectAltName=DNS:localhost,DNS:inside.example,IP:127.0.0.1")
    return ([f"--cert={folder}/server.pem", f"--key={folder}/server.key"], [f"--ca={folder}/ca.pem"])
