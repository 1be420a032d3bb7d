#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The override as `meson install` puts it into its folder: test_installed.py BUILD."""

import json
import os
import shutil
import site
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
from tap import Tap  # noqa: E402

SECONDS = 60
NAME = '/bindings/installed/python/'
OVERRIDE = '/gi/overrides/Wsp.py'
# An exchange, which needs each part of the override.
PROGRAM = '''
import gi
gi.require_version('Wsp', '1')
from gi.repository import Wsp

async def echo(connection):
    async for data in connection:
        await connection.send(data)

async def main():
    async with Wsp.serve(echo, '127.0.0.1', grace=1) as server, Wsp.connect(f'ws://127.0.0.1:{server.port}/') as connection:
        await connection.send('x')
        async with connection.begin(Wsp.MessageType.TEXT) as out:
            await out.write('y')
        print(await connection.recv(), (await connection.stream().read()).decode())

Wsp.run(main())
'''


def main(build):
    tap = Tap()
    with open(os.path.join(build, 'meson-info', 'intro-installed.json'), encoding='utf-8') as file:
        installed = json.load(file)
    with open(os.path.join(build, 'meson-info', 'intro-buildoptions.json'), encoding='utf-8') as file:
        prefix = {one['name']: one['value'] for one in json.load(file)}['prefix']
    folder = next(path for path in installed.values() if path.endswith(OVERRIDE))[:-len(OVERRIDE)]
    searched = [one for one in site.getsitepackages() if one.startswith(os.path.join(prefix, ''))]
    if searched:
        tap.point(folder in searched, NAME + 'is-where-python-looks', [folder, *searched])
    else:
        tap.skip(NAME + 'is-where-python-looks', f'Python searches no folder below {prefix}')
    with tempfile.TemporaryDirectory() as copy:
        for source, path in installed.items():
            if path.startswith(folder + '/') and os.path.exists(source):
                target = copy + path[len(folder):]
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copy(source, target)
        done = subprocess.run([sys.executable, '-c', PROGRAM], capture_output=True, text=True, timeout=SECONDS, check=False,
                              env={**os.environ, 'PYTHONPATH': copy, 'PYTHONDONTWRITEBYTECODE': '1'})
        tap.point(done.stdout == 'x y\n', NAME + 'works-from-the-files-that-are-installed', [done.stdout, *done.stderr.splitlines()])
        is_typed = all(os.path.exists(os.path.join(copy, 'gi-stubs', *one)) for one in (('py.typed',), ('repository', 'Wsp.pyi')))
        tap.point(is_typed, NAME + 'has-its-stub')
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
