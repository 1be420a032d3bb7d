#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The examples of docs/examples that have one subject each, with Python's websockets as their peer, in each language
that has them: test_example_programs.py SOURCE BUILD

SOURCE is docs/examples, BUILD where its programs were built.
"""

import asyncio
import contextlib
import inspect
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile

try:
    import websockets
except ImportError:
    print('1..0 # SKIP python3-websockets is not installed')
    sys.exit(0)

sys.path[:0] = [os.path.join(os.path.dirname(__file__), '..', folder) for folder in ('', 'lib', 'interop')]
from interop import make_certificates
from tap import Tap
from tls_front import copy

SECONDS = 60
N_CLIENTS = 200
HEADERS = 'extra_headers' if 'extra_headers' in inspect.signature(websockets.connect).parameters else 'additional_headers'     # until 14
LANGUAGES = ('c', 'python', 'javascript', 'vala')


def command_of(source, build, language, name):
    """How a program is started; None where a language does not have it."""
    if language in ('c', 'vala'):
        command = [os.path.join(build, f'{language}-{name}')]
    elif language == 'python':
        command = [sys.executable, os.path.join(source, 'python', name.replace('-', '_') + '.py')]
    else:
        command = ['/usr/bin/gjs', '-m', os.path.join(source, 'javascript', name + '.js')]
    return command if os.path.exists(command[-1]) and os.path.exists(command[0]) else None


class Example:
    """A program whose lines are waited for."""

    def __init__(self, command, *arguments, folder=None, env=None):
        self.command = [*command, *map(str, arguments)]
        self.folder, self.env = folder, env
        self.process = None

    async def __aenter__(self):
        self.process = await asyncio.create_subprocess_exec(*self.command, cwd=self.folder, env=self.env, stdout=subprocess.PIPE,
                                                            stdin=subprocess.DEVNULL)
        return self

    async def __aexit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await asyncio.wait_for(self.process.communicate(), SECONDS)

    async def line(self):
        return (await asyncio.wait_for(self.process.stdout.readline(), SECONDS)).decode().rstrip('\n')

    async def port(self):
        word, port = (await self.line()).split()
        assert word == 'port'
        return int(port)

    async def rest(self):
        text, _ = await asyncio.wait_for(self.process.communicate(), SECONDS)
        return text.decode(), self.process.returncode


async def echoes(port, text):
    async with websockets.connect(f'ws://localhost:{port}/') as peer:
        await peer.send(text)
        return await asyncio.wait_for(peer.recv(), SECONDS)


async def try_echo(tap, name, command):
    async with Example(command, 0) as server:
        port = await server.port()
        came = await asyncio.gather(*(echoes(port, f'text {i}') for i in range(20)))
    tap.point(came == [f'text {i}' for i in range(20)], f'/examples/{name}/echoes-to-twenty-clients', [str(came)])


NO_NUMBER = 'Expected 1 to 10000000000000'
# The examples of slow work get these, and reply with those.  The longest one is the largest prime of 64 bits.
NUMBERS = {'1': '1', '4': '2 2', '24': '2 2 2 3', '7': '7', '0': NO_NUMBER, '-4': NO_NUMBER, '18446744073709551557': NO_NUMBER,
           '': NO_NUMBER, 'abc': NO_NUMBER, '4.5': NO_NUMBER, '²': NO_NUMBER, '4 5': NO_NUMBER, b'\x00\xff': NO_NUMBER,
           'a\0b': NO_NUMBER, '\0': NO_NUMBER, '9' * 5000: NO_NUMBER}


def describe(number):
    return f'{len(number)}-digits' if len(number) > 20 else repr(number)


async def try_slow_work(tap, name, command):
    """The first number takes long: the other client gets its response meanwhile."""
    async with Example(command, 0) as server:
        uri = f'ws://localhost:{await server.port()}/'
        async with websockets.connect(uri) as one, websockets.connect(uri) as two:
            await one.send('1000036000099')
            await two.send('600851475143')
            came = [await asyncio.wait_for(peer.recv(), SECONDS) for peer in (two, one)]
            tap.point(came == ['71 839 1471 6857', '1000003 1000033'], f'/examples/{name}/each-client-gets-its-factors', [str(came)])
            for number, expected in NUMBERS.items():
                await one.send(number)
                reply = await asyncio.wait_for(one.recv(), SECONDS)
                tap.point(reply == expected, f'/examples/{name}/replies-to-{describe(number)}', [reply])


async def try_rooms(tap, name, command):
    """Each of two rooms has five clients, of which three leave at once, and come again."""
    async with Example(command, 0) as server:
        base = f'ws://localhost:{await server.port()}'
        red, blue = [[await websockets.connect(f'{base}/{room}') for _ in range(5)] for room in ('red', 'blue')]
        await asyncio.gather(*(peer.close() for peer in red[2:]))
        red[2:] = [await websockets.connect(f'{base}/red') for _ in range(3)]
        await blue[0].send('in blue')
        await red[-1].send('in red')
        came = [await asyncio.wait_for(peer.recv(), SECONDS) for peer in (*red, *blue)]
        await asyncio.gather(*(peer.close() for peer in (*red, *blue)))
    tap.point(came == ['in red'] * 5 + ['in blue'] * 5, f'/examples/{name}/a-message-reaches-its-room-only', [str(came)])


async def try_chat(tap, name, command):
    async with Example(command, 0) as server:
        base = f'ws://localhost:{await server.port()}'
        async with websockets.connect(f'{base}/red', subprotocols=['chat']) as one, \
                websockets.connect(f'{base}/red', subprotocols=['chat']) as two, \
                websockets.connect(f'{base}/blue', subprotocols=['chat']) as other:
            await one.send('in red')
            await other.send('in blue')
            came = [await asyncio.wait_for(peer.recv(), SECONDS) for peer in (one, two, other)]
            tap.point(came == ['in red', 'in red', 'in blue'] and one.subprotocol == 'chat',
                      f'/examples/{name}/a-message-reaches-its-room-only', [str(came), str(one.subprotocol)])
            await try_eviction(tap, name, base, one, two)


async def try_members(tap, name, command):
    async with Example(command, 0, 'a1=Ann', 'b2=Bob') as server:
        port = await server.port()
        base = f'ws://localhost:{port}'
        async with open_as(f'{base}/rooms/tea', 'a1') as ann, open_as(f'{base}/rooms/tea', 'b2') as bob, open_as(f'{base}/rooms/cake', 'b2') as other:
            await ann.send('hello')
            await other.send('alone')
            came = [await asyncio.wait_for(peer.recv(), SECONDS) for peer in (ann, bob, other)]
        refused = [await status_of(open_as(base + path, session)) for path, session in (('/rooms/tea', 'c3'), ('/rooms/tea', ''), ('/rooms/', 'a1'))]
        reader, writer = await asyncio.open_connection('localhost', port)
        writer.write(b'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
        page = await asyncio.wait_for(reader.read(), SECONDS)
        writer.close()
    tap.point(came == ['Ann: hello', 'Ann: hello', 'Bob: alone'], f'/examples/{name}/members-talk-in-their-rooms', [str(came)])
    tap.point(refused == [401, 401, 404], f'/examples/{name}/others-do-not-come-in', [str(refused)])
    tap.point(page.startswith(b'HTTP/1.1 200 ') and page.endswith(b'\r\n\r\nok\n'), f'/examples/{name}/health', [str(page)])


def open_as(uri, session):
    return websockets.connect(uri, **{HEADERS: {'Cookie': f'session={session}'}})


async def status_of(opening):
    """Of the response to a request that is refused."""
    try:
        async with opening:
            return 101
    except websockets.exceptions.InvalidHandshake as error:
        return getattr(error, 'status_code', None) or error.response.status_code


async def try_eviction(tap, name, base, one, two):
    """A member that reads nothing ends; the others get every message."""
    async with websockets.connect(f'{base}/red', subprotocols=['chat'], max_queue=1) as deaf:
        deaf.transport.pause_reading()
        n_messages, text = 300, 'x' * 65536
        for _ in range(n_messages):
            await one.send(text)
            for peer in (one, two):
                await asyncio.wait_for(peer.recv(), SECONDS)
        deaf.transport.resume_reading()
        n_came = 0
        try:
            while True:
                await asyncio.wait_for(deaf.recv(), SECONDS)
                n_came += 1
        except websockets.ConnectionClosed as closed:
            tap.point(n_came < n_messages, f'/examples/{name}/a-client-that-never-reads-is-evicted',
                      [f'{n_came} messages, {closed}'])


async def try_hostile_ticker(tap, name, command):
    """A server that sends a NUL in a text, and a message that is no text."""
    async def serve(peer):
        for message in '1', 'a\0b', '2', b'\0\xff':
            await peer.send(message)
        await peer.wait_closed()
    async with websockets.serve(serve, 'localhost', 0, family=socket.AF_INET) as server, \
            Example(command, f'ws://localhost:{server.sockets[0].getsockname()[1]}/') as ticker:
        lines = [await ticker.line() for _ in range(5)]
    tap.point(lines[:2] == ['connected', '1'] and lines[2] in ('a', 'a\0b') and lines[3] == '2' and '1003' in lines[4],
              f'/examples/{name}/a-nul-ends-the-line-and-a-binary-message-the-connection', [str(lines)])


async def try_ticker(tap, name, command, server_command):
    await try_hostile_ticker(tap, name, command)
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(Example(server_command, 0))
        port = await server.port()
        ticker = await stack.enter_async_context(Example(command, f'ws://localhost:{port}/'))
        first = [await ticker.line() for _ in range(3)]
        server.process.kill()
        await server.rest()
        ended = await ticker.line()
        while ended.isdigit():
            ended = await ticker.line()
        await stack.enter_async_context(Example(server_command, port))
        again = [await ticker.line() for _ in range(2)]
    tap.point(first[0] == 'connected' and first[2].isdigit() and ended.startswith('Ended abnormally')
              and again[0] == 'connected' and again[1].isdigit(),
              f'/examples/{name}/connects-again-after-its-server-was-killed', [str(first), ended, str(again)])


# Commands that print 1, then something else than a token, and 3.
COUNT = 'n=$(($(cat "$1") + 1)); echo $n | tee "$1"; test $n != 2'
COMMANDS = {'fails': COUNT, 'prints-two-lines': COUNT + ' || echo two'}


async def try_fresh_token(tap, name, command):
    for what, text in COMMANDS.items():
        await try_tokens(tap, f'{name}/{what}', command, text)
    if name.startswith('python'):           # a signal ends GJS, and its promises with it
        await try_left_token(tap, name, command)


async def try_tokens(tap, name, command, text):
    """The server fails the first connection; the second call of the command gives no token."""
    async def serve(peer):
        await peer.send(peer.request_headers['Authorization'] if hasattr(peer, 'request_headers') else peer.request.headers['Authorization'])
        if len(tokens) == 1:
            await peer.close(1011)
        await peer.wait_closed()

    def check(*request):
        headers = request[1] if not hasattr(request[1], 'headers') else request[1].headers
        tokens.append(headers.get('Authorization'))

    tokens = []
    env = {name: value for name, value in os.environ.items() if name != 'G_DEBUG'}      # an exception that GJS logs is a warning
    with tempfile.NamedTemporaryFile('w', suffix='.count') as file:
        file.write('0')
        file.flush()
        async with websockets.serve(serve, 'localhost', 0, family=socket.AF_INET, process_request=check) as server, \
                Example(command, f'ws://localhost:{server.sockets[0].getsockname()[1]}/', 'sh', '-c', text, 'count', file.name, env=env) as program:
            lines = [await program.line() for _ in range(5)]
    tap.point(lines[:2] == ['connected', 'Bearer 1'] and '1011' in lines[2] and lines[3:] == ['connected', 'Bearer 3'],
              f'/examples/{name}/each-attempt-has-a-token-of-its-own', [str(lines)])
    tap.point(tokens == ['Bearer 1', 'Bearer 3'], f'/examples/{name}/no-request-without-a-token', [str(tokens)])


# HANG is a command whose output is open as long as it runs.
HANG = 'exec >"$1"; echo begun; exec sleep 90'


async def try_left_token(tap, name, command):
    """The program ends while its command runs."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'fifo')
        os.mkfifo(path)
        async with Example(command, 'ws://localhost:1/', 'sh', '-c', HANG, 'hang', path) as program:
            with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), 'rb') as file:
                output = asyncio.StreamReader()
                await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(output), file)
                begun = await asyncio.wait_for(output.readline(), SECONDS)
                program.process.send_signal(signal.SIGINT)
                has_ended = await asyncio.wait_for(output.read(), SECONDS) == b''
    tap.point(begun == b'begun\n' and has_ended, f'/examples/{name}/ends-its-command')


async def try_graceful_stop(tap, name, command):
    async with Example(command, 0) as server:
        uri = f'ws://localhost:{await server.port()}/'
        peers = [await websockets.connect(uri) for _ in range(N_CLIENTS)]
        server.process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(asyncio.gather(*(peer.wait_closed() for peer in peers)), SECONDS)
        text, status = await server.rest()
    codes = {peer.close_code for peer in peers}
    tap.point(codes == {1001}, f'/examples/{name}/all-200-clients-see-1001', [str(codes)])
    tap.point(text == 'stopped\n' and status == 0, f'/examples/{name}/ends-when-they-have-gone', [text, str(status)])


# The head that a load balancer sends first: for a client, and when it speaks for itself.
PROXY_HEAD = b'PROXY TCP4 192.0.2.1 198.51.100.7 1234 80\r\n'
LOCAL_HEAD = b'\r\n\r\n\0\r\nQUIT\n\x20\0\0\0'
DRAIN = '2000', '100', '5000'   # lead, spread, grace


async def health(port):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    writer.write(LOCAL_HEAD + b'GET /healthz HTTP/1.0\r\n\r\n')
    line = await asyncio.wait_for(reader.readline(), SECONDS)
    writer.close()
    return line.split()[1].decode()


async def try_behind_haproxy(tap, name, command):
    """Without HAProxy, which tests/bench/restart has.  It leads, and only then sends its clients away."""
    async with Example(command, 0, *DRAIN) as server:
        port = await server.port()
        stream = socket.create_connection(('127.0.0.1', port))
        stream.sendall(PROXY_HEAD)
        async with websockets.connect('ws://example.org/', sock=stream) as peer:
            await peer.send('text')
            echo, states = await asyncio.wait_for(peer.recv(), SECONDS), [await health(port)]
            server.process.send_signal(signal.SIGTERM)
            while states[-1] == '200':
                states.append(await health(port))
            was_open = peer.state.name == "OPEN"  # websockets 14 has no open
            await asyncio.wait_for(peer.wait_closed(), SECONDS)
        text, status = await server.rest()
    tap.point(echo == 'text', f'/examples/{name}/echoes-to-a-client-of-its-balancer', [str(echo)])
    tap.point(states[0] == '200' and states[-1] == '404' and was_open, f'/examples/{name}/is-sick-before-it-closes', [str(states)])
    tap.point((peer.close_code, peer.close_reason) == (1001, 'retry-after=0; restart'),
              f'/examples/{name}/sends-its-clients-elsewhere', [str(peer.close_code), peer.close_reason])
    tap.point(text == 'drained\n' and status == 0, f'/examples/{name}/ends', [text, str(status)])


def make_file(folder, name, length):
    path = os.path.join(folder, name)
    with open(path, 'wb') as file:
        file.write(os.urandom(length))
    return path


def read_file(path):
    with open(path, 'rb') as file:
        return file.read()


async def is_same_soon(path, other):
    """A server has acknowledged the Close before the file is whole on its disk."""
    with contextlib.suppress(asyncio.TimeoutError):
        async with asyncio.timeout(SECONDS):
            while not (os.path.exists(path) and read_file(path) == read_file(other)):
                await asyncio.sleep(0.01)
            return True
    return False


async def try_files(tap, name, command, upload):
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, 'server'))
        sent = make_file(folder, 'large', 8 << 20)
        async with Example(command, 0, folder=os.path.join(folder, 'server')) as server:
            base = f'ws://localhost:{await server.port()}'
            async with Example(upload, f'{base}/put/large', sent) as program:
                text, status = await program.rest()
            is_saved = status == 0 and await is_same_soon(os.path.join(folder, 'server', 'large'), sent)
            tap.point(is_saved, f'/examples/{name}/eight-megabytes-are-uploaded', [text[-200:], str(status)])
            async with Example(upload, f'{base}/put/missing', os.path.join(folder, 'missing')) as program:
                text, status = await program.rest()
            tap.point(status == 1 and not os.path.exists(os.path.join(folder, 'server', 'missing')),
                      f'/examples/{name}/a-missing-file-is-an-error', [text, str(status)])
            async with websockets.connect(f'{base}/get/large', max_size=None) as peer:
                came = await asyncio.wait_for(peer.recv(), SECONDS)
            tap.point(came == read_file(sent), f'/examples/{name}/and-downloaded', [str(len(came))])
            async with websockets.connect(f'{base}/get/..%2f..%2fetc%2fpasswd') as peer:
                await asyncio.wait_for(peer.wait_closed(), SECONDS)
            tap.point(peer.close_code == 4404, f'/examples/{name}/nothing-outside-its-folder', [str(peer.close_code)])


async def try_requests(tap, name, command):
    """A server that answers "slow" a second later, after the client has given up."""
    async def serve(peer):
        async for line in peer:
            if 'slow' in line:
                asyncio.get_running_loop().call_later(1, lambda: asyncio.ensure_future(peer.send(line)))
            else:
                if 'nul' in line:
                    await peer.send('a\0b')
                    await peer.send(b'\0\xff')
                if 'patient' in line:
                    await asyncio.sleep(0.3)
                await peer.send(line)
    async with websockets.serve(serve, 'localhost', 0, family=socket.AF_INET) as server:
        port = server.sockets[0].getsockname()[1]
        async with Example(command, f'ws://127.0.0.1:{port}/', 'one', 'slow', 'patient', 'patient', 'nul', 'two') as program:
            text, status = await program.rest()
    tap.point(text.split('\n') == ['1 one', 'no response', '3 patient', '4 patient', '5 nul', '6 two', ''] and status == 0,
              f'/examples/{name}/a-late-response-is-not-taken-for-the-next', [text, str(status)])


async def tunnel(reader, writer):
    """An HTTP proxy that knows CONNECT only."""
    head = await reader.readuntil(b'\r\n\r\n')
    host, _, port = head.split()[1].decode().rpartition(':')
    back, there = await asyncio.open_connection(host, int(port))
    writer.write(b'HTTP/1.1 200 Connected\r\n\r\n')
    await asyncio.gather(copy(reader, there), copy(back, writer))


async def try_private_authority(tap, name, command):
    n_tunnels = 0

    async def count(reader, writer):
        nonlocal n_tunnels
        n_tunnels += 1
        await tunnel(reader, writer)

    async def hold(peer):
        await peer.wait_closed()
    with tempfile.TemporaryDirectory() as folder:
        make_certificates(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f'{folder}/server.pem', f'{folder}/server.key')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                        '-keyout', 'other.key', '-out', 'other.pem', '-days', '30', '-subj', '/CN=Other'],
                       cwd=folder, check=True, capture_output=True)
        async with websockets.serve(hold, 'localhost', 0, ssl=context, family=socket.AF_INET) as server, \
                await asyncio.start_server(count, '127.0.0.1', 0) as proxy:
            uri = f'wss://localhost:{server.sockets[0].getsockname()[1]}/'
            through = f'http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}'
            shown = []
            for authority, *proxies in (('ca.pem',), ('ca.pem', through), ('other.pem', through)):
                async with Example(command, uri, os.path.join(folder, authority), *proxies) as program:
                    shown.append((await program.rest())[0])
    tap.point(shown[0].startswith('accepted: ') and shown[1].startswith('accepted: ') and n_tunnels == 2,
              f'/examples/{name}/its-authority-is-accepted-directly-and-through-a-proxy', shown)
    tap.point(shown[2].startswith('refused: Certificate of localhost') and 'unknown certificate authority' in shown[2],
              f'/examples/{name}/another-authority-is-refused', shown)


async def try_peers(tap, name, command):
    async with Example(command) as program:
        text, status = await program.rest()
    tap.point(status == 0 and text == 'Closed cleanly by the peer with 1000, answered with 1000\n',
              f'/examples/{name}/two-peers-need-no-network', [text, str(status)])


# CALLS: the lines that each language prints.
CALLS = {'python': ['ping: True', "chunk: b'bytes' binary: True", 'removed: True left: 0', 'group: hello', 'left: True', 'echo: leave',
                    'ping: True True', 'closed: 1011'],
         'javascript': ['ping: true', 'member: true size: 1', 'told: 1', 'group: hello hello again', 'left: true', 'echo: leave', 'page: page']}


async def try_calls(tap, name, command):
    async with Example(command) as program:
        text, status = await program.rest()
    tap.point(status == 0 and text.splitlines() == CALLS[name.split('-')[0]], f'/examples/{name}/each-call-returns', [text, str(status)])


async def try_glib_test(tap, name, command):
    async with Example(command) as program:
        text, status = await program.rest()
    lines = [line for line in text.splitlines() if line.startswith('ok ')]
    tap.point(status == 0 and len(lines) == 4 and '1..4' in text.splitlines(), f'/examples/{name}/passes', [text, str(status)])


TRIALS = {
    'first-server': try_echo, 'own-service': try_echo, 'workers': try_echo, 'prefork-server': try_echo,
    'slow-work': try_slow_work, 'chat-server': try_chat,
    'rooms-server': try_rooms, 'members-only': try_members,
    'ticker': try_ticker, 'fresh-token': try_fresh_token, 'graceful-stop': try_graceful_stop, 'behind-haproxy': try_behind_haproxy,
    'file-server': try_files, 'request-response': try_requests,
    'private-ca': try_private_authority, 'peers-in-process': try_peers, 'small-calls': try_calls, 'glib-test': try_glib_test,
}
PARTNERS = {'ticker': 'ticker-server', 'file-server': 'file-upload'}


async def main(source, build):
    tap = Tap()
    for name, trial in TRIALS.items():
        for language in LANGUAGES:
            commands = [command_of(source, build, language, part)
                        for part in (name, PARTNERS.get(name)) if part is not None]
            if None not in commands:
                await trial(tap, f'{language}-{name}', *commands)
    return tap.end()


if __name__ == '__main__':
    sys.exit(asyncio.run(main(*sys.argv[1:3])))
