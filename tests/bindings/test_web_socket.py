#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.WebSocket in GJS and WebSocket in Chromium run one script against one server: test_web_socket.py GJS"""

import json
import os
import shutil
import socket
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', folder) for folder in ('', 'lib', 'interop')]
from devtools import running_browser
from program import Program
from tap import Tap

SECONDS = 60
# Variables of our tests that other programs do not get: the sanitizer's library is one.
OURS = ('G_DEBUG', 'LD_PRELOAD', 'MALLOC_PERTURB_', 'ASAN_OPTIONS')


def run_in_gjs(gjs, base, unused):
    result = subprocess.run([gjs, os.path.join(HERE, 'web-socket.js'), 'run', base, unused], capture_output=True, text=True,
                            timeout=SECONDS)
    return json.loads(result.stdout), result.stderr


def run_in_chromium(base, unused):
    with open(os.path.join(HERE, 'web-socket-cases.js'), encoding='utf-8') as file:
        script = file.read()
    for name in OURS:
        os.environ.pop(name, None)
    with running_browser() as browser:
        shown = browser.run(f'{script}\nrunCases(WebSocket, {json.dumps(base)}, {json.dumps(unused)}).then(JSON.stringify)')
    return json.loads(shown), ''


def main(gjs):
    tap = Tap()
    hosts = {'gjs': lambda *uris: run_in_gjs(gjs, *uris)}
    if shutil.which('chromium'):
        hosts['chromium'] = run_in_chromium
    server = Program([gjs, os.path.join(HERE, 'web-socket.js'), 'serve'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                     text=True)
    try:
        port = server.stdout.readline().split()[1]
        with socket.socket() as held:
            held.bind(('127.0.0.1', 0))
            for host, run in hosts.items():
                rows, errors = run(f'ws://127.0.0.1:{port}/', f'ws://127.0.0.1:{held.getsockname()[1]}/')
                for name, answer, expected in rows:
                    tap.point(answer == expected, f'/bindings/web-socket/{host}/{name}', [f'{answer}', f'expected {expected}'])
                tap.point(errors == '', f'/bindings/web-socket/{host}/no-warning', [errors])
    finally:
        server.kill()
        server.wait(SECONDS)
        server.stdout.close()
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
