#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Client, server and taps as a Python script sees them, without an override."""

import contextlib
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import warnings

import gi
gi.require_version('Wsp', '1')
from gi.repository import Gio, GLib, GObject, Wsp

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'lib'))
from tap import Tap

SECONDS = 60
DEFAULT = Wsp.SendFlags.DEFAULT
tap = Tap()


class Observer(GObject.Object, Wsp.Tap):
    """A tap written in a script: the bytes of both directions."""

    def __init__(self):
        super().__init__()
        self.passed = {Wsp.Direction.SENT: b'', Wsp.Direction.RECEIVED: b''}

    def do_bytes_passed(self, source, direction, data, time_us):
        self.passed[direction] += data.get_data()

    def do_state_changed(self, source):
        pass


def run_until(condition):
    context = GLib.MainContext.default()
    while not condition():
        context.iteration(True)


def wait(begin, *arguments):
    """Calls an asynchronous function and runs the loop until its result is there."""
    results = []
    begin(*arguments, lambda source, result: results.append(result))
    run_until(lambda: results)
    return results[0]


def make_server():
    server = Wsp.Server(subprotocols=['chat'])

    def on_connection(server, connection):
        connection.connect('message', lambda connection, message: connection.queue_message(message, DEFAULT))
        connection.start_receiving()

    def on_request(server, handshake):
        if handshake.get_path() == '/secret' and handshake.props.request_headers.get_one('Authorization') != 'Basic abc':
            handshake.reject(401, None, None)
            return False
        if handshake.get_path() != '/refused':
            return True
        handshake.reject(404, None, None)
        return False

    server.connect('connection', on_connection)
    server.connect('request', on_request)
    return server, server.listen_inet(None, 0, Wsp.ListenFlags.DEFAULT).get_port()


def test_conversation(client, port):
    observer = Observer()
    client.add_tap(observer)
    connection = client.connect_finish(wait(client.connect_async, f'ws://127.0.0.1:{port}/', ['chat'], None, None))
    client.remove_tap(observer)
    tap.point(connection.props.subprotocol == 'chat', '/bindings/python/connection/properties')

    message = Wsp.Message.new_binary(b'\x00\xff')
    connection.send_message_finish(wait(connection.send_message_async, message, DEFAULT, None))
    received = connection.receive_finish(wait(connection.receive_async, None))
    tap.point(received.get_bytes().get_data() == b'\x00\xff', '/bindings/python/connection/binary')
    tap.point(connection.ping_finish(wait(connection.ping_async, None, None)) >= 0, '/bindings/python/connection/ping')

    connection.close_finish(wait(connection.close_async, Wsp.CloseCode.NORMAL, 'bye', None))
    tap.point(connection.receive_finish(wait(connection.receive_async, None)) is None,
              '/bindings/python/connection/end-is-none')
    info = connection.get_close_info()
    tap.point(info.is_clean() and info.get_peer_code() == 1000, '/bindings/python/close-info/clean', [info.to_string()])
    sent, received = observer.passed[Wsp.Direction.SENT], observer.passed[Wsp.Direction.RECEIVED]
    tap.point(sent.startswith(b'GET / HTTP/1.1\r\n') and b'\r\n\r\n\x82\x82' in sent, '/bindings/python/tap/bytes-sent', [sent])
    tap.point(received.startswith(b'HTTP/1.1 101 ') and b'\r\n\r\n\x82\x02\x00\xff' in received,
              '/bindings/python/tap/bytes-received', [received])


def test_streams(client, port):
    connection = client.connect_finish(wait(client.connect_async, f'ws://127.0.0.1:{port}/', ['chat'], None, None))
    stream = connection.begin_message(Wsp.MessageType.TEXT, DEFAULT)
    stream.write_bytes_finish(wait(stream.write_bytes_async, GLib.Bytes.new(b'Hello '), 0, None))
    stream.write_bytes_finish(wait(stream.write_bytes_async, GLib.Bytes.new(b'you'), 0, None))
    stream.close_finish(wait(stream.close_async, 0, None))
    echo = connection.receive_stream_finish(wait(connection.receive_stream_async, None))
    came = echo.read_bytes_finish(wait(echo.read_bytes_async, 64, 0, None)).get_data()
    tap.point(came == b'Hello you' and echo.props.message_type == Wsp.MessageType.TEXT,
              '/bindings/python/connection/messages-in-parts', [came])
    end = echo.read_bytes_finish(wait(echo.read_bytes_async, 64, 0, None))
    tap.point(end.get_size() == 0, '/bindings/python/message-stream/ends')

    message = Wsp.Message.new_text('urgent')
    connection.send_message_finish(wait(connection.send_message_async, message, Wsp.SendFlags.URGENT, None))
    tap.point(connection.send_from_thread(Wsp.Message.new_text('from a thread'), DEFAULT),
              '/bindings/python/connection/send-from-thread')
    came = [connection.receive_finish(wait(connection.receive_async, None)).get_text() for _ in range(2)]
    tap.point(came == ['urgent', 'from a thread'], '/bindings/python/connection/send-full', came)
    stats = connection.dup_stats()
    tap.point((stats.messages_sent, stats.messages_received, stats.payload_bytes_sent) == (3, 3, 28),
              '/bindings/python/stats/counts')

    connection.props.message_filter = Wsp.MessageFilter.BINARY_ONLY
    connection.queue_text('refused as it comes back')
    try:
        connection.receive_finish(wait(connection.receive_async, None))
        tap.point(False, '/bindings/python/connection/message-filter')
    except GLib.Error as error:
        tap.point(error.matches(Wsp.Error.quark(), Wsp.Error.INVALID_FORMAT),
                  '/bindings/python/connection/message-filter', [error])


def test_errors(client, port):
    try:
        client.connect_finish(wait(client.connect_async, f'ws://127.0.0.1:{port}/refused', None, None, None))
        tap.point(False, '/bindings/python/client/refused')
    except GLib.Error as error:
        tap.point(error.matches(Wsp.Error.quark(), Wsp.Error.HANDSHAKE),
                  '/bindings/python/client/refused', [error])

    handshake = Wsp.Handshake.new_client(f'ws://127.0.0.1:{port}/refused', None, None)
    try:
        client.open_finish(wait(client.open_async, handshake, None, None))
    except GLib.Error:
        pass
    tap.point(handshake.props.response_status == 404, '/bindings/python/client/refusal-is-readable')


def test_login(client, port):
    asked = []

    def on_authenticate(client, handshake, retrying):
        asked.append((handshake.props.response_status, retrying))
        headers = Wsp.Headers.new()
        headers.append('Authorization', 'Basic abc')
        handshake.props.request_headers = headers
        return True

    handler = client.connect('authenticate', on_authenticate)
    connection = client.connect_finish(wait(client.connect_async, f'ws://127.0.0.1:{port}/secret', None, None, None))
    client.disconnect(handler)
    connection.abort()
    tap.point(asked == [(401, False)], '/bindings/python/client/authenticate', [asked])


def test_failing_handlers(client):
    """A handler that raises, or forgets to say yes, lets no client in; the traceback is on stderr."""
    def raise_error(server, handshake):
        raise RuntimeError('handler failed, as the test wants')

    def answer(status, handshake):
        if status == 101:
            handshake.accept(None, None)
        else:
            handshake.reject(status, None, None)

    def defer(server, handshake):
        handshake.defer()
        GLib.idle_add(answer, int(handshake.get_path()[1:]), handshake)

    cases = ((raise_error, '/', 500), (lambda server, handshake: None, '/', 500), (defer, '/101', 101),
             (defer, '/403', 403), (lambda server, handshake: True, '/', 101))
    for number, (handler, path, expected) in enumerate(cases):
        server = Wsp.Server()
        server.connect('request', handler)
        uri = f'ws://127.0.0.1:{server.listen_inet(None, 0, Wsp.ListenFlags.DEFAULT).get_port()}{path}'
        handshake = Wsp.Handshake.new_client(uri, None, None)
        try:
            client.open_finish(wait(client.open_async, handshake, None, None)).abort()
        except GLib.Error:
            pass
        status = handshake.props.response_status
        tap.point(status == expected, f'/bindings/python/server/request-handler-{number}-gives-{expected}', [status])


def test_http():
    """Ordinary HTTP: a handler that raises, or returns nothing, leaves the request to others; a response counts."""
    def raise_error(server, request):
        raise RuntimeError('handler failed, as the test wants')

    def respond(request):
        headers = Wsp.Headers.new()
        headers.append('X-Path', request.get_path())
        request.respond(200, headers, GLib.Bytes.new(b'ok'))

    def respond_later(server, request):
        request.defer()
        GLib.idle_add(respond, request)
        return True

    cases = (('raises', raise_error, 426), ('returns-nothing', lambda server, request: None, 426),
             ('returns-true-only', lambda server, request: True, 500),
             ('responds-and-returns-nothing', lambda server, request: respond(request), 200),
             ('responds-later', respond_later, 200))
    for name, handler, expected in cases:
        server = Wsp.Server()
        server.connect('http-request', handler)
        port = server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port()
        dialed = Gio.SocketClient()
        stream = dialed.connect_to_host_finish(wait(dialed.connect_to_host_async, '127.0.0.1', port, None))
        stream.get_output_stream().write_all(b'GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n', None)
        source, received = stream.get_input_stream(), b''
        while (part := source.read_bytes_finish(wait(source.read_bytes_async, 4096, 0, None)).get_data()):
            received += part
        is_right = received.startswith(f'HTTP/1.1 {expected} '.encode())
        if expected == 200:
            is_right = is_right and b'\r\nX-Path: /page\r\n' in received and received.endswith(b'\r\n\r\nok')
        tap.point(is_right, f'/bindings/python/server/http-handler-{name}-gives-{expected}', [received])


def make_trust(folder):
    """A certificate that is its own authority, and a database with it, which reads the file later."""
    key, certificate = os.path.join(folder, 'key'), os.path.join(folder, 'certificate')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                    '-days', '2', '-subj', '/CN=somebody', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key,
                    '-out', certificate], check=True, capture_output=True)
    return Gio.TlsCertificate.new_from_files(certificate, key), Gio.TlsFileDatabase.new(certificate)


def test_client_certificate(certificate, database):
    seen = []
    server = Wsp.Server(tls_certificate=certificate, tls_database=database,
                        tls_authentication_mode=Gio.TlsAuthenticationMode.REQUIRED)

    def on_request(server, handshake):
        seen.append(handshake.props.tls_peer_certificate.props.subject_name)
        return True

    server.connect('request', on_request)
    uri = f'wss://127.0.0.1:{server.listen_inet("127.0.0.1", 0, Wsp.ListenFlags.TLS).get_port()}/'
    client = Wsp.Client(tls_certificate=certificate, tls_database=database)
    connection = client.connect_finish(wait(client.connect_async, uri, None, None, None))
    connection.abort()
    tap.point(seen == ['CN=somebody'], '/bindings/python/server/client-certificate', [seen])
    shown = connection.get_tls_peer_certificate(), connection.get_tls_peer_certificate_errors()
    tap.point(shown[0] is not None and shown[0].is_same(certificate) and shown[1] == Gio.TlsCertificateFlags.NO_FLAGS,
              '/bindings/python/client/peer-certificate-after-the-end', [shown])
    stranger = Wsp.Client(tls_database=database)
    try:
        stranger.connect_finish(wait(stranger.connect_async, uri, None, None, None))
        tap.point(False, '/bindings/python/server/no-client-certificate-refused')
    except GLib.Error as error:
        tap.point('certificate' in error.message.lower() and len(seen) == 1,
                  '/bindings/python/server/no-client-certificate-refused',
                  [error])


# Version of a server that has no other one, whether a client connects to it.
OLD_VERSIONS = (('TLSv1', False), ('TLSv1_1', False), ('TLSv1_2', True))


def test_old_versions(folder, database):
    for name, is_taken in OLD_VERSIONS:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers('ALL:@SECLEVEL=0')
        with warnings.catch_warnings():         # old versions are deprecated
            warnings.simplefilter('ignore')
            context.minimum_version = context.maximum_version = ssl.TLSVersion[name]
        context.load_cert_chain(os.path.join(folder, 'certificate'), os.path.join(folder, 'key'))
        listener = socket.create_server(('127.0.0.1', 0))
        agreed = []

        def serve():
            stream, _ = listener.accept()
            with contextlib.suppress(OSError):
                secure = context.wrap_socket(stream, server_side=True)
                agreed.append(secure.version())
                secure.recv(4096)
                secure.close()

        thread = threading.Thread(target=serve)
        thread.start()
        client = Wsp.Client(tls_database=database)
        try:
            uri = f'wss://127.0.0.1:{listener.getsockname()[1]}/'
            client.connect_finish(wait(client.connect_async, uri, None, None, None))
        except GLib.Error as error:
            message = error.message
        thread.join(SECONDS)
        listener.close()
        tap.point(len(agreed) == is_taken and message.startswith('TLS: expected version 1.2 or later') != is_taken,
                  f'/bindings/python/client/{name}-is-{"taken" if is_taken else "refused"}', [agreed, message])


def test_reconnector(client, port):
    connected, disconnected, failures, questions = [], [], [], []

    def on_connected(reconnector, connection):
        connected.append(connection)
        connection.start_receiving()
        connection.abort()

    def on_should_retry(reconnector, handshake, error):
        questions.append((error.code, handshake.get_response_status()))
        return False

    reconnector = Wsp.Reconnector(client=client, uri=f'ws://127.0.0.1:{port}/', spread=1, subprotocols=['chat'])
    reconnector.connect('connected', on_connected)
    reconnector.connect('disconnected', lambda reconnector, info: disconnected.append(info))
    reconnector.start()
    run_until(lambda: len(connected) == 2)
    reconnector.stop()
    run_until(lambda: len(disconnected) == 2)
    tap.point(connected[1].props.subprotocol == 'chat' and not disconnected[0].is_clean(),
              '/bindings/python/reconnector/connects-again')

    reconnector = Wsp.Reconnector.new(f'ws://127.0.0.1:{port}/refused', client)
    reconnector.connect('attempt-failed', lambda reconnector, handshake, error: failures.append(
        (error.code, handshake.get_response_status(), list(questions))))
    reconnector.connect('should-retry', on_should_retry)
    reconnector.start()
    run_until(lambda: questions)
    tap.point(questions == [(Wsp.Error.HANDSHAKE, 404)] and reconnector.get_next_attempt_us() == 0,
              '/bindings/python/reconnector/asks-whether-to-retry', [questions])
    tap.point(failures == [(Wsp.Error.HANDSHAKE, 404, [])], '/bindings/python/reconnector/tells-of-a-failure-first', [failures])

    def fail(*arguments):
        raise RuntimeError('handler failed, as the test wants')

    for name, handler in (('raises', fail), ('returns-nothing', lambda *arguments: None)):
        active = []
        reconnector = Wsp.Reconnector.new('ws://127.0.0.1:1/', None)
        reconnector.connect('should-retry', handler)
        reconnector.connect('notify::active', lambda reconnector, pspec: active.append(reconnector.get_active()))
        reconnector.start()
        run_until(lambda: len(active) == 2)
        tap.point(active == [True, False], f'/bindings/python/reconnector/handler-{name}-gives-up', [active])

    for name, handler in (('raises', fail), ('returns-nothing', lambda *arguments: None), ('returns-false', lambda *arguments: False)):
        reconnector = Wsp.Reconnector.new('ws://127.0.0.1:1/', None)
        reconnector.connect('attempt-failed', handler)
        reconnector.start()
        run_until(lambda: reconnector.get_next_attempt_us() != 0 or not reconnector.get_active())
        tap.point(reconnector.get_active(), f'/bindings/python/reconnector/handler-of-a-failure-{name}-goes-on')
        reconnector.stop()


def test_helpers():
    tap.point(Wsp.close_code_describe(1009).startswith('Message too big'), '/bindings/python/close-code/describe')


client = Wsp.Client()
server, port = make_server()
test_conversation(client, port)
test_streams(client, port)
test_errors(client, port)
with tempfile.TemporaryDirectory() as folder:
    certificate, database = make_trust(folder)
    test_client_certificate(certificate, database)
    test_old_versions(folder, database)
test_login(client, port)
test_failing_handlers(client)
test_http()
test_reconnector(client, port)
test_helpers()
sys.exit(tap.end())
