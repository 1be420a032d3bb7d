#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A TypeScript program is compiled with our declarations and runs in GJS: test_declarations.py TSC GJS Wsp.d.ts Wsp-needed.d.ts"""

import json
import os
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


def main(tsc, gjs, own, needed):
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
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:5]))
