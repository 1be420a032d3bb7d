#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The shortest programs in Python, as the API is meant to be used; each runs against a real peer."""

import os
import socket
import sys

import gi
gi.require_version("Wsp", "1")
from gi.repository import GLib, Wsp  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from tap import Tap  # noqa: E402

SECONDS = 60
tap = Tap()


def on_http(server, request):
    if request.get_path() != "/healthz":
        return False
    request.respond(200, None, GLib.Bytes.new(b"ok"))
    return True


def look_up(path, done):
    GLib.idle_add(done, path == "/chat")


def on_request(server, handshake):
    handshake.defer()
    look_up(handshake.get_path(), lambda ok: handshake.accept() if ok else handshake.reject(404))


def open_by_hand(sock):
    own = Wsp.Headers.new()
    own.append("Host", "localhost")
    session = Wsp.Session.new(Wsp.Role.CLIENT)
    head = session.begin_client_handshake(None, None, own)
    sock.sendall(head.write("GET /chat HTTP/1.1").get_data())
    return session


def read_head(sock):
    """Runs the server's main loop until the end of a head, or of the stream, has come."""
    came = b""
    sock.setblocking(False)
    while b"\r\n\r\n" not in came:
        GLib.MainContext.default().iteration(False)
        try:
            piece = sock.recv(4096)
        except BlockingIOError:
            continue
        if not piece:
            break
        came += piece
    return came


def ask(port, request):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(request)
        return read_head(sock)


def main():
    GLib.timeout_add_seconds(SECONDS, sys.exit, "the time is over")
    server = Wsp.Server()
    server.connect("http-request", on_http)
    server.connect("request", on_request)
    port = server.listen_inet("127.0.0.1", 0, Wsp.ListenFlags.DEFAULT).get_port()

    came = ask(port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    tap.point(came.startswith(b"HTTP/1.1 200 ") and came.endswith(b"\r\n\r\nok"), "/bindings/programs/python/http", [came])
    came = ask(port, b"GET /other HTTP/1.1\r\nHost: localhost\r\n\r\n")
    tap.point(came.startswith(b"HTTP/1.1 426 "), "/bindings/programs/python/http-of-another-path", [came])

    with socket.create_connection(("127.0.0.1", port)) as sock:
        session = open_by_hand(sock)
        head = read_head(sock)
        status, _, fields = head.partition(b"\r\n")
        session.end_client_handshake(Wsp.Headers.parse(GLib.Bytes(fields)))
        tap.point(status.startswith(b"HTTP/1.1 101 ") and session.get_state() == Wsp.SessionState.OPEN,
                  "/bindings/programs/python/deferred-and-session-by-hand", [status])
    came = ask(port, b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
    tap.point(came.startswith(b"HTTP/1.1 404 "), "/bindings/programs/python/deferred-and-rejected", [came])
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
