#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Several messages in pieces on one connection: test_pieces.py [gbulb|gi.events].  One is written, the others wait for it."""

import asyncio
import inspect
import sys

from coroutines import Pair, caught, point, run_tests, turns
from gi.repository import Wsp

N_MANY = 50
BINARY = Wsp.MessageType.BINARY


class First:
    """A message in pieces that goes on until the test ends it."""

    def __init__(self, connection):
        self.gate = asyncio.get_running_loop().create_future()
        self.task = asyncio.ensure_future(connection.send(self.parts()))

    async def parts(self):
        yield 'fir'
        await self.gate
        yield 'st'


async def send(connection):
    await connection.send(['sec', 'ond'])


async def send_later(connection):
    async def parts():
        for part in 'sec', 'ond':
            await asyncio.sleep(0)
            yield part

    await connection.send(parts())


async def begin(connection):
    async with connection.begin(Wsp.MessageType.TEXT) as out:
        await out.write('sec')
        await out.write('ond')


SECONDS = {'send': send, 'send-of-an-async-iterable': send_later, 'begin': begin}


async def end_it(pair, first):
    first.gate.set_result(None)


async def raise_in_it(pair, first):
    first.gate.set_exception(KeyError('own'))


async def cancel_it(pair, first):
    first.task.cancel()


async def abort(pair, first):
    pair.ours.abort()


async def peer_aborts(pair, first):
    pair.theirs[0].abort()


async def close(pair, first):
    await pair.ours.close()


# Events for the first message, and whether the second one can be sent then.
ENDS = {'ends': (end_it, True), 'raises': (raise_in_it, False), 'is-cancelled': (cancel_it, False),
        'has-its-connection-aborted': (abort, False), 'has-its-peer-gone': (peer_aborts, False),
        'has-its-connection-closed': (close, False)}


async def test_ends():
    for name, (happen, goes_on) in ENDS.items():
        for way, second in SECONDS.items():
            async with Pair() as pair:
                first = First(pair.ours)
                await turns(5)
                task = asyncio.ensure_future(second(pair.ours))
                await turns(5)
                waits = not task.done()
                await happen(pair, first)
                error = await caught(asyncio.wait_for(task, 20))
                if goes_on:
                    texts = [await pair.theirs[0].recv(timeout=20), await pair.theirs[0].recv(timeout=20)]
                    is_right = error is None and texts == ['first', 'second']
                else:
                    texts = None
                    is_right = isinstance(error, Wsp.Closed)
                point(waits and is_right, f'pieces/when-the-first-{name}/{way}', error, texts)
                first.task.cancel()     # one that waits for its next piece
                await caught(first.task)


async def test_nothing_written():
    """A message of which nothing was written can be taken back: those that wait go on."""
    async with Pair() as pair:
        async with pair.ours.begin(BINARY) as out:
            task = asyncio.ensure_future(pair.ours.send(['a', 'b']))
            await turns(3)
            is_waiting = not task.done()
            await out.write(b'')
        await task
        texts = [await pair.theirs[0].recv(timeout=20) for _ in range(2)]
        point(is_waiting and texts == [b'', 'ab'], 'pieces/behind-an-empty-one', texts)
        error = await caught(raise_before(pair.ours))
        await pair.ours.send(['c', 'd'])
        point(isinstance(error, KeyError) and await pair.theirs[0].recv(timeout=20) == 'cd', 'pieces/behind-one-that-raised-first', error)


async def raise_before(connection):
    async with connection.begin(BINARY):
        raise KeyError('own')


async def test_cancelled_ones():
    """Some that wait are cancelled or have a timeout, at the last moment too; the others keep their order."""
    async with Pair() as pair:
        async with pair.ours.begin(Wsp.MessageType.TEXT) as out:
            await out.write('first')
            tasks = [asyncio.ensure_future(pair.ours.send([str(number), '.'], timeout=0.05 if number % 5 == 1 else None))
                     for number in range(N_MANY)]
            await turns(3)
            for task in tasks[::5]:
                task.cancel()
            await asyncio.wait(tasks[1::5], timeout=20)
        tasks[2].cancel()               # it is its turn, and it has not begun
        errors = [await caught(task) for task in tasks]
        left = [str(number) + '.' for number in range(3, N_MANY) if number % 5 > 1]
        texts = [await pair.theirs[0].recv(timeout=20) for _ in range(1 + len(left))]
        point(texts == ['first', *left], 'pieces/many-wait-in-their-order', texts)
        point(all(isinstance(errors[number], asyncio.CancelledError) for number in (*range(0, N_MANY, 5), 2)),
              'pieces/one-that-waits-can-be-cancelled', errors)
        point(all(type(errors[number]) is TimeoutError for number in range(1, N_MANY, 5)), 'pieces/one-that-waits-has-a-timeout', errors)


async def test_whole_messages():
    async with Pair() as pair:
        first = First(pair.ours)
        await turns(3)
        task = asyncio.ensure_future(pair.ours.send(['pie', 'ces']))
        await turns(3)
        await pair.ours.send('whole')
        urgent = asyncio.ensure_future(pair.ours.send_message_async(Wsp.Message.new_text('urgent'), Wsp.SendFlags.URGENT))
        await turns(3)
        first.gate.set_result(None)
        texts = [await pair.theirs[0].recv(timeout=20) for _ in range(4)]
        point(texts == ['first', 'urgent', 'whole', 'pieces'], 'pieces/whole-messages-leave-before-those-that-wait', texts)
        await task
        await urgent


# Each way to send an urgent message on a connection of a server.
MESSAGE, FLAGS = Wsp.Message.new_text('urgent'), Wsp.SendFlags.URGENT
URGENT = {
    'send': lambda server, c: c.send('urgent', urgent=True),
    'send-message': lambda server, c: c.send(MESSAGE, urgent=True),
    'queue-message': lambda server, c: c.queue_message(MESSAGE, FLAGS),
    'send-from-thread': lambda server, c: c.send_from_thread(MESSAGE, FLAGS),
    'broadcast': lambda server, c: Wsp.broadcast([c], 'urgent', urgent=True),
    'broadcast-of-a-server': lambda server, c: server.broadcast('urgent', urgent=True),
    'broadcast-of-a-message': lambda server, c: MESSAGE.broadcast([c], FLAGS),
}


async def test_urgent():
    for name, send in URGENT.items():
        async with Pair() as pair:
            connection = pair.theirs[0]
            first = First(connection)
            await turns(3)
            await connection.send('whole')
            sent = send(pair.server, connection)
            if inspect.isawaitable(sent):
                await sent
            await turns(3)
            first.gate.set_result(None)
            texts = [await pair.ours.recv(timeout=20) for _ in range(3)]
            point(texts == ['first', 'urgent', 'whole'], f'pieces/urgent-by-{name}', texts)


async def test_stream_of_the_program():
    """The function that does not wait tells what to do."""
    async with Pair() as pair:
        stream = pair.ours.begin_message(BINARY)
        error = await caught(pair.ours.send(['a']))
        point(isinstance(error, Wsp.InvalidOperation) and 'close that stream first' in str(error), 'pieces/beside-begin-message-is-refused', error)
        stream.close()
        await pair.ours.send(['a'])
        point([await pair.theirs[0].recv(timeout=20) for _ in range(2)] == [b'', 'a'], 'pieces/refused-ones-keep-no-turn')


sys.exit(run_tests(test_ends, test_nothing_written, test_cancelled_ones, test_whole_messages, test_urgent, test_stream_of_the_program))
