# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""TLS servers of other projects, each with one version of TLS.  A server that knows no WebSocket relays to a server without TLS.

A server that requires a certificate of its clients trusts ca.pem of the folder; all have server.pem there."""

from dataclasses import dataclass

import proxies
from interop import PEERS, PYTHON, Library, Program, build_go, has_node_ws, node


@dataclass
class Settings:
    """plain_port: of the server without TLS; tell_listen, tls_relay: libraries to preload, which MORE_SERVERS do not need."""

    folder: str
    version: str
    requires: bool
    plain_port: int
    tell_listen: str = ""
    tls_relay: str = ""


class Peer:
    """A library that speaks WebSocket itself."""

    def __init__(self, settings, name, *command):
        folder = settings.folder
        words = [f"--cert={folder}/server.pem", f"--key={folder}/server.key", f"--tls={settings.version}"]
        if settings.requires:
            words.append(f"--ca={folder}/ca.pem")
        self.program, self.port, _ = Library(name, command).server(*words)
        self.stop = self.program.stop


def start_node(settings):
    return Peer(settings, "node-ws", node(), f"{PEERS}/node-peer.js")


def start_python(settings):
    return Peer(settings, "python-websockets", PYTHON, f"{PEERS}/websockets-peer.py")


def start_reverse_proxy(settings, start, tls):
    port = proxies.hold_port()
    proxy = start(settings.tell_listen, settings.folder, settings.plain_port, port, tls)
    proxy.port = port
    return proxy


def start_nginx(settings):
    tls = f"ssl_protocols {settings.version};"
    if settings.requires:
        tls += f" ssl_client_certificate {settings.folder}/ca.pem; ssl_verify_client on;"
    return start_reverse_proxy(settings, proxies.nginx, tls)


def start_haproxy(settings):
    tls = f"ssl-min-ver {settings.version} ssl-max-ver {settings.version}"
    if settings.requires:
        tls += f" ca-file {settings.folder}/ca.pem verify required"
    return start_reverse_proxy(settings, proxies.haproxy, tls)


def start_relay(settings, name, *command):
    """A program that serves one client at a time (tls-relay.c)."""
    proxy = proxies.Proxy(f"{settings.tls_relay}:{settings.tell_listen}", settings.folder, name)
    return proxy.start(*(word.format(folder=settings.folder, port=proxy.port) for word in command),
                       RELAY_TO=str(settings.plain_port))


def start_s_server(settings):
    words = ["-accept", "127.0.0.1:{port}", "-cert", "{folder}/server.pem", "-key", "{folder}/server.key", "-quiet",
             {"TLSv1.2": "-tls1_2", "TLSv1.3": "-tls1_3"}[settings.version]]
    if settings.requires:
        words += ["-CAfile", "{folder}/ca.pem", "-Verify", "1", "-verify_return_error"]
    return start_relay(settings, "s_server", "openssl", "s_server", *words)


def start_gnutls_serv(settings):
    """If it does not require a certificate, it asks for one."""
    words = ["--port", "{port}", "--x509certfile", "{folder}/server.pem", "--x509keyfile", "{folder}/server.key", "--echo",
             "--priority", f"NORMAL:-VERS-ALL:+VERS-{settings.version.replace('TLSv', 'TLS')}"]
    if settings.requires:
        words += ["--x509cafile", "{folder}/ca.pem", "--require-client-cert", "--verify-client-cert"]
    return start_relay(settings, "gnutls-serv", "gnutls-serv", *words)


def start_go(settings):
    folder = settings.folder
    program = Program([build_go(folder, "tls-server"), f"{folder}/server.pem", f"{folder}/server.key",
                       settings.version.removeprefix("TLSv"), str(settings.plain_port),
                       *([f"{folder}/ca.pem"] if settings.requires else [])])
    program.port = int(program.wait_for(r"^\d+$").group())
    return program


# Name, the function that starts the server, whether it is installed.
SERVERS = (
    ("nginx", start_nginx, lambda: proxies.find("nginx")),
    ("haproxy", start_haproxy, lambda: proxies.find("haproxy")),
    ("node-ws", start_node, has_node_ws),
    ("python-websockets", start_python, lambda: True),
    ("openssl", start_s_server, lambda: proxies.find("openssl")),
    ("gnutls-serv", start_gnutls_serv, lambda: proxies.find("gnutls-serv")),
)
# Few machines have them.
MORE_SERVERS = (
    ("go", start_go, lambda: proxies.find("go")),
)


def print_versions(tap):
    for name, option in (("openssl", "version"), ("gnutls-serv", "--version"), ("haproxy", "-v"), ("nginx", "-v"),
                         ("go", "version")):
        if proxies.find(name):
            tap.diag(proxies.version_of(name, option))
