#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The recipes of docs/guides/recipes.md in Python: test_recipes.py SOURCE

SOURCE is docs/examples.  A recipe whose package is not installed is skipped by name.
"""

import asyncio
import http.client
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.parse

from test_example_programs import HEADERS, SECONDS, Example, status_of, websockets

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'lib'))
from tap import Tap

ENVIRONMENT = {**os.environ, 'PYTHONDONTWRITEBYTECODE': '1'}


def lacks(tap, name, *modules):
    """Whether one of the modules is not installed: the recipe is then skipped."""
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        tap.skip(f'/recipes/{name}', f'python3-{missing[0].replace("_", "-")} is not installed')
    return bool(missing)


def request(port, method, path, body=None, headers=()):
    """Status, fields and body of the response."""
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=SECONDS)
    try:
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def form_of(name, password):
    return urllib.parse.urlencode({'name': name, 'password': password}), {'Content-Type': 'application/x-www-form-urlencoded'}


def json_of(name, password):
    return json.dumps({'name': name, 'password': password}), {'Content-Type': 'application/json'}


# The modules of a program with a login, and what it takes.
LOGINS = {'with_aiohttp': (('aiohttp',), form_of), 'with_fastapi': (('fastapi', 'uvicorn'), json_of)}
REFUSED_LOGINS = {'wrong-password': ('ann', 'sesam'), 'no-password': ('ann', ''), 'unknown-name': ('bob', 'sesame'),
                  'unknown-name-without-password': ('bob', ''), 'no-ascii': ('änn', 'sésame')}


async def try_login(tap, source, name, make):
    async with Example([sys.executable, os.path.join(source, f'{name}.py')], 0, 0, env=ENVIRONMENT) as program:
        word, http_port, port = (await program.line()).split()
        assert word == 'ports'

        async def log_in(*who):
            return await asyncio.to_thread(request, int(http_port), 'POST', '/login', *make(*who))

        for case, who in REFUSED_LOGINS.items():
            status, headers, _ = await log_in(*who)
            tap.point(status == 401 and 'Set-Cookie' not in headers, f'/recipes/{name}/login/{case}-is-refused', [str(status), str(headers)])
        status, headers, _ = await log_in('ann', 'sesame')
        cookie, *flags = headers.get('Set-Cookie', '').lower().split('; ')
        tap.point(status == 200 and {'httponly', 'samesite=strict'} <= set(flags), f'/recipes/{name}/login/a-member-gets-a-cookie', [str(status), str(headers)])
        cookie = headers.get('Set-Cookie', '').split(';')[0]
        uri = f'ws://localhost:{port}/'
        for case, sent, expected in (
                ('no-cookie', {}, 401), ('an-invented-cookie', {'Cookie': 'session=a'}, 401), ('an-empty-cookie', {'Cookie': 'session='}, 401),
                ('the-cookie', {'Cookie': cookie}, 101), ('a-page-of-the-framework', {'Cookie': cookie, 'Origin': f'http://localhost:{http_port}'}, 101),
                ('a-page-of-the-framework-without-cookie', {'Origin': f'http://localhost:{http_port}'}, 401),
                ('a-page-of-another', {'Cookie': cookie, 'Origin': 'http://b.example'}, 403)):
            found = await status_of(websockets.connect(uri, **{HEADERS: sent}))
            tap.point(found == expected, f'/recipes/{name}/chat/{case}-gets-{expected}', [str(found)])
        async with websockets.connect(uri, **{HEADERS: {'Cookie': cookie}}) as one, websockets.connect(uri, **{HEADERS: {'Cookie': cookie}}) as two:
            await one.send('hello')
            came = [await asyncio.wait_for(peer.recv(), SECONDS) for peer in (one, two)]
            tap.point(came == ['ann: hello'] * 2, f'/recipes/{name}/chat/members-talk', [str(came)])
            program.process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(asyncio.gather(one.wait_closed(), two.wait_closed()), SECONDS)
        text, status = await program.rest()
    tap.point((one.close_code, two.close_code, text, status) == (1001, 1001, '', 0), f'/recipes/{name}/a-signal-ends-it-with-1001',
              [str(one.close_code), str(two.close_code), text, str(status)])


PYTEST = ('-m', 'pytest', '-q', '-p', 'no:cacheprovider')
# The modules of a recipe with tests, its command, how many tests it has, and what its program does wrong in turn.
RECIPES_OF_TESTS = {
    'test_with_pytest': (('pytest',), PYTEST, r'(\d+) passed'),
    'test_with_pytest_asyncio': (('pytest', 'pytest_asyncio'), PYTEST, r'(\d+) passed'),
    'test_with_unittest': ((), ('-m', 'unittest'), r'Ran (\d+) tests?\b(?=[^\0]*^OK$)'),
}
FAULTS = {'text-as-it-came': ('text.upper()', 'text'), 'a-handler-that-raises': ('text.upper()', 'text.uper()')}


def run_tests(folder, name, command):
    done = subprocess.run([sys.executable, *command, f'{name}.py'], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.returncode, done.stdout + done.stderr


def try_tests(tap, source, name, command, passed):
    """They pass, and fail with a program that is wrong."""
    with open(os.path.join(source, f'{name}.py'), encoding='utf-8') as file:
        n_functions = len(re.findall(r'^ *(?:async )?def test_', file.read(), re.M))
    status, shown = run_tests(source, name, command)
    found = re.search(passed, shown, re.M)
    tap.point(status == 0 and found and int(found[1]) >= n_functions, f'/recipes/{name}/passes', shown.splitlines())
    for case, (right, wrong) in FAULTS.items():
        with tempfile.TemporaryDirectory() as folder:
            copy = shutil.copytree(source, os.path.join(folder, 'recipes'))
            with open(os.path.join(copy, 'shout.py'), encoding='utf-8') as file:
                program = file.read()
            assert right in program
            with open(os.path.join(copy, 'shout.py'), 'w', encoding='utf-8') as file:
                file.write(program.replace(right, wrong))
            status, shown = run_tests(copy, name, command)
        tap.point(status == 1, f'/recipes/{name}/{case}-fails', shown.splitlines())


async def try_expiring_token(tap, source):
    command = [sys.executable, os.path.join(source, 'expiring_token.py')]
    async with Example(command, 'serve', 'key', -1, 0, env=ENVIRONMENT) as server:
        port = await server.port()

        async def get(key):
            return await asyncio.to_thread(request, port, 'GET', '/token', None, {'Authorization': f'Bearer {key}'})

        for case, key, expected in (('the-key', 'key', 200), ('another-key', 'kex', 401), ('no-key', '', 401), ('no-ascii', 'k\xeb', 401)):
            status, _, body = await get(key)
            tap.point(status == expected and bool(body) == (expected == 200), f'/recipes/expiring_token/{case}-gets-{expected}', [str(status), str(body)])
        expired = (await get('key'))[2].decode()
        later = str(int(expired.partition('.')[0]) + 1000) + expired[expired.index('.'):]
        for case, token in (('expired', expired), ('later-than-signed', later), ('without-signature', expired.partition('.')[0]), ('empty', ''),
                            ('dot', '.'), ('digits', '9' * 5000), ('other-digits', '²' + expired[1:]), ('negative', '-' + expired)):
            found = await status_of(websockets.connect(f'ws://localhost:{port}/', **{HEADERS: {'Authorization': f'Bearer {token}'}}))
            tap.point(found == 401, f'/recipes/expiring_token/a-token/{case}-is-refused', [str(found)])
        found = await status_of(websockets.connect(f'ws://localhost:{port}/'))
        tap.point(found == 401, '/recipes/expiring_token/a-token/none-is-refused', [str(found)])
    async with Example(command, 'serve', 'key', 1, 0, env=ENVIRONMENT) as server:
        port = await server.port()
        async with Example(command, 'listen', 'key', port, env=ENVIRONMENT) as client:
            lines = []
            while lines.count('0') < 3:
                lines.append(await client.line())
                assert lines[-1], lines
        ends = [line for line in lines if not line.isdigit()]
        tap.point(len(ends) >= 2 and all('3000 "The token has expired"' in line for line in ends), '/recipes/expiring_token/a-connection-ends-with-its-token-and-another-one-begins', lines)
        async with Example(command, 'listen', 'kex', port, env=ENVIRONMENT) as client:
            text, status = await client.rest()
        tap.point((text, status) == ('', 1), '/recipes/expiring_token/a-client-with-another-key-gives-up', [text, str(status)])


async def main(source):
    tap = Tap()
    source = os.path.join(source, 'python', 'recipes')
    for name, (modules, make) in LOGINS.items():
        if not lacks(tap, name, *modules):
            await try_login(tap, source, name, make)
    for name, (modules, *more) in RECIPES_OF_TESTS.items():
        if not lacks(tap, name, *modules):
            try_tests(tap, source, name, *more)
    await try_expiring_token(tap, source)
    return tap.end()


if __name__ == '__main__':
    sys.exit(asyncio.run(main(sys.argv[1])))
