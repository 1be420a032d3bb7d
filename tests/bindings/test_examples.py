#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Every echo client of docs/examples against every echo server, and libsoup as the other side of each:
test_examples.py SOURCE BUILD

SOURCE is docs/examples, BUILD where its programs were built.
"""

import http.client
import os
import socket
import subprocess
import sys

sys.path[:0] = [os.path.join(os.path.dirname(__file__), '..', folder) for folder in ('lib', 'interop')]
from interop import events_of, libsoup, named
from program import Program
from tap import Tap

SECONDS = 30


def commands(source, build, role):
    """The programs of a role, those whose interpreter or compiler is there."""
    found = {'c': [os.path.join(build, f'c-echo-{role}')],
             'python': [sys.executable, os.path.join(source, 'python', f'echo_{role}.py')]}
    if os.path.exists('/usr/bin/gjs'):
        found['javascript'] = ['/usr/bin/gjs', os.path.join(source, 'javascript', f'echo-{role}.js')]
    if os.path.exists(os.path.join(build, f'vala-echo-{role}')):
        found['vala'] = [os.path.join(build, f'vala-echo-{role}')]
    return found


def talk(client, port):
    uri = f'ws://localhost:{port}/chat'
    return subprocess.run(client + [uri], capture_output=True, text=True, timeout=SECONDS)


def check_client(tap, client_name, server_name, client, port):
    result = talk(client, port)
    tap.point(result.stdout == 'Hello\n' and result.returncode == 0 and result.stderr == '',
              f'/examples/{client_name}-client/{server_name}-server/echo',
              [result.stdout, result.stderr, f'status {result.returncode}'])


def check_soup_client(tap, server_name, port):
    events = events_of(libsoup().client(f'ws://localhost:{port}/chat', '--protocol=chat', 'text:5', 'close:1000'))
    echoes = [event['is_equal'] for event in named(events, 'echo')]
    tap.point(echoes == [True] and [event['protocol'] for event in named(events, 'open')] == ['chat']
              and [event['code'] for event in named(events, 'close')] == [1000],
              f'/examples/libsoup-client/{server_name}-server/echo', [str(events)])


def try_soup_server(tap, clients):
    server, port, version = libsoup().server()
    tap.diag(version)
    for name, command in clients.items():
        check_client(tap, name, 'libsoup', command, port)
        message, close = server.wait_for_event('message'), server.wait_for_event('close')
        tap.point(bytes.fromhex(message['hex']) == b'Hello' and close['code'] == 1000,
                  f'/examples/{name}-client/libsoup-server/what-the-server-saw', [str(message), str(close)])
    server.stop()


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


def failing_servers(source, build, servers):
    """All servers of the examples, by name: the command without its port, and the arguments after the port."""
    found = {f'{name}-server': (command,) for name, command in servers.items()}
    found |= {f'{name}-page-server': (command,) for name, command in page_servers(source, build).items()}
    found['c-token-server'] = ([os.path.join(build, 'c-token-server')], 'token')
    for name, command in (('c-behind-soup-server', [os.path.join(build, 'c-behind-soup-server')]),
                          ('python-behind-soup-server',
                           [sys.executable, os.path.join(source, 'python', 'behind_soup_server.py')])):
        if os.path.exists(command[-1]):
            found[name] = (command,)
    return found


def main(source, build):
    tap = Tap()
    clients, servers = commands(source, build, 'client'), commands(source, build, 'server')
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
    try_soup_server(tap, clients)
    try_failures(tap, clients, failing_servers(source, build, servers))
    check_failure(tap, '/examples/c-token-server/without-a-token-says-so-and-ends-with-1',
                  [os.path.join(build, 'c-token-server')])
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:3]))
