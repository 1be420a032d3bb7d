#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Errors of calls in Python: test_errors.py GIR.  Each function of the GIR that can fail raises errors of Wsp.Error in their classes."""

import os
import sys
import xml.etree.ElementTree as ElementTree

import gi
gi.require_version('Wsp', '1')
from gi.repository import Gio, GLib, Wsp  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
from tap import Tap  # noqa: E402

CORE = '{http://www.gtk.org/introspection/core/1.0}'
KINDS = 'function', 'constructor', 'method'
SECONDS = 60
tap = Tap()


def point(is_ok, claim, *shown):
    return tap.point(bool(is_ok), f'/bindings/errors/python/{claim}', [repr(one) for one in shown])


def run_until(condition):
    while not condition():
        GLib.MainContext.default().iteration(True)


def functions_that_fail(gir):
    """The owner, Wsp for the namespace, and the name of each function that can fail."""
    namespace = ElementTree.parse(gir).getroot().find(CORE + 'namespace')
    for owner in (namespace, *namespace):
        for kind in KINDS:
            for node in owner.findall(CORE + kind):
                if node.get('throws') == '1' and node.get('introspectable') != '0':
                    yield 'Wsp' if owner is namespace else owner.get('name'), node.get('name')


def test_all(gir):
    names = list(functions_that_fail(gir))
    for owner, name in names:
        function = getattr(Wsp if owner == 'Wsp' else getattr(Wsp, owner), name)
        point(hasattr(function, '__wrapped__'), f'{owner}.{name}-raises-in-class', function)
    point({'Wsp', 'Headers', 'Connection'} <= {owner for owner, _ in names}, 'functions-are-found', names)


def make_pair():
    server, accepted, connected = Wsp.Server(), [], []
    server.connect('connection', lambda server, connection: accepted.append(connection))
    port = server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port()
    Wsp.Client().connect_async(f'ws://127.0.0.1:{port}/', None, None, None,
                               lambda client, result: connected.append(client.connect_finish(result)))
    run_until(lambda: accepted and connected)
    return server, connected[0], accepted[0]


def begin_stream(connection, peer):
    output = peer.begin_message(Wsp.MessageType.BINARY)
    output.write(b'begun')
    output.flush()
    streams = []
    connection.receive_stream_async(None, lambda connection, result: streams.append(connection.receive_stream_finish(result)))
    run_until(lambda: streams)
    return output, streams[0]


def close(peer, connection, code, reason):
    peer.start_receiving()
    connection.start_receiving()
    peer.close_async(code, reason)
    run_until(lambda: peer.state == connection.state == Wsp.ConnectionState.CLOSED)


def caught(call, *arguments):
    try:
        return call(*arguments)
    except Exception as error:
        return error


def read_in_pieces(stream):
    while stream.read_bytes(100).get_size() > 0:
        pass


def test_calls():
    for name, call in {'namespace': lambda: Wsp.headers_parse(GLib.Bytes.new(b'no colon')), 'static-function': lambda: Wsp.Headers.parse(GLib.Bytes.new(b'no colon')),
                       'constructor': lambda: Wsp.Session.new_established(Wsp.Role.CLIENT, 'no token', None),
                       'method': lambda: Wsp.Headers().append('no token', 'a')}.items():
        error = caught(call)
        point(isinstance(error, Wsp.Error) and type(error) is not Wsp.Error and error.matches(Wsp.Error.quark(), error.code) and
              type(error) in (Wsp.InvalidFormat, Wsp.InvalidArgument), f'{name}-raises', error)
    server = Wsp.Server()
    port = server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port()
    error = caught(Wsp.Server().listen_inet, '127.0.0.1', port, Wsp.ListenFlags.DEFAULT)
    point(type(error) is GLib.Error and error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.ADDRESS_IN_USE), 'errors-of-gio-stay-theirs', error)
    point(Wsp.Error.to_close_code(Wsp.InvalidUtf8('own')) == 1007, 'functions-of-the-domain-are-there')


def test_streams():
    """The functions are GIO's, the errors are of Wsp."""
    server, connection, peer = make_pair()
    output, stream = begin_stream(connection, peer)
    peer.abort()
    run_until(lambda: connection.state == Wsp.ConnectionState.CLOSED)
    for name, error in {'write': caught(output.write, b'a'), 'read': caught(read_in_pieces, stream)}.items():
        point(isinstance(error, Wsp.Closed) and error.close_code == 1006, f'{name}-of-a-stream-raises', error)
    server, connection, peer = make_pair()
    output = connection.begin_message(Wsp.MessageType.BINARY)
    close(peer, connection, 4000, 'enough')
    error = caught(output.write, b'a')
    point(isinstance(error, Wsp.Closed) and (error.close_code, error.close_reason) == (4000, 'enough'), 'stream-has-the-code-of-the-close', error)
    error = caught(connection.queue_text, 'a')
    point((type(error), error.code, error.close_code) == (Wsp.Closed, Wsp.Error.CLOSED, 4000), 'code-is-that-of-glib', error)
    fired = Gio.Cancellable()
    fired.cancel()
    error = caught(make_pair()[1].begin_message(Wsp.MessageType.TEXT).write, b'a', fired)
    point(type(error) is GLib.Error and error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED), 'cancelled-stays-of-gio', error)


def test_signals():
    """The error of a signal has no class of Wsp: matches () asks it."""
    failed = []
    server = Wsp.Server()
    server.connect('handshake-failed', lambda server, address, handshake, error: failed.append(error))
    port = server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port()
    connection = Gio.SocketClient().connect_to_host(f'127.0.0.1:{port}', port, None)
    connection.get_output_stream().write(b'GET / HTTP/1.1\r\nbad\r\n\r\n')
    run_until(lambda: failed)
    point(failed[0].matches(Wsp.Error.quark(), Wsp.Error.INVALID_FORMAT), 'error-of-a-signal-is-asked-by-matches', failed)


GLib.timeout_add_seconds(SECONDS, sys.exit, 'the time is over')
test_all(sys.argv[1])
test_calls()
test_streams()
test_signals()
sys.exit(tap.end())
