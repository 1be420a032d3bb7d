#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Every echo client of docs/examples against every echo server, and libsoup as the other side of each:
test_examples.py SOURCE BUILD

SOURCE is docs/examples, BUILD where its programs were built.
"""

import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

sys.path[:0] = [os.path.join(os.path.dirname(__file__), '..', folder) for folder in ('', 'lib', 'interop')]
from interop import events_of, has_soup, libsoup, named
from lib.raw_peer import Peer as RawPeer, accept_of
from program import Program
from test_example_programs import LANGUAGES, command_of
from tap import Tap

SECONDS = 30


def commands(source, build, role):
    """The programs of a role, those whose interpreter or compiler is there."""
    found = {'c': [os.path.join(build, f'c-echo-{role}')],
             'python': [sys.executable, os.path.join(source, 'python', f'echo_{role}.py')]}
    if role == 'client':
        found['python-sync'] = [sys.executable, os.path.join(source, 'python', 'sync_client.py')]
    if os.path.exists('/usr/bin/gjs'):
        found['javascript'] = ['/usr/bin/gjs', '-m', os.path.join(source, 'javascript', f'echo-{role}.js')]
    for language in 'vala', 'cpp':
        if os.path.exists(os.path.join(build, f'{language}-echo-{role}')):
            found[language] = [os.path.join(build, f'{language}-echo-{role}')]
    script = os.path.join(source, 'lua', f'echo-{role}.lua')
    if os.path.exists('/usr/bin/lua5.3') and os.path.exists('/usr/share/lua/5.3/lgi') and os.path.exists(script):
        found['lua'] = ['/usr/bin/lua5.3', script]
    return found


def session_clients(source, build):
    """The clients that drive a session by hand."""
    found = {'win32': [os.path.join(build, 'win32-echo-client')]}
    for kind in ('blocking', 'source'):
        found[f'c-session-{kind}'] = [os.path.join(build, f'c-session-{kind}')]
        found[f'python-session-{kind}'] = [sys.executable, os.path.join(source, 'python', f'session_{kind}.py')]
    return found


def make_response(peer):
    return (f'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
            f'Sec-WebSocket-Accept: {accept_of(peer.header(b"Sec-WebSocket-Key"))}\r\n\r\n').encode()


def read_frames(peer):
    """First bytes and payloads of all frames up to the end of the stream; they are short and masked."""
    frames = []
    while head := peer.stream.read(6):
        payload = peer.stream.read(head[1] & 0x7f)
        frames.append((head[0], bytes(byte ^ head[2 + i % 4] for i, byte in enumerate(payload))))
        if head[0] == 0x88 and peer.reply is not None:
            peer.write(peer.reply)
    return frames


# Bytes that are written with the response, the reply to a Close, the frames of the client, its output and status.
SESSION_PLAYS = {
    'ping-and-message-with-the-response':
        (b'\x89\x02hi\x81\x02ab', b'\x88\x02\x03\xe8',
         [(0x8a, b'hi'), (0x81, b'Hello'), (0x88, b'\x03\xe8')], 'ab\n', 0),
    'broken-rule-is-answered-with-1002':
        (b'\xc1\x00', None, [(0x81, b'Hello'), (0x88, b'\x03\xea')], '', 1),
    'broken-rule-ends-the-connection':
        (b'\xc1\x00', None, [(0x81, b'Hello')], '', 1),
}
# websocket.h has no way to send a Close after the peer broke a rule.
OTHER_PLAYS = {'win32': 'broken-rule-is-answered-with-1002'}


def check_session_play(tap, name, command, play):
    frames, reply, expected, shown, status = SESSION_PLAYS[play]
    came = []

    def serve(peer):
        peer.reply = reply
        peer.write(make_response(peer) + frames)
        came.extend((first, payload[:2] if first == 0x88 else payload) for first, payload in read_frames(peer))

    peer = RawPeer(serve)
    peer.thread.start()
    result = subprocess.run([*command, peer.uri + 'chat'], capture_output=True, text=True, timeout=SECONDS)
    peer.thread.join(SECONDS)
    peer.listener.close()
    tap.point(sorted(came) == sorted(expected) and result.stdout == shown and result.returncode == status,
              f'/examples/{name}/{play}', [came, result.stdout, result.stderr, f'status {result.returncode}'])


def check_failure(tap, name, command):
    """One message and status 1: no trap, no core dump, no loop that goes on."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired as timeout:
        tap.point(False, name, [str(timeout)])
        return
    lines = result.stderr.splitlines()
    tap.point(result.returncode == 1 and len(lines) == 1 and result.stdout == '', name,
              [f'status {result.returncode}', result.stdout, *lines])


# Sent with the response, in place of an echo.
WITHOUT_ECHO = {'closes-first': b'\x88\x02\x03\xe8', 'ends-without-a-close': b''}


def read_to_end(peer):
    try:
        while peer.stream.read(1):
            pass
    except ConnectionError:
        pass                # the client has reset it


def check_without_echo(tap, name, command, play):
    """No echo is an error: one message and status 1, and nothing that looks like an echo."""
    def serve(peer):
        peer.write(make_response(peer) + WITHOUT_ECHO[play])
        if WITHOUT_ECHO[play]:
            read_to_end(peer)

    peer = RawPeer(serve)
    peer.thread.start()
    check_failure(tap, f'/examples/{name}-client/a-server-that-{play}-is-an-error', [*command, peer.uri + 'chat'])
    peer.thread.join(SECONDS)
    peer.listener.close()


def run_with_echo(command, echo):
    """The result of a client whose server sends this frame, then answers its Close."""
    def serve(peer):
        peer.reply = b'\x88\x02\x03\xe8'
        peer.write(make_response(peer) + echo)
        read_frames(peer)

    peer = RawPeer(serve)
    peer.thread.start()
    result = subprocess.run([*command, peer.uri + 'chat'], capture_output=True, text=True, timeout=SECONDS)
    peer.thread.join(SECONDS)
    peer.listener.close()
    return result


def check_echo_with_nul(tap, name, command):
    """A string of C ends there, and is shown as the text that it is."""
    result = run_with_echo(command, b'\x81\x03a\0b')
    tap.point(result.stdout in ('a\n', 'a\0b\n') and result.returncode == 0 and result.stderr == '',
              f'/examples/{name}-client/an-echo-with-a-nul-is-shown-as-text',
              [repr(result.stdout), result.stderr, f'status {result.returncode}'])


def check_binary_echo(tap, name, command):
    """It has no text: neither a null of the language nor a warning is shown in its place."""
    result = run_with_echo(command, b'\x82\x01A')
    tap.point(result.stdout in ("b'A'\n", 'a binary message\n') and result.returncode == 0 and result.stderr == '',
              f'/examples/{name}-client/a-binary-echo-is-shown-as-one',
              [result.stdout, result.stderr, f'status {result.returncode}'])


def talk(client, port):
    uri = f'ws://localhost:{port}/chat'
    return subprocess.run(client + [uri], capture_output=True, text=True, timeout=SECONDS)


def check_client(tap, client_name, server_name, client, port):
    result = talk(client, port)
    tap.point(result.stdout == 'Hello\n' and result.returncode == 0 and result.stderr == '',
              f'/examples/{client_name}-client/{server_name}-server/echo',
              [result.stdout, result.stderr, f'status {result.returncode}'])


HAS_SOUP = has_soup()


def check_soup_client(tap, server_name, port):
    if not HAS_SOUP:
        tap.skip(f'/examples/libsoup-client/{server_name}-server/echo', 'libsoup is not installed')
        return
    events = events_of(libsoup().client(f'ws://localhost:{port}/chat', '--protocol=chat', 'text:5', 'close:1000'))
    echoes = [event['is_equal'] for event in named(events, 'echo')]
    tap.point(echoes == [True] and [event['protocol'] for event in named(events, 'open')] == ['chat']
              and [event['code'] for event in named(events, 'close')] == [1000],
              f'/examples/libsoup-client/{server_name}-server/echo', [str(events)])


def try_soup_server(tap, clients):
    if not HAS_SOUP:
        tap.skip('/examples/libsoup-server', 'libsoup is not installed')
        return
    server, port, version = libsoup().server()
    tap.diag(version)
    for name, command in clients.items():
        check_client(tap, name, 'libsoup', command, port)
        message, close = server.wait_for_event('message'), server.wait_for_event('close')
        tap.point(bytes.fromhex(message['hex']) == b'Hello' and close['code'] == 1000,
                  f'/examples/{name}-client/libsoup-server/what-the-server-saw', [str(message), str(close)])
    server.stop()


def try_failures(tap, clients, servers):
    with socket.socket() as held:
        held.bind(('127.0.0.1', 0))
        port = str(held.getsockname()[1])
        for name, command in clients.items():
            check_failure(tap, f'/examples/{name}-client/without-a-server-says-so-and-ends-with-1',
                          [*command, f'ws://127.0.0.1:{port}/chat'])
    with socket.create_server(('', 0), family=socket.AF_INET6, dualstack_ipv6=True) as taken:
        port = str(taken.getsockname()[1])
        for name, (command, *more) in servers.items():
            check_failure(tap, f'/examples/{name}/on-a-port-that-is-taken-says-so-and-ends-with-1',
                          [*command, port, *more])


def page_servers(source, build):
    return {'c': [os.path.join(build, 'c-page-server')],
            'python': [sys.executable, os.path.join(source, 'python', 'page_server.py')]}


def fetch(port, method, path):
    connection = http.client.HTTPConnection('localhost', port, timeout=SECONDS)
    connection.request(method, path)
    response = connection.getresponse()
    try:
        return response.status, response.getheader('Content-Type'), response.read()
    finally:
        connection.close()


def try_page_servers(tap, servers, clients):
    """HTTP and WebSockets on one port."""
    for name, command in servers.items():
        server = Program(command + ['0'], stdout=subprocess.PIPE, text=True)
        try:
            port = server.stdout.readline().split()[1]
            health, other = fetch(port, 'GET', '/healthz'), fetch(port, 'GET', '/other')
            page, head = fetch(port, 'GET', '/'), fetch(port, 'HEAD', '/')
            tap.point(health == (200, 'text/plain', b'ok\n') and other[0] == 404,
                      f'/examples/{name}-page-server/health', [str(health), str(other)])
            tap.point(page[:2] == (200, 'text/html; charset=utf-8') and b'new WebSocket' in page[2]
                      and head == (*page[:2], b''), f'/examples/{name}-page-server/page', [str(page), str(head)])
            check_client(tap, 'c', f'{name}-page', clients['c'], port)
        finally:
            server.kill()
            server.wait(SECONDS)
            server.stdout.close()


METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8'


def read_metrics(port):
    status, content_type, body = fetch(port, 'GET', '/metrics')
    lines = body.decode().splitlines()
    numbers = dict(line.rsplit(' ', 1) for line in lines if not line.startswith('#'))
    is_whole = status == 200 and content_type == METRICS and lines[-1] == '# EOF'
    return {name: int(number) for name, number in numbers.items()} if is_whole else {}


def try_metrics(tap, command, clients):
    """The numbers of the echo, a moment after it; each request for them is a client, too."""
    server = Program([*command, '0'], stdout=subprocess.PIPE, text=True)
    port = server.stdout.readline().split()[1]
    before = read_metrics(port)
    check_client(tap, 'c', 'c-metrics', clients['c'], port)
    expected = {'ws_open': 0, 'ws_queued_bytes': 0, 'ws_messages_total{way="in"}': 1, 'ws_messages_total{way="out"}': 1,
                'ws_closed_total{code="1000"}': 1, 'ws_closed_total{code="1006"}': 0}
    end, found = time.monotonic() + SECONDS, None
    while found != expected and time.monotonic() < end:
        after = read_metrics(port)
        found = {name: after.get(name) for name in expected}
    tap.point(found == expected, '/examples/c-metrics-server/counts-an-echo', [found])
    tap.point(before and before.keys() == after.keys() and after['ws_accepted_total'] > before['ws_accepted_total']
              and fetch(port, 'GET', '/')[0] != 200, '/examples/c-metrics-server/all-numbers-at-one-path', [before, after])
    server.kill()
    server.wait(SECONDS)
    server.stdout.close()


def try_routes(tap, build):
    """One service for each path."""
    server = Program([os.path.join(build, 'c-routes-server'), '0'], stdout=subprocess.PIPE, text=True)
    port = server.stdout.readline().split()[1]
    for path, status, greeting in (('/echo', b'101', None), ('/time', b'101', rb'\d\d:\d\d:\d\d'), ('/hello/%41nn', b'101', rb'Hello Ann'),
                                   ('/hello/%ff', b'400', None), ('/other', b'404', None)):
        stream, line = open_socket(port, path)
        stream.sendall(PING)
        received = receive_to_pong(stream)
        found = re.search(rb'\x81[\x08\x09](.*?)\x8a', received, re.DOTALL)
        tap.point(line.endswith(status) and (re.fullmatch(greeting, found[1]) if greeting else not found),
                  f'/examples/c-routes-server{path}', [line, received])
    server.kill()
    server.wait(SECONDS)
    server.stdout.close()


# Fields of a request behind SoupServer, and the status of its response.
EMBEDDED = {'no-origin': ('', b'101'), 'own-origin': ('Origin: http://localhost\r\n', b'101'),
            'foreign-origin': ('Origin: https://evil.example\r\n', b'403'),
            'rebound-name': ('Host: evil.example\r\nOrigin: http://evil.example\r\n', b'403')}


def try_embedded(tap, servers):
    """The defaults of a listener hold behind an HTTP server, too."""
    for server_name, (command, *_) in servers.items():
        if not server_name.endswith('behind-soup-server'):
            continue
        server = Program([*command, '0'], stdout=subprocess.PIPE, text=True)
        port = server.stdout.readline().split()[1]
        for name, (fields, status) in EMBEDDED.items():
            stream = socket.create_connection(('127.0.0.1', int(port)), SECONDS)
            host = '' if 'Host' in fields else 'Host: localhost\r\n'
            stream.sendall(f'GET /socket HTTP/1.1\r\n{host}{fields}Upgrade: websocket\r\nConnection: Upgrade\r\n'
                           'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'.encode())
            line = stream.recv(4096).split(b'\r\n')[0]
            stream.close()
            tap.point(status in line, f'/examples/{server_name}/{name}', [line])
        server.kill()
        server.wait(SECONDS)
        server.stdout.close()


# Frames of a client, and a ping after each; their masking key is 0.
HOSTILE_FRAMES = {'text-with-a-nul': b'\x81\x83\0\0\0\0a\0b', 'nul-alone': b'\x81\x81\0\0\0\0\0',
                  'binary': b'\x82\x83\0\0\0\0a\0b', 'empty-text': b'\x81\x80\0\0\0\0'}
PING = b'\x89\x81\0\0\0\0!'
PONG = b'\x8a\x01!'
# The path of a request that each server accepts; '/chat' for the others.
PATHS = {'c-file-server': '/put/name', 'vala-file-server': '/put/name', 'c-behind-soup-server': '/socket',
         'vala-behind-soup-server': '/socket', 'c-routes-server': '/echo', 'c-members-only': '/rooms/tea', 'vala-members-only': '/rooms/tea'}


def open_socket(port, path):
    stream = socket.create_connection(('localhost', int(port)), SECONDS)
    stream.sendall(f'GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                   'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n'
                   'Sec-WebSocket-Protocol: chat\r\nAuthorization: Bearer token\r\nCookie: session=token\r\n\r\n'.encode())
    return stream, stream.recv(12)


def receive_to_pong(stream):
    """Also to the end, if the server closes the connection."""
    received = b''
    while PONG not in received and (part := stream.recv(4096)):
        received += part
    stream.close()
    return received


def try_hostile_clients(tap, servers):
    """Each server goes on after messages that are no strings."""
    for name, (command, *more) in servers.items():
        if name.split('-')[0] not in ('c', 'cpp', 'vala', 'lua'):
            continue
        with tempfile.TemporaryDirectory() as folder:
            server = Program([*command, '0', *more], stdout=subprocess.PIPE, text=True, cwd=folder)
            port = server.stdout.readline().split()[1]
            for frame, frames in HOSTILE_FRAMES.items():
                stream, status = open_socket(port, PATHS.get(name, '/chat'))
                stream.sendall(frames + PING)
                receive_to_pong(stream)
                tap.point(status == b'HTTP/1.1 101' and server.poll() is None, f'/examples/{name}/goes-on-after-{frame}',
                          [status, server.poll()])
            server.kill()
            server.wait(SECONDS)
            server.stdout.close()


def failing_servers(source, build, servers):
    """All servers of the examples, by name: the command without its port, and the arguments after the port."""
    found = {f'{name}-server': (command,) for name, command in servers.items()}
    found |= {f'{name}-page-server': (command,) for name, command in page_servers(source, build).items()}
    for language in LANGUAGES:
        for name in ('chat-server', 'file-server', 'graceful-stop', 'members-only', 'own-service', 'prefork-server', 'rooms-server', 'slow-work',
                     'ticker-server', 'workers'):
            command = command_of(source, build, language, name)
            if command is not None:
                found[f'{language}-{name}'] = (command, *(['token=Ann'] if name == 'members-only' else []))
    found['c-metrics-server'] = ([os.path.join(build, 'c-metrics-server')],)
    found['c-routes-server'] = ([os.path.join(build, 'c-routes-server')],)
    found['c-token-server'] = ([os.path.join(build, 'c-token-server')], 'token')
    for name, command in (('c-behind-soup-server', [os.path.join(build, 'c-behind-soup-server')]),
                          ('vala-behind-soup-server', [os.path.join(build, 'vala-behind-soup-server')]),
                          ('python-behind-soup-server',
                           [sys.executable, os.path.join(source, 'python', 'behind_soup_server.py')]),
                          ('javascript-behind-soup-server',
                           ['/usr/bin/gjs', '-m', os.path.join(source, 'javascript', 'behind-soup-server.js')])):
        if HAS_SOUP and os.path.exists(command[0]) and os.path.exists(command[-1]):
            found[name] = (command,)
    return found


def main(source, build):
    tap = Tap()
    clients, servers = commands(source, build, 'client'), commands(source, build, 'server')
    clients |= session_clients(source, build)
    for server_name, server_command in servers.items():
        server = Program(server_command + ['0'], stdout=subprocess.PIPE, text=True)
        try:
            word, port = server.stdout.readline().split()
            assert word == 'port'
            for client_name, client_command in clients.items():
                check_client(tap, client_name, server_name, client_command, port)
            check_soup_client(tap, server_name, port)
        finally:
            server.kill()
            server.wait(SECONDS)
            server.stdout.close()
    try_page_servers(tap, page_servers(source, build), clients)
    try_metrics(tap, [os.path.join(build, 'c-metrics-server')], clients)
    try_routes(tap, build)
    for name, command in commands(source, build, 'client').items():
        for play in WITHOUT_ECHO:
            check_without_echo(tap, name, command, play)
        check_binary_echo(tap, name, command)
        check_echo_with_nul(tap, name, command)
    for name, command in session_clients(source, build).items():
        for play in SESSION_PLAYS:
            if play != OTHER_PLAYS.get(name, 'broken-rule-ends-the-connection'):
                check_session_play(tap, name, command, play)
        check_echo_with_nul(tap, name, command)
    try_soup_server(tap, clients)
    try_failures(tap, clients, failing_servers(source, build, servers))
    try_hostile_clients(tap, failing_servers(source, build, servers))
    try_embedded(tap, failing_servers(source, build, servers))
    check_failure(tap, '/examples/c-token-server/without-a-token-says-so-and-ends-with-1',
                  [os.path.join(build, 'c-token-server')])
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:3]))
