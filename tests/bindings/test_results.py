#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Results of handlers that are asked for a boolean: test_results.py GIR.  test-results.js is the same in JavaScript.

The signals and callbacks are those of the GIR: one without an entry in ASKED fails."""

import asyncio
import gc
import inspect
import logging
import os
import subprocess
import sys
import tempfile
import warnings
import weakref
import xml.etree.ElementTree as ElementTree

import gi
gi.require_version('Wsp', '1')
from gi.repository import Gio, GLib, GObject, Wsp  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
from tap import Tap  # noqa: E402

CORE = '{http://www.gtk.org/introspection/core/1.0}'
GLIB = '{http://www.gtk.org/introspection/glib/1.0}'
SECONDS = 60
tap = Tap()
lines = []              # of the log of Python, and of GLib's
cancelled = []          # requests of coroutines that have waited too long
complaints = []         # of asyncio, and warnings


def point(is_ok, claim, *shown):
    return tap.point(bool(is_ok), f'/bindings/results/python/{claim}', [repr(one) for one in shown])


class Log(logging.Handler):
    def emit(self, record):
        (lines if record.name == 'wsp' else complaints).append(record.getMessage())


def on_log(level, fields, n_fields, *data):
    if level <= GLib.LogLevelFlags.LEVEL_MESSAGE:
        lines.append(f'of GLib, {level}')
    return GLib.LogWriterOutput.HANDLED


class Wanted(Exception):
    pass


def fail():
    raise Wanted('as the test wants')


async def later(get):
    await asyncio.sleep(0)
    return get()


# Results of a handler.
RESULTS = {
    'true': lambda: True,
    'false': lambda: False,
    'nothing': lambda: None,
    'raises': fail,
    'object': lambda: Wsp.Headers.new(),
    'number': lambda: 1,
    'text': lambda: 'True',
    'async-true': lambda: later(lambda: True),
    'async-false': lambda: later(lambda: False),
    'async-nothing': lambda: later(lambda: None),
    'async-raises': lambda: later(fail),
    'async-object': lambda: later(lambda: Wsp.Headers.new()),
    'async-number': lambda: later(lambda: 1),
    'future': lambda: asyncio.ensure_future(later(lambda: True)),
}
AWAITED = 'async-true', 'future'


async def ask_upgrade(server, path='/'):
    """The status of the response."""
    handshake = Wsp.Handshake.new_client(f'ws://127.0.0.1:{server.listen_inet("127.0.0.1", 0, Wsp.ListenFlags.DEFAULT).get_port()}{path}', None, None)
    try:
        (await Wsp.Client().open_async(handshake)).abort()
    except GLib.Error:
        pass
    return handshake.response_status


async def ask_page(server, *more):
    reader, writer = await asyncio.open_connection('127.0.0.1', server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port())
    writer.write(b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    line = await reader.readline()
    await reader.read()
    writer.close()
    return int(line.split()[1])


async def ask_request(handler):
    server = Wsp.Server()
    server.connect('request', handler)
    return await ask_upgrade(server)


async def ask_http_request(handler):
    server = Wsp.Server()
    server.connect('http-request', handler)
    return await ask_page(server)


async def ask_authenticate(handler):
    """Whether the request is repeated."""
    server, requests = Wsp.Server(), []

    def refuse(server, handshake):
        requests.append(handshake)
        handshake.reject(401, None, None)
        return False

    def on_authenticate(client, handshake, is_retry):
        if is_retry:
            return False
        headers = Wsp.Headers.new()
        headers['Authorization'] = 'Basic abc'
        handshake.request_headers = headers
        return handler(client, handshake, is_retry)

    server.connect('request', refuse)
    client = Wsp.Client()
    client.connect('authenticate', on_authenticate)
    try:
        await client.connect_async(f'ws://127.0.0.1:{server.listen_inet("127.0.0.1", 0, Wsp.ListenFlags.DEFAULT).get_port()}/')
    except GLib.Error:
        pass
    return len(requests) == 2


async def ask_accept_certificate(handler):
    server = Wsp.Server(tls_certificate=certificate)
    client = Wsp.Client()
    client.connect('accept-certificate', handler)
    try:
        (await client.connect_async(f'wss://127.0.0.1:{server.listen_inet("127.0.0.1", 0, Wsp.ListenFlags.TLS).get_port()}/')).abort()
    except GLib.Error:
        return False
    return True


async def ask_should_retry(handler):
    """Whether another attempt follows."""
    reconnector, asked, answered = Wsp.Reconnector.new('ws://127.0.0.1:1/', None), [], asyncio.Event()

    def on_should_retry(*arguments):
        asked.append(True)
        return handler(*arguments)

    def on_notify(*arguments):
        if asked and (reconnector.get_next_attempt_us() or not reconnector.active):
            answered.set()

    reconnector.connect('should-retry', on_should_retry)
    for name in 'notify::active', 'notify::next-attempt-us':
        reconnector.connect(name, on_notify)
    reconnector.start()
    await asyncio.wait_for(answered.wait(), SECONDS)
    is_active = reconnector.active
    reconnector.stop()
    return is_active


def decides(name):
    return 101 if name == 'true' or name in AWAITED else 500


def responds(name):
    return 426 if name in ('false', 'nothing') else 500


def says_yes(name):
    return name == 'true'


# Each signal and callback that is asked for a boolean: how to ask it, and what follows from a result.
ASKED = {
    'Client::accept-certificate': (ask_accept_certificate, says_yes),
    'Client::authenticate': (ask_authenticate, says_yes),
    'Reconnector::should-retry': (ask_should_retry, says_yes),
    'Server::http-request': (ask_http_request, responds),
    'Server::request': (ask_request, decides),
}
# A client does not tell of a plain no.
SILENT = 'true', 'false', 'nothing'


def asked_of(gir):
    """Signals and callbacks with a boolean result."""
    namespace = ElementTree.parse(gir).getroot().find(CORE + 'namespace')
    for owner in namespace:
        places = [owner] if owner.tag == CORE + 'callback' else owner.findall(GLIB + 'signal')
        for place in places:
            kind = place.find(f'{CORE}return-value/{CORE}type')
            if kind is not None and kind.get('name') == 'gboolean':
                yield place.get('name') if place is owner else f'{owner.get("name")}::{place.get("name")}'


async def settle():
    for _ in range(3):
        await asyncio.sleep(0)


async def test_results(gir):
    found = sorted(asked_of(gir))
    point(found == sorted(ASKED), 'each-that-the-gir-has-is-asked', found)
    for place, (ask, expected) in ASKED.items():
        for name, give in RESULTS.items():
            lines.clear()
            got = await ask(lambda *arguments, give=give: give())
            await settle()
            is_told = got == 500 or expected is says_yes and name not in SILENT
            point(got == expected(name), f'{place}/{name}', got, lines)
            point(len(lines) == is_told, f'{place}/{name}-is-logged-once-if-it-is-a-fault', lines)


async def reject_later(server, handshake):
    await asyncio.sleep(0)
    handshake.reject(403, None, None)


async def accept_later(server, handshake):
    await asyncio.sleep(0)
    handshake.accept(None, None)


async def reject_and_raise(server, handshake):
    await reject_later(server, handshake)
    fail()


def push(server, handshake):
    """It has decided: what it returns does not count."""
    handshake.reject(403, None, None)
    return [handshake]


async def respond_later(server, request):
    await asyncio.sleep(0)
    request.respond(200, None, GLib.Bytes.new(b'ok'))


async def respond_twice(server, request):
    await asyncio.sleep(0)
    request.respond(404)
    request.respond(200)


async def respond_and_raise(server, request):
    await respond_later(server, request)
    fail()


async def respond_with_too_much(server, request):
    await asyncio.sleep(0)
    request.respond(200, None, GLib.Bytes.new(bytes((1 << 20) + 1)))


def respond_and_push(server, request):
    request.respond(404)
    return [request]


def respond_and_raise_now(server, request):
    request.respond(404)
    fail()


def defer_and_drop(server, request):
    request.defer()
    return True


async def never(server, request):
    try:
        await asyncio.get_running_loop().create_future()
    except asyncio.CancelledError:
        cancelled.append(request)
        raise


# A handler that calls the handshake itself: where, status, lines of the log.
DECIDED = {
    'async-that-rejects': (reject_later, ('request',), 403, 0),
    'async-that-accepts': (accept_later, ('request',), 101, 0),
    'async-that-rejects-and-raises': (reject_and_raise, ('request',), 403, 1),
    'object-after-a-decision': (push, ('request',), 403, 0),
    'async-that-responds': (respond_later, ('http-request',), 200, 0),
    'async-that-responds-twice': (respond_twice, ('http-request',), 404, 0),
    'async-that-responds-and-raises': (respond_and_raise, ('http-request',), 200, 1),
    'async-that-responds-with-too-much': (respond_with_too_much, ('http-request',), 500, 1),
    'object-after-a-response': (respond_and_push, ('http-request',), 404, 0),
    'exception-after-a-response': (respond_and_raise_now, ('http-request',), 404, 1),
    'deferred-and-dropped': (defer_and_drop, ('http-request',), 503, 0),
    'async-that-takes-too-long': (never, ('request', 'http-request'), 503, 0),
}


async def test_decided():
    for name, (handler, places, status, n_lines) in DECIDED.items():
        for place in places:
            server = Wsp.Server()
            if status == 503:
                server.limits.handshake_timeout_seconds = 0.2
            server.connect(place, handler)
            lines.clear()
            got = await (ask_page if place == 'http-request' else ask_upgrade)(server)
            await settle()
            point(got == status and len(lines) == n_lines, f'{place}/{name}', got, lines)
            while handler is never and not cancelled:   # main () has a limit
                await asyncio.sleep(0.01)
            point(len(cancelled) == (handler is never), f'{place}/{name}-is-cancelled-if-it-is-too-late', cancelled)
            cancelled.clear()


async def test_too_late():
    """Calls of a handler of http-request after the end of its request have no effect, and are not logged."""
    for name in 'time-out', 'shutdown':
        server, asked = Wsp.Server(), []
        server.connect('http-request', lambda server, request: asked.append(request) or request.defer() or True)
        if name == 'time-out':
            server.limits.handshake_timeout_seconds = 0.1
        lines.clear()
        reader, writer = await asyncio.open_connection('127.0.0.1', server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port())
        writer.write(b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
        while not asked:
            await asyncio.sleep(0)
        if name == 'shutdown':
            await server.shutdown_async(1001, None, 0)
        received = await reader.read()
        writer.close()
        asked[0].respond(200)
        asked[0].defer()
        expected = 503 if name == 'time-out' else 0
        point(asked[0].response_status == expected and b' 200 ' not in received and not lines, f'http-request/too-late-for-the-{name}',
              asked[0].response_status, received, lines)


def yes(*arguments):
    return True


def no(*arguments):
    return False


async def test_routes():
    """Routes after an async handler of `request` has returned True, and details of signals."""
    taken = []
    server = Wsp.Server()
    server.connect('request', lambda *arguments: later(lambda: True))
    server.add_route('/chat')
    server.connect('connection::/chat', lambda server, connection: taken.append(connection.props.route))
    for path, status in ('/chat', 101), ('/other', 404):
        got = await ask_upgrade(server, path)
        point(got == status, f'request/route-behind-an-async-handler-{status}', got)
    await settle()
    point(taken == ['/chat'], 'connection/the-route-is-the-detail', taken)


async def test_values():
    """The values that a client has written into its request."""
    server, found = Wsp.Server(), []
    server.add_route('/rooms/{room}')
    server.add_http_route('/{page}')
    server.connect('request', lambda server, handshake: found.append([handshake.path_value('room'), handshake.query_value('a'),
                                                                      handshake.query_value('none'), handshake.cookie('session')]) or True)
    server.connect('http-request::/{page}', lambda server, request: found.append([request.path_value('page'), request.query_value('a'),
                                                                                  request.path_value('none'), request.cookie('session')]))
    port = server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port()
    for head in ('GET /rooms/t%C3%A9?a=b+c HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
                 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n', 'GET /t%C3%A9?a=b+c HTTP/1.1\r\n'):
        reader, writer = await asyncio.open_connection('127.0.0.1', port)
        writer.write(f'{head}Host: localhost\r\nCookie: x=y; session="1"; session=2\r\n\r\n'.encode())
        await reader.readline()
        writer.close()
    point(found == [['t\xe9', 'b c', None, '"1"'], ['t\xe9', 'b c', None, '"1"']], 'request/values-of-path-query-and-cookies', found)


async def test_gone():
    """The coroutine of a request is cancelled when its client has gone."""
    for name in 'request', 'http-request':
        server = Wsp.Server()
        begun, ended = (asyncio.get_running_loop().create_future() for _ in range(2))

        async def wait_for_ever(server, request):
            begun.set_result(None)
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                ended.set_result(request.get_cancellable().is_cancelled())
                raise

        server.connect(name, wait_for_ever)
        if name == 'request':
            task = asyncio.ensure_future(ask_upgrade(server))
            await begun
            task.cancel()
        else:
            _reader, writer = await asyncio.open_connection('127.0.0.1', server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port())
            writer.write(b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
            await begun
            writer.close()
        point(await ended, f'{name}/cancelled-when-the-client-has-gone')


async def test_page_of_route():
    """An async handler of one route of `http-request` is awaited, like that of all."""
    for name, (handler, status) in {'responds': (respond_later, 200), 'raises': (lambda *arguments: later(fail), 500)}.items():
        server = Wsp.Server()
        server.add_route('/')
        server.connect('http-request::/', handler)
        got = await ask_page(server)
        await settle()
        point(got == status, f'http-request/of-a-route-that-{name}', got)


# Each way to connect a handler, and the arguments besides the handshake.
CONNECTED = {
    'connect': (lambda server, func: server.connect('request', func, 'data'), 'data'),
    'connect-after': (lambda server, func: server.connect_after('request', func, 'data'), 'data'),
    'connect-object': (lambda server, func: server.connect_object('request', func, server), None),
    'connect-object-after': (lambda server, func: server.connect_object_after('request', func, server), None),
    'connect-data': (lambda server, func: server.connect_data('request', func, 'data'), 'data'),
    'connect-with-underscores': (lambda server, func: server.connect('http_request', func, 'data'), 'data'),
}


async def test_connected():
    for name, (connect, data) in CONNECTED.items():
        asked = []

        async def handler(*arguments):
            asked.append(arguments)

        server = Wsp.Server()
        connect(server, handler)
        status = await (ask_page if 'underscores' in name else ask_upgrade)(server)
        given = asked[0] if asked else ()
        kind = Wsp.HttpRequest if 'underscores' in name else Wsp.Handshake
        point(status == 500 and isinstance(given[1], kind) and (data is None or given[2:] == (data,)),
              f'{name}/is-awaited', status, given)
    server = Wsp.Server()
    server.connect('request', no)
    server.handler_block_by_func(no)
    blocked = await ask_upgrade(server)
    server.handler_unblock_by_func(no)
    unblocked = await ask_upgrade(server)
    server.disconnect_by_func(no)
    point((blocked, unblocked, await ask_upgrade(server)) == (101, 500, 101), 'connect/a-function-is-found-again')


async def test_released():
    server, gone = Wsp.Server(), weakref.WeakSet()

    async def handler(server, handshake):
        gone.add(handshake)
        return True

    server.connect('request', handler)
    for _ in range(3):
        await ask_upgrade(server)
    await settle()
    gc.collect()
    point(len(gone) == 0, 'async/handshakes-are-released', list(gone))


def test_without_a_loop():
    """A coroutine cannot run: the request is refused, and the log says why."""
    results, server = [], Wsp.Server()
    server.connect('request', lambda *arguments: later(lambda: True))
    handshake = Wsp.Handshake.new_client(f'ws://127.0.0.1:{server.listen_inet("127.0.0.1", 0, Wsp.ListenFlags.DEFAULT).get_port()}/', None, None)
    lines.clear()
    client = Wsp.Client()
    client.open_async(handshake, None, None, lambda client, result: results.append(result))
    while not results:
        GLib.MainContext.default().iteration(True)
    point(handshake.response_status == 500 and len(lines) == 1 and 'Wsp.run' in lines[0], 'async/without-a-loop-is-500',
          handshake.response_status, lines)


def make_certificate(folder):
    paths = [os.path.join(folder, name) for name in ('certificate', 'key')]
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                    '-days', '2', '-subj', '/CN=stranger', '-out', paths[0], '-keyout', paths[1]],
                   check=True, capture_output=True, timeout=SECONDS)
    return Gio.TlsCertificate.new_from_files(*paths)


async def main(gir):
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(context['message']))
    for test in (test_results(gir), test_decided(), test_too_late(), test_routes(), test_values(), test_gone(), test_page_of_route(), test_connected(), test_released()):
        await asyncio.wait_for(test, SECONDS)


warnings.showwarning = lambda message, *more: complaints.append(str(message))
warnings.simplefilter('always')
sys.excepthook = lambda *error: complaints.append(error) or sys.__excepthook__(*error)
logging.getLogger().addHandler(Log())
GLib.log_set_writer_func(on_log, None)
with tempfile.TemporaryDirectory() as place:
    certificate = make_certificate(place)
Wsp.run(main(sys.argv[1]))
test_without_a_loop()
gc.collect()
point(not complaints, 'nothing-complains', *complaints)
sys.exit(tap.end())
