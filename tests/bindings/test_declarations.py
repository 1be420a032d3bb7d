#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A TypeScript program is compiled with our declarations and runs in GJS; programs of the guides have no error:
test_declarations.py TSC GJS Wsp.d.ts Wsp-needed.d.ts GUIDES"""

import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'lib'))
from tap import Tap

SECONDS = 90
EXPECTED = 'plain\n1000\nab 3 70000\nWebSocket\n'


def compile_program(tsc, folder, files, options):
    settings = {'strict': True, 'target': 'es2022', 'module': 'es2022', 'moduleResolution': 'node', 'types': [], 'outDir': folder, **options}
    path = os.path.join(folder, 'tsconfig.json')
    with open(path, 'w', encoding='utf-8') as file:
        json.dump({'compilerOptions': settings, 'files': files}, file)
    # The sanitizer's library is for GJS.
    environment = {name: value for name, value in os.environ.items() if name != 'LD_PRELOAD'}
    done = subprocess.run([tsc, '-p', path], env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.returncode, done.stdout + done.stderr


def test_guides(tap, tsc, needed, guides):
    """Programs in JavaScript; the client is a program in strict TypeScript as well."""
    found = {'js': [], 'ts': []}
    with tempfile.TemporaryDirectory() as folder:
        for name in sorted(os.listdir(guides)):
            with open(os.path.join(guides, name), encoding='utf-8') as file:
                text = file.read() if name.endswith('.md') else ''
            for number, (path, block) in enumerate(re.findall(r'^(?:<!-- ([^\n]*) -->\n)?```(?:js|ts)\n(.*?)^```$', text, re.M | re.S)):
                for kind in ('js', 'ts') if path.endswith('/echo-client.js') else ('js',):
                    found[kind].append(os.path.join(folder, f'{name[:-3]}-{number}.{kind}'))
                    with open(found[kind][-1], 'w', encoding='utf-8') as file:
                        file.write(block)
        found['js'].append(os.path.join(folder, 'shell.d.ts'))
        with open(found['js'][-1], 'w', encoding='utf-8') as file:
            file.write("declare module 'resource:///*';\n")        # of GNOME Shell
        for kind, options in (('js', {'allowJs': True, 'checkJs': True, 'strict': False}), ('ts', {})):
            status, output = compile_program(tsc, folder, [*found[kind], *needed], {'noEmit': True, **options})
            tap.point(status == 0 and output == '' and found[kind], f'/bindings/declarations/guides-have-no-error-as-{kind}', output.splitlines())


def main(tsc, gjs, own, needed, guides):
    tap = Tap()
    program = os.path.join(HERE, 'declarations.ts')
    files = [program, os.path.abspath(own), os.path.abspath(needed)]
    with tempfile.TemporaryDirectory() as folder:
        status, output = compile_program(tsc, folder, files, {})
        tap.point(status == 0 and output == '', '/bindings/declarations/strict-program-has-no-error', output.splitlines())
        with open(os.path.join(folder, 'declarations.mjs'), 'w', encoding='utf-8') as copy, \
                open(os.path.join(folder, 'declarations.js'), encoding='utf-8') as made:
            copy.write(made.read())
        ran = subprocess.run([gjs, '-m', copy.name], capture_output=True, text=True, timeout=SECONDS, check=False)
        tap.point(ran.stdout == EXPECTED and ran.stderr == '', '/bindings/declarations/program-runs', [ran.stdout, ran.stderr])
    with tempfile.TemporaryDirectory() as folder:
        status, output = compile_program(tsc, folder, files[:2], {'noEmit': True})
        tap.point(status != 0 and "gi://GLib" in output, '/bindings/declarations/names-of-others-are-in-the-second-file', output.splitlines()[:5])
    test_guides(tap, tsc, [os.path.abspath(own), os.path.abspath(needed)], guides)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:6]))
