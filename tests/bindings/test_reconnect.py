#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.reconnect () and the option `prepare`: test_reconnect.py [gbulb|gi.events].  With a word the points run on that loop."""

import asyncio
import gc
import sys
import threading
import time
import types
import weakref

from coroutines import Pair, caught, logged, point, run_tests, SECONDS, turns
from gi.repository import Gio, GLib, Wsp

SHORT = {'min_delay_seconds': 0.001, 'max_delay_seconds': 0.002, 'spread_seconds': 0.001}


class Site:
    """A server; `ends` has what it does with each connection, the last of them with all later ones."""

    def __init__(self, *ends, reject=None):
        self.ends = ends or (hold,)
        self.reject = reject                # statuses: of the first requests
        self.theirs, self.tokens, self.codes = [], [], []

    def on_request(self, server, handshake):
        self.tokens.append(handshake.get_request_header('Authorization'))
        if self.reject:
            handshake.reject(self.reject.pop(0), {'X-Why': 'because'}, b'body')
        return True

    async def handle(self, connection):
        self.theirs.append(connection)
        end = self.ends[min(len(self.theirs), len(self.ends)) - 1]
        connection.connect('closed', lambda connection: self.codes.append(connection.get_close_info().get_peer_code()))
        await end(connection)

    async def __aenter__(self):
        server = Wsp.Server()
        server.connect('request', self.on_request)
        self.server = await Wsp.serve(self.handle, '127.0.0.1', 0, server=server, grace=0.2)
        self.uri = f'ws://127.0.0.1:{self.server.port}/'
        return self

    async def __aexit__(self, kind, error, trace):
        await self.server.close()


async def hold(connection):
    await connection.recv()


async def until(is_over):
    end = time.monotonic() + SECONDS
    while not is_over() and time.monotonic() < end:
        await asyncio.sleep(0.001)
    return is_over()


async def test_turns():
    async with Site() as site:
        n = 0
        async for connection in Wsp.reconnect(site.uri, **SHORT):
            n += 1
            if n > 1:
                point(site.codes == [1000] * (n - 1), f'reconnect/turn-{n}-has-closed-the-one-before', site.codes)
            if n == 3:
                break
        point(await until(lambda: site.codes == [1000] * 3), 'reconnect/break-closes-with-1000', site.codes)
        begun, times = time.monotonic(), []
        async for connection in Wsp.reconnect(site.uri, min_delay_seconds=0.05, spread_seconds=0.001):
            times.append(time.monotonic() - begun)
            if len(times) == 3:
                break
        point(times[1] - times[0] >= 0.05 and times[2] - times[1] >= 0.05, 'reconnect/an-empty-body-keeps-to-min-delay', times)


def leave_by_code(code):
    async def leave(connection):
        await connection.send('x')
        await connection.close(code)
    return leave


async def abort(connection):
    await connection.send('x')
    while connection.get_send_queue_bytes():
        await asyncio.sleep(0)
    connection.abort()


async def fail(connection):
    await connection.send('x')
    connection.fail(Wsp.InvalidUtf8('as the test wants'))

# How the server ends a connection, and what recv () raises then.
ENDS = {'1000': (leave_by_code(1000), Wsp.Closed), '1001': (leave_by_code(1001), Wsp.Closed), '1011': (leave_by_code(1011), Wsp.Closed),
        '4000': (leave_by_code(4000), Wsp.Closed), 'abort': (abort, Wsp.AbnormalClosure), '1007': (fail, Wsp.Closed)}


async def test_ends():
    for name, (end, expected) in ENDS.items():
        async with Site(end) as site:
            seen = []
            async for connection in Wsp.reconnect(site.uri, **SHORT):
                if len(seen) == 0:
                    seen.append(await caught(collect(connection)))
                elif len(seen) == 1:
                    seen.append(await caught(collect(connection.messages())))
                else:
                    await connection.recv()
                    seen += [await caught(connection.recv()), await caught(connection.send('x'))]
                    break
            point(seen[0] == ['x'], f'reconnect/{name}/loop-over-messages-ends-silently', seen)
            point(isinstance(seen[1], list) and len(seen[1]) == 1, f'reconnect/{name}/messages-ends-silently', seen)
            point(isinstance(seen[2], expected) and isinstance(seen[3], Wsp.Closed), f'reconnect/{name}/recv-and-send-raise', seen)
    async with Site(abort) as site:
        error = await caught(collect(await Wsp.connect(site.uri)))
        point(isinstance(error, Wsp.AbnormalClosure), 'reconnect/a-connection-of-connect-raises', error)


def order(site):
    async def send_order(connection):
        await connection.send(f'order {len(site.theirs)}')
    return send_order


async def test_long_turn():
    """A connection is opened for a turn that waits for it: each message of a server that closes at once has its turn."""
    async with Site() as site:
        site.ends = order(site),
        received, opened = [], []
        loop = Wsp.reconnect(site.uri, **SHORT)
        async for connection in loop:
            received += await collect(connection)
            await until(lambda: not loop.reconnector.get_active() or len(site.theirs) > len(received) + 1)
            opened.append(len(site.theirs))
            if len(opened) == 3:
                break
        point(received == ['order 1', 'order 2', 'order 3'], 'reconnect/long-turns-lose-no-message', received)
        point(opened == [1, 2, 3], 'reconnect/a-long-turn-opens-no-connection', opened)
        del connection, loop


async def test_cancelled_step():
    """The connection that was opened for it is that of the next step."""
    async def wait_leave(handshake):
        begun.set()
        await asyncio.wait_for(leave.wait(), SECONDS)

    async with Site() as site:
        site.ends = order(site),
        begun, leave = asyncio.Event(), asyncio.Event()
        loop = Wsp.reconnect(site.uri, prepare=wait_leave, **SHORT)
        task = asyncio.ensure_future(anext(loop))
        await asyncio.wait_for(begun.wait(), SECONDS)
        await end_by_cancelling(task)
        leave.set()
        await until(lambda: site.theirs and not loop.reconnector.get_active() or len(site.theirs) > 1)
        received = [await collect(await anext(loop)) for n in range(3)]
        point(received == [['order 1'], ['order 2'], ['order 3']], 'reconnect/a-cancelled-step-loses-no-message', received)
        del loop, task


async def test_mistake():
    """A loop over messages that ended silently would be begun for ever, with each new connection."""
    for name, messages in ('loop-over-messages', lambda connection: connection), ('messages', lambda connection: connection.messages()):
        async with Site() as site:
            async for connection in Wsp.reconnect(site.uri, **SHORT):
                connection.connect('message', print)
                error = await caught(asyncio.wait_for(collect(messages(connection)), SECONDS))
                break
            point(isinstance(error, Wsp.InvalidOperation), f'reconnect/{name}-beside-a-handler-raises', error)


async def collect(iterator):
    return [one async for one in iterator]


async def over(site, note, wait, leave=None):
    """A loop over connections, in whose body `wait` waits and `leave` leaves."""
    async for connection in note(Wsp.reconnect(site.uri, **SHORT)):
        note.begun.set()
        await wait(connection)
        if leave is not None:
            leave()
            return
    return


class Note:
    """Notes the reconnector of a loop, without a reference to it."""

    def __init__(self):
        self.begun = asyncio.Event()

    def __call__(self, loop):
        states = self.states = []
        self.loop = weakref.ref(loop)
        loop.reconnector.connect('notify::active', lambda reconnector, spec: states.append((reconnector.get_active(), threading.get_ident())))
        self.reconnector = weakref.ref(loop.reconnector)
        return loop

    def was_stopped(self):
        """In the thread of the loop; a reconnector that is only freed emits nothing."""
        return self.states[1:] == [(False, threading.get_ident())]

    def is_over(self):
        gc.collect()
        return self.loop() is None and (self.reconnector() is None or not self.reconnector().get_active())


async def wait_message(connection):
    await connection.recv()


async def wait_loop(connection):
    async for data in connection:
        pass


async def wait_piece(connection):
    async for data in connection.stream():
        pass


async def wait_other(connection):
    await asyncio.get_running_loop().create_future()


async def wait_ping(connection):
    while True:
        await connection.ping()

WAITS = {'recv': wait_message, 'loop': wait_loop, 'stream': wait_piece, 'future': wait_other, 'ping': wait_ping}


async def end_by_cancelling(task):
    task.cancel()
    return await caught(task)


async def test_cancelled_and_collected():
    for name, wait in WAITS.items():
        for how in 'cancelled', 'collected', 'closed', 'collected-in-a-thread':
            async with Site() as site:
                note = Note()
                if how == 'cancelled':
                    task = asyncio.ensure_future(over(site, note, wait))
                    await asyncio.wait_for(note.begun.wait(), SECONDS)
                    await end_by_cancelling(task)
                    del task
                else:
                    await step_by_hand(over(site, note, wait), note, how)
                ok = await until(note.is_over)
                point(ok and await until(lambda: len(site.codes) == 1), f'reconnect/{how}-in-{name}/stops', site.codes)
                point(len(site.theirs) == 1 and site.codes == [1000], f'reconnect/{how}-in-{name}/closes-with-1000', site.codes)
                point(note.was_stopped(), f'reconnect/{how}-in-{name}/is-stopped-in-its-thread', note.states)


async def step_by_hand(coroutine, note, how):
    """Runs a coroutine without a task, up to a wait in the body, and drops it there."""
    while not note.begun.is_set():
        future = coroutine.send(None)
        if future is not None:
            future._asyncio_future_blocking = False
        while future is not None and not future.done() and not note.begun.is_set():
            await asyncio.sleep(0)
    kept = [coroutine]
    del coroutine
    drop(kept, how)


def drop(kept, how):
    """Drops the only reference to a coroutine that waits."""
    if how == 'closed':
        kept[0].close()
    if how == 'collected-in-a-thread':
        thread = threading.Thread(target=kept.clear)
        thread.start()
        thread.join(SECONDS)
    kept.clear()


async def test_waiting():
    """The loop is left while it waits for a connection, or for the end of the connection before."""
    silent = Gio.SocketListener()
    port = silent.add_any_inet_port(None)
    for how in 'cancelled', 'limited':
        note = Note()
        coroutine = collect(note(Wsp.reconnect(f'ws://127.0.0.1:{port}/', **SHORT)))
        if how == 'cancelled':
            task = asyncio.ensure_future(coroutine)
            await turns(20)
            result = await end_by_cancelling(task)
            del task
        else:
            result = await caught(asyncio.wait_for(coroutine, 0.05))
        del coroutine
        point(isinstance(result, (asyncio.CancelledError, TimeoutError)), f'reconnect/{how}-while-it-connects/raises', result)
        del result
        point(await until(note.is_over), f'reconnect/{how}-while-it-connects/stops')
    for how in 'closed', 'collected', 'collected-in-a-thread':
        for name, prepare in ('connects', None), ('prepares', Tokens().hang_first):
            note, kept = Note(), []
            kept.append(collect(note(Wsp.reconnect(f'ws://127.0.0.1:{port}/', prepare=prepare, **SHORT))))
            kept[0].send(None)
            await turns(20)
            drop(kept, how)
            point(await until(note.is_over) and note.was_stopped(), f'reconnect/{how}-while-it-{name}/stops', note.states)
    async with Site() as site:
        loop = Wsp.reconnect(site.uri, **SHORT)
        first = await anext(loop)
        task = asyncio.ensure_future(anext(loop))
        await asyncio.sleep(0)
        closes = loop.turns.waiter is None
        error = await caught(asyncio.wait_for(anext(loop), SECONDS))
        point(closes and isinstance(error, RuntimeError), 'reconnect/a-second-task-is-refused-while-a-turn-ends', error)
        task.cancel()
        await caught(task)
        second = await asyncio.wait_for(anext(loop), SECONDS)
        point(second is not first and first.get_state() == Wsp.ConnectionState.CLOSED, 'reconnect/a-cancelled-step-may-be-repeated')
        waiting = asyncio.ensure_future(anext(loop))
        while loop.turns.waiter is None:
            await asyncio.sleep(0)
        error = await caught(anext(loop))
        point(isinstance(error, RuntimeError) and 'one at a time' in str(error), 'reconnect/two-tasks-are-refused', error)
        await waiting
        del loop, waiting, task, error          # whose traceback has the loop
        gc.collect()
        point(await until(lambda: site.theirs[-1].get_state() == Wsp.ConnectionState.CLOSED), 'reconnect/del-stops')


async def test_left():
    """`break`, `return` and an exception at once, and the loop in a cycle of garbage."""
    async with Site() as site:
        note = Note()
        error = await caught(over(site, note, lambda connection: turns(1), lambda: 1 / 0))
        point(isinstance(error, ZeroDivisionError), 'reconnect/exception/is-raised', error)
        error.__traceback__ = None
        point(await until(note.is_over) and await until(lambda: site.codes == [1000]), 'reconnect/exception/stops', site.codes)
        note = Note()
        cycle = types.SimpleNamespace(loop=note(Wsp.reconnect(site.uri, **SHORT)))
        cycle.cycle = cycle
        cycle.connection = await anext(cycle.loop)
        del cycle
        thread = threading.Thread(target=gc.collect)
        thread.start()
        thread.join(SECONDS)
        point(await until(note.is_over) and await until(lambda: site.codes == [1000] * 2), 'reconnect/garbage-in-a-thread/stops',
              site.codes)
        note(Wsp.reconnect(site.uri))
        point(note.is_over(), 'reconnect/unused-is-nothing')


async def leave_by_break(loop):
    async for connection in loop:
        return connection


async def leave_while_a_step_waits(loop):
    connection = await anext(loop)
    task = asyncio.ensure_future(anext(loop))
    await asyncio.sleep(0)
    await loop.aclose()
    point(isinstance(await caught(task), StopAsyncIteration), 'reconnect/aclose-ends-a-step-that-waits', task)
    return connection


async def leave_in_a_pause(loop):
    connection = await anext(loop)
    connection.abort()
    await until(lambda: not loop.reconnector.get_active())
    return connection


async def test_aclose():
    """A loop that a variable holds."""
    for name, leave in ('break', leave_by_break), ('step', leave_while_a_step_waits), ('pause', leave_in_a_pause):
        async with Site() as site:
            loop = Wsp.reconnect(site.uri, **SHORT)
            connection = await leave(loop)
            await loop.aclose()
            point(connection.get_state() == Wsp.ConnectionState.CLOSED and not loop.reconnector.get_active(),
                  f'reconnect/aclose-after-{name}-stops', connection)
            await loop.aclose()
            error = await caught(anext(loop))
            point(isinstance(error, StopAsyncIteration) and len(site.theirs) == 1, f'reconnect/aclose-after-{name}-ends', error)
    async with Site() as site:
        loop = Wsp.reconnect(site.uri, **SHORT)
        await loop.aclose()
        error = await caught(anext(loop))
        point(isinstance(error, StopAsyncIteration) and not site.tokens, 'reconnect/aclose-before-the-first-turn', error)


async def test_given_up():
    for name, statuses, should_retry, expected in (
            ('refused', [403], None, 403), ('retried', [503, 503, 404], None, 404),
            ('returns-true', [403, 401, 400, 503], lambda error: error.status != 503, 503),
            ('returns-none', [503], lambda error: None, 503), ('returns-one', [503], lambda error: 1, 503),
            ('returns-an-awaitable', [503], lambda error: turns(1), 503), ('raises', [503], lambda error: 1 / 0, 503)):
        async with Site(reject=list(statuses)) as site:
            loop = Wsp.reconnect(site.uri, should_retry=should_retry, **SHORT)
            error = await caught(anext(loop))
            point(isinstance(error, Wsp.HandshakeFailed) and error.status == expected, f'reconnect/{name}/is-raised', error)
            point(error.headers['x-why'] == 'because' and error.body == b'body', f'reconnect/{name}/has-the-response', error)
            point(len(site.tokens) == len(statuses), f'reconnect/{name}/attempts', site.tokens)
            error = await caught(anext(loop))
            point(isinstance(error, StopAsyncIteration), f'reconnect/{name}/then-it-has-ended', error)
    told = [one.getMessage() for one in logged]
    point(all('Option should_retry' in one and 'counts as False' in one for one in told), 'reconnect/results-are-logged', *told)
    point(len(told) == 3 and 'received int' in told[0] and 'not awaited here' in told[1] and 'raised ZeroDivisionError' in told[2],
          'reconnect/results-are-logged-with-the-reason', *told)
    logged.clear()
    error = await caught(anext(Wsp.reconnect('http://x/', **SHORT)))
    point(isinstance(error, Wsp.InvalidArgument), 'reconnect/wrong-uri-is-raised', error)
    error = await caught(anext(Wsp.reconnect('ws://127.0.0.1:1/', should_retry=lambda error: False, **SHORT)))
    point(isinstance(error, GLib.Error) and 'Cannot connect' in str(error), 'reconnect/other-errors-are-raised', error)


class Tokens:
    """Functions for `prepare`."""

    def __init__(self):
        self.n = self.n_cancelled = 0

    def set(self, handshake):
        self.n += 1
        handshake.request_headers = {'Authorization': f'token {self.n}'}

    async def set_later(self, handshake):
        await turns(3)
        self.set(handshake)

    async def raise_first(self, handshake):
        await turns(1)
        self.set(handshake)
        if self.n == 1:
            raise LookupError('as the test wants')

    def raise_first_at_once(self, handshake):
        self.set(handshake)
        if self.n == 1:
            raise LookupError('as the test wants')

    async def raise_after_rejecting(self, handshake):
        self.set(handshake)
        if self.n == 1:
            handshake.reject(429, {'Retry-After': '0'}, b'slower')
            raise LookupError('as the test wants')

    def return_first(self, handshake):
        self.set(handshake)
        return {'Authorization': 'x'} if self.n == 1 else None

    async def return_first_later(self, handshake):
        return self.return_first(handshake)

    async def generate(self, handshake):
        self.set(handshake)
        yield

    async def hang_first(self, handshake):
        self.set(handshake)
        if self.n == 1:
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                self.n_cancelled += 1


# The function, and the status and the cause of the error of connect (); 0: it connects.
PREPARES = {
    'set': (0, None), 'set_later': (0, None), 'raise_first': (503, LookupError), 'raise_first_at_once': (503, LookupError),
    'raise_after_rejecting': (429, LookupError), 'return_first': (503, TypeError), 'return_first_later': (503, TypeError),
    'generate': (503, TypeError), 'hang_first': (None, None),
}


async def test_prepare():
    for name, (status, cause) in PREPARES.items():
        async with Site() as site:
            tokens = Tokens()
            error = await caught(Wsp.connect(site.uri, prepare=getattr(tokens, name), timeout=0.05 if status is None else None))
            if status == 0:
                point(site.tokens == ['token 1'], f'prepare/{name}/connect-sends-the-token', site.tokens, error)
                error.abort()
            elif status is None:
                point(isinstance(error, TimeoutError) and not site.tokens, f'prepare/{name}/connect-ends-in-time', error)
            else:
                point(isinstance(error, Wsp.HandshakeFailed) and error.status == status and not site.tokens,
                      f'prepare/{name}/connect-fails-with-{status}', error)
                point(isinstance(error.__cause__, cause), f'prepare/{name}/connect-tells-the-cause', error.__cause__)
            if name == 'generate':
                continue
            tokens = Tokens()
            async for connection in Wsp.reconnect(site.uri, prepare=getattr(tokens, name), timeout=0.05, **SHORT):
                site.tokens.append('turn')
                if tokens.n == 3:
                    break
            expected = [f'token {n}' for n in range(1 if status == 0 else 2, 4)]
            point([one for one in site.tokens if one != 'turn'][-len(expected):] == expected, f'prepare/{name}/reconnect-sends-fresh-ones',
                  site.tokens)
            is_told = [one for one in logged if 'prepare' in one.getMessage()]
            point(len(is_told) == (cause is not None), f'prepare/{name}/reconnect-logs-what-it-raises', *is_told)
            logged.clear()


async def test_signal():
    """A handler of the signal may be async, too; the option is for its own handshake."""
    async with Site() as site:
        client, tokens, others = Wsp.Client(), Tokens(), Tokens()
        handler = client.connect('prepare', lambda client, handshake: tokens.set_later(handshake))
        (await Wsp.connect(site.uri, client=client)).abort()
        point(site.tokens == ['token 1'], 'prepare/signal/waits', site.tokens)
        client.disconnect(handler)
        first, second = await asyncio.gather(Wsp.connect(site.uri, client=client, prepare=tokens.set),
                                             Wsp.connect(site.uri, client=client))
        point(sorted(str(one) for one in site.tokens[1:]) == ['None', 'token 2'], 'prepare/option-is-for-its-handshake', site.tokens)
        (await Wsp.connect(site.uri, client=client)).abort()
        point(tokens.n == 2 and others.n == 0, 'prepare/option-ends-with-the-call')
        first.abort()
        second.abort()
        task = asyncio.ensure_future(awaits(Wsp.connect(site.uri, prepare=others.hang_first)))
        while others.n == 0:
            await asyncio.sleep(0)
        error = await end_by_cancelling(task)
        await turns(3)
        point(isinstance(error, asyncio.CancelledError) and others.n_cancelled == 1, 'prepare/cancelled-with-the-call', error)
        others = Tokens()
        task = asyncio.ensure_future(collect(Wsp.reconnect(site.uri, prepare=others.hang_first)))
        while others.n == 0:
            await asyncio.sleep(0)
        await end_by_cancelling(task)
        del task
        gc.collect()
        point(await until(lambda: others.n_cancelled == 1), 'prepare/cancelled-with-the-loop')
        await end_signal(site)


# How a call ends while the coroutine of a handler of the signal waits.
ENDS_OF_CALLS = {
    'with-the-call': lambda site, client, cancellable: (Wsp.connect(site.uri, client=client), True),
    'with-the-time': lambda site, client, cancellable: (Wsp.connect(site.uri, client=client, timeout=0.05), False),
    'with-the-time-of-the-client': lambda site, client, cancellable: (client.set_connect_timeout(50) or Wsp.connect(site.uri, client=client), False),
    'with-the-cancellable': lambda site, client, cancellable: (client.connect_async(site.uri, None, None, cancellable), False),
}


async def end_signal(site):
    """A coroutine of the signal is cancelled with its call, which C does: nothing in Python knows the call."""
    for name, begin in ENDS_OF_CALLS.items():
        client, tokens, cancellable = Wsp.Client(), Tokens(), Gio.Cancellable()
        client.connect('prepare', lambda client, handshake: tokens.hang_first(handshake))
        call, is_cancelled = begin(site, client, cancellable)
        task = asyncio.ensure_future(awaits(call))
        while tokens.n == 0:
            await asyncio.sleep(0)
        point(tokens.n_cancelled == 0, f'prepare/signal/{name}/waits')
        if name == 'with-the-cancellable':
            cancellable.cancel()
        error = await (end_by_cancelling(task) if is_cancelled else caught(task))
        point(error is not None and await until(lambda: tokens.n_cancelled == 1), f'prepare/signal/{name}/cancelled', error)


async def test_late_error():
    """What the function of an earlier attempt raises is no cause of a later error."""
    class Attempts:
        n = 0

        async def prepare(self, handshake):
            self.n += 1
            if self.n > 1:
                handshake.reject(403)
                return
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                await until(lambda: self.n > 1)
                raise LookupError('as the test wants')

    async with Site() as site:
        error = await caught(collect(Wsp.reconnect(site.uri, prepare=Attempts().prepare, timeout=0.05, **SHORT)))
        point(isinstance(error, Wsp.HandshakeFailed) and error.status == 403 and error.__cause__ is None, 'prepare/late-error-is-no-cause',
              error, error.__cause__)


class SlowSite(Site):
    """Answers a request when a client's function has raised."""

    async def __aenter__(self):
        self.asked, self.raised = (asyncio.get_running_loop().create_future() for _ in range(2))
        return await super().__aenter__()

    async def on_request(self, server, handshake):
        self.asked.set_result(None)
        await self.raised
        return super().on_request(server, handshake)

    async def prepare(self, handshake):
        handshake.proceed()
        try:
            await self.asked
            raise LookupError('as the test wants')
        finally:
            self.raised.set_result(None)


# The calls of a site whose function raises late.
LATE = {
    'connect': lambda site: Wsp.connect(site.uri, prepare=site.prepare),
    'reconnect': lambda site: anext(Wsp.reconnect(site.uri, prepare=site.prepare, should_retry=lambda error: False, **SHORT)),
}


async def test_raised_late():
    """What the function raises after the attempt has gone on is logged as that, and is no cause of an error."""
    for name, call in LATE.items():
        for status in None, 403:
            async with SlowSite(reject=status and [status]) as site:
                logged.clear()
                result = await caught(call(site))
                text = ' '.join(one.getMessage() for one in logged)
                point('after the attempt had gone on' in text and 'has failed' not in text, f'prepare/late/{name}-{status}/is-logged', text)
                point(result.status == 403 and result.__cause__ is None if status else isinstance(result, Wsp.Connection),
                      f'prepare/late/{name}-{status}/is-no-cause', result)
    logged.clear()


async def test_goes_on():
    """A function that has let the handshake proceed ends with the attempt."""
    class Endless:
        n = n_cancelled = 0

        async def prepare(self, handshake):
            self.n += 1
            handshake.proceed()
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                self.n_cancelled += 1

    async def connect(uri, endless):
        await caught(Wsp.connect(uri, prepare=endless.prepare, connect_timeout_seconds=0))

    async def reconnect(uri, endless):
        async for _ in Wsp.reconnect(uri, prepare=endless.prepare, connect_timeout_seconds=0, should_retry=lambda error: endless.n < 3, **SHORT):
            if not await until(lambda: endless.n_cancelled == endless.n) or endless.n == 3:
                break

    async with Site() as site:
        for call in connect, reconnect:
            for name, uri in ('open', site.uri), ('failed', 'ws://127.0.0.1:1/'):
                endless = Endless()
                await caught(call(uri, endless))
                point(endless.n == (3 if call is reconnect else 1) and await until(lambda: endless.n_cancelled == endless.n),
                      f'prepare/goes-on/{call.__name__}-{name}-ends-it', endless.n, endless.n_cancelled)


# Options that are refused, the exception, and a part of its text.
REFUSED = {
    'misspelled': ({'min_dealy_seconds': 1}, TypeError, 'min_delay_seconds'),
    'in-milliseconds': ({'min_delay': 1}, TypeError, 'min_delay_seconds'),
    'of-websockets': ({'process_exception': print}, TypeError, 'should_retry'),
    'prepare-no-function': ({'prepare': 5}, TypeError, 'Option prepare'),
    'should-retry-no-function': ({'should_retry': True}, TypeError, 'Option should_retry'),
    'should-retry-async': ({'should_retry': wait_message}, TypeError, 'coroutine function'),
    'client-no-client': ({'client': 'x'}, TypeError, 'Option client'),
    'client-and-settings': ({'client': Wsp.Client(), 'origin': 'https://x'}, TypeError, 'received both (origin)'),
    'client-and-timeout': ({'client': Wsp.Client(), 'timeout': 1}, TypeError, 'received both (timeout)'),
    'client-and-prepare': ({'client': Wsp.Client(), 'prepare': print}, TypeError, 'received both (prepare)'),
    'negative-time': ({'max_delay_seconds': -1}, ValueError, 'max_delay_seconds'),
    'text-as-time': ({'timeout': '1'}, TypeError, 'timeout'),
    'one-subprotocol': ({'subprotocols': 'chat'}, TypeError, 'subprotocols'),
    'wrong-header': ({'headers': 5}, TypeError, 'eaders'),
}


async def awaits(loop):
    await loop


async def enters(loop):
    async with loop:
        pass


async def iterates(loop):
    for _ in loop:
        pass


async def test_refused():
    for name, (options, kind, text) in REFUSED.items():
        try:
            Wsp.reconnect('ws://127.0.0.1:1/', **options)
            error = None
        except Exception as raised:
            error = raised
        point(isinstance(error, kind) and text in str(error), f'reconnect/{name}-is-refused', error)
    for use in awaits, enters, iterates:
        error = await caught(use(Wsp.reconnect('ws://127.0.0.1:1/')))
        point(isinstance(error, TypeError) and 'async for' in str(error), f'reconnect/{use.__name__}-is-refused', error)
    error = await caught(collect(Wsp.connect('ws://127.0.0.1:1/')))
    point(isinstance(error, TypeError) and 'Wsp.reconnect ()' in str(error), 'reconnect/a-loop-over-connect-names-it', error)
    async with Site() as site:
        loop = Wsp.reconnect(site.uri, **SHORT)
        await anext(loop)
        error = []
        thread = threading.Thread(target=lambda: error.append(other_thread(loop)))
        thread.start()
        thread.join(SECONDS)
        point(isinstance(error[0], RuntimeError), 'reconnect/another-thread-is-refused', *error)
        client = Wsp.Client(user_agent='test/1')
        async for connection in Wsp.reconnect(site.uri, client=client, subprotocols=['a'], headers={'Authorization': 'own'}, **SHORT):
            break
        handshake = site.theirs[-1].handshake
        point(site.tokens[-1] == 'own' and handshake.get_request_header('User-Agent') == 'test/1' and
              handshake.offered_subprotocols == ['a'], 'reconnect/has-the-options-of-connect', site.tokens)


def other_thread(loop):
    try:
        Wsp.run(collect(loop))
    except BaseException as error:
        return error
    return None


def test_loop_that_has_ended():
    """What is left at the end of its loop stops when it is collected."""
    async def begin():
        async with Site() as site:
            kept.append(Wsp.reconnect(site.uri, **SHORT))
            await anext(kept[0])

    kept = []
    Wsp.run(begin())
    reconnector = kept[0].reconnector
    kept.clear()
    gc.collect()
    point(not reconnector.get_active(), 'reconnect/of-a-closed-loop-stops')


async def test_refusal():
    """The error of connect () has the response."""
    async with Site(reject=[403, 404]) as site:
        error = await caught(Wsp.connect(site.uri))
        point((error.status, error.headers['X-Why'], error.body) == (403, 'because', b'body'), 'refusal/status-headers-body', error)
        error = await caught(Wsp.connect(site.uri, client=Wsp.Client()))
        point(error.status == 404, 'refusal/with-a-client', error)
    error = Wsp.HandshakeFailed('own')
    point((error.status, error.headers, error.body) == (0, None, b''), 'refusal/of-a-program')

sys.exit(run_tests(test_turns, test_long_turn, test_cancelled_step, test_ends, test_mistake, test_left, test_aclose, test_cancelled_and_collected, test_waiting, test_given_up, test_prepare, test_signal, test_late_error, test_raised_late, test_goes_on,
                   test_refused, test_refusal, test_loop_that_has_ended))
