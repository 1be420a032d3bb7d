# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The parts that the tests of coroutines share.  With the word gbulb or gi.events on the command line they run on that loop."""

import asyncio
import gc
import importlib.util
import logging
import os
import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
from tap import Tap  # noqa: E402

SECONDS = 60
tap = Tap()
# Loops of others that drive GLib, and why one is not there.
OTHERS = {'gbulb': 'python3-gbulb is not there', 'gi.events': f'PyGObject {gi.__version__} has none, 3.50 has'}
where = next((name for name in OTHERS if name in sys.argv), 'own')
complaints = []         # of the loop: exceptions that were never retrieved, tasks that were destroyed
logged = []             # what the log 'wsp' was given


def point(is_ok, claim, *shown):
    return tap.point(bool(is_ok), f'/bindings/coroutines/python/{where}/{claim}', [repr(one) for one in shown])


class Log(logging.Handler):
    def emit(self, record):
        (logged if record.name == 'wsp' else complaints).append(record)


async def with_limit(coroutine):
    """Each point has the limit anew: a test of many points takes long on a slow machine."""
    task = asyncio.ensure_future(coroutine)
    n_points = None
    while not task.done() and n_points != tap.n_points:
        n_points = tap.n_points
        await asyncio.wait([task], timeout=SECONDS)
    return await asyncio.wait_for(task, 0)


def run(coroutine):
    """On the loop under test, with a limit, and with what asyncio complains of."""
    async def limited():
        # Not the context itself: repr of the call in it ends the process with PyGObject 3.50.
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, context: complaints.append((context['message'], str(context.get('exception')))))
        return await with_limit(coroutine)

    if where == 'own':
        return Wsp.run(limited())
    loop = other_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(limited())
    finally:
        end_tasks(loop)
        asyncio.set_event_loop(None)
        loop.close()


def end_tasks(loop):
    """As Wsp.run () does."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


def other_loop():
    context = GLib.MainContext.default()
    if where == 'gbulb':
        import gbulb
        return gbulb.GLibEventLoop(context=context)
    from gi.events import GLibEventLoop
    return GLibEventLoop(context)


class Pair:
    """`async with Pair (handler)`: a server and a connection to it; `theirs` are the server's connections."""

    def __init__(self, handler=None, **settings):
        self.settings = settings
        self.theirs = []
        self.handler = handler or self.hold

    async def hold(self, connection):
        await asyncio.get_running_loop().create_future()

    async def handle(self, connection):
        self.theirs.append(connection)
        await self.handler(connection)

    async def __aenter__(self):
        self.server = await Wsp.serve(self.handle, '127.0.0.1', 0, grace=0.2, **self.settings)
        self.uri = f'ws://127.0.0.1:{self.server.port}/'
        self.ours = await Wsp.connect(self.uri)
        while not self.theirs:
            await asyncio.sleep(0)
        return self

    async def __aexit__(self, kind, error, trace):
        await self.server.close()


async def echo(connection):
    async for data in connection:
        await connection.send(data)


async def caught(awaitable):
    try:
        return await awaitable
    except BaseException as error:
        return error


async def turns(n):
    for _ in range(n):
        await asyncio.sleep(0)


def run_tests(*tests):
    """Each of them on the loop; returns the status of the process."""
    if where in OTHERS and importlib.util.find_spec(where) is None:
        tap.skip(f'/bindings/coroutines/python/{where}', OTHERS[where])
        return tap.end()
    logging.getLogger().addHandler(Log())
    logging.getLogger('wsp').propagate = False
    logging.getLogger('wsp').addHandler(Log())
    for test in tests:
        if asyncio.iscoroutinefunction(test):
            run(test())
        elif where == 'own':
            test()
    gc.collect()
    point(not complaints, 'asyncio-does-not-complain', *complaints)
    return tap.end()
