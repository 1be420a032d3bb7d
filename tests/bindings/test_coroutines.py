#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp in coroutines: test_coroutines.py [gbulb|gi.events].  With a word the points run on that loop."""

import asyncio
import gc
import hashlib
import inspect
import os
import sys
import threading
import weakref

from coroutines import Pair, caught, echo, logged, point, run, run_tests, SECONDS
from gi.repository import Gio, GLib, Wsp

# Contents that are sent, and those that come back.
CONTENTS = {
    'text': ('Grüße', 'Grüße'),
    'empty-text': ('', ''),
    'text-with-nul': ('a\0b', 'a\0b'),
    'bytes': (b'\0\xff', b'\0\xff'),
    'empty-bytes': (b'', b''),
    'bytearray': (bytearray(b'ab'), b'ab'),
    'memoryview': (memoryview(b'abc')[1:], b'bc'),
    'message': (Wsp.Message.new_text('m'), 'm'),
    'message-with-nul': (Wsp.Message.new_text('m\0n'), 'm\0n'),
    'parts-of-text': (['Gr', 'ü', 'ße'], 'Grüße'),
    'parts-of-bytes': ((b'a', b'', b'b'), b'ab'),
    'large': ('x' * 3_000_000, 'x' * 3_000_000),
}
# Contents that are refused, and with which exception.
REFUSED = {
    'none': (None, TypeError), 'number': (5, TypeError), 'mapping': ({'a': 1}, TypeError),
    'mixed-parts': (['a', b'b'], TypeError), 'surrogate': ('\ud800', UnicodeEncodeError),
    'parts-of-numbers': ([1], TypeError),
}


async def each(parts):
    for part in parts:
        await asyncio.sleep(0)
        yield part


async def test_send_and_receive():
    async with Pair(echo) as pair:
        for name, (sent, expected) in CONTENTS.items():
            await pair.ours.send(sent)
            received = await pair.ours.recv(timeout=SECONDS)
            point(received == expected and type(received) is type(expected), f'send/{name}', received[:100])
        await pair.ours.send(each(['a', 'b']))
        point(await pair.ours.recv() == 'ab', 'send/async-iterable')
        await pair.ours.send([])
        await pair.ours.send('behind')
        point(await pair.ours.recv() == 'behind', 'send/no-parts-are-no-message')
        n = 0
        await pair.ours.send('1')
        async for text in pair.ours:
            n += 1
            if n == 100:
                break
            await pair.ours.send(text + '1')
        point(len(text) == 100, 'receive/async-for')
        await pair.ours.send('as a message')
        async for message in pair.ours.messages():
            point(isinstance(message, Wsp.Message) and message.get_text() == 'as a message', 'receive/messages')
            break
        point(isinstance(await pair.ours.ping(), float) and 0 <= await pair.ours.ping(b'x', timeout=5) < 5, 'ping/seconds')
        point(repr(pair.ours) == f'<Wsp.Connection {pair.uri} OPEN>', 'repr/peer-and-state', repr(pair.ours))


async def test_refused():
    for name, (sent, expected) in REFUSED.items():
        async with Pair(echo) as pair:
            error = await caught(pair.ours.send(sent))
            point(isinstance(error, expected), f'send/{name}-is-refused', error)
    async with Pair(echo) as pair:
        for name, call in {'queue_text': lambda: pair.ours.queue_text('a\0b'),
                           'close_async': lambda: pair.ours.close_async(1000, 'a\0b')}.items():
            try:
                call()
                point(False, f'nul/{name}-refuses')
            except ValueError:
                point(True, f'nul/{name}-refuses')
        point(isinstance(await caught(pair.ours.close(1000, 'a\0b')), ValueError), 'nul/close-refuses')
        point(isinstance(await caught(pair.ours.close(1006)), Wsp.InvalidArgument), 'close/1006-is-refused')
        await pair.ours.send('still open')
        point(await pair.ours.recv() == 'still open', 'close/refused-leaves-it-open')
    try:
        Wsp.connect('ws://127.0.0.1:1/', client=Wsp.Client(), origin='http://a')
        point(False, 'connect/client-and-settings-are-refused')
    except TypeError:
        point(True, 'connect/client-and-settings-are-refused')
    point(isinstance(await caught(Wsp.connect('http://127.0.0.1/')), Wsp.InvalidArgument), 'connect/http-is-refused')
    point(isinstance(await caught(Wsp.serve(echo, 'no address', 0)), GLib.Error), 'serve/no-address-is-refused')


async def say_and_close(connection):
    for text in 'one', 'two', 'three':
        await connection.send(text)
    await connection.close(4000, 'enough')


async def say_much_and_close(connection):
    for number in range(40):
        await connection.send(str(number))


async def test_end():
    async with Pair(say_and_close) as pair:
        texts = [await pair.ours.recv() for _ in range(3)]
        point(texts == ['one', 'two', 'three'], 'end/recv-gives-what-came-before', texts)
        error = await caught(pair.ours.recv())
        point(type(error) is Wsp.Closed and (error.close_code, error.close_reason) == (4000, 'enough'), 'end/recv-raises-closed', error)
        point(error.matches(Wsp.Error.quark(), Wsp.Error.CLOSED) and error.code == Wsp.Error.CLOSED and
              isinstance(error, Wsp.Error) and isinstance(error, GLib.Error), 'end/closed-matches', error.code)
        point(isinstance(await caught(pair.ours.send('x')), Wsp.Closed), 'end/send-raises-closed')
        await pair.ours.close()
        point(True, 'end/close-after-the-end-returns')
    async with Pair(say_much_and_close, limits=Wsp.Limits(close_timeout_seconds=0.05)) as pair:
        texts = [await pair.ours.recv()]
        while pair.theirs[0].state != Wsp.ConnectionState.CLOSED and len(pair.ours._wsp_talk.messages) < 16:
            await asyncio.sleep(0)
        texts += [text async for text in pair.ours]
        point(texts == [str(number) for number in range(40)], 'end/messages-are-there-after-the-end', texts)
    async with Pair() as pair:
        pair.theirs[0].abort()
        error = await caught(pair.ours.recv())
        point(type(error) is Wsp.AbnormalClosure and error.close_code == 1006, 'end/recv-raises-abnormal', error)
        point(error.matches(Wsp.Error.quark(), Wsp.Error.ABNORMAL_CLOSURE), 'end/abnormal-matches')
        try:
            [text async for text in pair.ours]
            point(False, 'end/async-for-raises-after-an-abnormal-end')
        except Wsp.AbnormalClosure:
            point(True, 'end/async-for-raises-after-an-abnormal-end')
        await pair.ours.close()
    async with Pair(echo) as pair:
        async with pair.ours as connection:
            await connection.send('x')
        point(connection.state == Wsp.ConnectionState.CLOSED, 'end/async-with-closes')


# Codes of the peer's Close after which a loop ends; after others it raises.  1005: a Close without a code.
PLAIN_ENDS = 1000, 1001, 1005
CODES = *PLAIN_ENDS, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999


async def list_of(loop):
    return [one async for one in loop]


async def test_loop_codes():
    for code in CODES:
        async with Pair(lambda connection, code=code: connection.close(code)) as pair:
            for name, loop in {'data': pair.ours, 'messages': pair.ours.messages()}.items():
                got = await caught(list_of(loop))
                is_right = got == [] if code in PLAIN_ENDS else type(got) is Wsp.Closed and got.close_code == code
                point(is_right, f'loop/{name}-{"ends" if code in PLAIN_ENDS else "raises"}-after-{code}', got)
    logged.clear()
    async with Pair(echo) as pair:
        await pair.ours.close(4000)
    point(not logged, 'loop/of-a-handler-that-raises-is-not-its-fault', *logged)


async def test_timeouts():
    async with Pair() as pair:
        for name, begin in {'recv': lambda: pair.ours.recv(timeout=0.01),
                            'receive_async': lambda: pair.ours.receive_async(timeout=0.01),
                            'stream': lambda: pair.ours.stream().read(timeout=0.01)}.items():
            point(type(await caught(begin())) is TimeoutError, f'timeout/{name}')
            pair.theirs[0].queue_text(name)
            point(await pair.ours.recv() == name, f'timeout/{name}-loses-nothing')
    silent = Gio.SocketListener()
    port = silent.add_any_inet_port(None)
    error = await caught(Wsp.connect(f'ws://127.0.0.1:{port}/', timeout=0.05))
    point(type(error) is TimeoutError, 'timeout/connect', error)
    silent.close()


async def test_cancelled():
    """A task that receives is cancelled at each turn of the loop around the arrival of a message."""
    async with Pair() as pair:
        for name, begin in {'recv': lambda: pair.ours.recv(), 'receive_async': lambda: pair.ours.receive_async(),
                            'stream': lambda: pair.ours.stream().read()}.items():
            received = []
            for n_turns in range(12):
                task = asyncio.ensure_future(begin())
                await asyncio.sleep(0)
                pair.theirs[0].queue_text(str(n_turns))
                for _ in range(n_turns):
                    await asyncio.sleep(0)
                task.cancel()
                result = await caught(task)
                if not isinstance(result, BaseException):
                    received.append(result)
            while len(received) < 12:
                received.append(await pair.ours.recv(timeout=5))
            texts = [one.get_text() if isinstance(one, Wsp.Message) else one.decode() if isinstance(one, bytes) else one
                     for one in received]
            point(texts == [str(number) for number in range(12)], f'cancelled/{name}-loses-nothing', texts)
        first, second = asyncio.ensure_future(pair.ours.recv()), asyncio.ensure_future(pair.ours.recv())
        error = await caught(second)
        pair.theirs[0].queue_text('for the first')
        point(isinstance(error, RuntimeError) and await first == 'for the first', 'two-tasks/second-recv-is-refused', error)
        user = Gio.Cancellable()
        task = asyncio.ensure_future(Wsp.Client().connect_async(pair.uri, None, None, user))
        await asyncio.sleep(0)
        user.cancel()
        error = await caught(task)
        point(isinstance(error, GLib.Error) and error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED),
              'cancelled/by-a-cancellable-of-the-program', error)
    for n_turns in range(8):
        async with Pair() as pair:
            task = asyncio.ensure_future(Wsp.connect(pair.uri))
            for _ in range(n_turns):
                await asyncio.sleep(0)
            task.cancel()
            await caught(task)
    point(True, 'cancelled/connect-at-each-turn')


# A call with a value that is wrong, and the exception of the language or of the library.
BAD_VALUES = {
    'close-code-too-large': (lambda c: c.close(70_000), Wsp.InvalidArgument),
    'close-code-negative': (lambda c: c.close(-1), (OverflowError, ValueError)),
    'close-code-no-number': (lambda c: c.close('a'), TypeError),
    'close-code-none': (lambda c: c.close(None), TypeError),
    'close-reason-too-long': (lambda c: c.close(1000, 'x' * 124), Wsp.InvalidArgument),
    'close-reason-surrogate': (lambda c: c.close(1000, '\ud800'), (UnicodeEncodeError, TypeError)),
    'close-reason-bytes': (lambda c: c.close(1000, b'x'), TypeError),
    'ping-too-long': (lambda c: c.ping(b'x' * 126), Wsp.InvalidArgument),
    'ping-number': (lambda c: c.ping(5), TypeError),
    'timeout-text': (lambda c: c.recv(timeout='x'), TypeError),
    'begin-no-type': (lambda c: c.begin('text').__aenter__(), TypeError),
    'send-async-text': (lambda c: c.send_message_async('x'), TypeError),
    'send-async-none': (lambda c: c.send_message_async(None), TypeError),
    'send-urgent-none': (lambda c: c.send('x', urgent=None), TypeError),
    'send-compress-number': (lambda c: c.send('x', compress=0), TypeError),
    'send-urgent-pieces': (lambda c: c.send(['x'], urgent=True), Wsp.InvalidArgument),
    'begin-urgent': (lambda c: c.begin(urgent=True).__aenter__(), TypeError),
    'queue-unknown-flags': (lambda c: c.queue_message(Wsp.Message.new_text('x'), Wsp.SendFlags(1 << 20)), (Wsp.InvalidArgument, ValueError)),
    'connect-number': (lambda c: Wsp.connect(5), TypeError),
    'connect-none': (lambda c: Wsp.connect(None), TypeError),
    'connect-headers': (lambda c: Wsp.connect(c.uri, headers={'bad name': 'x'}), Wsp.InvalidArgument),
    'connect-headers-number': (lambda c: Wsp.connect(c.uri, headers=5), TypeError),
    'connect-setting': (lambda c: Wsp.connect(c.uri, no_such_setting=5), TypeError),
    'connect-subprotocol': (lambda c: Wsp.connect(c.uri, subprotocols=['a b']), Wsp.InvalidArgument),
    'connect-nul': (lambda c: Wsp.connect(c.uri + '\0x'), ValueError),
    'serve-port': (lambda c: Wsp.serve(echo, None, 70_000), (OverflowError, ValueError)),
    'serve-no-function': (lambda c: Wsp.serve(None, None, 0), TypeError),
}


async def test_bad_values():
    async with Pair(echo) as pair:
        for name, (begin, expected) in BAD_VALUES.items():
            try:
                error = await caught(begin(pair.ours))
            except Exception as raised:
                error = raised
            point(isinstance(error, expected), f'bad-values/{name}', error)
        await pair.ours.send('goes on')
        point(await pair.ours.recv(timeout=5) == 'goes on', 'bad-values/connection-goes-on')


async def test_cancelled_calls():
    """Calls that send are cancelled at each turn; what was begun ends, and the connection goes on."""
    for name, begin in {'send': lambda c: c.send('x' * 2_000_000), 'ping': lambda c: c.ping(),
                        'send_message_async': lambda c: c.send_message_async(Wsp.Message.new_text('x')), 'close': lambda c: c.close()}.items():
        ended = 0
        for n_turns in range(6):
            async with Pair(echo) as pair:
                task = asyncio.ensure_future(begin(pair.ours)) if name != 'send_message_async' else \
                    asyncio.ensure_future(asyncio.wait_for(begin(pair.ours), 5))
                for _ in range(n_turns):
                    await asyncio.sleep(0)
                task.cancel()
                result = await caught(task)
                ended += result is None or isinstance(result, (asyncio.CancelledError, float, bool))
                if name != 'close':
                    await pair.ours.send('last')
                    while await pair.ours.recv(timeout=5) != 'last':
                        pass
        point(ended == 6, f'cancelled/{name}-at-each-turn', ended)
    async with Pair() as pair:
        out = await pair.ours.begin(Wsp.MessageType.BINARY).__aenter__()
        n_written = 0
        for n_turns in range(200):
            task = asyncio.ensure_future(out.write(b'x' * 100_000))
            for _ in range(n_turns % 4):
                await asyncio.sleep(0)
            task.cancel()
            n_written += await caught(task) is None
        theirs = asyncio.ensure_future(count_bytes(pair.theirs[0]))
        await out.write(b'end')
        await out.__aexit__(None, None, None)
        n_bytes = await theirs
        point(n_written * 100_000 <= n_bytes - 3 <= 200 * 100_000, 'cancelled/write-at-each-turn', n_written, n_bytes)


async def count_bytes(connection):
    return sum([len(chunk) async for chunk in connection.stream()])


async def test_back_pressure():
    """A receiver that does not receive holds 16 messages and what is read ahead; a sender waits."""
    async with Pair() as pair:
        theirs, n_sent = pair.theirs[0], 0
        await pair.ours.send('begin')
        await theirs.recv()

        async def flood():
            nonlocal n_sent
            for number in range(300):
                await pair.ours.send(bytes([number % 256]) * 100_000)
                n_sent += 1

        task = asyncio.ensure_future(flood())
        last = -1
        while last != n_sent:
            last = n_sent
            await asyncio.sleep(0.2)
        held = len(theirs._wsp_talk.messages)
        point(n_sent < 290 and held <= 16, 'back-pressure/sender-waits', n_sent, held)
        point(pair.ours.send_queue_bytes < 2 << 20, 'back-pressure/queue-is-bounded', pair.ours.send_queue_bytes)
        received = [await theirs.recv() for _ in range(300)]
        await task
        point([data[0] for data in received] == [number % 256 for number in range(300)], 'back-pressure/all-in-order')


async def receive_to_end(connection):
    """The first octet of each message before the one that is 255."""
    received = []
    async for data in connection:
        if data[0] == 255:
            break
        received.append(data[0])
    return received


async def test_many_senders():
    """A hundred calls of send () wait for a receiver that does not receive; each third one that waits is cancelled."""
    async with Pair() as pair:
        tasks = [asyncio.ensure_future(pair.ours.send(number.to_bytes(1, 'big') * 1_000_000)) for number in range(100)]
        while pair.ours.send_queue_bytes <= pair.ours.limits.send_high_water_mark:
            await asyncio.sleep(0)
        cancelled = [task for task in tasks[::3] if not task.done() and task.cancel()]
        receiving = asyncio.ensure_future(receive_to_end(pair.theirs[0]))
        await asyncio.wait(tasks)
        await pair.ours.send(b'\xff')
        received = await receiving
        whole = [number for number, task in enumerate(tasks) if not task.cancelled() and task.exception() is None]
        point(len(cancelled) > 10 and all(task.cancelled() for task in cancelled), 'send/waiting-calls-are-cancelled', len(cancelled))
        point(len(whole) == 100 - len(cancelled), 'send/other-waiting-calls-end', whole)
        point(received == whole, 'send/only-messages-of-other-calls-come-in-order', received)
        point(pair.ours.send_queue_bytes == 0, 'send/nothing-waits-at-the-end', pair.ours.send_queue_bytes)


async def test_streams():
    n_bytes = int(os.environ.get('WSP_STREAM_BYTES', 64 << 20))
    block = os.urandom(1 << 20)
    expected = hashlib.sha256()
    for _ in range(n_bytes >> 20):
        expected.update(block)

    async def send_all(connection):
        async with connection.begin(Wsp.MessageType.BINARY) as out:
            for _ in range(n_bytes >> 20):
                await out.write(block)

    async def receive_all(connection):
        digest = hashlib.sha256()
        async for chunk in connection.stream():
            digest.update(chunk)
        return digest.digest()

    async with Pair() as pair:
        there = await asyncio.gather(send_all(pair.ours), receive_all(pair.theirs[0]))
        back = await asyncio.gather(send_all(pair.theirs[0]), receive_all(pair.ours))
        point(there[1] == back[1] == expected.digest(), f'stream/{n_bytes >> 20}-mib-each-way')

        await pair.ours.send('before')
        await pair.ours.send('held')
        await pair.ours.send('skipped' * 50_000)
        await pair.ours.send('behind')
        theirs = pair.theirs[0]
        point(await theirs.recv() == 'before', 'stream/recv-before')
        point(b''.join([chunk async for chunk in theirs.stream()]) == b'held', 'stream/of-what-has-come')
        async for chunk in theirs.stream():
            break
        point(await theirs.recv() == 'behind', 'stream/left-early-skips-its-message')

        async with pair.ours.begin(Wsp.MessageType.TEXT) as out:
            await out.write('Gr\u00fc')
            await pair.ours.send('waits')
            await out.write('ße'.encode()[:1])
            await out.write('ße'.encode()[1:])
        point(await theirs.recv() == 'Grüße', 'begin/text')
        point(await theirs.recv() == 'waits', 'begin/others-wait-their-turn')
        try:
            async with pair.ours.begin(Wsp.MessageType.BINARY) as out:
                await out.write(b'half')
                raise KeyError('own')
        except KeyError as error:
            point(error.args == ('own',), 'begin/exception-goes-on')
        error = await caught(theirs.recv())
        point(isinstance(error, Wsp.Closed) and error.close_code == 1011, 'begin/that-raised-ends-with-1011', error)
        error = await caught(caught_stream(theirs))
        point(isinstance(error, Wsp.Closed), 'stream/after-the-end', error)


async def caught_stream(connection):
    return [chunk async for chunk in connection.stream()]


async def raise_in_handler(connection):
    async for text in connection:
        raise LookupError(text)


async def test_serve():
    async with Pair(raise_in_handler) as pair:
        logged.clear()
        await pair.ours.send('wrong')
        error = await caught(pair.ours.recv())
        point(isinstance(error, Wsp.Closed) and error.close_code == 1011, 'serve/handler-that-raises-ends-with-1011', error)
        point([type(one.exc_info[1]) for one in logged] == [LookupError], 'serve/traceback-is-logged', logged)
        other = await Wsp.connect(pair.uri)
        point(await other.ping() >= 0, 'serve/others-go-on')
    point([type(error) for error in [await caught(other.recv())]] == [Wsp.Closed] and other.peer_close_code == 1001,
          'serve/leaving-closes-with-1001', other.peer_close_code)
    await pair.server.wait_closed()
    point(True, 'serve/wait-closed')
    refused = await caught(Wsp.connect(pair.uri))
    point(isinstance(refused, GLib.Error), 'serve/does-not-accept-any-more', refused)

    async with Pair(subprotocols=['chat'], allowed_hosts=['localhost']) as pair:
        pass
    ended = []

    async def never_ends(connection):
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.append(True)

    async with Pair(never_ends) as pair:
        pass
    point(ended == [True], 'serve/handler-that-goes-on-is-cancelled')

    async with Pair(echo) as pair:
        three = [await Wsp.connect(pair.uri) for _ in range(3)]
        while len(pair.theirs) < 4:
            await asyncio.sleep(0)
        n_sent = Wsp.broadcast(pair.theirs[1:3], 'to some')
        Wsp.broadcast(iter(pair.theirs), b'to all')
        got = [await three[0].recv(), await three[1].recv(), await three[2].recv(), await pair.ours.recv()]
        point(n_sent == 2 and got == ['to some', 'to some', b'to all', b'to all'], 'broadcast/to-some-and-all', n_sent, got)
        point(Wsp.broadcast([], 'x') == 0, 'broadcast/to-none')
        n_sent = pair.server.broadcast('of the server')
        point(n_sent == 4 and await pair.ours.recv() == 'of the server', 'broadcast/of-a-server-takes-text', n_sent)
        for name, arguments in {'none': ([None], 'x'), 'number': (three, 5)}.items():
            try:
                Wsp.broadcast(*arguments)
                point(False, f'broadcast/{name}-is-refused')
            except TypeError:
                point(True, f'broadcast/{name}-is-refused')


async def test_topics():
    async with Pair(echo) as pair:
        clients = [pair.ours] + [await Wsp.connect(pair.uri) for _ in range(2)]
        while len(pair.theirs) < 3:
            await asyncio.sleep(0)
        first, second, third = pair.theirs
        server, topics = pair.server, lambda: list(vars(pair.server).get('_wsp_topics', {}))
        for connection in first, second, second:
            connection.subscribe('news')
        third.subscribe('other')
        server.publish('news', 'one')
        server.publish('news', b'two', exclude=first)
        server.publish('nobody', 'three')
        server.broadcast('end')
        got = []
        for client in clients:
            texts = []
            while not texts or texts[-1] != 'end':
                texts.append(await client.recv())
            got.append(texts[:-1])
        got.sort(key=len)
        point(got == [[], ['one'], ['one', b'two']], 'topics/publish', got)
        point(first.unsubscribe('news') and not first.unsubscribe('news') and topics() == ['news', 'other'],
              'topics/unsubscribe', topics())
        point(third.unsubscribe('other') and topics() == ['news'], 'topics/end-with-the-last-member', topics())
        second.abort()
        while topics():
            await asyncio.sleep(0)
        point(True, 'topics/end-with-the-last-connection')
        closed = await caught_call(lambda: second.subscribe('news'))
        point(isinstance(closed, Wsp.Closed) and topics() == [], 'topics/closed-cannot-subscribe', closed)
        stranger = await caught_call(lambda: pair.ours.subscribe('news'))
        point(isinstance(stranger, Wsp.InvalidArgument), 'topics/client-cannot-subscribe', stranger)
        for name, call in {'topic': lambda: first.subscribe(5), 'message': lambda: server.publish('news', 5),
                           'exclude': lambda: server.publish('news', 'x', exclude='x'),
                           'option': lambda: server.publish('news', 'x', exclud=first)}.items():
            first.subscribe('news')
            error = await caught_call(call)
            point(isinstance(error, TypeError), f'topics/wrong-{name}-is-refused', error)

        group = Wsp.Group.new(server)
        group.add(first)
        group.broadcast('to the group')
        group.broadcast('to nobody', exclude=first)
        point(group.get_n_members() == 1 and group.remove(first) and not group.remove(first), 'topics/group', group.get_n_members())
        first.queue_text('last')
        texts = [await clients[0].recv(), await clients[0].recv()]
        point(texts == ['to the group', 'last'], 'topics/group-broadcast', texts)


async def caught_call(call):
    try:
        return call()
    except (GLib.Error, TypeError) as error:
        return error


async def write_pieces(connection, compress):
    async with connection.begin(Wsp.MessageType.TEXT, compress=compress) as out:
        await out.write(LONG)


def flags_of(compress):
    return Wsp.SendFlags.DEFAULT if compress else Wsp.SendFlags.NO_COMPRESSION


# Each way to send a text to the client of a connection, compressed or not.
LONG = 'x' * 1000
WAYS = {
    'send': lambda server, c, compress: c.send(LONG, compress=compress),
    'send-bytes': lambda server, c, compress: c.send(LONG.encode(), compress=compress),
    'send-message': lambda server, c, compress: c.send(Wsp.Message.new_text(LONG), compress=compress),
    'send-pieces': lambda server, c, compress: c.send([LONG[:500], LONG[500:]], compress=compress),
    'begin': lambda server, c, compress: write_pieces(c, compress),
    'queue-message': lambda server, c, compress: c.queue_message(Wsp.Message.new_text(LONG), flags_of(compress)),
    'send-message-async': lambda server, c, compress: c.send_message_async(Wsp.Message.new_text(LONG), flags_of(compress)),
    'send-from-thread': lambda server, c, compress: c.send_from_thread(Wsp.Message.new_text(LONG), flags_of(compress)),
    'broadcast': lambda server, c, compress: Wsp.broadcast([c], LONG, compress=compress),
    'broadcast-of-a-server': lambda server, c, compress: server.broadcast(LONG, compress=compress),
    'broadcast-of-a-message': lambda server, c, compress: Wsp.Message.new_text(LONG).broadcast([c], flags_of(compress)),
}


async def test_compression():
    async with Pair(deflate=Wsp.DeflateOptions()) as pair:
        client = await Wsp.connect(pair.uri, deflate=Wsp.DeflateOptions())
        while len(pair.theirs) < 2:
            await asyncio.sleep(0)
        connection = pair.theirs[1]
        for name, send in WAYS.items():
            lengths = []
            for compress in True, False:
                before = client.dup_stats().bytes_received
                sent = send(pair.server, connection, compress)
                if inspect.isawaitable(sent):
                    await sent
                received = await client.recv(timeout=SECONDS)
                lengths.append(client.dup_stats().bytes_received - before)
                point(len(received) == len(LONG), f'compression/{name}-{compress}-is-received', received)
            point(lengths[0] < 100 and lengths[1] > len(LONG), f'compression/{name}-as-the-option-says', lengths)


async def test_settings():
    """Settings of a client and a server, and headers of both forms."""
    seen = []

    def on_request(server, handshake):
        seen.append((handshake.origin, dict(handshake.request_headers).get('X-Own'), handshake.path))
        return True

    server = Wsp.Server(subprotocols=['chat', 'mail'], allowed_origins=['http://own.example'])
    server.connect('request', on_request)
    async with Wsp.serve(echo, '127.0.0.1', 0, server=server) as same:
        uri = f'ws://127.0.0.1:{same.port}/path'
        async with Wsp.connect(uri, subprotocols=['mail'], origin='http://own.example', headers={'X-Own': 'a'}) as connection:
            point(connection.subprotocol == 'mail' and same is server, 'settings/subprotocol', connection.subprotocol)
        client = Wsp.Client(origin='http://own.example')
        own = Wsp.Headers.new()
        own['X-Own'] = 'c'
        for headers in [('X-Own', 'b')], own:
            async with Wsp.connect(uri, client=client, headers=headers):
                pass
        point(seen == [('http://own.example', letter, '/path') for letter in 'abc'], 'settings/origin-and-headers', seen)
        error = await caught(Wsp.connect(uri, origin='http://other.example'))
        point(isinstance(error, Wsp.HandshakeFailed) and '403' in str(error), 'settings/refused-origin', error)
        point(repr(server) == f'<Wsp.Server at port {server.port} with {server.connections.get_n_items()} connections>',
              'repr/server', repr(server))
    point(isinstance(await caught(Wsp.Server().wait_closed()), RuntimeError), 'settings/wait-closed-without-a-handler')


async def test_stats():
    async with Pair(echo) as pair:
        await pair.ours.send('one')
        await pair.ours.recv()
        stats, in_thread = pair.server.dup_stats(), []
        thread = threading.Thread(target=lambda: in_thread.append(pair.server.dup_stats().connections_accepted))
        thread.start()
        thread.join(SECONDS)
        point((stats.connections_open, stats.messages_received, stats.bytes_sent, in_thread) == (1, 1, 5, [1]),
              'server-stats/counts', stats, in_thread)
        await pair.ours.close(4001)
        while pair.server.dup_stats().connections_open:
            await asyncio.sleep(0.01)
        stats = pair.server.dup_stats()
        point(stats.get_closed(4000) == 1 and stats.get_closed(1000) == 0, 'server-stats/codes', stats)
        text = repr(stats)
        point(text.startswith('<Wsp.ServerStats connections_open=0 connections_accepted=1 ') and text.endswith(' closed={4000: 1}>'),
              'repr/server-stats', text)
        text = repr(pair.ours.dup_stats())
        point(text.startswith('<Wsp.ConnectionStats messages_received=1 messages_sent=1 ') and ' idle_time_us=' in text, 'repr/connection-stats', text)


async def test_drain():
    async with Pair(echo) as pair:
        task = asyncio.ensure_future(pair.server.drain(lead=100))
        await asyncio.sleep(0)
        point(pair.server.draining, 'drain/is-told')
        pair.server.resume()
        error = await caught(task)
        point(isinstance(error, GLib.Error) and error.matches(Wsp.Error.quark(), Wsp.Error.INVALID_OPERATION),
              'drain/resumed', error)
        point(not pair.server.draining and await pair.ours.ping() >= 0, 'drain/resumed-goes-on')
        ended = asyncio.ensure_future(caught(pair.ours.recv()))
        await pair.server.drain(1001, 'moved', lead=0, spread=0.01)
        await ended
        point((pair.ours.peer_close_code, pair.ours.peer_close_reason) == (1001, 'retry-after=0; moved'), 'drain/close',
              pair.ours.peer_close_code, pair.ours.peer_close_reason)
        await pair.server.wait_closed()
        point(pair.server.listeners.get_n_items() == 0, 'drain/ends-as-close')

    async with Pair(echo) as pair:
        task = asyncio.ensure_future(pair.server.drain(lead=100))
        await asyncio.sleep(0.01)
        task.cancel()
        error = await caught(task)
        await pair.server.wait_closed()
        point(isinstance(error, asyncio.CancelledError) and not pair.server.draining, 'drain/cancelled-aborts', error)


async def say_twice(connection):
    await asyncio.sleep(0.1)
    await connection.send('first')
    await connection.send('second')
    await connection.recv()


async def say_three(connection):
    for data in (b'a' * 200_000, b'b' * 200_000, 'third'):
        await connection.send(data)
    await connection.recv()


async def read_late(connection):
    await asyncio.sleep(0.2)
    async for _ in connection:
        pass


async def read_mixed(connection, n_messages):
    """The deque is full when the connection ends, and a stream empties it."""
    got = [await connection.recv()]
    await asyncio.sleep(0.1)
    for _ in range(14):
        got.append(b''.join([chunk async for chunk in connection.stream()]).decode())
    reader = connection.stream()
    await reader.open()
    while len(got) < n_messages:
        got.append(await connection.recv(timeout=2))
    return got


async def test_odd_moments():
    async with Pair(say_twice) as pair:
        reader = pair.ours.stream()
        error = await caught(reader.read(timeout=0.01))
        first, second = await reader.read(), await pair.ours.recv(timeout=2)
        point(isinstance(error, TimeoutError) and (first, second) == (b'first', 'second'),
              'stream/a-read-that-timed-out-is-tried-again', error, first, second)
    async with Pair(say_three) as pair:
        one, other = pair.ours.stream(), pair.ours.stream()
        begun = await one.read(), await other.read()
        left, third = await caught(one.read()), await caught(pair.ours.recv(timeout=2))
        point(all(begun) and type(left) is RuntimeError and third == 'third', 'stream/an-old-one-does-not-end-the-present', left,
              third)

    async def say_many(connection):
        for number in range(19):
            await connection.send(str(number))

    async with Pair(say_many) as pair:
        got = await caught(read_mixed(pair.ours, 19))
        point(got == [str(number) for number in range(19)], 'stream/what-was-held-at-the-end-is-received', got)
    for claim, marks in {'high-below-low': 65_536, 'high-is-0': 0}.items():
        client = Wsp.Client()
        client.limits.send_high_water_mark = marks
        async with Pair(read_late) as pair, Wsp.connect(pair.uri, client=client) as ours:
            errors = [await caught(ours.send(b'x' * 100_000, timeout=5)) for _ in range(60)]
            point(not any(errors), f'back-pressure/{claim}', *filter(None, errors))
    async with Pair(echo) as pair:
        logged.clear()
        pair.ours.abort()
        await asyncio.sleep(0.1)
        point(not logged, 'serve/a-peer-that-is-cut-off-is-no-fault-of-the-handler', *logged)
    async with Pair(echo, limits=Wsp.Limits(max_message_size=1000)) as pair:
        await pair.ours.send('x' * 1001)
        error = await caught(pair.ours.recv())
        await pair.server.close()
        point(error.close_code == 1009 and not logged, 'serve/a-peer-that-exceeds-a-limit-is-no-fault-of-the-handler', error, *logged)


async def test_plain_calls():
    """A call with a callback is as it was."""
    async with Pair(echo) as pair:
        loop, results = asyncio.get_running_loop(), []
        done = loop.create_future()
        pair.ours.send_message_async(Wsp.Message.new_text('plain'), Wsp.SendFlags.DEFAULT, None,
                                     lambda source, result: results.append(source.send_message_finish(result)))
        pair.ours.receive_async(None, lambda source, result: done.set_result(source.receive_finish(result)))
        point((await done).get_text() == 'plain' and results == [True], 'plain/callbacks')
        pair.ours.ping_async(GLib.Bytes.new(b'dropped'))
        message = Wsp.Message.new_text('flags')
        await pair.ours.send_message_async(message, Wsp.SendFlags.URGENT)
        point((await pair.ours.receive_async()).get_text() == 'flags', 'plain/awaited-without-a-callback')
        pair.ours.close_async(1000)
        point(await pair.ours.receive_async() is None, 'plain/none-after-a-clean-close')
    headers = Wsp.Headers.new()
    try:
        headers.append('bad name', 'x')
        point(False, 'errors/append-refuses')
    except Wsp.InvalidArgument as error:
        point(error.matches(Wsp.Error.quark(), Wsp.Error.INVALID_ARGUMENT), 'errors/append-refuses')


async def test_released():
    """No reference is left of what has ended, and asyncio has nothing to complain of."""
    async with Pair(echo) as pair:
        await pair.ours.send('x')
        await pair.ours.recv()
        await pair.ours.close()
        gone = [weakref.ref(pair.ours._wsp_talk), weakref.ref(pair.theirs[0]._wsp_talk)]
        pair.ours = None
        pair.theirs.clear()
    del pair
    await asyncio.sleep(0)
    gc.collect()
    point([one() for one in gone] == [None, None], 'released/after-the-close', [one() for one in gone])


async def test_slow_receiver():
    """A client that reads nothing: it misses messages and then gets the next one, or it is closed."""
    seen, received = [], []
    options = {'limits': Wsp.Limits(max_send_queue=2_000_000), 'max_send_delay_seconds': 60}
    async with Pair(echo, slow_policy=Wsp.SlowPolicy.SKIP, **options) as pair:
        slow = pair.theirs[0]
        slow.connect('skipped', lambda connection: seen.append('skipped'))
        slow.connect('writable', lambda connection: seen.append('writable'))
        n_taken = sum(pair.server.broadcast(b'x' * 100_000) for _ in range(200))
        while not seen:
            await asyncio.sleep(0)
        received = [len(await pair.ours.recv(timeout=SECONDS)) for _ in range(n_taken)]
        while len(seen) < 2:
            await asyncio.sleep(0)
        pair.server.broadcast('state')
        point(await pair.ours.recv() == 'state' and seen == ['skipped', 'writable'], 'slow-receiver/skipped', seen)
        n_skipped = slow.dup_stats().messages_skipped
        point(0 < n_skipped == 200 - n_taken and received == [100_000] * n_taken, 'slow-receiver/counted', (n_skipped, n_taken))
    async with Pair(echo, **options) as pair:
        point(pair.server.max_send_delay_seconds == 60, 'slow-receiver/delay-in-seconds', pair.server.max_send_delay_seconds)
        for _ in range(200):
            pair.server.broadcast(b'x' * 100_000)
        error = None
        while not isinstance(error, Exception):
            error = await caught(pair.ours.recv(timeout=SECONDS))
        point(isinstance(error, Wsp.Closed) and error.close_code == 1013, 'slow-receiver/closed-with-1013', error)


def test_outside():
    """Where coroutines are no help: a foreign loop, another thread, no loop at all."""
    async def on_foreign_loop():
        return await caught(Wsp.connect('ws://127.0.0.1:1/'))

    error = asyncio.run(on_foreign_loop())
    point(isinstance(error, RuntimeError) and 'Wsp.run' in str(error), 'foreign-loop/is-named', error)
    errors = []

    async def serve():
        async with Pair(echo) as pair:
            async def use():
                errors.append(await caught(pair.ours.send('x')))
                errors.append(await caught(pair.ours.recv()))

            thread = threading.Thread(target=lambda: Wsp.run(use()))
            thread.start()
            while thread.is_alive():
                await asyncio.sleep(0.01)
            thread.join(SECONDS)
            await pair.ours.send('own')
            return await pair.ours.recv()

    point(run(serve()) == 'own' and [type(one) for one in errors] == [RuntimeError] * 2, 'other-thread/is-refused', errors)
    results = []

    async def in_thread():
        async with Pair(echo) as pair:
            await pair.ours.send('in a thread')
            results.append(await pair.ours.recv())

    thread = threading.Thread(target=lambda: Wsp.run(in_thread()))
    thread.start()
    thread.join(SECONDS)
    point(results == ['in a thread'], 'other-thread/has-a-loop-of-its-own', results)
    kept, theirs, server = [], [], Wsp.Server()
    server.connect('connection', lambda server, connection: theirs.append(connection))
    port = server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port()

    async def leave_open():
        kept.append(await Wsp.connect(f'ws://127.0.0.1:{port}/'))
        kept.append(asyncio.ensure_future(kept[0].recv()))
        while not theirs:
            await asyncio.sleep(0)

    run(leave_open())
    theirs[0].queue_text('after the loop')
    context = GLib.MainContext.default()
    for _ in range(20):
        context.iteration(False)

    async def go_on():
        return await kept[0].recv(timeout=5)

    point(run(go_on()) == 'after the loop', 'closed-loop/connection-goes-on-in-the-next')


sys.exit(run_tests(test_send_and_receive, test_refused, test_end, test_loop_codes, test_timeouts, test_cancelled, test_bad_values,
                   test_cancelled_calls, test_back_pressure, test_many_senders, test_streams, test_serve, test_topics, test_compression, test_settings, test_stats, test_drain,
                   test_odd_moments, test_plain_calls, test_released, test_slow_receiver, test_outside))
