#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Every echo client of docs/examples against every echo server: test_examples.py SOURCE BUILD

SOURCE is docs/examples, BUILD where its programs were built.
"""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'lib'))
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


def main(source, build):
    tap = Tap()
    clients, servers = commands(source, build, 'client'), commands(source, build, 'server')
    for server_name, server_command in servers.items():
        server = subprocess.Popen(server_command + ['0'], stdout=subprocess.PIPE, text=True)
        try:
            word, port = server.stdout.readline().split()
            assert word == 'port'
            for client_name, client_command in clients.items():
                result = talk(client_command, port)
                tap.point(result.stdout == 'Hello\n' and result.returncode == 0 and result.stderr == '',
                          f'/examples/{client_name}-client/{server_name}-server/echo',
                          [result.stdout, result.stderr, f'status {result.returncode}'])
        finally:
            server.kill()
            server.wait()
            server.stdout.close()
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:3]))
