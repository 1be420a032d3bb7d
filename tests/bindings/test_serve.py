#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Who may come in, and routes and pages, of Wsp.serve () in Python and GJS.  test_serve.py GJS

The rows are as those of test_options.py."""

import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'lib')]
from tap import Tap  # noqa: E402
from test_options import GJS, PYTHON, RUN_GJS, RUN_PYTHON, check_rows  # noqa: E402

OF_PYTHON = '''
import logging
logging.disable()
GLib.log_set_writer_func(lambda *arguments: GLib.LogWriterOutput.HANDLED)
begun, cancelled = asyncio.Event(), asyncio.Event()

async def chat(connection):
    await connection.send(connection.handshake.path_value('room') or connection.route or 'no route')

async def hello(connection):
    await connection.send('hello')

def health(request):
    request.respond(200, None, b'fine')

async def slow_health(request):
    await asyncio.sleep(0)
    request.respond(200, None, b'slow')

def answer(value):
    def answer_at_once(handshake):
        return value
    return answer_at_once

def later(function):
    async def answer_later(handshake):
        await asyncio.sleep(0)
        return function(handshake)
    return answer_later

def fail(handshake):
    raise ValueError('as the test wants')

def has_cookie(handshake):
    return handshake.cookie('session') == 'a'

def reject(handshake):
    handshake.reject(403)

def reject_and_fail(handshake):
    handshake.reject(403)
    fail(handshake)

async def never(handshake):
    begun.set()
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        cancelled.set()
        raise

async def join(server, path, **named):
    """The first message, or the status of the refusal."""
    try:
        async with Wsp.connect(f'ws://127.0.0.1:{server.port}{path}', **named) as connection:
            return await connection.recv()
    except Wsp.HandshakeFailed as error:
        return error.status

async def page(server, path, method='GET'):
    """The status and the body."""
    reader, writer = await asyncio.open_connection('127.0.0.1', server.port)
    writer.write(f'{method} {path} HTTP/1.1\\\\r\\\\nHost: localhost\\\\r\\\\n\\\\r\\\\n'.encode())
    head, _, body = (await reader.read()).partition(b'\\\\r\\\\n\\\\r\\\\n')
    writer.close()
    return [int(head.split()[1]), body.decode() if head.startswith(b'HTTP/1.1 200') else '']

async def asked(request, **named):
    async with Wsp.serve(hello, request=request) as server:
        return await join(server, '/', **named)

async def leave_early(server):
    for event in begun, cancelled:
        event.clear()
    reader, writer = await asyncio.open_connection('127.0.0.1', server.port)
    writer.write(b'GET / HTTP/1.1\\\\r\\\\nHost: localhost\\\\r\\\\nUpgrade: websocket\\\\r\\\\nConnection: Upgrade\\\\r\\\\n'
                 b'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\\\r\\\\nSec-WebSocket-Version: 13\\\\r\\\\n\\\\r\\\\n')
    await asyncio.wait_for(begun.wait(), 60)
    writer.close()
    await asyncio.wait_for(cancelled.wait(), 60)
    return True
'''.replace('\\\\', '\\')
OF_GJS = '''
GLib.log_set_writer_func(() => GLib.LogWriterOutput.HANDLED);

async function chat(connection) {
    await connection.send(connection.handshake.path_value('room') ?? connection.route ?? 'no route');
}

async function hello(connection) {
    await connection.send('hello');
}

function health(request) {
    request.respond(200, null, 'fine');
}

async function slow_health(request) {
    await null;
    request.respond(200, null, 'slow');
}

function answer(value) {
    return () => value;
}

function later(func) {
    return async handshake => {
        await null;
        return func(handshake);
    };
}

function fail() {
    throw new Error('as the test wants');
}

function has_cookie(handshake) {
    return handshake.cookie('session') === 'a';
}

function reject(handshake) {
    handshake.reject(403);
}

function reject_and_fail(handshake) {
    handshake.reject(403);
    fail();
}

async function join(server, path, options = {}) {
    let connection;

    try {
        connection = await Wsp.connect(`ws://127.0.0.1:${server.port}${path}`, options);
    } catch (error) {
        return error.status;
    }
    const found = await connection.recv();

    await connection.close();
    return found;
}

function read_all(stream) {
    return new Promise((resolve, reject) => {
        const parts = [];
        const step = () => stream.read_bytes_async(65536, GLib.PRIORITY_DEFAULT, null, (_stream, result) => {
            try {
                const array = stream.read_bytes_finish(result).toArray();

                parts.push(String.fromCharCode(...array));
                if (array.length === 0)
                    resolve(parts.join(''));
                else
                    step();
            } catch (error) {
                reject(error);
            }
        });

        step();
    });
}

async function page(server, path, method = 'GET') {
    const stream = new Gio.SocketClient().connect_to_host('127.0.0.1', server.port, null);

    stream.get_output_stream().write_all(`${method} ${path} HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n`, null);
    const [head, body] = (await read_all(stream.get_input_stream())).split('\\r\\n\\r\\n');

    stream.close(null);
    return [Number(head.split(' ')[1]), head.startsWith('HTTP/1.1 200') ? body : ''];
}

async function asked(request, options) {
    const server = Wsp.serve(hello, null, 0, {request});
    const found = await join(server, '/', options);

    await server.close();
    return found;
}
'''


def is_asked(name, value, expected, script=None):
    """The same expression in both languages, if `script` is None; also asynchronously."""
    script = script or value
    return [(f'request/{name}', f'return await asked({value})', f'return await asked({script});', expected),
            (f'request/{name}-later', f'return await asked(later({value}))', f'return await asked(later({script}));', expected)]


def is_refused(name, python, script, text, kind=r'(Value|Range)Error'):
    return (f'wrong/{name}', f'return await Wsp.serve({python})', f'return Wsp.serve({script});', f'{kind}: {text}')


KEY = r'Key of Wsp\.serve \(\) is wrong: expected "/path" for WebSockets or "GET /path" for a page, received '
SITE = "{'/rooms/{room}': chat, '/hello': hello, 'GET /healthz': health, 'GET /slow/{x}': slow_health, 'GET /hello': health}"
# A claim, the bodies, and the value or the text as a regular expression.
ROWS = (
    *is_asked('true', 'answer(True)', 'hello', 'answer(true)'),
    *is_asked('false', 'answer(False)', 500, 'answer(false)'),
    *is_asked('nothing', 'answer(None)', 500, 'answer(undefined)'),
    *is_asked('number', 'answer(1)', 500),
    *is_asked('text', "answer('True')", 500),
    *is_asked('raises', 'fail', 500),
    *is_asked('rejects', 'reject', 403),
    *is_asked('raises-after-it-rejected', 'reject_and_fail', 403),
    *is_asked('cookie-is-absent', 'has_cookie', 500),
    ('request/cookie', "return await asked(has_cookie, headers={'Cookie': 'session=a'})",
     "return await asked(has_cookie, {headers: {Cookie: 'session=a'}});", 'hello'),
    ('request/ends-with-its-client', "s = await Wsp.serve(hello, request=never, handshake_timeout_seconds=0); return await leave_early(s)",
     "const left = new Promise(resolve => (globalThis.leave = resolve)); "
     "const s = Wsp.serve(hello, null, 0, {handshake_timeout: 0, request: handshake => new Promise(() => { "
     "GObject.signal_connect(handshake.get_cancellable(), 'cancelled', () => leave(true)); stream.close(null); })}); "
     "const stream = new Gio.SocketClient().connect_to_host('127.0.0.1', s.port, null); "
     "stream.get_output_stream().write_all('GET / HTTP/1.1\\r\\nHost: localhost\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n"
     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\nSec-WebSocket-Version: 13\\r\\n\\r\\n', null); return await left;", True),
    ('request/never-ends', "return await join(await Wsp.serve(hello, request=never, handshake_timeout_seconds=0.2), '/')",
     "return await join(Wsp.serve(hello, null, 0, {request: () => new Promise(() => {}), handshake_timeout: 200}), '/');", 503),
    ('request/of-a-server-of-the-program', "s = await Wsp.serve(hello, 'localhost', 0, server=Wsp.Server(), request=reject); return await join(s, '/')",
     "return await join(Wsp.serve(hello, 'localhost', 0, {server: new Wsp.Server(), request: reject}), '/');", 403),
    ('request/ends-with-its-service', "own = Wsp.Server(); s = await Wsp.serve(hello, 'localhost', 0, server=own, request=reject); await s.close(); "
     "s = await Wsp.serve(hello, 'localhost', 0, server=own); return await join(s, '/')",
     "const own = new Wsp.Server(); await Wsp.serve(hello, 'localhost', 0, {server: own, request: reject}).close();"
     "return await join(Wsp.serve(hello, 'localhost', 0, {server: own}), '/');", 'hello'),
    ('http-request', "s = await Wsp.serve(hello, http_request=health); return [await page(s, '/a'), await page(s, '/b', 'HEAD')]",
     "const s = Wsp.serve(hello, null, 0, {http_request: health}); return [await page(s, '/a'), await page(s, '/b', 'HEAD')];",
     [[200, 'fine'], [200, '']]),
    ('http-request/later', "return await page(await Wsp.serve(hello, http_request=slow_health), '/a')",
     "return await page(Wsp.serve(hello, null, 0, {httpRequest: slow_health}), '/a');", [200, 'slow']),
    ('http-request/raises', "return await page(await Wsp.serve(hello, http_request=fail), '/a')",
     "return await page(Wsp.serve(hello, null, 0, {http_request: fail}), '/a');", [500, '']),
    ('http-request/raises-later', "return await page(await Wsp.serve(hello, http_request=later(fail)), '/a')",
     "return await page(Wsp.serve(hello, null, 0, {http_request: later(fail)}), '/a');", [500, '']),
    ('http-request/does-not-respond', "return await page(await Wsp.serve(hello, http_request=answer(None)), '/a')",
     "return await page(Wsp.serve(hello, null, 0, {http_request: answer(undefined)}), '/a');", [426, '']),
    ('routes', f"s = await Wsp.serve({SITE}); return [await join(s, '/rooms/tea'), await join(s, '/hello'), await join(s, '/rooms/'), await join(s, '/healthz')]",
     f"const s = Wsp.serve({SITE}); return [await join(s, '/rooms/tea'), await join(s, '/hello'), await join(s, '/rooms/'), await join(s, '/healthz')];",
     ['tea', 'hello', 404, 404]),
    ('pages', f"s = await Wsp.serve({SITE}); return [await page(s, '/healthz'), await page(s, '/healthz', 'HEAD'), await page(s, '/slow/a'), "
     "await page(s, '/hello'), await page(s, '/rooms/tea'), await page(s, '/none'), await page(s, '/healthz', 'POST')]",
     f"const s = Wsp.serve({SITE}); return [await page(s, '/healthz'), await page(s, '/healthz', 'HEAD'), await page(s, '/slow/a'), "
     "await page(s, '/hello'), await page(s, '/rooms/tea'), await page(s, '/none'), await page(s, '/healthz', 'POST')];",
     [[200, 'fine'], [200, ''], [200, 'slow'], [200, 'fine'], [426, ''], [404, ''], [405, '']]),
    ('pages-and-http-request', "s = await Wsp.serve({'/': hello, 'GET /a': health}, http_request=slow_health); return [await page(s, '/a'), await page(s, '/b')]",
     "const s = Wsp.serve({'/': hello, 'GET /a': health}, null, 0, {http_request: slow_health}); return [await page(s, '/a'), await page(s, '/b')];",
     [[200, 'fine'], [200, 'slow']]),
    ('routes-and-request', "s = await Wsp.serve({'/': hello}, request=has_cookie); return [await join(s, '/'), await join(s, '/', headers={'Cookie': 'session=a'})]",
     "const s = Wsp.serve({'/': hello}, null, 0, {request: has_cookie}); return [await join(s, '/'), await join(s, '/', {headers: {Cookie: 'session=a'}})];",
     [500, 'hello']),
    ('routes/map', None, "return await join(Wsp.serve(new Map([['/rooms/{room}', chat]])), '/rooms/tea');", 'tea'),
    ('routes/of-a-server-of-the-program', "own = Wsp.Server(); own.add_route('/other'); own.connect('connection::/other', lambda s, c: c.queue_text('own')); "
     "s = await Wsp.serve({'/rooms/{room}': chat}, 'localhost', 0, server=own); return [await join(s, '/other'), await join(s, '/rooms/tea')]",
     "const own = new Wsp.Server(); own.add_route('/other'); own.connect('connection::/other', (_s, c) => c.queue_text('own'));"
     "const s = Wsp.serve({'/rooms/{room}': chat}, 'localhost', 0, {server: own}); return [await join(s, '/other'), await join(s, '/rooms/tea')];",
     ['own', 'tea']),
    ('routes/are-removed-at-the-end', "own = Wsp.Server(); s = await Wsp.serve({'/a': hello, 'GET /b': health}, 'localhost', 0, server=own); await s.close(); "
     "return [own.remove_route('/a'), own.remove_http_route('/b')]",
     "const own = new Wsp.Server(); await Wsp.serve({'/a': hello, 'GET /b': health}, 'localhost', 0, {server: own}).close();"
     "return [own.remove_route('/a'), own.remove_http_route('/b')];", [False, False]),
    ('routes/are-removed-if-the-port-is-taken',
     "taken, own = await Wsp.serve(hello), Wsp.Server()\n    try: await Wsp.serve({'/a': hello, 'GET /b': health}, '127.0.0.1', taken.port, server=own, request=reject)"
     "\n    except GLib.Error: pass\n    else: return 'no error'\n    removed = [own.remove_route('/a'), own.remove_http_route('/b')]; "
     "return [*removed, await join(await Wsp.serve(hello, '127.0.0.1', 0, server=own), '/')]",
     "const taken = Wsp.serve(hello), own = new Wsp.Server(); let error = null; try { Wsp.serve({'/a': hello, 'GET /b': health}, '127.0.0.1', taken.port, "
     "{server: own, request: reject}); } catch (thrown) { error = thrown; } if (!error) return 'no error';"
     "const removed = [own.remove_route('/a'), own.remove_http_route('/b')]; return [...removed, await join(Wsp.serve(hello, '127.0.0.1', 0, {server: own}), '/')];",
     [False, False, 'hello']),
    ('place/closes-if-another-is-taken', "own = Wsp.Server(); own.listen(Gio.UnixSocketAddress.new('own')); taken = await Wsp.serve(hello)"
     "\n    try: await Wsp.serve(hello, '127.0.0.1', taken.port, unix='first', server=own, request=reject)\n    except GLib.Error: pass"
     "\n    else: return 'no error'\n    return [own.listeners.get_n_items(), pathlib.Path('own').exists(), pathlib.Path('first').exists()]",
     "const own = new Wsp.Server(); own.listen(Gio.UnixSocketAddress.new('own-too')); const taken = Wsp.serve(hello);"
     "try { Wsp.serve(hello, '127.0.0.1', taken.port, {unix: 'first-too', server: own, request: reject}); return 'no error'; } catch (error) { "
     "return [own.listeners.get_n_items(), ...['own-too', 'first-too'].map(path => GLib.file_test(path, GLib.FileTest.EXISTS))]; }", [1, True, False]),
    ('place/of-a-new-server-closes', "taken = await Wsp.serve(hello); call = Wsp.serve(hello, '127.0.0.1', taken.port, unix='second', request=reject)"
     "\n    try: await call\n    except GLib.Error: return [call.server.listeners.get_n_items(), pathlib.Path('second').exists()]",
     "const taken = Wsp.serve(hello); try { Wsp.serve(hello, '127.0.0.1', taken.port, {unix: 'second-too', request: reject}); return 'no error'; } "
     "catch (error) { return [0, GLib.file_test('second-too', GLib.FileTest.EXISTS)]; }", [0, False]),
    ('place/of-a-socket-closes', "first, second = Gio.Socket.new(2, 1, 6), Gio.Socket.new(2, 1, 6); first.bind(Gio.InetSocketAddress.new_from_string('127.0.0.1', 0), False); "
     "first.listen(); own = Wsp.Server(); second.close()\n    try: await Wsp.serve(hello, sockets=[first, second], server=own)"
     "\n    except GLib.Error: return [own.listeners.get_n_items(), first.is_closed()]",
     "const [first, second] = [0, 1].map(() => Gio.Socket.new(2, 1, 6)); first.bind(Gio.InetSocketAddress.new_from_string('127.0.0.1', 0), false); "
     "first.listen(); const own = new Wsp.Server(); second.close(); try { Wsp.serve(hello, null, null, {sockets: [first, second], server: own}); return 'no error'; } "
     "catch (error) { return [own.listeners.get_n_items(), first.is_closed()]; }", [0, True]),
    ('routes/are-removed-if-another-is-wrong',
     "own = Wsp.Server()\n    try: await Wsp.serve({'/a': hello, 'GET /b': health, '/c/{': hello}, server=own)\n    except GLib.Error: pass"
     "\n    else: return 'no error'\n    return [own.remove_route('/a'), own.remove_http_route('/b')]",
     "const own = new Wsp.Server(); try { Wsp.serve({'/a': hello, 'GET /b': health, '/c/{': hello}, null, null, {server: own}); return 'no error'; } "
     "catch (error) { return [own.remove_route('/a'), own.remove_http_route('/b')]; }", [False, False]),
    is_refused('without-a-slash', "{'rooms': hello}", "{'rooms': hello}", KEY + '"rooms"'),
    is_refused('method', "{'/': hello, 'POST /x': health}", "{'/': hello, 'POST /x': health}", KEY + '"POST /x"'),
    is_refused('small-letters', "{'/': hello, 'get /x': health}", "{'/': hello, 'get /x': health}", KEY + '"get /x"'),
    is_refused('two-spaces', "{'/': hello, 'GET  /x': health}", "{'/': hello, 'GET  /x': health}", KEY + '"GET  /x"'),
    is_refused('method-alone', "{'/': hello, 'GET ': health}", "{'/': hello, 'GET ': health}", KEY + '"GET "'),
    is_refused('empty', "{'': hello}", "{'': hello}", KEY + '""'),
    is_refused('number', "{5: hello}", "new Map([[5, hello]])", KEY + '(int|number)', 'TypeError'),
    is_refused('no-keys', '{}', '{}', r'Keys of Wsp\.serve \(\) are wrong: expected at least one "/path" for WebSockets, received none'),
    is_refused('pages-alone', "{'GET /a': health}", "{'GET /a': health}",
               r'Keys of Wsp\.serve \(\) are wrong: expected at least one "/path" for WebSockets, received none'),
    is_refused('value', "{'/a': 'chat'}", "{'/a': 'chat'}", r'Handler of "/a" of Wsp\.serve \(\) is wrong: expected a function, received (str|string)',
               'TypeError'),
    is_refused('value-of-a-page', "{'/a': hello, 'GET /b': None}", "{'/a': hello, 'GET /b': null}",
               r'Handler of "GET /b" of Wsp\.serve \(\) is wrong: expected a function, received (NoneType|null)', 'TypeError'),
    is_refused('list', '[hello]', '[hello]', r'(Handler|Key) of Wsp\.serve \(\) is wrong: expected .*, received (list|"0")', '(Type|Range)Error'),
    is_refused('names-alone-differ', "{'/a/{b}': hello, '/a/{c}': hello}", "{'/a/{b}': hello, '/a/{c}': hello}",
               r'.*Cannot add a route: expected a pattern that differs from /a/\{b\} in more than .*, received "/a/\{c\}".*', r'\w+'),
    is_refused('pattern', "{'/a': hello, 'GET /b/{': health}", "{'/a': hello, 'GET /b/{': health}",
               r'.*Cannot add a route: expected a pattern that .*, received "/b/\{".*', r'\w+'),
    is_refused('request', 'hello, request=True', 'hello, null, 0, {request: true}',
               r'Option request of Wsp\.serve \(\) is wrong: expected a function, received (bool|boolean)', 'TypeError'),
    is_refused('http-request', "hello, http_request='x'", "hello, null, 0, {httpRequest: 'x'}",
               r'Option http_request of Wsp\.serve \(\) is wrong: expected a function, received (str|string)', 'TypeError'),
    ('wrong/process-request', 'return await Wsp.serve(hello, process_request=fail)', None,
     r'TypeError: Option of Wsp\.serve \(\) is unknown: .*received "process_request" \(write request: only True lets a client in\)'),
    ('wrong/verify-client', None, 'return Wsp.serve(hello, null, 0, {verifyClient: fail});',
     r'TypeError: Option of Wsp\.serve \(\) is unknown: .*received "verifyClient" \(write request: only true lets a client in\)'),
)


def main(gjs):
    tap = Tap()
    os.environ.pop('G_DEBUG', None)     # an exception that GJS logs is a warning
    with tempfile.TemporaryDirectory() as folder:
        check_rows(tap, 'serve', ROWS, {'python': [sys.executable, '-c', PYTHON + OF_PYTHON + RUN_PYTHON], 'gjs': [gjs, '-c', GJS + OF_GJS + RUN_GJS]},
                   folder)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
