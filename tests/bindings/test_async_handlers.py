#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Coroutine functions wherever a program gives a function to the library: test_async_handlers.py [gbulb|gi.events].

The signals are those of the classes: a void one without an entry in SIGNALS fails."""

import asyncio
import functools
import gc
import subprocess
import sys
import textwrap

from coroutines import Pair, SECONDS, caught, complaints, logged, point, run_tests
from gi.overrides._wsp.plain import plain
from gi.repository import Gio, GObject, Wsp

CLASSES = [one for name in dir(Wsp) if name[0].isupper() and isinstance(one := getattr(Wsp, name), type) and issubclass(one, GObject.Object)]


def listen(server):
    return f'ws://127.0.0.1:{server.listen_inet("127.0.0.1", 0, Wsp.ListenFlags.DEFAULT).get_port()}/'


def of_server(signal):
    async def use(handler):
        server = Wsp.Server()
        if signal != 'connection':
            server.connect('connection', lambda server, connection: None)
        server.connect(signal, handler)
        uri = listen(server)
        if signal == 'handshake-failed':
            server.allowed_origins = ['https://b.example']
            return server, await caught(Wsp.connect(uri, origin='https://a.example'))
        return server, await Wsp.connect(uri)
    return use


def of_client(signal):
    async def use(handler):
        server, client = Wsp.Server(), Wsp.Client()
        client.connect(signal, handler)
        return server, await caught(Wsp.connect(listen(server), client=client))
    return use


def of_reconnector(signal):
    async def use(handler):
        server = Wsp.Server()
        server.connect('connection', lambda server, connection: signal == 'disconnected' and connection.abort())
        reconnector = Wsp.Reconnector('ws://127.0.0.1:1/' if signal == 'attempt-failed' else listen(server))
        reconnector.connect(signal, handler)
        if signal == 'disconnected':
            reconnector.connect('connected', lambda reconnector, connection: connection.start_receiving())
        reconnector.start()
        return server, reconnector
    return use


async def hold(connection):
    ended = asyncio.get_running_loop().create_future()
    connection.connect('closed', lambda connection: ended.done() or ended.set_result(None))
    await ended


def of_connection(signal, act=None, connect=None):
    """`act (ours, theirs)` causes the signal of ours."""
    async def use(handler):
        pair = await Pair(hold).__aenter__()
        if connect is not None:
            connect(pair.ours, handler)
        else:
            pair.ours.connect(signal, handler)
        pair.ours.start_receiving()
        await act(pair.ours, pair.theirs[0])
        return pair
    return use


async def say(ours, theirs):
    theirs.queue_text('x')


async def leave(ours, theirs):
    ours.abort()


async def ping(ours, theirs):
    await ours.ping()


async def fill_queue(ours, theirs):
    theirs.start_receiving()
    for _ in range(8):
        ours.queue_binary(bytes(1 << 20))


async def ask_for_stream(ours, theirs):
    ours.stop_receiving()
    plain.Connection.receive_stream_async(ours, None, None)
    theirs.queue_text('x')


async def do_nothing(ours, theirs):
    pass



SIGNALS = {
    'Client::event': of_client('event'),
    'Client::prepare': of_client('prepare'),
    'Connection::closed': of_connection('closed', leave),
    'Connection::closing': of_connection('closing', lambda ours, theirs: caught(ours.close())),
    'Connection::message': of_connection('message', say),
    'Connection::pong': of_connection('pong', ping),
    'Connection::stream-received': of_connection('stream-received', ask_for_stream),
    'Connection::writable': of_connection('writable', fill_queue),
    'Reconnector::attempt-failed': of_reconnector('attempt-failed'),
    'Reconnector::connected': of_reconnector('connected'),
    'Reconnector::disconnected': of_reconnector('disconnected'),
    'Server::connection': of_server('connection'),
    'Server::handshake-failed': of_server('handshake-failed'),
}
RARE = {'Connection::skipped'}          # needs a slow peer, and is connected as the others are
OTHERS = {
    'set_message_func': of_connection(None, say, lambda ours, handler: ours.set_message_func(handler)),
    'invoke': of_connection(None, do_nothing, lambda ours, handler: ours.invoke(handler)),
    'notify': of_connection('notify::state', leave),
    'connect_after': of_connection(None, say, lambda ours, handler: ours.connect_after('message', handler)),
    'callback': of_connection(None, do_nothing, lambda ours, handler: ours.flush_async(None, handler)),
    'callback-by-name': of_connection(None, do_nothing, lambda ours, handler: ours.flush_async(callback=handler)),
}
# Those whose exceptions fail a connection that is open then.
OF_CONNECTION = {'Connection::message', 'Connection::pong', 'set_message_func', 'invoke', 'connect_after', 'callback'}


class Callable:
    def __init__(self, function):
        self.function = function

    async def __call__(self, *arguments):
        await self.function(*arguments)


def forms_of(function):
    """A coroutine function in the forms in which a program gives it."""
    return {'function': function, 'lambda': lambda *arguments: function(*arguments), 'partial': functools.partial(function),
            'object': Callable(function), 'method': Callable(function).__call__}


def void_signals():
    for owner in CLASSES:
        for name in GObject.signal_list_names(owner):
            if GObject.signal_query(name, owner).return_type == GObject.TYPE_NONE:
                yield f'{owner.__name__}::{name}'


async def test_each():
    point({*SIGNALS} | RARE == {*void_signals()}, 'async-handlers/each-signal-is-here', {*SIGNALS} ^ {*void_signals()})
    for name, use in {**SIGNALS, **OTHERS}.items():
        ran = asyncio.Event()

        async def handler(*arguments):
            await asyncio.sleep(0)
            gc.collect()                        # a task that nobody holds would end here
            await asyncio.sleep(0)
            ran.set()

        kept = await asyncio.wait_for(use(handler), SECONDS)
        done = await caught(asyncio.wait_for(ran.wait(), SECONDS))
        point(done is True, f'async-handlers/{name}/runs', done, kept)
        end(kept)


def end(kept):
    if isinstance(kept, Pair):
        kept.ours.abort()
        for one in kept.theirs:
            one.abort()
    elif isinstance(kept, tuple) and hasattr(kept[1], 'stop'):
        kept[1].stop()


async def test_forms():
    async def count(*arguments):
        await asyncio.sleep(0)
        seen.append(arguments)

    for form, handler in forms_of(count).items():
        for name in ('Connection::message', 'set_message_func', 'Server::connection'):
            seen = []
            kept = await {**SIGNALS, **OTHERS}[name](handler)
            for _ in range(1000):
                await asyncio.sleep(0.001)
                if seen:
                    break
            point(len(seen) == 1, f'async-handlers/{name}/{form}-runs', seen)
            end(kept)


async def test_raising():
    """The exception handler of the loop is called, and the connection fails with 1011."""
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    for name, use in {**SIGNALS, **OTHERS}.items():
        told = asyncio.Event()
        contexts = []
        loop.set_exception_handler(lambda loop, context: (contexts.append(context), told.set()))

        async def handler(*arguments):
            await asyncio.sleep(0)
            raise LookupError('as the test wants')

        kept = await asyncio.wait_for(use(handler), SECONDS)
        await caught(asyncio.wait_for(told.wait(), SECONDS))
        point(any(isinstance(one.get('exception'), LookupError) for one in contexts), f'async-handlers/{name}/tells-what-it-raises', contexts)
        if name in OF_CONNECTION:
            theirs = kept.theirs[0]
            theirs.start_receiving()
            while theirs.get_state() == Wsp.ConnectionState.OPEN:
                await asyncio.sleep(0.001)
            point(theirs.get_peer_close_code() == 1011, f'async-handlers/{name}/fails-its-connection', theirs.get_peer_close_code())
        end(kept)
    loop.set_exception_handler(before)
    point(not logged, 'async-handlers/raising-logs-nothing-more', *logged)


async def test_end_of_connection():
    """A handler that sends when the connection has ended raises Closed, which is not reported."""
    ended = asyncio.Event()

    async def handler(connection, message):
        connection.abort()
        await asyncio.sleep(0)
        ended.set()
        await connection.send('x')

    kept = await SIGNALS['Connection::message'](handler)
    await asyncio.wait_for(ended.wait(), SECONDS)
    await asyncio.sleep(0.01)
    point(not complaints and not logged, 'async-handlers/closed-at-the-end-is-not-told', *complaints)
    end(kept)


async def needed(*arguments):
    return True


async def generate(*arguments):
    yield True


class Async(Gio.TlsDatabase):
    async def do_verify_chain(self, *arguments):
        return 0


class AsyncFinish(Gio.TlsDatabase):
    async def do_verify_chain_finish(self, *arguments):
        return 0


REFUSED = {
    'Client::authenticate': lambda: Wsp.Client().connect('authenticate', needed),
    'Client::accept-certificate': lambda: Wsp.Client().connect('accept-certificate', needed),
    'Client::accept_certificate': lambda: Wsp.Client().connect_after('accept_certificate', needed),
    'Client::object': lambda: Wsp.Client().connect('authenticate', Callable(needed)),
    'Client::partial': lambda: Wsp.Client().connect('authenticate', functools.partial(needed)),
    'Client::generator': lambda: Wsp.Client().connect('authenticate', generate),
    'Reconnector::should-retry': lambda: Wsp.Reconnector('ws://a/').connect('should-retry', needed),
    'tls-database': lambda: Wsp.Client(tls_database=Async()),
    'tls-database-finish': lambda: setattr(Wsp.Server(), 'tls_database', AsyncFinish()),
}


def test_refused():
    for name, connect in REFUSED.items():
        try:
            connect()
            error = None
        except TypeError as raised:
            error = raised
        point(error is not None and 'received a coroutine function' in str(error), f'async-handlers/{name}/is-refused', error)


async def receive_in_task(connection, words):
    words.append(await connection.recv())
    words.append(await connection.recv())


async def set_in_task(connection, words):
    await asyncio.sleep(0.01)
    connection.set_message_func(lambda connection, message: words.append(message.get_text()))


async def set_at_once(connection, words):
    connection.connect('message', lambda connection, message: words.append(message.get_text()))


async def send_in_task(connection, words):
    words.append(await connection.send('x'))


TASKS = {receive_in_task: ['one', 'two'], set_in_task: ['one', 'two'], set_at_once: ['one', 'two'], send_in_task: [None]}


async def test_handing_out():
    """The messages of a connection that a coroutine function is given wait for its task, and the Close behind them is found."""
    for task, expected in TASKS.items():
        for giver in ('server', 'reconnector'):
            words, ended = [], asyncio.Event()

            async def give(owner, connection):
                connection.connect('closed', lambda connection: ended.set())
                await task(connection, words)

            async def say_both(peer):
                peer.start_receiving()
                peer.queue_text('one')
                await asyncio.sleep(0.03)
                peer.queue_text('two')
                peer.close_async(1000, None, None, lambda peer, result: None)

            server = Wsp.Server()
            uri = listen(server)
            if giver == 'server':
                server.connect('connection', give)
                kept = await Wsp.connect(uri)
                await say_both(kept)
            else:
                server.connect('connection', lambda server, connection: say_both(connection))
                kept = Wsp.Reconnector(uri)
                kept.connect('connected', give)
                kept.start()
            done = await caught(asyncio.wait_for(ended.wait(), 10))
            point(done is True and words == expected, f'async-handlers/handing-out/{giver}/{task.__name__.replace("_", "-")}', done, words)
            if giver != 'server':
                kept.stop()


def test_found():
    """disconnect_by_func () finds the function of the program."""
    server = Wsp.Server()
    server.connect('connection', needed)
    server.disconnect_by_func(needed)
    point(not GObject.signal_has_handler_pending(server, GObject.signal_lookup('connection', Wsp.Server), 0, False),
          'async-handlers/disconnect-by-func-finds-it')


WITHOUT_LOOP = '''
import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp
loop = GLib.MainLoop()
server, client = Wsp.Server(), Wsp.Client()
async def on_connection(server, connection):
    print('ran')
server.connect('connection', on_connection)
def on_closed(connection):
    print(connection.peer_close_code)
    loop.quit()
def on_connected(client, result):
    global kept
    kept = client.connect_finish(result)
    kept.connect('closed', on_closed)
    kept.start_receiving()
client.connect_async(f'ws://127.0.0.1:{server.listen_inet("127.0.0.1", 0, Wsp.ListenFlags.DEFAULT).get_port()}/', None, None, None, on_connected)
GLib.timeout_add_seconds(30, loop.quit)
loop.run()
'''


def test_without_loop():
    done = subprocess.run([sys.executable, '-c', textwrap.dedent(WITHOUT_LOOP)], capture_output=True, text=True, timeout=SECONDS, check=False)
    point(done.stdout.split() == ['1011'] and 'expected a loop for its coroutine, received none (start the program with Wsp.run)' in done.stderr
          and 'never awaited' not in done.stderr, 'async-handlers/without-a-loop-is-told', done.stdout, done.stderr)


def test_with_a_loop_of_the_context():
    """A program that runs a GLib.MainLoop, with a loop of asyncio that is a source of its context."""
    code = WITHOUT_LOOP.replace('loop = GLib', 'import asyncio\nown = Wsp.EventLoop()\nloop = GLib').replace(
        "    print('ran')", "    await asyncio.sleep(0.01)\n    print('ran')\n    connection.close_async(4000, None)")
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, timeout=SECONDS, check=False)
    point(done.stdout.split() == ['ran', '4000'], 'async-handlers/with-a-loop-of-the-context-runs', done.stdout, done.stderr)


sys.exit(run_tests(test_each, test_forms, test_raising, test_end_of_connection, test_handing_out, test_refused, test_found, test_without_loop,
                   test_with_a_loop_of_the_context))
