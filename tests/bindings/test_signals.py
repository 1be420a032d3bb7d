#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The handshakes that signals name, in Python: whose certificate a handler is asked about, and what of a request that has failed, or of
an attempt of a reconnector, is known."""

import os
import subprocess
import sys
import tempfile

import gi
gi.require_version("Wsp", "1")
from gi.repository import Gio, GLib, Wsp  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from tap import Tap  # noqa: E402

SECONDS = 60
HOST = b"Host: localhost\r\n"
WEBSOCKET = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
tap = Tap()


def point(is_ok, claim, diagnosis):
    tap.point(is_ok, f"/bindings/signals/python/{claim}", [diagnosis])


def run_until(is_true):
    while not is_true():
        GLib.MainContext.default().iteration(True)


def make_certificate(folder, name):
    key, certificate = os.path.join(folder, f"{name}-key"), os.path.join(folder, name)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", f"/CN={name}", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True, timeout=60)
    return Gio.TlsCertificate.new_from_files(certificate, key)


def serve(**settings):
    server = Wsp.Server(**settings)
    flags = Wsp.ListenFlags.TLS if settings else Wsp.ListenFlags.DEFAULT
    return server, server.listen_inet("127.0.0.1", 0, flags).get_port()


# Name, URIs, and what is asked about each: the URI of the handshake, the peer and whether it is accepted. A and B are ports; A redirects
# /to-b, and the handler accepts the certificate of A for the peer 127.0.0.1:A.
CERTIFICATES = (
    ("two-calls", ["wss://127.0.0.1:A/", "wss://127.0.0.1:B/"], [("wss://127.0.0.1:A/", "127.0.0.1:A", True), ("wss://127.0.0.1:B/", "127.0.0.1:B", False)]),
    ("redirect", ["wss://127.0.0.1:A/to-b"], [("wss://127.0.0.1:A/to-b", "127.0.0.1:A", True), ("wss://127.0.0.1:A/to-b", "127.0.0.1:B", False)]),
    ("name", ["wss://localhost:A/"], [("wss://localhost:A/", "localhost:A", False)]),
)


def test_accept_certificate(folder):
    certificates = {name: make_certificate(folder, name) for name in "AB"}
    (a, port_a), (b, port_b) = (serve(tls_certificate=certificates[name]) for name in "AB")
    ports = {":A": f":{port_a}", ":B": f":{port_b}"}

    def with_ports(text):
        for letter, port in ports.items():
            text = text.replace(letter, port)
        return text

    def on_request(server, handshake):
        if handshake.get_path() == "/to-b":
            headers = Wsp.Headers.new()
            headers.append("Location", with_ports("wss://127.0.0.1:B/"))
            handshake.reject(302, headers, None)
        return True

    a.connect("request", on_request)
    for name, uris, expected in CERTIFICATES:
        asked, events, results = [], [], []

        def on_certificate(client, handshake, peer, certificate, errors):
            place = f"{peer.get_hostname()}:{peer.get_port()}"
            is_known = place == with_ports("127.0.0.1:A") and certificate.is_same(certificates["A"])
            asked.append((handshake.get_uri(), place, is_known))
            return is_known

        def on_event(client, handshake, event, place, stream):
            events.append((handshake.get_uri(), type(place).__name__, stream is None if event == Gio.SocketClientEvent.RESOLVING else True))

        client = Wsp.Client(max_redirects=1)
        client.connect("accept-certificate", on_certificate)
        client.connect("event", on_event)
        for uri in uris:
            client.connect_async(with_ports(uri), None, None, None, lambda client, result: results.append(result))
        run_until(lambda: len(results) == len(uris))
        point(sorted(asked) == sorted((with_ports(uri), with_ports(place), verdict) for uri, place, verdict in expected),
              f"accept-certificate/{name}", asked)
        point(set(events) == {(with_ports(uri), "NetworkAddress", True) for uri in uris}, f"event/{name}", events)
        n_open = 0
        for result in results:
            try:
                client.connect_finish(result).abort()
                n_open += 1
            except GLib.Error as error:
                point(error.matches(Gio.tls_error_quark(), Gio.TlsError.BAD_CERTIFICATE), f"accept-certificate/{name}/refused", error)
        point(n_open == len(uris) - 1, f"accept-certificate/{name}/open", n_open)


# Name, what the client sends before it closes its output, and what the handshake has: method, path, Host and status; None: no handshake.
FAILURES = (
    ("nothing", b"", None),
    ("half-a-line", b"GET /a HT", None),
    ("tls", b"\x16\x03\x01\x02\x05\x01", None),
    ("half-a-head", b"GET /a HTTP/1.1\r\n" + HOST + b"Upgr", ("GET", "/a", "localhost", 0)),
    ("404", b"GET /nope HTTP/1.1\r\n" + HOST + WEBSOCKET + b"\r\n", ("GET", "/nope", "localhost", 404)),
    ("431", b"GET /a HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 101 + b"\r\n", ("GET", "/a", "localhost", 431)),
    ("plain-get", b"GET /a HTTP/1.1\r\n" + HOST + b"\r\n", ("GET", "/a", "localhost", 426)),
)


def test_handshake_failed():
    server, port = serve()
    failures = []

    def on_failed(server, address, handshake, error):
        try:
            is_accepted = handshake is not None and handshake.accept(None, None)
        except GLib.Error:
            is_accepted = False
        failures.append((type(address).__name__, is_accepted, error.message, handshake and (
            handshake.get_method(), handshake.get_path(), handshake.get_request_header("Host"), handshake.get_response_status())))

    server.add_route("/a")
    server.connect("handshake-failed", on_failed)
    for name, sent, expected in FAILURES:
        failures.clear()
        stream = Gio.SocketClient().connect_to_host("127.0.0.1", port, None)
        if sent:
            stream.get_output_stream().write_all(sent, None)
        stream.get_socket().shutdown(False, True)
        run_until(lambda: failures)
        point([failure[:2] + failure[3:] for failure in failures] == [("InetSocketAddress", False, expected)], f"handshake-failed/{name}", failures)
        stream.close(None)


# Name, URI with the port A, subprotocols, and what both handlers learn: the status and the body; None: no handshake.
ATTEMPTS = (
    ("refused", "ws://127.0.0.1:A/", None, (404, b"no such page")),
    ("no-response", "ws://127.0.0.1:1/", None, (0, None)),
    ("bad-subprotocol", "ws://127.0.0.1:A/", ["a b"], None),
)


def test_reconnector():
    server, port = serve()

    def on_request(server, handshake):
        handshake.reject(404, None, GLib.Bytes.new(b"no such page"))
        return True

    def learn(handshake):
        body = handshake and handshake.get_response_body()
        return handshake and (handshake.get_response_status(), body and body.get_data())

    server.connect("request", on_request)
    for name, uri, subprotocols, expected in ATTEMPTS:
        told, asked = [], []
        reconnector = Wsp.Reconnector(uri=uri.replace(":A", f":{port}"), subprotocols=subprotocols)
        reconnector.connect("attempt-failed", lambda reconnector, handshake, error: told.append(learn(handshake)))
        reconnector.connect("should-retry", lambda reconnector, handshake, error: asked.append(learn(handshake)) or False)
        reconnector.start()
        run_until(lambda: asked)
        point(told == asked == [expected], f"attempt-failed/{name}", [told, asked])


GLib.timeout_add_seconds(SECONDS, sys.exit, "the time is over")
with tempfile.TemporaryDirectory() as place:
    test_accept_certificate(place)
test_handshake_failed()
test_reconnector()
sys.exit(tap.end())
