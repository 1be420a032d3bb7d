#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""valac has no warning for the examples, with and without `using Wsp;`: test_vala.py VALAC VAPIDIR EXAMPLES"""

import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
from tap import Tap

SECONDS = 60


def soup_of(text):
    return ('--pkg', 'libsoup-3.0') if 'Soup.' in text else ()


def compile_text(valac, vapidir, text):
    """The status of valac for a program, and its output."""
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, 'program.vala')
        with open(source, 'w', encoding='utf-8') as file:
            file.write(text)
        done = subprocess.run([valac, '--ccode', '--vapidir', vapidir, '--pkg', 'wsproto-1', '--pkg', 'gio-2.0', *soup_of(text),
                               '--directory', folder, source], capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.returncode, done.stdout + done.stderr


def main(valac, vapidir, examples):
    tap = Tap()
    for name in sorted(os.listdir(examples)):
        with open(os.path.join(examples, name), encoding='utf-8') as file:
            text = file.read()
        for way, source in (('plain', text), ('using', f'using Wsp;\n{text}')):
            status, output = compile_text(valac, vapidir, source)
            tap.point(status == 0 and output == '', f'/bindings/vala/{name}/{way}-has-no-warning', output.splitlines())
    status, output = compile_text(valac, vapidir, 'void main () { new Wsp.Client ().connect_async.begin (null, null); int unused; }')
    tap.point('warning' in output or status != 0, '/bindings/vala/a-warning-is-seen', [output])
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:4]))
