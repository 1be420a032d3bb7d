# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Visits over TLS to servers that list their frames, recorded with a key log."""

import json
import os
import re
import subprocess
import sys

import captured
from interop import PATIENCE, Program, make_certificates, serve
from recording import Recording

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENT = os.path.join(HERE, "tls_client.py")
LISTING = ("-T", "jsonl", "--redact=none", "--handshake=full", "--allow-origin", "*", "--deflate")
SUITES = """openssl_conf = settings
[settings]
ssl_conf = ssl
[ssl]
system_default = system
[system]
Ciphersuites = {suite}
"""


def port_of(uri):
    return int(re.search(r":(\d+)/?$", uri).group(1))


class Server:
    """wsinspect serve, and the lines of its listing."""

    def __init__(self, wsinspect, *options):
        self.program = Program([wsinspect, "serve", *LISTING, *options, "0"])
        self.uri = json.loads(self.program.next_line())["uri"].replace("127.0.0.1", "localhost").rstrip("/")
        self.port = port_of(self.uri)

    def end(self):
        """Its connections, as the server has seen them."""
        self.program.stop()
        return captured.connections_of(captured.rows_of("\n".join(self.program.rest())), is_server=True)


class Stage:
    """Certificates in a folder, and one key log for each client."""

    def __init__(self, folder):
        self.folder = folder
        self.certificate, _ = make_certificates(folder)
        self.authority = f"{folder}/ca.pem"
        self.logs = []

    def key_log(self, name):
        path = f"{self.folder}/{name.replace('/', '-')}.keys"
        self.logs.append(path)
        return path

    def join_logs(self, path):
        """One key log of all, as a program that runs for long has it."""
        with open(path, "wb") as whole:
            for log in self.logs:
                if os.path.exists(log):
                    with open(log, "rb") as file:
                        whole.write(file.read())
        return path


def run_tls_client(stage, uri, log, *options, suite=None):
    """The lines of the client about each visit.  suite: of TLS 1.3."""
    environment = dict(os.environ)
    if suite:
        environment["OPENSSL_CONF"] = f"{stage.folder}/{suite}.cnf"
        with open(environment["OPENSSL_CONF"], "w", encoding="ascii") as file:
            file.write(SUITES.format(suite=suite))
    done = subprocess.run([sys.executable, CLIENT, *options, uri, stage.authority, log], env=environment, capture_output=True,
                          text=True, timeout=PATIENCE, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{uri}: {done.stderr[-800:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def record(wsinspect, folder, name, *options, suite=None):
    """A conversation of Python's ssl with wsinspect serve: the path of the capture and of its key log, the port, the connection as
    the server has seen it, and why nothing is recorded, or None."""
    stage = Stage(folder)
    server = Server(wsinspect, *stage.certificate)
    recording = Recording(f"{folder}/{name}.pcap", [server.port])
    log = stage.key_log(name)
    try:
        if recording.reason is None:
            run_tls_client(stage, f"{server.uri}/{name}", log, *options, suite=suite)
            recording.end()
    finally:
        connections = server.end()
    return recording.path, log, server.port, connections, recording.reason


def tshark_options(ports, log):
    """The options by which tshark knows of ports that are not those of HTTP."""
    words = ["-o", f"tls.keylog_file:{log}"]
    for port in ports:
        words += ["-d", f"tcp.port=={port},tls", "-d", f"tls.port=={port},http"]
    return words


def inject(capture, log, to):
    """The same packets in a pcapng with a Decryption Secrets Block."""
    subprocess.run(["editcap", "--inject-secrets", f"tls,{log}", capture, to], check=True, capture_output=True)
    return to
