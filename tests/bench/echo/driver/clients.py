# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The measured clients, and the servers to which they connect (clients/client.h has their options)."""

import os
import struct
import tempfile

from driver import servers

OURS, OURS_BY_GIO, FLOOR = "wsproto-client", "wsproto-gio-client", "floor-gnutls-client"
RUNS = {"client": "echo", "connects": "connects", "hold": "hold", "standstill": "standstill", "honest": "connects"}
# The lists of authorities of the system, of which client-files.so opens another one.
SYSTEM_LISTS = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
                "/etc/ssl/cert.pem")


class Client(servers.Server):
    """A program that connects; WAYS: the runs of its cells, and whether it does them with and without TLS."""

    def __init__(self, name, program, ways, **more):
        super().__init__(name, program, **more)
        self.ways = ways

    def can(self, cell):
        return (cell.run, cell.variant) in self.ways

    def command_for(self, programs, cell, port, trust, seconds):
        """TRUST: the files of one authority, and of that and the system's."""
        arguments = [RUNS[cell.run], str(port), f"--seconds={seconds}", f"--warm-up={min(0.2, seconds / 3)}"]
        if cell.tls:
            arguments.append(f"--trust={'system' if cell.system else trust[0]}")
        if cell.run == "standstill":
            arguments.append(f"--first={trust[0]}")
        arguments += [f"--{name}={cell.numbers[name]}" for name in ("connections", "size", "depth")]
        arguments += [f"--{name}" for name in ("resumed", "delayed") if getattr(cell, name)]
        return self.interpreter + [self.path(programs)] + arguments

    def variables(self, programs, trust):
        return {**os.environ, "NODE_PATH": servers.NODE_PATH, "LD_PRELOAD": os.path.join(programs, "client-files.so"),
                "BENCH_TRUST": trust[1], "SSL_CERT_FILE": trust[1], "NODE_EXTRA_CA_CERTS": trust[0], "no_proxy": "127.0.0.1",
                **self.environment}


def known():
    tls = {(run, "tls") for run in ("connects", "client", "hold")} | {("connects", "resumed")}
    peer = {("connects", "tls")}
    return [
        Client(FLOOR, "floor-gnutls-client", tls | {("honest", "tls"), ("honest", "resumed")}, package="libgnutls28-dev"),
        Client(OURS, "bench-client", tls | {("connects", "plain"), ("client", "plain"), ("standstill", "tls")}),
        Client(OURS_BY_GIO, "bench-client", tls, environment={"WSP_TLS": "gio"}),
        Client("libsoup-client", "libsoup-client", peer | {("connects", "plain")}, package="libsoup-3.0-dev"),
        Client("python-websockets-client", "python-websockets-client", peer, interpreter=["/usr/bin/python3"],
               package="python3-websockets"),
        Client("node-ws-client", "node-ws-client.js", peer, interpreter=["node"], package="node-ws"),
    ]


def write_lists(certificates, folder):
    """The file of the authority of the bench, and one of it and all of the system's, if that has a list."""
    authority = certificates["authority"][0]
    path = os.path.join(folder, "system.pem")
    with open(path, "w", encoding="utf-8") as file:
        for name in (authority, next(filter(os.path.exists, SYSTEM_LISTS), None)):
            if name:
                with open(name, encoding="utf-8") as part:
                    file.write(part.read() + "\n")
    return authority, path


def count_authorities(trust):
    with open(trust[1], encoding="utf-8") as file:
        return file.read().count("BEGIN CERTIFICATE")


class Target:
    """A floor on the load generator's processor, which counts the handshakes that resume a session."""

    COUNTS = struct.Struct("=QQ")

    def __init__(self, server, programs, variant, machine):
        self.counter = tempfile.NamedTemporaryFile(prefix="bench-handshakes-")
        self.counter.write(self.COUNTS.pack(0, 0))
        self.counter.flush()
        command = server.command(programs, variant) + (["no-tickets"] if variant == "tls" else [])
        self.running = servers.Running(server, command, machine, {"BENCH_COUNTER": self.counter.name, "BENCH_SPINS": "1"},
                                       machine.load_cpu)
        self.port = self.running.port

    def count_full(self):
        """The handshakes that have resumed no session."""
        self.counter.seek(0)
        n_handshakes, n_resumed = self.COUNTS.unpack(self.counter.read())
        return n_handshakes - n_resumed

    def stop(self):
        self.running.stop()
        self.counter.close()
