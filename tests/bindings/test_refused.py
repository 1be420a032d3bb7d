#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Handlers of a client in Python that raise, or return nothing: the certificate is refused, the request not repeated."""

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
tap = Tap()
raised = []
kept = []               # streams of the proxy


def fail(*arguments):
    raise RuntimeError("handler failed, as the test wants")


# Name, result of the handler, whether it means yes. GIO shares TLS sessions between clients, not what one has accepted:
# after the first yes the sessions are resumed. In programs that use g_test GIO resumes none.
CASES = (
    ("raises", fail, False),
    ("returns-nothing", lambda *arguments: None, False),
    ("returns-false", lambda *arguments: False, False),
    ("returns-true", lambda *arguments: True, True),
    ("raises-again", fail, False),
    ("returns-true-again", lambda *arguments: True, True),
    ("returns-nothing-again", lambda *arguments: None, False),
)


def connect(client, uri):
    """Returns the error of a connection that fails, or None."""
    results = []
    client.connect_async(uri, None, None, None, lambda client, result: results.append(result))
    while not results:
        GLib.MainContext.default().iteration(True)
    try:
        client.connect_finish(results[0]).abort()
    except GLib.Error as error:
        return error
    return None


def make_certificate(folder):
    key, certificate = os.path.join(folder, "key"), os.path.join(folder, "certificate")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=stranger", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True, timeout=60)
    return Gio.TlsCertificate.new_from_files(certificate, key)


def test_accept_certificate(certificate):
    requests, asked = [], []
    server = Wsp.Server(tls_certificate=certificate)
    server.connect("request", lambda server, handshake: requests.append(handshake) or True)
    uri = f"wss://127.0.0.1:{server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.TLS).get_port()}/"
    for name, handler, is_yes in CASES:
        requests.clear(), asked.clear(), raised.clear()
        client = Wsp.Client()
        client.connect("accept-certificate", lambda *arguments: asked.append(arguments) or handler())
        error = connect(client, uri)
        is_refused = error is not None and error.matches(Gio.tls_error_quark(), Gio.TlsError.BAD_CERTIFICATE)
        tap.point(len(asked) == 1 and is_refused == (not is_yes) and len(requests) == is_yes,
                  f"/bindings/refused/python/accept-certificate/{name}", [asked, error, requests])
        tap.point(len(raised) == (handler is fail), f"/bindings/refused/python/accept-certificate/{name}/is-shown", raised)


def make_login_server():
    requests = []

    def on_request(server, handshake):
        requests.append(handshake)
        handshake.reject(401, None, None)
        return False

    server = Wsp.Server()
    server.connect("request", on_request)
    return server, server.listen_inet("127.0.0.1", 0, Wsp.ListenFlags.DEFAULT).get_port(), requests


def make_login_proxy():
    requests = []

    def on_read(source, result, stream):
        requests.append(source.read_bytes_finish(result).get_data())
        stream.get_output_stream().write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n"
                                             b'Proxy-Authenticate: Basic realm="a"\r\nConnection: close\r\n\r\n', None)
        stream.close(None)

    def on_incoming(service, stream, source):
        kept.append(stream)
        stream.get_input_stream().read_bytes_async(4096, GLib.PRIORITY_DEFAULT, None, on_read, stream)
        return True

    service = Gio.SocketService()
    service.connect("incoming", on_incoming)
    return service, service.add_any_inet_port(None), requests


def test_authenticate(where, status, header, make):
    peer, port, requests = make()
    for name, handler, is_yes in CASES:
        asked, statuses = [], []
        requests.clear(), raised.clear()

        def on_authenticate(client, handshake, is_retry):
            statuses.append(handshake.get_response_status())
            if is_retry:        # the server refuses for good
                return False
            asked.append(handshake)
            headers = Wsp.Headers.new()
            headers.append(header, "Basic abc")
            handshake.set_request_headers(headers)
            return handler()

        client = Wsp.Client()
        if where == "proxy":
            client.set_proxy_resolver(Gio.SimpleProxyResolver.new(f"http://127.0.0.1:{port}", None))
        client.connect("authenticate", on_authenticate)
        error = connect(client, "ws://example.org/" if where == "proxy" else f"ws://127.0.0.1:{port}/")
        is_right = error is not None and len(asked) == 1 and len(requests) == 1 + is_yes and set(statuses) == {status}
        tap.point(is_right, f"/bindings/refused/python/authenticate/{where}-{name}", [error, statuses, requests])
        tap.point(len(raised) == (handler is fail), f"/bindings/refused/python/authenticate/{where}-{name}/is-shown", raised)


GLib.timeout_add_seconds(SECONDS, sys.exit, "the time is over")
sys.excepthook = lambda kind, error, trace: raised.append(error)
with tempfile.TemporaryDirectory() as place:
    test_accept_certificate(make_certificate(place))
test_authenticate("server", 401, "Authorization", make_login_server)
test_authenticate("proxy", 407, "Proxy-Authorization", make_login_proxy)
sys.exit(tap.end())
