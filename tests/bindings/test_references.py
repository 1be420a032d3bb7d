#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Nothing is left of what has ended, nor of the functions that a script gave to it, once Python has collected."""

import asyncio
import gc
import os
import sys
import tracemalloc
import weakref

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from coroutines import Pair, Wsp, caught, echo, logged, point, run_tests  # noqa: E402

N_ROUNDS = 20
N_CALLS = 1500
MAX_OF_CALL = 32        # bytes: pages of the allocator
MAX_BYTES = 16          # for each round; without a fault it is none


class Watch:
    """Whether objects of C and of Python live on: the one that PyGObject shows may go before the one in C."""

    def __init__(self):
        self.names = []
        self.gone = []
        self.weak = []

    def object(self, name, instance):
        self.names.append(name)
        instance.weak_ref(self.gone.append, name)
        return instance

    def value(self, name, value):
        self.names.append(name)
        self.weak.append(weakref.ref(value, lambda _: self.gone.append(name)))
        return value

    def left(self):
        return sorted(set(self.names) - set(self.gone))


async def send_large(connection):
    await connection.send(bytes(1 << 20))
    await caught(connection.recv())


async def raise_wanted(connection):
    raise LookupError('as the test wants')


async def close(pair, watch):
    await pair.ours.send('x')
    await pair.ours.recv()
    await pair.ours.ping()
    await pair.ours.close()


async def abort(pair, watch):
    pair.ours.abort()


async def handlers_of_signals(pair, watch):
    def handler(*arguments):
        return None

    for name in ('closed', 'message', 'notify::state', 'pong', 'writable'):
        pair.ours.connect(name, watch.value('handler', handler))
    pair.ours.start_receiving()
    await pair.ours.close()


async def message_function(pair, watch):
    def function(connection, message):
        return None

    pair.ours.set_message_func(watch.value('function', function))
    pair.ours.start_receiving()
    await pair.ours.close()


async def recv_that_waits(pair, watch):
    task = watch.value('task', asyncio.ensure_future(caught(pair.ours.recv())))
    await asyncio.sleep(0)
    await pair.ours.close()
    await task


async def recv_that_was_cancelled(pair, watch):
    task = watch.value('task', asyncio.ensure_future(pair.ours.recv()))
    await asyncio.sleep(0)
    task.cancel()
    await caught(task)
    await caught(pair.ours.recv(timeout=0.001))
    pair.ours.abort()


async def body_that_raises(pair, watch):
    async def body():
        async for data in pair.ours:
            raise LookupError(data)

    await pair.ours.send('x')
    await caught(body())
    await pair.ours.close()


async def stream(pair, watch):
    chunks = watch.value('stream', pair.ours.stream())
    await pair.ours.send('x')
    async for chunk in chunks:
        watch.chunk = len(chunk)
    await pair.ours.close()


async def stream_half_read(pair, watch):
    await watch.value('stream', pair.ours.stream()).read()
    pair.ours.abort()


async def writer(pair, watch):
    async with watch.value('writer', pair.ours.begin(Wsp.MessageType.BINARY)) as out:
        await out.write(b'x')
    await pair.ours.close()


async def writer_half_written(pair, watch):
    out = watch.value('writer', pair.ours.begin(Wsp.MessageType.BINARY))
    await out.__aenter__()
    await out.write(b'x')
    pair.ours.abort()


async def handler_that_raises(pair, watch):
    await caught(pair.ours.recv())


async def broadcast(pair, watch):
    Wsp.broadcast(pair.theirs, 'x')
    await pair.ours.recv()
    await pair.ours.close()


async def client_and_its_handlers(pair, watch):
    def handler(*arguments):
        return True

    client = watch.object('client', Wsp.Client())
    client.connect('accept-certificate', watch.value('handler', handler))
    async with Wsp.connect(pair.uri, client=client):
        pass


async def reconnect(pair, watch):
    async def prepare(handshake):
        watch.object('handshake', handshake)

    def should_retry(error):
        return True

    loop = Wsp.reconnect(pair.uri, prepare=watch.value('prepare', prepare), should_retry=watch.value('should_retry', should_retry),
                         min_delay_seconds=0.001)
    watch.object('reconnector', watch.value('loop', loop).reconnector)
    async for connection in loop:
        if 'turn-1' in watch.names:
            break
        watch.object('turn-1', connection)
    watch.object('turn-2', connection)
    del loop
    await asyncio.sleep(0)
    await connection.close()


async def connect_that_prepares(pair, watch):
    async def prepare(handshake):
        raise watch.value('error', LookupErrorOfTest())

    error = await caught(Wsp.connect(pair.uri, prepare=watch.value('prepare', prepare)))
    watch.value('refusal', error)


class LookupErrorOfTest(LookupError):
    """An exception of a class in Python has weak references."""


# Each with the handler of its server.
CASES = ((close, echo), (abort, echo), (handlers_of_signals, echo), (message_function, echo), (recv_that_waits, echo),
         (recv_that_was_cancelled, echo), (body_that_raises, echo), (stream, echo), (stream_half_read, send_large), (writer, echo),
         (writer_half_written, echo), (handler_that_raises, raise_wanted), (broadcast, echo), (client_and_its_handlers, echo), (reconnect, echo),
         (connect_that_prepares, echo))


async def use(case, handler, watch):
    async with Pair(handler) as pair:
        watch.object('server', pair.server)
        watch.object('ours', pair.ours)
        for connection in pair.theirs:
            watch.object('theirs', connection)
        await case(pair, watch)
        pair.theirs.clear()


async def collect():
    """Calls that the loop makes later may hold what has ended."""
    logged.clear()              # with their tracebacks
    for _ in range(3):
        await asyncio.sleep(0.001)
        gc.collect()
    # Python keeps up to 4096 names of attributes that it has looked up, equal ones too.
    (getattr(sys, '_clear_internal_caches', None) or sys._clear_type_cache)()


async def test_weak_references():
    for case, handler in CASES:
        watch = Watch()
        await use(case, handler, watch)
        await collect()
        point(not watch.left(), f'references/{case.__name__.replace("_", "-")}-leaves-nothing', *watch.left())
    kept, watch = Wsp.Client(), Watch()
    watch.object('kept', kept)
    await collect()
    point(watch.left() == ['kept'], 'references/what-is-kept-is-seen')


async def test_counts():
    """The objects that all connections share.  PyGObject 3.42 never gives back a reference to the class of each object."""
    shared = echo, Wsp.Closed, Wsp.Server.close, Wsp.Connection.recv
    await use(close, echo, Watch())
    await collect()
    before = [sys.getrefcount(one) for one in shared]
    for _ in range(N_ROUNDS):
        await use(close, echo, Watch())
    await collect()
    grown = [sys.getrefcount(one) - count for one, count in zip(shared, before)]
    point(max(grown) < N_ROUNDS // 2, 'references/counts-do-not-grow', grown)


async def test_memory():
    """The memory of the modules of the override."""
    ours = tracemalloc.Filter(True, '*/gi/overrides/*')
    for case, handler in CASES:
        await use(case, handler, Watch())
    tracemalloc.start()
    for case, handler in CASES:
        sizes = []
        for _ in range(3):
            for _ in range(N_ROUNDS):
                await use(case, handler, Watch())
            await collect()
            sizes.append(sum(one.size for one in tracemalloc.take_snapshot().filter_traces([ours]).statistics('filename')))
        growth = min(after - before for before, after in zip(sizes, sizes[1:]))
        point(growth < N_ROUNDS * MAX_BYTES, f'references/{case.__name__.replace("_", "-")}-keeps-no-memory', sizes)
    tracemalloc.stop()


def resident():
    with open('/proc/self/status', encoding='utf-8') as file:
        return int(next(line for line in file if line.startswith('VmRSS')).split()[1]) * 1024


async def answer_streams(connection):
    while True:
        async for _ in connection.stream():
            pass
        await connection.send('ok')


async def write(ours, n):
    async with ours.begin(Wsp.MessageType.BINARY) as out:
        for _ in range(n):
            await out.write(b'x' * 100)
    await ours.recv()


async def stream(ours, n):
    for _ in range(n):
        await ours.send(b'x')
        await ours.recv()


async def ping(ours, n):
    for _ in range(n):
        await ours.ping()


async def ping_and_give_up(ours, n):
    for _ in range(n):
        await caught(asyncio.wait_for(ours.ping(b'x'), 0))


async def wait_and_give_up(ours, n):
    for _ in range(n):
        await caught(asyncio.wait_for(ours.stream().read(), 0))


CALLS = write, stream, ping, ping_and_give_up, wait_and_give_up


async def test_calls():
    """PyGObject 3.42 never frees 112 bytes of each function that it gives to C."""
    for call in CALLS:
        async with Pair(answer_streams) as pair:
            sizes = []
            for _ in range(4):
                await call(pair.ours, N_CALLS)
                gc.collect()
                sizes.append(resident())
        growth = min(after - before for before, after in zip(sizes, sizes[1:]))
        point(growth < N_CALLS * MAX_OF_CALL, f'references/call/{call.__name__.replace("_", "-")}-keeps-no-memory', sizes)


sys.exit(run_tests(test_weak_references, test_counts, test_memory, test_calls))
