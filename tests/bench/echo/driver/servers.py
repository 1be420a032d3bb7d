# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The servers: how each is started, what it supports, and a running one."""

import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.join(os.path.dirname(HERE), "peers")
START_SECONDS = 20
NODE_PATH = "/usr/share/nodejs"


class Server:
    """A program and its options for each variant; None: the variant is not supported."""

    SHOWN_PORT = re.compile(r"port (\d+)$")
    is_relay = False             # true: it needs the URI of another server at the end of its command

    def __init__(self, name, program, interpreter=(), package=None, environment=None, folder=None, **variants):
        self.name = name
        self.folder = folder         # of its program; None: the common one
        self.program = program
        self.interpreter = list(interpreter)
        self.package = package or program
        self.environment = environment or {}
        self.variants = {"plain": [], **variants}

    def command(self, programs, variant):
        options = self.variants.get(variant)
        if options is None:
            return None
        return self.interpreter + [self.path(programs), "0"] + options

    def path(self, programs):
        return os.path.join(self.folder or (PEERS if self.interpreter else programs), self.program)

    def missing(self, programs):
        """The package that must be installed; None: nothing is missing."""
        if not os.path.exists(self.path(programs)):
            return self.package
        if self.interpreter and not shutil.which(self.interpreter[0]):
            return self.package
        if self.interpreter == ["node"] and not os.path.isdir(os.path.join(NODE_PATH, "ws")):
            return self.package
        if self.interpreter == ["/usr/bin/python3"]:
            found = subprocess.run([*self.interpreter, "-c", "import websockets"], capture_output=True, check=False)
            return self.package if found.returncode else None
        return None


class Relay(Server):
    """wsinspect, which records nothing."""

    SHOWN_PORT = re.compile(r".*:(\d+)/ for ")
    is_relay = True

    def path(self, _programs):
        return self.program

    def command(self, _programs, variant):
        options = self.variants.get(variant)
        return None if options is None else [self.program, "proxy", "-q"] + options + ["0"]


def deflate_at(level, window, memory):
    return ["--deflate", "--level", str(level), "--window", str(window), "--memory-level", str(memory)]


def our_tls(certificates):
    """An option before each file; for "descriptors" with a second of handshake-timeout, not ten."""
    ec, rsa = ([f"--certificate={certificate}", f"--key={key}"]
               for certificate, key in (certificates["ec"], certificates["rsa"]))
    return {"tls": ec, "resumed": ec, "rsa": rsa, "descriptors": ec + ["--handshake-timeout", "1000"]}


# Measured if a bar or the command line needs them.
ON_REQUEST = ("-async", "-function", "-kept", "-tap", "-worker", "-workers", "-proxy", "-gio-client")


def ours(name, folder=None):
    """The library's servers, one for each way in which a program may use it."""
    return [
        Server(name, "bench-server", folder=folder, deflate=["--deflate"]),
        Server(f"{name}-async", "bench-server", folder=folder, plain=["--async"]),
        Server(f"{name}-function", "bench-server", folder=folder, plain=["--function"]),
        Server(f"{name}-kept", "bench-server", folder=folder, plain=["--keep-handshakes"]),
        Server(f"{name}-tap", "bench-server", folder=folder, plain=["--tap"]),
        Server(f"{name}-worker", "bench-server", folder=folder, plain=["--workers=1"]),
        Server(f"{name}-workers", "bench-server", folder=folder, plain=["--workers=2"]),
    ]


def known(certificates, others, wsinspect):
    """All servers, including the library's; CERTIFICATES: the files of certificate and key, by kind;
    OTHERS: folders of programs with another build of the library, by name; WSINSPECT: its path."""
    ec, rsa = (list(certificates[kind]) for kind in ("ec", "rsa"))
    tls = {"tls": ec, "resumed": ec, "rsa": rsa}
    return [
        Server("floor-epoll", "floor-epoll", broadcast=["broadcast"]),
        Server("floor-gio-fd", "floor-gio-fd"),
        Server("floor-gio-epoll", "floor-gio-epoll"),
        Server("floor-gnutls", "floor-gnutls", package="libgnutls28-dev", plain=None, **tls),
        *ours("wsproto"),
        *(server for name, folder in others.items() for server in ours(name, folder)),
        Server("wsproto-tls", "bench-server", plain=None, **our_tls(certificates)),
        Server("wsproto-gio-tls", "bench-server", environment={"WSP_TLS": "gio"}, plain=None,
               **{**our_tls(certificates), "resumed": None}),
        Relay("wsinspect-proxy", wsinspect, package="libpcap0.8-dev libjson-glib-dev libbrotli-dev",
              tls=[f"--cert={ec[0]}", f"--key={ec[1]}"]),
        Server("wsproto-broadcast", "bench-server", plain=None, broadcast=["--broadcast"]),
        Server("wsproto-level-1", "bench-server", plain=None, deflate=deflate_at(1, 15, 8)),
        Server("wsproto-level-6", "bench-server", plain=None, deflate=deflate_at(6, 15, 8)),
        Server("wsproto-no-takeover", "bench-server", plain=None,
               deflate=deflate_at(1, 15, 8) + ["--no-takeover"]),
        Server("libwebsockets", "libwebsockets-server", package="libwebsockets-dev",
               deflate=["deflate"], **tls),
        Server("libsoup", "libsoup-server", package="libsoup-3.0-dev", deflate=["deflate"], tls=ec),
        Server("beast", "beast-server", package="libboost-dev", deflate=["deflate"]),
        Server("wslay", "wslay-server", package="libwslay-dev"),
        Server("node-ws", "node-ws-server.js", interpreter=["node"], package="node-ws",
               deflate=["deflate"], **tls),
        Server("python-websockets", "python-websockets-server", interpreter=["/usr/bin/python3"],
               package="python3-websockets", deflate=["deflate"]),
    ]


class ServerError(Exception):
    pass


class Running:
    """A server's process, bound to one processor: that of servers if CPU names no other."""

    def __init__(self, server, command, machine, environment=None, cpu=None):
        self.name, self.shown_port = server.name, server.SHOWN_PORT
        variables = {**os.environ, "NODE_PATH": NODE_PATH, **server.environment, **(environment or {})}
        self.log = tempfile.TemporaryFile()          # a pipe without a reader would block the server
        self.process = subprocess.Popen(machine.bound(machine.server_cpu if cpu is None else cpu, command), text=True,
                                        stdout=subprocess.PIPE, stderr=self.log, env=variables)
        try:
            self.port = self._read_port()
        except ServerError:
            self.stop()
            raise

    def _read_port(self):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            ready, _, _ = select.select([self.process.stdout], [], [], 0.2)
            if ready:
                shown = self.shown_port.match(self.process.stdout.readline())
                if shown:
                    return int(shown[1])
            if self.process.poll() is not None:
                break
        raise ServerError(f"{self.name} does not start: {self.complaints()}")

    @property
    def pid(self):
        return self.process.pid

    def is_alive(self):
        return self.process.poll() is None

    def complaints(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace").strip()[-300:]

    def stop(self):
        if self.is_alive():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(2)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()
