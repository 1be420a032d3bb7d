#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Coroutines that are cancelled at odd moments, two users at once, other threads, handlers that fail, and values that are
wrong: test_misuse.py [gbulb|gi.events]."""

import asyncio
import copy
import pickle
import socket
import sys
import threading
import warnings

from coroutines import Pair, SECONDS, caught, echo, logged, point, run, run_tests, turns
from gi.repository import Gio, GLib, GObject, Wsp

SHORT = 0.03            # a wait that ends without what it waits for


async def half(connection, go):
    """A message whose second half is sent when the test says so, and another one."""
    async with connection.begin(Wsp.MessageType.TEXT) as out:
        await out.write('abc')
        await asyncio.wait_for(go.wait(), SECONDS)
        await out.write('def')
    await connection.send('next')
    await connection.recv()


async def send_large(connection, go):
    for _ in range(8):
        await connection.send('x' * 300_000)
    await connection.recv()


async def cancel(awaitable, n_turns=3):
    task = asyncio.ensure_future(awaitable)
    await turns(n_turns)
    task.cancel()
    return await caught(task)


async def rest_of(reader):
    return b''.join([chunk async for chunk in reader])


async def cancel_each_read(ours, go):
    """A piece may be there already, or come at any turn."""
    lengths = []
    for number in range(8):
        reader, length = ours.stream(), 0
        while True:
            piece = await cancel(reader.read(), number)
            if not isinstance(piece, bytes):
                piece = await reader.read()
            if not piece:
                break
            length += len(piece)
        lengths.append(length)
    return set(lengths)


async def leave_by_timeout(ours, go):
    async def read():
        async with ours.stream() as reader:
            async for _ in reader:
                pass

    error = await caught(asyncio.wait_for(read(), SHORT))
    go.set()
    return type(error), await ours.recv(timeout=SECONDS)


async def cancel_then_receive(ours, go):
    reader = ours.stream()
    await reader.read()
    await cancel(reader.read())
    go.set()
    return await ours.recv(timeout=SECONDS)


async def cancel_whole(ours, go):
    await ours.stream().open()
    error = await caught(asyncio.wait_for(ours.recv(), SHORT))
    go.set()
    return type(error), await ours.recv(timeout=SECONDS)


async def time_out_whole(ours, go):
    await ours.stream().open()
    error = await caught(ours.recv(timeout=SHORT))
    is_half = not go.is_set()
    go.set()
    return type(error), is_half, await ours.recv(timeout=SECONDS)


async def whole_too_big(ours, go):
    ours.limits.max_message_size = 5
    await ours.stream().open()
    go.set()
    error = await caught(ours.recv(timeout=SECONDS))
    await ours.close()
    return type(error), ours.close_info.get_local_code()


async def take_over(ours, go):
    """The first reader was cancelled before it had a piece: the message is the other one's."""
    go.set()
    one, other = ours.stream(), ours.stream()
    await one.open()
    return await rest_of(other), type(await caught(one.read()))


async def read_outside(ours, go):
    go.set()
    async with ours.stream() as reader:
        await reader.read()
    return type(await caught(reader.read())), await ours.recv(timeout=SECONDS)


async def two_read(ours, go):
    reader = ours.stream()
    await reader.read()
    both = asyncio.gather(reader.read(), reader.read(), return_exceptions=True)
    await turns(3)
    go.set()
    return [type(one) for one in await both]


async def two_receive(ours, go):
    task = asyncio.ensure_future(rest_of(ours.stream()))
    while not ours._wsp_talk.is_receiving:
        await turns(1)
    error = await caught(ours.recv())
    go.set()
    return type(error), await task


async def cancel_by_program(ours, go):
    stop = Gio.Cancellable()
    await ours.stream().read()
    go.set()
    await ours.recv()
    waiting = asyncio.ensure_future(ours.receive_async(stop, timeout=SECONDS))
    await turns(3)
    stop.cancel()
    error = await caught(waiting)
    return error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED)


# Claim, what the peer does, what we do, and what that gives.
RECEIVING = (
    ('stream/no-piece-is-lost-however-a-read-is-cancelled', send_large, cancel_each_read, {300_000}),
    ('stream/a-block-that-is-left-while-a-read-waits-raises-nothing-of-its-own', half, leave_by_timeout,
     (TimeoutError, 'next')),
    ('recv/after-a-cancelled-read-skips-the-rest', half, cancel_then_receive, 'next'),
    ('recv/of-a-message-whose-reader-was-cancelled-may-be-cancelled-too', half, cancel_whole, (TimeoutError, 'abcdef')),
    ('recv/of-a-message-whose-reader-was-cancelled-times-out', half, time_out_whole, (TimeoutError, True, 'abcdef')),
    ('recv/of-a-message-whose-reader-was-cancelled-has-its-limit', half, whole_too_big, (Wsp.TooBig, 1009)),
    ('stream/a-reader-whose-message-another-one-took-is-told', half, take_over, (b'abcdef', RuntimeError)),
    ('stream/a-read-behind-its-block-is-told', half, read_outside, (RuntimeError, 'next')),
    ('two-tasks/second-read-is-refused', half, two_read, [bytes, RuntimeError]),
    ('two-tasks/recv-beside-a-stream-is-refused', half, two_receive, (RuntimeError, b'abcdef')),
    ('receive-async/ends-with-the-cancellable-of-the-program', half, cancel_by_program, True),
)


async def test_receiving():
    for claim, handler, use, expected in RECEIVING:
        go = asyncio.Event()
        async with Pair(lambda connection, handler=handler, go=go: handler(connection, go)) as pair:
            got = await caught(use(pair.ours, go))
            point(got == expected, claim, got)


async def hold(connection, go):
    await asyncio.wait_for(go.wait(), SECONDS)
    async for _ in connection:
        pass


async def two_write(ours, go):
    async with ours.begin(Wsp.MessageType.BINARY) as out:
        both = asyncio.gather(out.write(b'a' * 6_000_000), out.write(b'b'), return_exceptions=True)
        await turns(3)
        go.set()
        return await both


async def leave_beside_a_write(ours, go):
    kept = ours.begin(Wsp.MessageType.BINARY)
    await kept.__aenter__()
    task = asyncio.ensure_future(kept.write(bytes(20_000_000)))
    while ours.send_queue_bytes < 1 << 20:
        await turns(1)
    error = await caught(kept.__aexit__(None, None, None))
    return type(error), isinstance(await caught(task), GLib.Error), type(await caught(ours.recv(timeout=SECONDS)))


async def leave_while_writing(ours, go):
    kept = ours.begin(Wsp.MessageType.BINARY)

    async def write():
        async with kept as out:
            await out.write(bytes(20_000_000))

    task = asyncio.ensure_future(write())
    while ours.send_queue_bytes < 1 << 20:
        await turns(1)
    task.cancel()
    error = await caught(task)
    # The end comes in one of the next turns.
    return type(error), type(await caught(ours.recv(timeout=SECONDS))), kept.output.is_closed()


async def write_before(ours, go):
    return await ours.begin(Wsp.MessageType.BINARY).write(b'x')


async def lose_the_peer(ours, go):
    ours.queue_binary(bytes(8 << 20))
    sending = asyncio.ensure_future(ours.send('x'))
    await turns(3)
    ours.abort()
    return await sending


async def small_queue(ours, go):
    ours.limits.send_low_water_mark, ours.limits.send_high_water_mark, ours.limits.max_send_queue = 200, 500, 2000
    asyncio.get_running_loop().call_later(SHORT, go.set)
    for _ in range(60_000):
        await ours.send('x' * 100, timeout=SECONDS)
    return 'sent'


async def empty_texts(ours, go):
    """Empty messages take room as well, also the first ones behind a send queue that has room for many."""
    ours.limits.send_low_water_mark, ours.limits.send_high_water_mark, ours.limits.max_send_queue = 1000, 10_000, 20_000
    asyncio.get_running_loop().call_later(SHORT, go.set)
    while ours.send_queue_bytes == 0:
        ours.queue_binary(bytes(2000))
    for _ in range(20_000):
        await ours.send('', timeout=SECONDS)
    return 'sent'


async def bad_parts(ours, go):
    errors = [type(await caught(ours.send(parts))) for parts in (['a', 1], ['a', b'b'], [b'a', 5])]
    await ours.send('goes on')
    return errors, ours.state == Wsp.ConnectionState.OPEN


async def send_after_abandoned(ours, go):
    async def leave():
        async with ours.begin(Wsp.MessageType.TEXT) as out:
            await out.write('a')
            raise LookupError('as the test wants')

    await caught(leave())
    errors = [await caught(ours.send(data)) for data in ('x', b'x', Wsp.Message.new_text('x'), ['x', 'y'])]
    cause = (await caught(ours.recv())).__cause__           # known when the connection has ended
    return [isinstance(one, Wsp.Closed) for one in errors], cause.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED)


SENDING = (
    ('two-tasks/second-write-is-refused', two_write, lambda got: got[0] is None and type(got[1]) is RuntimeError),
    ('begin/a-block-that-is-left-while-a-write-waits-ends-the-connection', leave_while_writing,
     lambda got: got == (asyncio.CancelledError, Wsp.AbnormalClosure, True)),
    ('begin/a-block-that-is-left-while-another-task-writes-is-told', leave_beside_a_write,
     lambda got: got == (RuntimeError, True, Wsp.AbnormalClosure)),
    ('begin/a-write-without-its-block-is-refused', write_before, lambda got: type(got) is RuntimeError),
    ('send/that-waits-when-the-connection-ends-raises', lose_the_peer, lambda got: isinstance(got, Wsp.Closed)),
    ('send/waits-where-the-marks-are-small', small_queue, lambda got: got == 'sent'),
    ('send/of-empty-messages-waits', empty_texts, lambda got: got == 'sent'),
    ('send/after-a-message-that-was-abandoned-raises-closed', send_after_abandoned, lambda got: got == ([True] * 4, True)),
    ('send/parts-that-are-wrong-leave-the-connection-open', bad_parts, lambda got: got == ([TypeError] * 3, True)),
)


async def test_sending():
    for claim, use, is_expected in SENDING:
        go = asyncio.Event()
        async with Pair(lambda connection, go=go: hold(connection, go)) as pair:
            got = await caught(use(pair.ours, go))
            point(is_expected(got), claim, got)


async def parts_of(*parts):
    for part in parts:
        yield part


async def write_pieces(ours, timeout=None):
    async with ours.begin(Wsp.MessageType.TEXT) as out:
        await out.write('given up', timeout=timeout)


# Calls that wait behind a full send queue.  A call that is given up is not delivered later.
WAITING = {
    'text': lambda ours, **more: ours.send('given up', **more),
    'binary': lambda ours, **more: ours.send(b'given up', **more),
    'message': lambda ours, **more: ours.send(Wsp.Message('given up'), **more),
    'empty': lambda ours, **more: ours.send('', **more),
    'uncompressed': lambda ours, **more: ours.send('given up', compress=False, **more),
    'list': lambda ours, **more: ours.send(['given', 'up'], **more),
    'generator': lambda ours, **more: ours.send((part for part in ('given', 'up')), **more),
    'async-generator': lambda ours, **more: ours.send(parts_of('given', 'up'), **more),
    'pieces': write_pieces,
}
WAYS = {
    'timeout': lambda call, ours: call(ours, timeout=SHORT),
    'wait-for': lambda call, ours: asyncio.wait_for(call(ours), SHORT),
    'cancelled': lambda call, ours: cancel(call(ours)),
    'cancelled-at-once': lambda call, ours: cancel(call(ours), 0),
}


async def collect(got, go, connection):
    await asyncio.wait_for(go.wait(), SECONDS)
    async for data in connection:
        if len(data) < 100:
            got.append(data)


def fill(connection):
    for _ in range(12):
        connection.queue_binary(bytes(1 << 20))         # more than the socket takes, and than send-high-water-mark


async def test_given_up():
    for kind, call in WAITING.items():
        for way, give_up in WAYS.items():
            got, go = [], asyncio.Event()
            async with Pair(lambda connection, got=got, go=go: collect(got, go, connection)) as pair:
                fill(pair.ours)
                error = await caught(give_up(call, pair.ours))
                is_told = isinstance(error, (TimeoutError, asyncio.TimeoutError, asyncio.CancelledError))
                go.set()
                await pair.ours.send('end', timeout=SECONDS)
                await pair.ours.close()
                await pair.server.close()
                point(is_told and got == ['end'], f'given-up/{kind}/{way}/is-not-delivered', error, got)


async def test_order_of_senders():
    """Each waits for its turn, also beside those that are given up."""
    got, go = [], asyncio.Event()
    async with Pair(lambda connection: collect(got, go, connection)) as pair:
        fill(pair.ours)
        tasks = [asyncio.ensure_future(pair.ours.send(str(number))) for number in range(40)]
        await turns(3)
        for task in tasks[::5]:
            task.cancel()
        await pair.ours.send('urgent', urgent=True)
        go.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        await pair.ours.send('end')
        await pair.ours.close()
        await pair.server.close()
    expected = ['urgent', *(str(number) for number in range(40) if number % 5), 'end']
    point(got == expected, 'given-up/senders-keep-their-order', got)


async def test_senders_at_the_end():
    for end in ('abort', 'close', 'peer'):
        go = asyncio.Event()
        async with Pair(lambda connection, go=go: hold(connection, go)) as pair:
            fill(pair.ours)
            tasks = [asyncio.ensure_future(pair.ours.send(str(number))) for number in range(3)]
            await turns(3)
            if end == 'abort':
                pair.ours.abort()
            elif end == 'close':
                asyncio.ensure_future(caught(pair.ours.close_async(1000, None)))
            else:
                pair.theirs[0].abort()
            errors = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), SECONDS)
            point(all(isinstance(error, Wsp.Closed) for error in errors), f'given-up/{end}/ends-senders-that-wait', errors)
            pair.ours.abort()


async def raise_group(connection):
    async with asyncio.TaskGroup() as group:
        group.create_task(raise_generator_exit())
        await connection.recv()


async def raise_generator_exit():
    raise GeneratorExit


async def raise_closed_of_another(connection):
    async with Pair(abort_at_once) as other:
        await other.ours.recv()


async def abort_at_once(connection):
    connection.abort()


async def await_what_was_cancelled(connection):
    future = asyncio.get_running_loop().create_future()
    future.cancel()
    await future


async def test_handlers():
    """Each of them is a fault of the handler: the peer sees 1011, and the log the traceback."""
    for handler in (raise_group, raise_closed_of_another, await_what_was_cancelled):
        logged.clear()
        async with Pair(handler) as pair:
            error = await caught(pair.ours.recv(timeout=SECONDS))
            claim = handler.__name__.replace('_', '-')
            point(getattr(error, 'close_code', None) == 1011 and len(logged) == 1, f'handler/{claim}-is-its-fault', error, *logged)
            error = await caught(anext(pair.ours))
            point(getattr(error, 'close_code', None) == 1011, f'async-for/after-{claim}-raises', error)
    logged.clear()
    async with Wsp.serve(lambda connection: None, '127.0.0.1') as server:
        error = await caught((await Wsp.connect(f'ws://127.0.0.1:{server.port}/')).recv(timeout=SECONDS))
    is_told = len(logged) == 1 and 'write async def' in str(logged[0].exc_info[1])
    point(getattr(error, 'close_code', None) == 1011 and is_told, 'handler/that-is-no-coroutine-says-what-to-write', error, *logged)


def connect_silently(port):
    peer = socket.create_connection(('127.0.0.1', port), SECONDS)
    peer.sendall(b'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                 b'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n')
    assert peer.recv(12) == b'HTTP/1.1 101'
    return peer


async def silent_peer(server):
    """A client that reads nothing after the response, and does not answer a Close."""
    return await asyncio.to_thread(connect_silently, server.port)


async def wait(connection):
    await asyncio.sleep(SECONDS)


async def test_cancelled_closes():
    """To cancel is to stop waiting politely: the connections are aborted."""
    # Cancelling one of two calls of close () ends both: the peer does not answer, and the handler waits.
    for n_turns in range(1, 5):
        server = await Wsp.serve(wait, '127.0.0.1', grace=SECONDS)
        peer = await silent_peer(server)
        other, task = asyncio.ensure_future(server.close()), asyncio.ensure_future(server.close())
        await turns(n_turns)
        task.cancel()
        error = await caught(task)
        result = await caught(asyncio.wait_for(asyncio.gather(other, server.wait_closed()), SECONDS / 2))
        point(isinstance(error, asyncio.CancelledError) and result == [None, None],
              f'close/of-a-server-cancelled-after-{n_turns}-turns-aborts', error, result)
        peer.close()
    stops = {'cancelled': lambda c, n: cancel(c.close(), n), 'cancelled-with-a-code': lambda c, n: cancel(c.close(1001, 'x'), n),
             'timed-out': lambda c, n: caught(c.close(timeout=SHORT)),
             'timed-out-with-a-code': lambda c, n: caught(c.close(1001, 'x', timeout=SHORT)),
             'in-a-timeout': lambda c, n: caught(asyncio.wait_for(c.close(), SHORT))}
    for claim, stop in stops.items():
        for n_turns in range(1, 4):
            connections, kept = [], asyncio.Event()

            async def keep(connection):
                connections.append(connection)
                await asyncio.wait_for(kept.wait(), SECONDS)

            async with Wsp.serve(keep, '127.0.0.1') as server:
                peer = await silent_peer(server)
                while not connections:
                    await turns(1)
                error = await stop(connections[0], n_turns)
                while connections[0].state != Wsp.ConnectionState.CLOSED:
                    await turns(1)
                info = connections[0].close_info.to_string()
                kept.set()
            point(isinstance(error, (asyncio.CancelledError, TimeoutError)) and 'aborted' in info,
                  f'close/{claim}-aborts/{n_turns}', error, info)
            peer.close()
    async with Pair(echo) as pair:
        stopped = Gio.Cancellable()
        stopped.cancel()
        error = await caught(pair.ours.send_message_async(Wsp.Message.new_text('never'), Wsp.SendFlags.DEFAULT, stopped))
        await pair.ours.send('sent')
        answer = await pair.ours.recv(timeout=SECONDS)
        point(answer == 'sent' and getattr(error, 'code', None) == Gio.IOErrorEnum.CANCELLED,
              'send-message-async/cancelled-before-sends-nothing', error, answer)


async def test_endings():
    go, ended = asyncio.Event(), []

    async def slow(connection):
        await asyncio.wait_for(go.wait(), SECONDS)
        ended.append(True)

    # A task that waits for the end only may be cancelled.
    server = await Wsp.serve(slow, '127.0.0.1', grace=SECONDS)
    ours = await Wsp.connect(f'ws://127.0.0.1:{server.port}/')
    closing = asyncio.ensure_future(server.close())
    task = asyncio.ensure_future(server.wait_closed())
    await turns(3)
    task.cancel()
    error = await caught(task)
    point(isinstance(error, asyncio.CancelledError) and not ended, 'wait-closed/may-be-cancelled', error)
    go.set()
    await closing
    point(ended == [True], 'wait-closed/that-was-cancelled-lets-the-server-close', ended)
    await ours.close()

    async def never(connection):
        while ended:
            await caught(asyncio.sleep(SHORT))

    logged.clear()
    async with Wsp.serve(never, '127.0.0.1', grace=0) as server:
        await Wsp.connect(f'ws://127.0.0.1:{server.port}/')
    point(len(logged) == 1, 'close/leaves-a-handler-that-ignores-it', *logged)
    ended.clear()
    server = Wsp.Server()
    async with Wsp.serve(echo, '127.0.0.1', server=server):
        error = await caught(Wsp.serve(echo, '127.0.0.1', server=server))
        point(type(error) is RuntimeError, 'serve/a-server-twice-is-refused', error)
        second = Wsp.Server()
        refused = await caught(Wsp.serve(echo, '127.0.0.1', server.port, server=second))
        error = await caught(second.close())
        point(isinstance(refused, GLib.Error) and type(error) is RuntimeError, 'serve/a-port-that-is-taken-leaves-no-handler',
              refused, error)
    async with Wsp.serve(echo, '127.0.0.1', server=server) as same, Wsp.connect(f'ws://127.0.0.1:{same.port}/') as ours:
        await ours.send('again')
        point(await ours.recv(timeout=SECONDS) == 'again', 'serve/a-server-that-was-closed-serves-again')
    async with Wsp.serve(echo, '127.0.0.1') as server:
        error = await caught(server.close(1006))
        ours = await caught(Wsp.connect(f'ws://127.0.0.1:{server.port}/'))
        point(isinstance(error, Wsp.InvalidArgument) and isinstance(ours, Wsp.Connection),
              'close/of-a-server-with-a-code-that-cannot-be-sent-closes-nothing', error, ours)


# A call, and the exception of the language.  `u` is the server's address.
VALUES = {
    'unknown-keyword': (lambda c, u: Wsp.Client().connect_async(u, subprotocol=['chat']), TypeError),
    'unknown-keyword-of-close': (lambda c, u: c.close_async(code=4000, reson='x'), TypeError),
    'unknown-keyword-of-receive': (lambda c, u: c.receive_async(bogus=1), TypeError),
    'argument-twice': (lambda c, u: c.ping_async(None, payload=None), TypeError),
    'nul-in-a-keyword': (lambda c, u: c.close_async(code=4000, reason='x\0y'), ValueError),
    'nul-in-a-keyword-of-queue': (lambda c, u: c.queue_text(text='a\0b'), ValueError),
    'nul-in-a-list': (lambda c, u: Wsp.connect(u, subprotocols=['a\0b']), ValueError),
    'nul-in-a-property': (lambda c, u: setattr(Wsp.Client(), 'origin', 'http://a\0b'), ValueError),
    'nul-in-a-setter': (lambda c, u: Wsp.Client().set_origin('http://a\0b'), ValueError),
    'nul-in-a-setting': (lambda c, u: Wsp.connect(u, origin='http://a\0b'), ValueError),
    'nul-in-a-list-of-a-property': (lambda c, u: setattr(Wsp.Server(), 'subprotocols', ['a\0b']), ValueError),
    'text-for-a-list': (lambda c, u: Wsp.connect(u, subprotocols='chat'), TypeError),
    'text-for-a-list-of-a-property': (lambda c, u: setattr(Wsp.Server(), 'subprotocols', 'chat'), TypeError),
    'text-for-a-list-of-a-setter': (lambda c, u: Wsp.Server().set_allowed_hosts('a.example'), TypeError),
    'text-for-a-list-of-a-setting': (lambda c, u: Wsp.serve(echo, None, 0, subprotocols='chat'), TypeError),
    'limit-below-its-range': (lambda c, u: setattr(Wsp.Limits(), 'max_message_size', 0), ValueError),
    'limit-above-its-range': (lambda c, u: setattr(Wsp.Limits(), 'keepalive_interval_seconds', 1 << 31), ValueError),
    'limit-of-a-constructor': (lambda c, u: Wsp.Limits(max_send_queue=0), ValueError),
    'limit-of-a-setter': (lambda c, u: Wsp.Limits().set_max_send_queue(0), ValueError),
    'limit-of-props': (lambda c, u: setattr(Wsp.Limits().props, 'max_send_queue', 0), ValueError),
    'bool-of-props': (lambda c, u: setattr(Wsp.Limits().props, 'max_fragments', True), TypeError),
    'none-of-props': (lambda c, u: setattr(Wsp.Client().props, 'limits', None), TypeError),
    'unknown-name-of-props': (lambda c, u: setattr(Wsp.Limits().props, 'max_nothing', 1), AttributeError),
    'limit-of-set-properties': (lambda c, u: Wsp.Limits().set_properties(max_send_queue=0), ValueError),
    'unknown-name-of-set-properties': (lambda c, u: Wsp.Limits().set_properties(max_nothing=0), TypeError),
    'number-for-fail': (lambda c, u: c.fail(5), TypeError),
    'timeout-nan': (lambda c, u: c.recv(timeout=float('nan')), ValueError),
    'timeout-nan-of-a-call': (lambda c, u: c.ping(timeout=float('nan')), ValueError),
    'drain-lead': (lambda c, u: Wsp.Server().drain(lead=-1), ValueError),
    'drain-spread': (lambda c, u: Wsp.Server().drain(spread='4'), TypeError),
    'grace-none': (lambda c, u: Wsp.serve(echo, grace=None), TypeError),
    'grace-text': (lambda c, u: Wsp.serve(echo, grace='5'), TypeError),
    'grace-negative': (lambda c, u: Wsp.serve(echo, grace=-1), ValueError),
    'grace-infinite': (lambda c, u: Wsp.serve(echo, grace=float('inf')), ValueError),
    'grace-nan': (lambda c, u: Wsp.serve(echo, grace=float('nan')), ValueError),
    'grace-too-long': (lambda c, u: Wsp.serve(echo, grace=1e8), ValueError),
    'run-in-a-coroutine': (lambda c, u: Wsp.run(asyncio.sleep(0)), RuntimeError),
}


async def test_values():
    async with Pair(echo) as pair:
        for name, (begin, expected) in VALUES.items():
            try:
                error = begin(pair.ours, pair.uri)
                if error is not None and hasattr(error, '__await__'):
                    error = await caught(error)
            except Exception as raised:
                error = raised
            point(type(error) is expected, f'bad-values/{name}', error)
        await pair.ours.send('goes on')
        point(await pair.ours.recv(timeout=SECONDS) == 'goes on', 'bad-values/connection-goes-on')


async def test_forgotten_awaits():
    """Python warns of a coroutine that was never awaited; connect () and serve () give no coroutine."""
    for name, begin in {'connect': lambda: Wsp.connect('ws://127.0.0.1:1/'), 'serve': lambda: Wsp.serve(echo)}.items():
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter('always')
            begin()
        texts = [f'{one.category.__name__}: {one.message}' for one in found]
        point(texts == [f'RuntimeWarning: Wsp.{name} () was never awaited'], f'forgotten-awaits/{name}-warns', texts)
    async with Pair(echo) as pair:
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter('always')
            (await Wsp.connect(pair.uri)).abort()
            async with Wsp.connect(pair.uri):
                pass
            (await asyncio.ensure_future(Wsp.connect(pair.uri))).abort()
            await caught(Wsp.connect('http://a.example/'))
        point(not found, 'forgotten-awaits/those-that-were-awaited-do-not-warn', [str(one.message) for one in found])


def fail_everywhere(instance, n_raised, leave_out=()):
    """A handler of each signal raises; those that decide about a request are tested by test_wire.py."""
    def fail(*arguments):
        n_raised.append(arguments[0])
        raise LookupError('as the test wants')

    for name in (*GObject.signal_list_names(type(instance)), 'notify'):
        if name not in leave_out:
            instance.connect(name, fail)


async def test_raising_handlers():
    raised, shown = [], []
    sys.excepthook = lambda kind, error, trace: shown.append(error)
    async with Pair(echo) as pair:
        fail_everywhere(pair.ours, raised, ('message',))         # recv () gets the messages
        fail_everywhere(pair.theirs[0], raised)
        fail_everywhere(pair.server, raised, ('request', 'http-request'))
        (await Wsp.connect(pair.uri)).abort()
        await pair.ours.ping()
        await pair.ours.send('x')
        point(await pair.ours.recv(timeout=SECONDS) == 'x', 'handlers/that-raise-leave-the-connection-open')
        await pair.ours.close(4000)
        point(pair.ours.close_info.get_peer_code() == 4000, 'handlers/that-raise-do-not-change-the-end', pair.ours.close_info)
    sys.excepthook = sys.__excepthook__
    point(len(raised) > 5 and len(shown) == len(raised), 'handlers/that-raise-are-shown', len(raised), len(shown))


COPIES = {'copy': copy.copy, 'deepcopy': copy.deepcopy, 'pickle': lambda error: pickle.loads(pickle.dumps(error)),
          'copy-of-its-own': lambda error: error.copy()}


async def test_errors():
    for kind, code in ((Wsp.TooBig, Wsp.Error.TOO_BIG), (Wsp.Closed, Wsp.Error.CLOSED),
                       (Wsp.AbnormalClosure, Wsp.Error.ABNORMAL_CLOSURE), (Wsp.Failed, Wsp.Error.FAILED),
                       (Wsp.QueueFull, Wsp.Error.QUEUE_FULL), (Wsp.Error, Wsp.Error.FAILED)):
        error = kind('own')
        point(error.matches(Wsp.Error.quark(), code), f'errors/own-{kind.__name__}-matches', error)
        for name, make in COPIES.items():
            other = make(error)
            point(type(other) is kind and str(other) == str(error) and other.matches(Wsp.Error.quark(), code),
                  f'errors/{name}-of-{kind.__name__}', other)
    error = pickle.loads(pickle.dumps(Wsp.Closed('m', close_code=4000, close_reason='r')))
    point((error.code, error.close_code, error.close_reason) == (Wsp.Error.CLOSED, 4000, 'r'), 'errors/copies-have-code-and-reason', error)


# Calls from a thread that did not make what they are of.
FOREIGN = {
    'ping': lambda c, s: c.ping(), 'flush-async': lambda c, s: c.flush_async(), 'stream': lambda c, s: c.stream().read(),
    'receive-async': lambda c, s: c.receive_async(), 'send-message-async': lambda c, s: c.send_message_async(Wsp.Message.new_text('x')),
    'close': lambda c, s: c.close(), 'begin': lambda c, s: c.begin(Wsp.MessageType.TEXT).__aenter__(),
    'server-close': lambda c, s: s.close(), 'server-drain': lambda c, s: s.drain(), 'server-wait-closed': lambda c, s: s.wait_closed(),
    'shutdown-async': lambda c, s: s.shutdown_async(1001, None, 0),
}


def test_threads():
    client, errors = Wsp.Client(), {}

    async def in_thread(pair):
        for name, begin in FOREIGN.items():
            async def use():
                return await begin(pair.ours, pair.server)
            errors[name] = await caught(use())
        errors['client'] = await caught(connect(client, pair.uri))

    async def connect(client, uri):
        return await Wsp.connect(uri, client=client)

    async def main():
        async with Pair(echo) as pair:
            await asyncio.to_thread(Wsp.run, in_thread(pair))
            await pair.ours.send('own')
            return await pair.ours.recv(timeout=SECONDS)

    answer = run(main())
    for name, error in errors.items():
        point(type(error) is RuntimeError and 'thread' in str(error), f'other-thread/{name}-is-refused', error)
    point(answer == 'own', 'other-thread/the-own-one-goes-on', answer)


# Methods, properties and additions of each class that are not coroutines, called in another thread.
CALLS = {
    'queue-text': lambda pair: pair.ours.queue_text('x'), 'queue-binary': lambda pair: pair.ours.queue_binary(b'x'),
    'queue-message': lambda pair: pair.ours.queue_message(Wsp.Message.new_text('x')),
    'send-with-a-callback': lambda pair: pair.ours.send_message_async(Wsp.Message.new_text('x'), 0, None, lambda *_: None),
    'abort': lambda pair: pair.ours.abort(), 'fail': lambda pair: pair.ours.fail(), 'state': lambda pair: pair.ours.state,
    'get-state': lambda pair: pair.ours.get_state(), 'limits': lambda pair: setattr(pair.ours, 'limits', Wsp.Limits()),
    'stats': lambda pair: pair.ours.dup_stats(), 'begin-message': lambda pair: pair.ours.begin_message(0),
    'broadcast': lambda pair: pair.server.broadcast(Wsp.Message.new_text('x')),
    'connections': lambda pair: pair.server.get_connections(), 'server-limits': lambda pair: pair.server.limits,
}


def test_calls_in_threads():
    def call_all(pair, errors):
        for name, call in CALLS.items():
            try:
                errors[name] = call(pair)
            except Exception as error:
                errors[name] = error
        pair.ours.send_from_thread(Wsp.Message.new_text('from a thread'))
        pair.ours.invoke(invoked, 'data')

    def invoked(connection, data):
        called.append((connection.state, data, threading.current_thread() is threading.main_thread()))
        connection.queue_text('invoked')

    async def main():
        errors = {}
        async with Pair(echo) as pair:
            await asyncio.to_thread(call_all, pair, errors)
            answers = [await pair.ours.recv(timeout=SECONDS) for _ in range(2)]
            await pair.ours.close()
            pair.ours.invoke(invoked_later)
            n_before = len(called)
            while len(called) == n_before:
                await turns(1)
            return errors, answers

    def invoked_later(connection):
        called.append(connection.state)

    called = []
    errors, answers = run(main())
    for name, error in errors.items():
        is_of_connection = 'Connection' in str(error)
        point(type(error) is RuntimeError and 'another thread' in str(error) and
              ('send_from_thread ()' in str(error)) == is_of_connection, f'other-thread/{name}-raises', error)
    point(answers == ['from a thread', 'invoked'], 'other-thread/send-from-thread-sends', answers)
    point(called[:1] == [(Wsp.ConnectionState.OPEN, 'data', True)], 'other-thread/invoke-calls-in-the-thread-of-the-connection', called)
    point(called[1:] == [Wsp.ConnectionState.CLOSED], 'other-thread/invoke-calls-after-the-end', called)


def test_contexts():
    async def main():
        async with Pair(echo) as pair:
            await pair.ours.send('x')
            return await pair.ours.recv(timeout=SECONDS)

    loop = Wsp.EventLoop(GLib.MainContext.new())
    got = loop.run_until_complete(asyncio.wait_for(main(), SECONDS))
    loop.close()
    point(got == 'x' and GLib.MainContext.get_thread_default() is None, 'loop/of-a-context-of-its-own', got)


sys.exit(run_tests(test_receiving, test_sending, test_given_up, test_order_of_senders, test_senders_at_the_end, test_handlers, test_cancelled_closes, test_endings, test_values, test_forgotten_awaits, test_raising_handlers, test_errors, test_threads,
                   test_calls_in_threads, test_contexts))
