#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.connect_sync (): a server runs in a thread of its own, and does what the path of its client says."""

import asyncio
import contextlib
import gc
import importlib.util
import logging
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from unittest import mock

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from lib.raw_peer import Peer  # noqa: E402
from lib.tap import Tap  # noqa: E402

SECONDS = 60
N_LARGE = 40
LARGE = 'x' * 300_000
tap = Tap()
ends = queue.SimpleQueue()      # of the server's connections: path, the client's close code
received = queue.SimpleQueue()  # what the server was sent
go = threading.Event()          # the server goes on


SYNC = sys.modules[Wsp.SyncConnection.__module__]
WAITING = [method.__code__ for method in (Wsp.SyncConnection.recv.__globals__[name].wait for name in ('Call', 'Inbox'))]


class Interrupted(Exception):
    """As KeyboardInterrupt, which would also end the test."""


async def until(function):
    while not function():
        await asyncio.sleep(0.005)


async def keep(connection):
    async for data in connection:
        received.put(data)


async def echo(connection):
    async for data in connection:
        await connection.send(data)


async def send_many(connection):
    for number in range(2000):
        await connection.send(f'{number}')
    await keep(connection)


async def send_large(connection):
    for number in range(N_LARGE):
        await connection.send(f'{number} {LARGE}')
    await connection.close(4000, 'all')


async def send_few(connection):
    """As many as are read ahead for a reader that is slow, and a Close."""
    for number in range(40):
        await connection.send(f'{number}')
    await connection.close(4000)


async def send_after_go(connection):
    await until(go.is_set)
    await connection.send('late')
    await keep(connection)


async def receive_after_go(connection):
    await until(go.is_set)
    await keep(connection)


async def wait_for_pings(connection):
    """Lets the client go on when it has sent pings of its keepalive, and has answered others."""
    await until(lambda: connection.dup_stats().bytes_received >= 100)
    for _ in range(3):
        await connection.ping()
    go.set()
    await echo(connection)


async def close_at_once(connection):
    await connection.close(int(connection.handshake.get_path().split('-')[-1]), 'reason')


HANDLERS = {'/echo': echo, '/keep': keep, '/many': send_many, '/few': send_few, '/large': send_large, '/late': send_after_go, '/slow': receive_after_go,
            '/pings': wait_for_pings}


async def handle(connection):
    path = connection.handshake.get_path()
    try:
        await HANDLERS.get(path, close_at_once)(connection)
    except Wsp.Error:
        pass
    await connection.close()
    ends.put((path, connection.peer_close_code))


class Server:
    """In a thread; `uri` ends without a path."""

    def __enter__(self):
        self.has_begun = threading.Event()
        self.thread = threading.Thread(target=Wsp.run, args=[self.serve()])
        self.thread.start()
        self.has_begun.wait(SECONDS)
        return self

    async def serve(self):
        self.loop = asyncio.get_running_loop()
        self.end = self.loop.create_future()
        async with Wsp.serve(handle, '127.0.0.1', grace=0.2, subprotocols=['chat']) as server:
            self.uri = f'ws://127.0.0.1:{server.port}'
            self.has_begun.set()
            await self.end

    def __exit__(self, kind, error, trace):
        self.loop.call_soon_threadsafe(self.end.set_result, None)
        self.thread.join(SECONDS)


def caught(function, *arguments, **named):
    try:
        return function(*arguments, **named)
    except BaseException as error:
        return error


def shown(error):
    return type(error), getattr(error, 'close_code', None)


class Interruptions:
    """Signals that raise Interrupted: once, in a call that waits, or each time in a call of `often`."""

    def __init__(self, often=None):
        self.often, self.is_done = often, False

    def is_inside(self, frame):
        if self.often is None:
            return not self.is_done and frame.f_code in WAITING and frame.f_lineno > frame.f_code.co_firstlineno
        while frame is not None and frame.f_code is not self.often.__code__:
            frame = frame.f_back
        return frame is not None

    def __call__(self, number, frame):
        if self.is_inside(frame):
            self.is_done = True
            raise Interrupted


@contextlib.contextmanager
def interrupted(handler=None, every=0.001):
    before = signal.signal(signal.SIGALRM, handler or Interruptions())
    signal.setitimer(signal.ITIMER_REAL, every, every)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class SlowHeaders(dict):
    """Reading them waits until the thread of the network has answered another call."""
    def __init__(self, connection):
        super().__init__({'A': 'b'})
        self.connection = connection

    def items(self):
        self.connection.ping(timeout=SECONDS)
        return super().items()


def connect(uri, path, **settings):
    return Wsp.connect_sync(uri + path, timeout=SECONDS, **settings)


def in_thread(function):
    thread = threading.Thread(target=function)
    thread.start()
    return thread


# Each of them returns what the row of TABLE has.

def round_trips(uri):
    with connect(uri, '/echo', subprotocols=['chat']) as c:
        for data in ('text', b'binary', 'nul \0 inside', '', b''):
            c.send(data)
        c.send(Wsp.Message('message'), urgent=False, compress=False)
        c.send(GLib.Bytes.new(b'bytes'))
        found = [c.recv(timeout=SECONDS) for _ in range(7)]
        found += [c.subprotocol, c.uri == uri + '/echo', c.state.value_nick, 0 <= c.ping(timeout=SECONDS) < SECONDS, c.ping(b'payload') < SECONDS]
    return *found, ends.get(timeout=SECONDS)


def iteration(uri):
    c = connect(uri, '/close-1001')
    d = connect(uri, '/close-4001')
    found = list(c), shown(caught(list, d)), d.peer_close_code, d.peer_close_reason, d.close_info.get_peer_code()
    del c, d
    ends.get(timeout=SECONDS), ends.get(timeout=SECONDS)
    return found


def timeouts(uri):
    go.clear()
    with connect(uri, '/late') as c:
        found = [caught(c.recv, timeout=seconds) for seconds in (0, 0.01)]
        go.set()
        found.append(c.recv(timeout=SECONDS))
    ends.get(timeout=SECONDS)
    return *(repr(one) for one in found),


def back_pressure(uri):
    with connect(uri, '/many') as c:
        while not c._inbox.is_full:
            pass
        n_held = len(c._inbox.messages)
        numbers = [int(c.recv(timeout=SECONDS)) for _ in range(2000)]
    ends.get(timeout=SECONDS)
    return n_held, numbers == list(range(2000))


def back_pressure_of_bytes(uri):
    c = connect(uri, '/large')
    while not c._inbox.is_full:
        pass
    n_held = len(c._inbox.messages)
    numbers = []
    error = caught(lambda: numbers.extend(int(data.split()[0]) for data in c))
    ends.get(timeout=SECONDS)
    return n_held, numbers == list(range(N_LARGE)), shown(error)


class SlowMark(int):
    """A number of messages at which the thread of the network looks, and stops receiving only when the caller has taken all of them."""
    inbox, is_new = None, True

    def __le__(self, number):
        is_reached = int.__le__(self, number)
        if is_reached and self.is_new:
            self.is_new = False
            while self.inbox is None or self.inbox.messages or not self.inbox.waiters:
                pass
        return is_reached


def resumed_while_it_waits(uri):
    mark = SlowMark(SYNC.MAX_MESSAGES)
    with mock.patch.object(SYNC, 'MAX_MESSAGES', mark), connect(uri, '/many') as c:
        mark.inbox = c._inbox
        while mark.is_new:
            pass
        numbers = [int(c.recv(timeout=SECONDS)) for _ in range(2000)]
    ends.get(timeout=SECONDS)
    return numbers == list(range(2000))


def abort_while_full(uri):
    """What was received before comes before the error."""
    c = connect(uri, '/many')
    while not c._inbox.is_full:
        pass
    c.abort()
    numbers = []
    error = caught(lambda: numbers.extend(int(data) for data in c))
    ends.get(timeout=SECONDS)
    return numbers == list(range(len(numbers))), len(numbers) >= 16, shown(error)


def end_while_full(uri):
    """The connection ends while C holds messages."""
    c = connect(uri, '/few')
    path = ends.get(timeout=SECONDS)[0]
    numbers = []
    error = caught(lambda: numbers.extend(int(data) for data in c))
    return path, numbers == list(range(40)), shown(error)


def fill(c):
    """Sends until the send queue has no room, and returns how many messages were sent."""
    for number in range(1000):
        while isinstance(caught(c.send, f'{number} {LARGE}', timeout=0.2), TimeoutError):
            if not c._wait('test', lambda call, connection: call.end(connection.is_writable())):
                return number
    return None


def numbers_received(n):
    return [int(received.get(timeout=SECONDS).split()[0]) for _ in range(n)]


def send_at_the_mark(uri):
    go.clear()
    with connect(uri, '/slow') as c:
        n = fill(c)
        go.set()
        c.send(f'{n} last', timeout=SECONDS)
    return n is not None, numbers_received(n + 1) == list(range(n + 1)), ends.get(timeout=SECONDS), received.empty()


def interrupted_send(uri):
    go.clear()
    with connect(uri, '/slow') as c:
        n = fill(c)
        with interrupted():
            error = caught(c.send, 'not sent')
        urgent = caught(c.send, f'{n} urgent', urgent=True, timeout=0)
        go.set()
    numbers = numbers_received(n + 1)
    return shown(error), urgent, sorted(numbers) == list(range(n + 1)), ends.get(timeout=SECONDS), received.empty()


def interrupted_recv(uri):
    go.clear()
    with connect(uri, '/late') as c:
        with interrupted():
            error = caught(c.recv)
        go.set()
        data = c.recv(timeout=SECONDS)
    ends.get(timeout=SECONDS)
    return shown(error), data


def interrupted_often(uri):
    """At any place of recv ()."""
    numbers, n_interrupted = [], 0
    with connect(uri, '/many') as c:
        with interrupted(Interruptions(Wsp.SyncConnection.recv), every=0.0001):
            while len(numbers) < 2000:
                try:
                    numbers.append(int(c.recv()))
                except Interrupted:
                    n_interrupted += 1
    ends.get(timeout=SECONDS)
    return numbers == list(range(2000)), n_interrupted > 0


def interrupted_connect(uri):
    """The server never answers."""
    head = []

    def serve():
        peer, _ = listener.accept()
        with peer:
            head.extend(iter(lambda: peer.recv(65536), b''))

    with socket.create_server(('127.0.0.1', 0)) as listener:
        there = f'ws://127.0.0.1:{listener.getsockname()[1]}/'
        left = caught(Wsp.connect_sync, there, timeout=0.01)
        thread = in_thread(serve)
        with interrupted():
            error = caught(Wsp.connect_sync, there)
        if not head:
            caught(Wsp.connect_sync, there, timeout=1)
        thread.join(SECONDS)
    return shown(error), repr(left)


def interrupted_close(uri):
    """The peer does not read, so its Close does not come."""
    go.clear()
    c = connect(uri, '/slow')
    fill(c)
    with interrupted():
        error = caught(c.close)
    info = shown(caught(c.recv, timeout=SECONDS))
    go.set()
    code = ends.get(timeout=SECONDS)
    while not received.empty():
        received.get()
    return shown(error), info, code


def close_with_timeout(uri):
    go.clear()
    c = connect(uri, '/slow')
    fill(c)
    error = caught(c.close, timeout=0.01)
    go.set()
    ends.get(timeout=SECONDS)
    while not received.empty():
        received.get()
    return repr(error), shown(caught(c.recv, timeout=SECONDS))


def sleeps(uri):
    """The main thread does not call the library until the server has had pings."""
    go.clear()
    limits = Wsp.Limits(keepalive_interval_seconds=0.01, keepalive_timeout_seconds=SECONDS)
    with connect(uri, '/pings', limits=limits) as c:
        has_gone = go.wait(SECONDS)
        c.send('awake')
        data = c.recv(timeout=SECONDS)
    ends.get(timeout=SECONDS)
    return has_gone, data


def calls_inside_of_a_signal(uri):
    found, begun = [], []
    with connect(uri, '/echo') as c:
        def on_signal(number, frame):
            if begun or frame.f_code not in WAITING:
                return
            begun.append(True)
            c.send('of the handler')
            found.append(c.recv(timeout=SECONDS))
            c.send('of the caller')

        with interrupted(on_signal):
            found.append(c.recv(timeout=SECONDS))
    ends.get(timeout=SECONDS)
    return sorted(found)


def two_receivers(uri):
    found = [[], []]

    def receive(numbers):
        while True:
            error = caught(c.recv, timeout=SECONDS)
            if isinstance(error, Exception):
                return
            numbers.append(int(error))
            if n_left():
                c.send('end')

    def n_left():
        return sum(map(len, found)) == 2000

    with connect(uri, '/many') as c:
        threads = [in_thread(lambda numbers=numbers: receive(numbers)) for numbers in found]
        received.get(timeout=SECONDS)
        c.close()
        for thread in threads:
            thread.join(SECONDS)
    ends.get(timeout=SECONDS)
    return sorted(found[0] + found[1]) == list(range(2000)), all(numbers == sorted(numbers) for numbers in found)


def two_receivers_under_a_tracer(uri):
    """As below a debugger: other threads run between the lines of recv ()."""
    found = []

    def trace(frame, event, argument):
        if frame.f_code is Wsp.SyncConnection.recv.__code__:
            time.sleep(0)         # gives the interpreter away
            return trace
        return None

    def receive():
        sys.settrace(trace)
        while True:
            error = caught(c.recv, timeout=SECONDS)
            if isinstance(error, Exception):
                found.append(error)
                return
            found.append(int(error))
            if error == '1999':
                c.send('end')

    with connect(uri, '/many') as c:
        threads = [in_thread(receive) for _ in range(2)]
        received.get(timeout=SECONDS)
        c.close()
        for thread in threads:
            thread.join(SECONDS)
    ends.get(timeout=SECONDS)
    return [shown(one) for one in found if not isinstance(one, int)], sorted(one for one in found if isinstance(one, int)) == list(range(2000))


def two_senders(uri):
    with connect(uri, '/keep') as c:
        def send(name):
            for number in range(1000):
                c.send(f'{name} {number}')
        for thread in [in_thread(lambda name=name: send(name)) for name in 'ab']:
            thread.join(SECONDS)
    pairs = [received.get(timeout=SECONDS).split() for _ in range(2000)]
    numbers = [[int(number) for sender, number in pairs if sender == name] for name in 'ab']
    return numbers == [list(range(1000))] * 2, ends.get(timeout=SECONDS)


def after_close(uri):
    c = connect(uri, '/echo')
    c.close(4002, 'bye')
    found = [shown(caught(call)) for call in (c.recv, lambda: c.send('x'), c.ping, c.close, lambda: next(iter(c), 'none'))]
    return *found, c.state.value_nick, ends.get(timeout=SECONDS)


def close_while_full(uri):
    with connect(uri, '/many') as c:
        while not c._inbox.is_full:
            pass
    numbers = []
    error = caught(lambda: numbers.extend(int(data) for data in c))
    return ends.get(timeout=SECONDS), numbers == list(range(len(numbers))), error


def after_peers_close(uri):
    c = connect(uri, '/close-4003')
    found = [shown(caught(call)) for call in (c.recv, c.recv, lambda: c.send('x'), c.ping, c.close)]
    ends.get(timeout=SECONDS)
    return *found,


def left_by_an_exception(uri):
    try:
        with connect(uri, '/echo'):
            raise ZeroDivisionError
    except ZeroDivisionError:
        return ends.get(timeout=SECONDS)


def dropped(uri):
    connect(uri, '/echo')
    gc.collect()
    return ends.get(timeout=SECONDS)


def dropped_after_a_timeout(uri):
    """A send () that has timed out leaves its call with the connection."""
    go.clear()
    c = connect(uri, '/slow')
    is_held = weakref.ref(c)
    fill(c)
    del c
    gc.collect()
    found = is_held()
    go.set()
    end = ends.get(timeout=SECONDS)
    while not received.empty():
        received.get()
    return found, end


def after_a_failed_post(uri):
    with connect(uri, '/echo') as c, mock.patch.object(logging.getLogger('wsp'), 'error') as log:
        c._network.post(lambda: 1 / 0)
        found = 0 <= c.ping(timeout=SECONDS)
    ends.get(timeout=SECONDS)
    return found, log.call_count


def close_of_a_peer_that_breaks_the_protocol(uri):
    """It answers the Close with a frame whose reserved bits are set."""
    def play(peer):
        peer.upgrade()
        peer.read_frame()
        peer.write(b'\xff\xff\xff\xff')
        peer.stream.read()

    found = []
    for end in (lambda c: c.__exit__(None, None, None), Wsp.SyncConnection.close, lambda c: c.close(4000)):
        with Peer(play, SECONDS) as peer:
            c = Wsp.connect_sync(peer.uri, timeout=SECONDS)
            found.append((caught(end, c), type(caught(c.recv, timeout=SECONDS)).__name__))
    return found


def options_that_take_long(uri):
    """A mapping that is read, and the file of a certificate."""
    with connect(uri, '/echo') as c, tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'database.pem')
        os.mkfifo(path)

        def write():
            with open(path, 'w'):
                c.ping(timeout=SECONDS)

        thread = in_thread(write)
        with connect(uri, '/echo', headers=SlowHeaders(c)) as d:
            found = [d.handshake.get_request_headers()['A']]
        found.append(shown(caught(connect, uri, '/echo', tls_database=path)))       # it is empty
        thread.join(SECONDS)
    return found, [ends.get(timeout=SECONDS)[1] for _ in range(2)]


def connect_timeouts(uri):
    """That of the client: `timeout` takes its place, unless it is given."""
    found, open_async = [], SYNC.plain.Client.open_async

    def note(client, *arguments):
        found.append(client.get_property('connect-timeout'))
        open_async(client, *arguments)

    with mock.patch.object(SYNC.plain.Client, 'open_async', note):
        for settings in {}, {'timeout': 40}, {'timeout': 40, 'connect_timeout_seconds': 5}:
            with Wsp.connect_sync(uri + '/echo', **settings):
                pass
            ends.get(timeout=SECONDS)
    return found


def in_callback(uri):
    with connect(uri, '/echo') as c:
        error = caught(c._wait, 'test', lambda call, connection: c.recv())
    ends.get(timeout=SECONDS)
    return str(error)


def on_asyncio(uri):
    """As in Jupyter: a loop that does not drive GLib."""
    async def main():
        with connect(uri, '/echo') as c:
            c.send('in a coroutine')
            return c.recv(timeout=SECONDS)

    return asyncio.run(main()), ends.get(timeout=SECONDS)


def on_loop(run):
    def test(uri):
        with connect(uri, '/echo') as c:
            async def main():
                return [str(caught(call)) for call in (lambda: connect(uri, '/echo'), c.recv, lambda: c.send('x'), c.ping, c.close)]

            found = run(main())
        ends.get(timeout=SECONDS)
        return found
    return test


def run_on_gbulb(coroutine):
    import gbulb
    loop = gbulb.GLibEventLoop(context=GLib.MainContext.default())
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


def texts_of_loop(name):
    return [f'Call of {call} () would stop the loop: expected a thread without a loop that drives GLib, received one with {name} '
            '(write async with Wsp.connect (uri) as connection)' for call in ('connect_sync', 'recv', 'send', 'ping', 'close')]


PROGRAM = '''
import gi, os, sys
gi.require_version('Wsp', '1')
from gi.repository import Wsp
uri = sys.argv[1]
def caught(call):
    try:
        return call()
    except Exception as error:
        return f'{type(error).__name__}: {error}'
'''
AT_EXIT = PROGRAM + '''
import atexit
atexit.register(lambda: print(caught(lambda: c.recv(timeout=60)), caught(c.close), caught(lambda: Wsp.connect_sync(uri)), sep='\\n'))
c = Wsp.connect_sync(uri + '/echo')
d = Wsp.connect_sync(uri + '/echo')
'''
SILENT_AT_EXIT = PROGRAM + '''
c = Wsp.connect_sync(uri + '/slow')
try:
    while True:
        c.send('x' * 300_000, timeout=0.2)
except TimeoutError:
    print('full')
'''
AFTER_FORK = PROGRAM + '''
c = Wsp.connect_sync(uri + '/echo')
if os.fork() == 0:
    with c:
        print(*map(caught, (lambda: Wsp.connect_sync(uri), c.recv, lambda: c.send('x'), c.close)), sep='\\n')
    del c
    sys.exit()
os.waitpid(-1, 0)
c.send('alive')
print(c.recv(timeout=60))
c.close()
'''
AFTER_FORKS = PROGRAM + '''
c = Wsp.connect_sync(uri + '/echo')
if os.fork() == 0:
    if os.fork() == 0:
        with c:
            print(*map(caught, (lambda: Wsp.connect_sync(uri), c.recv, lambda: c.send('x'), c.close)), sep='\\n')
        del c
        sys.exit()
    os.waitpid(-1, 0)
    sys.exit()
os.waitpid(-1, 0)
c.send('alive')
print(c.recv(timeout=60))
c.close()
'''
FORK_INSIDE_OF_A_CALL = PROGRAM + '''
import threading, time
c = Wsp.connect_sync(uri + '/echo')
network, begun, inside = c._network, threading.Event(), [True]
def wait_for_fork():
    end = time.monotonic() + 2
    begun.set()
    while not network.posts and time.monotonic() < end:
        pass
    inside.clear()
network.post(wait_for_fork)
begun.wait(60)
if os.fork() == 0:
    print('inside' if inside else 'at rest', flush=True)
    os._exit(0)
os.waitpid(-1, 0)
c.send('alive')
print(c.recv(timeout=60))
c.close()
'''
CONNECT_IN_SIGNAL = PROGRAM + '''
import signal, threading
inner = []
signal.signal(signal.SIGUSR1, lambda *unused: inner.append(Wsp.connect_sync(uri + '/echo')))
eventfd = os.eventfd
def interrupted(*arguments):
    os.eventfd = eventfd
    signal.raise_signal(signal.SIGUSR1)
    return eventfd(*arguments)
os.eventfd = interrupted
c = Wsp.connect_sync(uri + '/echo')
for number, one in enumerate((c, *inner)):
    one.send(f'{number}')
    print(one.recv(timeout=60))
    one.close()
print([thread.name for thread in threading.enumerate()].count('wsp'))
'''
FORK_FIRST = PROGRAM + '''
if os.fork() == 0:
    with Wsp.connect_sync(uri + '/echo') as c:
        c.send('child')
        print(c.recv(timeout=60))
    sys.exit()
os.waitpid(-1, 0)
'''
CTRL_C = PROGRAM + '''
import signal, threading
c = Wsp.connect_sync(uri + '/echo')
threading.Timer(0.1, os.kill, [os.getpid(), signal.SIGINT]).start()
try:
    c.recv()
except KeyboardInterrupt:
    print('interrupted')
'''


def run_program(program, n_ends):
    def test(uri):
        go.clear()
        # Python 3.12 warns of each fork () of a process with threads.
        done = subprocess.run([sys.executable, '-W', 'ignore:This process:DeprecationWarning', '-c', program, uri], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS)
        go.set()
        codes = [ends.get(timeout=SECONDS)[1] for _ in range(n_ends)]
        while not received.empty():
            received.get()
        return done.returncode, done.stdout.splitlines(), codes
    return test


FORKED = [f'RuntimeError: Call of {name} () after fork (): expected the process that connected first, received its child (start processes by '
          "multiprocessing.get_context ('spawn'), or connect only in the child)" for name in ('connect_sync', 'recv', 'send', 'close')]
CLOSED = Wsp.Closed
TABLE = {
    'round-trips': (round_trips, ('text', b'binary', 'nul \0 inside', '', b'', 'message', b'bytes', 'chat', True, 'open', True, True,
                                  ('/echo', 1000))),
    'iteration-ends-or-raises': (iteration, ([], (CLOSED, 4001), 4001, 'reason', 4001)),
    'timeouts-lose-no-message': (timeouts, ("TimeoutError('No message has come in time')",) * 2 + ("'late'",)),
    'a-reader-has-16-messages': (back_pressure, (16, True)),
    'a-reader-has-1-MiB': (back_pressure_of_bytes, (5, True, (CLOSED, 4000))),
    'a-reader-that-waits-is-resumed': (resumed_while_it_waits, True),
    'an-end-keeps-what-was-received': (abort_while_full, (True, True, (CLOSED, 1006))),
    'an-end-keeps-what-is-read-ahead': (end_while_full, ('/few', True, (CLOSED, 4000))),
    'send-waits-at-the-mark': (send_at_the_mark, (True, True, ('/slow', 1000), True)),
    'an-interrupted-send-sends-nothing': (interrupted_send, ((Interrupted, None), None, True, ('/slow', 1000), True)),
    'an-interrupted-recv-loses-nothing': (interrupted_recv, ((Interrupted, None), 'late')),
    'interruptions-lose-nothing': (interrupted_often, (True, True)),
    'an-interrupted-connect-ends': (interrupted_connect, ((Interrupted, None), "TimeoutError('The time is over')")),
    'an-interrupted-close-aborts': (interrupted_close, ((Interrupted, None), (CLOSED, 1006), ('/slow', 1006))),
    'a-close-that-takes-long-aborts': (close_with_timeout, ("TimeoutError('The connection has not ended in time')", (CLOSED, 1006))),
    'a-program-may-sleep': (sleeps, (True, 'awake')),
    'a-signal-may-call': (calls_inside_of_a_signal, ['of the caller', 'of the handler']),
    'two-threads-receive': (two_receivers, (True, True)),
    'two-threads-receive-under-a-tracer': (two_receivers_under_a_tracer, ([(CLOSED, 1000)] * 2, True)),
    'two-threads-send': (two_senders, (True, ('/keep', 1000))),
    'after-close': (after_close, ((CLOSED, 4002), (CLOSED, 4002), (CLOSED, 4002), (type(None), None), (CLOSED, 4002), 'closed', ('/echo', 4002))),
    'a-reader-that-is-full-closes': (close_while_full, (('/many', 1000), True, None)),
    'after-the-close-of-the-peer': (after_peers_close, ((CLOSED, 4003),) * 4 + ((type(None), None),)),
    'a-block-left-by-an-exception-closes': (left_by_an_exception, ('/echo', 1000)),
    'a-dropped-connection-closes': (dropped, ('/echo', 1001)),
    'a-dropped-connection-whose-send-timed-out-closes': (dropped_after_a_timeout, (None, ('/slow', 1001))),
    'the-thread-survives-an-exception': (after_a_failed_post, (True, 1)),
    'close-returns-if-the-peer-breaks-the-protocol': (close_of_a_peer_that_breaks_the_protocol, [(None, 'InvalidFormat')] * 3),
    'options-that-take-long-stop-no-connection': (options_that_take_long, (['b', (GLib.Error, None)], [1000] * 2)),
    'a-timeout-may-be-long': (connect_timeouts, [30_000, 0, 5000]),
    'a-callback-cannot-wait': (in_callback, 'Call of recv () cannot wait: expected another thread of a running program, received one in a '
                               'callback of such a connection'),
    'in-a-loop-of-asyncio': (on_asyncio, ('in a coroutine', ('/echo', 1000))),
    'not-in-the-loop-of-run': (on_loop(Wsp.run), texts_of_loop('EventLoop')),
    'at-exit-1001': (run_program(AT_EXIT, 2), (0, ['Closed: WspError: Closed cleanly by us with 1001, answered with 1001 (12, close code 1001)', 'None', 'RuntimeError: Call of connect_sync () cannot wait: expected another thread of '
                     'a running program, received one at the end of the program'], [1001, 1001])),
    'at-exit-a-silent-peer-is-left': (run_program(SILENT_AT_EXIT, 1), (0, ['full'], [1006])),
    'after-fork': (run_program(AFTER_FORK, 1), (0, [*FORKED, 'alive'], [1000])),
    'after-two-forks': (run_program(AFTER_FORKS, 1), (0, [*FORKED, 'alive'], [1000])),
    'fork-waits-for-the-thread': (run_program(FORK_INSIDE_OF_A_CALL, 1), (0, ['at rest', 'alive'], [1000])),
    'a-signal-may-connect-first': (run_program(CONNECT_IN_SIGNAL, 2), (0, ['0', '1', '1'], [1000, 1000])),
    'fork-first': (run_program(FORK_FIRST, 1), (0, ['child'], [1000])),
    'ctrl-c': (run_program(CTRL_C, 1), (0, ['interrupted'], [1001])),
}
WRONG = {
    'uri': (lambda uri, c: Wsp.connect_sync(5), 'TypeError: URI of Wsp.connect_sync () is wrong: expected a text, received int'),
    'no-uri': (lambda uri, c: Wsp.connect_sync('http://a/'), 'InvalidArgument'),
    'timeout': (lambda uri, c: Wsp.connect_sync(uri, timeout='1'),
                'TypeError: Option timeout of Wsp.connect_sync () is wrong: expected seconds from 0 to 4294967, received str'),
    **{f'option-{name}': (lambda uri, c, name=name: Wsp.connect_sync(uri, **{name: None}), 'TypeError: Option of Wsp.connect_sync () is unknown: '
                          'expected headers, subprotocols, timeout or a property of Wsp.Client or Wsp.Limits, received '
                          f'"{name}" (write {other})') for name, other in {
        'client': 'its properties', 'prepare': 'headers', 'open_timeout': 'timeout', 'timeout_seconds': 'timeout', 'path': 'a URI ws+unix:PATH',
        'ssl': 'tls_database or tls_certificate', 'extra_headers': 'headers'}.items()},
    'headers': (lambda uri, c: Wsp.connect_sync(uri, headers=5), 'TypeError: Option headers of Wsp.connect_sync () is wrong: expected a dict'),
    'refused': (lambda uri, c: Wsp.connect_sync('ws://127.0.0.1:1/'), 'Error: g-io-error-quark'),
    'data': (lambda uri, c: c.send(5), 'TypeError: Message cannot be sent: expected str, bytes, GLib.Bytes or Wsp.Message, received int'),
    'pieces': (lambda uri, c: c.send(['a', 'b']), 'TypeError: Message cannot be sent: expected str, bytes, GLib.Bytes or Wsp.Message, received list'),
    'urgent': (lambda uri, c: c.send('x', urgent=1), 'TypeError: Option urgent of send () is wrong: expected True or False, received int'),
    'recv-timeout': (lambda uri, c: c.recv(timeout=-1), 'ValueError: Option timeout of recv () is wrong: expected seconds'),
    'recv-option': (lambda uri, c: c.recv(timeuot=1), 'TypeError: Option of recv () is unknown: expected timeout, received "timeuot"'),
    'ping': (lambda uri, c: c.ping(5), 'TypeError: Payload of a ping is wrong: expected str or bytes, received int'),
    'long-ping': (lambda uri, c: c.ping(b'x' * 126), 'InvalidArgument'),
    'code': (lambda uri, c: c.close(1006), 'InvalidArgument'),
    'reason': (lambda uri, c: c.close(1000, 5), 'TypeError: Close reason is wrong: expected a text, received int'),
    'long-reason': (lambda uri, c: c.close(1000, 'x' * 124), 'InvalidArgument'),
}


def point(is_ok, claim, *diagnosis):
    tap.point(is_ok, f'/bindings/sync/python/{claim}', [repr(one) for one in diagnosis])


def test_table(uri, table):
    for claim, (function, expected) in table.items():
        found = caught(function, uri)
        point(found == expected, claim, found, expected)


def test_wrong(uri):
    with connect(uri, '/echo') as c:
        for claim, (call, text) in WRONG.items():
            error = caught(call, uri + '/echo', c)
            found = f'{type(error).__name__}: {error}'
            point(found.startswith(text), f'wrong/{claim}', found, text)
        c.send('open')
        point(c.recv(timeout=SECONDS) == 'open', 'wrong-values-leave-it-open')


def main():
    with Server() as server:
        test_table(server.uri, TABLE)
        # gbulb does not run with a PyGObject that has a loop of its own.
        if importlib.util.find_spec('gbulb') is not None and importlib.util.find_spec('gi.events') is None:
            test_table(server.uri, {'not-in-the-loop-of-gbulb': (on_loop(run_on_gbulb), texts_of_loop('GLibEventLoop'))})
        test_wrong(server.uri)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main())
