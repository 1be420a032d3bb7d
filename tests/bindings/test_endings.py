#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Interpreters that end while connections are open, processes that fork, and memory after many connections.

Each program is a process of its own: it ends with its own status, with nothing on its standard error but the lines that
its row names."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
from program import LIMIT_SECONDS  # noqa: E402 (and its signals, for the interpreters)
from tap import Tap  # noqa: E402

CONNECTIONS_PER_SECOND = 40     # at least, on a machine that is busy
HEAD = '''
import asyncio, gc, logging, os, sys, tracemalloc, gi
# A machine that is busy makes callbacks slow, and asyncio's debugging would say so.
logging.getLogger('asyncio').addFilter(lambda record: not record.getMessage().startswith('Executing '))
gi.require_version('Wsp', '1')
from gi.repository import Gio, GLib, Wsp

async def echo(connection):
    async for data in connection:
        await connection.send(data)

kept = []

async def open_both(handler=echo):
    server = await Wsp.serve(handler, '127.0.0.1', 0, grace=0.1)
    kept.append(server)
    kept.append(await Wsp.connect(f'ws://127.0.0.1:{server.port}/'))
    return server, kept[-1]
'''
GO_ON = '''
while GLib.MainContext.default().iteration(False):
    pass
async def again():
    server, connection = await open_both()
    await connection.send('x')
    assert await connection.recv(timeout=10) == 'x'
Wsp.run(again())
sys.exit(12)
'''
# `done` has an entry for each way to wait that has returned.
APPLICATION = '''
tasks, done = [], []

async def everything(app):
    server, connection = await open_both()
    await connection.send('x')
    done.append(await connection.recv(timeout=10))
    for awaitable in (asyncio.sleep(0), asyncio.sleep(0.002), asyncio.to_thread(len, 'a'), connection.ping(), connection.close(),
                      server.close(), asyncio.gather(*(asyncio.sleep(0.001 * number) for number in range(5)))):
        await awaitable
        done.append(awaitable)
    future = asyncio.get_running_loop().create_future()
    GLib.idle_add(lambda: future.set_result(True))
    done.append(await future)
    asyncio.get_running_loop().call_later(0.001, done.append, 'later')
    asyncio.get_running_loop().call_soon(done.append, 'soon')
    reader, writer = await asyncio.open_connection(sock=sockets[0])
    sockets[1].send(b'line\\n')
    done.append(await reader.readline())
    writer.close()
    while len(done) < 12:
        await asyncio.sleep(0.001)
    process = await asyncio.create_subprocess_exec('true')
    done.append(await asyncio.wait_for(process.wait(), 60))
    async with asyncio.timeout(10):
        done.append(asyncio.current_task() is tasks[0])
    app.quit()

sockets = __import__('socket').socketpair()
application = Gio.Application(flags=Gio.ApplicationFlags.NON_UNIQUE)
'''
POLICY = APPLICATION + '''
asyncio.set_event_loop_policy(Wsp.EventLoopPolicy())
loop = asyncio.get_event_loop_policy().get_event_loop()
__import__('atexit').register(loop.close)
'''
# Name, the program after the head, its status, and a part of its standard error ('' = there is none).
PROGRAMS = (
    ('ends-with-open-connections', '''
async def main():
    server, connection = await open_both()
    await connection.send('x')
Wsp.run(main())
''', 0, ''),
    ('ends-with-a-reader', '''
async def main():
    server, connection = await open_both()
    kept.append(asyncio.ensure_future(connection.recv()))
    await asyncio.sleep(0.01)
Wsp.run(main())
''', 0, ''),
    ('ends-without-a-loop', '''
loop = Wsp.EventLoop()
async def main():
    server, connection = await open_both()
    connection.set_message_func(lambda connection, message: None)
    connection.start_receiving()
loop.run_until_complete(main())
''', 0, ''),
    # The first use of the domain is its name: GLib has not been given its size by anything else yet.
    ('fails-with-an-error-of-the-name-of-its-domain', '''
async def main():
    server, connection = await open_both()
    connection.start_receiving()
    connection.fail(GLib.Error('own', 'WspError', 5))
    while connection.get_close_info() is None:
        await asyncio.sleep(0.01)
Wsp.run(main())
''', 0, ''),
    ('exits-in-a-coroutine', '''
async def main():
    server, connection = await open_both()
    sys.exit(3)
Wsp.run(main())
''', 3, ''),
    ('exits-in-a-message-function', '''
async def main():
    server, connection = await open_both()
    connection.set_message_func(lambda connection, message: os._exit(4))
    connection.start_receiving()
    kept[0].broadcast(Wsp.Message.new_text('x'))
    await asyncio.sleep(60)
Wsp.run(main())
''', 4, ''),
    ('exits-in-a-handler', '''
async def leave(connection):
    sys.exit(5)
async def main():
    await open_both(leave)
    await asyncio.sleep(60)
Wsp.run(main())
''', 5, ''),
    ('ends-during-a-handshake', '''
async def main():
    listener = Gio.SocketListener()
    kept.append(listener)
    port = listener.add_any_inet_port(None)
    task = asyncio.ensure_future(Wsp.connect(f'ws://127.0.0.1:{port}/'))
    await asyncio.sleep(0.05)
Wsp.run(main())
''', 0, ''),
    ('ends-with-a-stream-half-read', '''
async def main():
    async def long(connection):
        await connection.send(bytes(1000000))
    server, connection = await open_both(long)
    stream = connection.stream()
    await stream.read()
    kept.append(stream)
Wsp.run(main())
''', 0, ''),
    ('ends-with-a-message-half-written', '''
async def main():
    server, connection = await open_both()
    out = await connection.begin(Wsp.MessageType.BINARY).__aenter__()
    await out.write(b'half')
    kept.append(out)
Wsp.run(main())
''', 0, ''),
    # The loop is closed, GLib goes on, and so do the next loop and its connections.
    ('goes-on-after-a-loop-that-ended-during-a-handshake', '''
async def main():
    listener = Gio.SocketListener()
    port = listener.add_any_inet_port(None)
    kept.extend([listener, asyncio.ensure_future(Wsp.connect(f'ws://127.0.0.1:{port}/'))])
    await asyncio.sleep(0.05)
Wsp.run(main())
''' + GO_ON, 12, ''),
    ('goes-on-after-a-loop-that-ended-with-a-stream-half-read', '''
async def main():
    async def long(connection):
        await connection.send(bytes(1000000))
    server, connection = await open_both(long)
    kept.append(connection.stream())
    await kept[-1].read()
Wsp.run(main())
''' + GO_ON, 12, ''),
    ('goes-on-after-a-loop-that-ended-with-a-message-half-written', '''
async def main():
    server, connection = await open_both()
    kept.append(await connection.begin(Wsp.MessageType.BINARY).__aenter__())
    await kept[-1].write(b'half')
Wsp.run(main())
''' + GO_ON, 12, ''),
    ('exception-in-a-body-goes-on', '''
async def main():
    server, connection = await open_both()
    await connection.send('x')
    async with connection:
        async for text in connection:
            raise LookupError('own')
try:
    Wsp.run(main())
except LookupError:
    sys.exit(6)
''', 6, ''),
    ('interrupted', '''
import signal
async def main():
    server, connection = await open_both()
    GLib.timeout_add(20, lambda: os.kill(os.getpid(), signal.SIGINT))
    await connection.recv()
try:
    Wsp.run(main())
except KeyboardInterrupt:
    sys.exit(7)
''', 7, ''),
    ('handler-logs-without-configuration', '''
async def wrong(connection):
    raise LookupError('own')
async def main():
    server, connection = await open_both(wrong)
    try:
        await connection.recv()
    except Wsp.Closed as error:
        sys.exit(error.close_code - 1000)
Wsp.run(main())
''', 11, "LookupError: own"),
    ('forks', '''
async def main():
    server, connection = await open_both()
    await connection.send('before')
    assert await connection.recv() == 'before'
    for leave in (lambda: os._exit(0), lambda: sys.exit(0)):
        child = os.fork()
        if child == 0:
            leave()
        status = None
        while status is None:
            done, code = os.waitpid(child, os.WNOHANG)
            status = code if done else None
            await asyncio.sleep(0.01)
        await connection.send('after')
        assert await connection.recv(timeout=10) == 'after'
    sys.exit(8)
Wsp.run(main())
''', 8, ''),
    ('imports-no-asyncio', '''
import sys, gi
gi.require_version('Wsp', '1')
from gi.repository import Gio
# PyGObject 3.50 imports it by itself.
before = set(sys.modules)
from gi.repository import Wsp
Wsp.Connection, Wsp.Server(), Wsp.Headers.new(), Wsp.Message.new_text('a')
sys.exit('asyncio' in set(sys.modules) - before)
''', 0, ''),
    ('runs-in-a-runner-of-asyncio', '''
class Loop(Wsp.EventLoop):
    pass
async def main():
    server, connection = await open_both()
    await connection.send('x')
    return await connection.recv()
for kind in Wsp.EventLoop, Loop:
    with asyncio.Runner(loop_factory=kind) as runner:
        assert type(runner.get_loop()) is kind and isinstance(runner.get_loop(), Wsp.EventLoop)
        assert runner.run(main()) == 'x'
sys.exit(13)
''', 13, ''),
    # As from Python 3.16 on.
    ('has-no-policy-without-those-of-asyncio', '''
del asyncio.DefaultEventLoopPolicy
async def main():
    server, connection = await open_both()
    await connection.send('x')
    return await connection.recv()
assert Wsp.run(main()) == 'x' and not hasattr(Wsp, 'EventLoopPolicy') and 'EventLoopPolicy' not in dir(Wsp)
Wsp.EventLoopPolicy
''', 1, 'asyncio has no policies: expected a loop made by Wsp.run, or by asyncio.Runner (loop_factory=Wsp.EventLoop)'),
    ('policy', '''
asyncio.set_event_loop_policy(Wsp.EventLoopPolicy())
async def main():
    server, connection = await open_both()
    await connection.send('x')
    sys.exit(9 if await connection.recv() == 'x' else 1)
asyncio.run(main())
''', 9, ''),
    ('policy-and-an-application', POLICY + '''
def on_activate(app):
    app.hold()
    tasks.append(loop.create_task(everything(app)))
application.connect('activate', on_activate)
sys.exit(application.run() or len(done))
''', 14, ''),
    ('policy-and-a-task-before-the-application', POLICY + '''
application.connect('activate', Gio.Application.hold)
tasks.append(loop.create_task(everything(application)))
sys.exit(application.run() or len(done))
''', 14, ''),
    ('policy-and-a-main-loop', POLICY + '''
main_loop = GLib.MainLoop()
tasks.append(loop.create_task(everything(main_loop)))
main_loop.run()
sys.exit(len(done))
''', 14, ''),
    ('policy-and-handlers-of-a-main-loop', POLICY + '''
async def on_request(server, handshake):
    await asyncio.sleep(0.001)
    handshake.reject(403, None, None)
def on_opened(client, result):
    try:
        client.open_finish(result)
    except GLib.Error:
        main_loop.quit()
main_loop = GLib.MainLoop()
server, client = Wsp.Server(), Wsp.Client()
server.connect('request', on_request)
handshake = Wsp.Handshake.new_client(f'ws://127.0.0.1:{server.listen_inet("127.0.0.1", 0, Wsp.ListenFlags.DEFAULT).get_port()}/', None, None)
client.open_async(handshake, None, None, on_opened)
main_loop.run()
sys.exit(handshake.response_status - 400)
''', 3, ''),
    ('policy-and-loops-in-turn', POLICY + '''
async def short():
    await asyncio.sleep(0.001)
    return 1
n = loop.run_until_complete(short())
n += asyncio.run(short())
main_loop = GLib.MainLoop()
tasks.append(loop.create_task(everything(main_loop)))
main_loop.run()
n += loop.run_until_complete(short())
sys.exit(len(done) + n)
''', 17, ''),
    ('policy-and-an-idle-application-sleeps', POLICY + '''
async def wait(app):
    await asyncio.sleep(0.3)
    app.quit()
class Counted(type(loop)):
    def turn(self):
        done.append(True)
        super().turn()
loop.__class__ = Counted
tasks.append(loop.create_task(wait(application)))
application.connect('activate', Gio.Application.hold)
application.run()
sys.exit(0 if len(done) < 20 else 1)
''', 0, ''),
    ('runs-an-application', APPLICATION + '''
def on_activate(app):
    app.hold()
    tasks.append(asyncio.create_task(everything(app)))
application.connect('activate', on_activate)
sys.exit(Wsp.run(application) or len(done))
''', 14, ''),
    ('runs-an-application-and-cancels-its-tasks', APPLICATION + '''
async def wait(app):
    try:
        GLib.idle_add(app.quit)
        await asyncio.get_running_loop().create_future()
    finally:
        await asyncio.sleep(0.001)
        done.append(True)
application.connect('activate', lambda app: app.hold() or tasks.append(asyncio.create_task(wait(app))))
sys.exit(Wsp.run(application) or 10 + len(done))
''', 11, ''),
    ('runs-an-application-whose-task-exits', APPLICATION + '''
async def leave(app):
    await asyncio.sleep(0.001)
    sys.exit(5)
application.connect('activate', lambda app: app.hold() or tasks.append(asyncio.create_task(leave(app))))
try:
    Wsp.run(application)
except SystemExit as error:
    sys.exit(error.code + 1)
''', 6, ''),
    ('runs-an-application-in-no-coroutine', APPLICATION + '''
async def main():
    Wsp.run(application)
try:
    Wsp.run(main())
except RuntimeError as error:
    sys.exit(7 if 'expected no running loop' in str(error) else 1)
''', 7, ''),
    ('timers-and-sockets-of-asyncio', '''
async def main():
    async def serve(reader, writer):
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()
    server = await asyncio.start_server(serve, '127.0.0.1', 0)
    reader, writer = await asyncio.open_connection('127.0.0.1', server.sockets[0].getsockname()[1])
    writer.write(b'line\\n')
    line = await reader.readline()
    writer.close()
    begin = asyncio.get_running_loop().time()
    await asyncio.gather(*(asyncio.sleep(0.001 * number) for number in range(30)))
    passed = asyncio.get_running_loop().time() - begin
    process = await asyncio.create_subprocess_exec('true')
    threaded = await asyncio.to_thread(lambda: 5)
    server.close()
    sys.exit(10 if (line, await asyncio.wait_for(process.wait(), 60), threaded) == (b'line\\n', 0, 5) and 0.028 < passed < 5 else 1)
Wsp.run(main())
''', 10, ''),
)
# After the first round, what PyGObject and asyncio keep once is there.
MANY = '''
ctypes = __import__('ctypes')

def resident():
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    with open('/proc/self/statm') as file:
        return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')

async def talk(uri, n):
    async with Wsp.connect(uri) as connection:
        for _ in range(n):
            await connection.send('x' * 100)
            await connection.recv()

async def use(port):
    """The client is a process of its own: the server's memory is measured."""
    uri = f'ws://127.0.0.1:{port}/'
    for _ in range(200):
        await talk(uri, 5)
    await talk(uri, 1000)
    async with Wsp.connect(uri + 'first'):
        pass
    for _ in range(int(sys.argv[1])):
        await talk(uri, 1)
    await talk(uri, int(sys.argv[2]))
    async with Wsp.connect(uri + 'last'):
        pass

async def measure(connection):
    if connection.handshake is not None and len(connection.handshake.path) > 1:
        measured.append(resident())
        if len(measured) == 2:
            over.set()
    await echo(connection)

async def main(writer):
    global over, measured
    over, measured = asyncio.Event(), []
    server = await Wsp.serve(measure, '127.0.0.1', 0)
    os.write(writer, str(server.port).encode())
    await asyncio.wait_for(over.wait(), 600)
    talks = [one for one in gc.get_objects() if type(one).__name__ == 'Talk']
    print((measured[1] - measured[0]) // 1024, len(talks))

reader, writer = os.pipe()
if os.fork() == 0:
    Wsp.run(use(int(os.read(reader, 10))))
    os._exit(0)
Wsp.run(main(writer))
'''


DEVELOPMENT = ['-X', 'dev', '-W', 'error::RuntimeWarning', '-W', 'ignore::DeprecationWarning', '-W', 'ignore::ImportWarning',
               '-W', 'ignore::ResourceWarning']


def run(program, *arguments, options=DEVELOPMENT, seconds=LIMIT_SECONDS):
    text = program if program.startswith('\nimport sys, gi') else HEAD + program
    return subprocess.run([sys.executable, *options, '-c', text, *arguments], capture_output=True, text=True,
                          timeout=seconds, check=False)


def main():
    tap = Tap()
    for name, program, status, expected in PROGRAMS:
        try:
            done = run(program)
        except subprocess.TimeoutExpired as timeout:
            tap.point(False, f'/bindings/endings/python/{name}', [timeout])
            continue
        is_quiet = done.stderr == '' if expected == '' else expected in done.stderr
        tap.point(done.returncode == status and is_quiet, f'/bindings/endings/python/{name}',
                  [f'status {done.returncode}, expected {status}', *done.stderr.splitlines()])
    counts = os.environ.get('WSP_MANY', '2000 10000').split()
    done = run(MANY, *counts, options=[], seconds=LIMIT_SECONDS + int(counts[0]) // CONNECTIONS_PER_SECOND)
    grown, n_left = [int(one) for one in done.stdout.split()] or [1 << 30, 0]
    tap.point(grown < 1024 and n_left <= 2, f'/bindings/endings/python/memory-after-{counts[0]}-connections-grows-less-than-a-mib',
              [f'{grown} KiB, {n_left} left', *done.stderr.splitlines()])
    tap.diag(f'{grown} KiB after {counts[0]} connections and {counts[1]} messages')
    return tap.end()


if __name__ == '__main__':
    sys.exit(main())
