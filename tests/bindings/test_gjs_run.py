#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.run () in JavaScript: what programs print and how they end, how much processor programs use that only wait, and that no program
and no page waits at the top of a module: test_gjs_run.py GJS TOP"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
from program import LIMIT_SECONDS, Program
from tap import Tap

LIBRARY = {
    'script': 'imports.gi.versions.Wsp = "1"; const {Gio, GLib, Wsp} = imports.gi; const System = imports.system;\n',
    'module': "import Gio from 'gi://Gio'; import GLib from 'gi://GLib'; import Wsp from 'gi://Wsp?version=1'; import System from 'system';\n",
}
HEAD = '''
const sleep = (ms = 1) => new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_DEFAULT, ms, () => resolve() ?? GLib.SOURCE_REMOVE));
const show = func => {
    try {
        print(func());
    } catch (error) {
        print(error);
    }
};
function wait(begin) {
    const loop = new GLib.MainLoop(null, false);
    begin(loop);
    loop.run();
}
async function signalled() {
    GLib.spawn_command_line_sync(`kill -INT ${new Gio.Credentials().get_unix_pid()}`);
    await sleep(60000);
}
'''
RUNNING = 'Error: Wsp.run: expected no running loop (await the function)\n'
ARGUMENT = 'TypeError: Argument of Wsp.run () is wrong: expected an async function or a promise, received '
NO_PROMISE = 'TypeError: Function of Wsp.run () did not wait: expected an async function, or one that returns a promise, received '

# Name, program, what it prints, its status, what its log has.
CASES = (
    ('value', 'print(Wsp.run(async () => { await sleep(); return 7; }));', '7\n', 0, ''),
    ('value-without-a-wait', 'print(Wsp.run(async () => 7));', '7\n', 0, ''),
    ('no-value', 'print(Wsp.run(async () => sleep()));', 'undefined\n', 0, ''),
    ('function-that-returns-a-promise', 'print(Wsp.run(() => sleep().then(() => 7)));', '7\n', 0, ''),
    ('promise', 'print(Wsp.run((async () => { await sleep(); return 7; })()));', '7\n', 0, ''),
    ('thenable', 'print(Wsp.run({then: resolve => sleep().then(() => resolve(7))}));', '7\n', 0, ''),
    ('one-after-the-other', 'print(Wsp.run(async () => 1), Wsp.run(async () => sleep()), Wsp.run(async () => 2));', '1 undefined 2\n', 0, ''),
    ('no-argument', 'show(() => Wsp.run());', f'{ARGUMENT}undefined\n', 0, ''),
    ('null', 'show(() => Wsp.run(null));', f'{ARGUMENT}null\n', 0, ''),
    ('number', 'show(() => Wsp.run(5));', f'{ARGUMENT}number\n', 0, ''),
    ('object', 'show(() => Wsp.run({}));', f'{ARGUMENT}object\n', 0, ''),
    ('application', 'show(() => Wsp.run(new Gio.Application({})));', f'{ARGUMENT}object (write application.run ())\n', 0, ''),
    ('function-that-returns-nothing', 'show(() => Wsp.run(() => {}));', f'{NO_PROMISE}undefined\n', 0, ''),
    ('function-that-returns-a-number', 'show(() => Wsp.run(() => 5));', f'{NO_PROMISE}number\n', 0, ''),
    ('again-after-a-mistake', 'show(() => Wsp.run(() => 5)); show(() => Wsp.run(async () => 7));', f'{NO_PROMISE}number\n7\n', 0, ''),
    ('error', 'show(() => Wsp.run(async () => { await sleep(); throw new RangeError("own"); }));', 'RangeError: own\n', 0, ''),
    ('error-of-glib', 'show(() => { try { Wsp.run(Wsp.connect("http://a/")); } catch (error) { return error.matches(Wsp.Error, '
     'Wsp.Error.INVALID_ARGUMENT); } });', 'true\n', 0, ''),
    ('error-that-is-no-object', 'try { Wsp.run(async () => { await sleep(); throw undefined; }); } catch (error) { print(error); }',
     'undefined\n', 0, ''),
    ('error-without-a-wait', 'show(() => Wsp.run(() => { throw new RangeError("own"); }));', 'RangeError: own\n', 0, ''),
    ('uncaught', 'async function failing() { await sleep(); throw new RangeError("own"); }\nWsp.run(failing); print("no");', '', 1,
     r'JS ERROR: RangeError: own\nfailing@'),
    ('nested', 'show(() => Wsp.run(async () => { await sleep(); return Wsp.run(async () => 7); }));', RUNNING, 0, ''),
    ('nested-before-a-wait', 'show(() => Wsp.run(async () => Wsp.run(async () => 7)));', RUNNING, 0, ''),
    ('in-a-handler-while-it-runs', 'Wsp.run(new Promise(resolve => GLib.idle_add(0, () => { show(() => Wsp.run(async () => 7)); resolve(); '
     'return false; })));', RUNNING, 0, ''),
    ('after-an-await-in-another-loop', 'wait(async loop => { await sleep(); show(() => Wsp.run(async () => 7)); loop.quit(); });',
     RUNNING, 0, ''),
    ('in-a-handler-of-another-loop', 'wait(loop => GLib.idle_add(0, () => { show(() => Wsp.run(async () => { await sleep(); return 7; })); '
     'loop.quit(); return false; }));', '7\n', 0, ''),
    ('loop-inside-quits-itself', 'print(Wsp.run(async () => { await sleep(); await new Promise(resolve => GLib.idle_add(0, () => { '
     'wait(loop => sleep().then(() => loop.quit())); resolve(); return false; })); return 7; }));', '7\n', 0, ''),
    ('settled-in-a-loop-inside', 'let end; GLib.idle_add(0, () => { wait(loop => { end(7); sleep(5).then(() => loop.quit()); }); '
     'return false; }); print(Wsp.run(new Promise(resolve => (end = resolve))));', '7\n', 0, ''),
    ('exit', 'try { Wsp.run(async () => { await sleep(); System.exit(3); print("no"); }); } finally { print("no"); }', '', 3, ''),
    ('exit-before-a-wait', 'Wsp.run(async () => System.exit(3));', '', 3, ''),
    ('exit-in-a-handler', 'Wsp.run(async () => { GLib.idle_add(0, () => System.exit(3)); await sleep(60000); });', '', 3, ''),
    ('exit-afterwards', 'Wsp.run(async () => sleep()); System.exit(3);', '', 3, ''),
    ('interrupted', 'try { Wsp.run(signalled); } finally { print("no"); }', '', -signal.SIGINT, ''),
    ('serves', '''const server = Wsp.serve(async one => { for await (const data of one) await one.send(data); }, '127.0.0.1');
async function main() {
    const connection = await Wsp.connect(`ws://127.0.0.1:${server.port}/`);
    await connection.send('Hello');
    print(await connection.recv());
    await connection.close();
    await server.close();
}
Wsp.run(main);''', 'Hello\n', 0, ''),
)
MEASURE = '''
function usedSeconds() {
    const [, text] = GLib.file_get_contents('/proc/self/stat'), fields = new TextDecoder().decode(text).split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
}
async function measure() {
    await sleep(100);
    const used = usedSeconds(), time = GLib.get_monotonic_time();
    await sleep(1000);
    print((usedSeconds() - used) / (GLib.get_monotonic_time() - time) * 1e6);
}
'''
SERVE = "const server = Wsp.serve(one => one.recv(), '127.0.0.1');"
CONNECT = 'const connection = await Wsp.connect(`ws://127.0.0.1:${server.port}/`);'
# Programs that wait for a second.
IDLE = {
    'timer': 'Wsp.run(measure);',
    'server': f'{SERVE} Wsp.run(measure);',
    'server-that-waits-for-its-end': f"{SERVE} Wsp.run(async () => {{ measure().then(() => server.close()); await server.wait_closed(); }});",
    'connection': f'{SERVE} Wsp.run(async () => {{ {CONNECT} await measure(); connection.abort(); }});',
    'recv': f'{SERVE} Wsp.run(async () => {{ {CONNECT} connection.recv().catch(() => {{}}); await measure(); connection.abort(); }});',
    'reconnector': "const one = Wsp.Reconnector.new('ws://127.0.0.1:1/', null); one.min_delay = one.max_delay = 60000; one.start(); "
                   'Wsp.run(measure);',
}
BUSY = 'GLib.idle_add(GLib.PRIORITY_LOW, () => GLib.SOURCE_CONTINUE); Wsp.run(measure);'
MAX_SHARE = 0.05         # of a processor; less than a program gets that is never idle, on a machine that is busy as well


def run_program(gjs, folder, kind, text):
    path = os.path.join(folder, 'program.js')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(LIBRARY[kind] + HEAD + text)
    environment = {**os.environ, 'G_DEBUG': ''}         # a stack is a critical, which would end the program
    with Program([gjs, *(['-m'] if kind == 'module' else []), path], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                 text=True) as program:
        output, log = program.communicate(timeout=LIMIT_SECONDS)
    return output, program.returncode, log


def test_programs(tap, gjs, folder):
    for name, text, expected, status, line in CASES:
        for kind in LIBRARY:
            output, returned, log = run_program(gjs, folder, kind, text)
            is_logged = re.search(line, log) is not None if line else log == ''
            tap.point(output == expected and returned == status and is_logged, f'/bindings/gjs-run/{kind}/{name}', [output, str(returned), *log.splitlines()])


def test_idle(tap, gjs, folder):
    for name, text in {**IDLE, 'busy': BUSY}.items():
        output, status, log = run_program(gjs, folder, 'module', MEASURE + text)
        share = float(output or 'nan')
        tap.point((share > MAX_SHARE) == (name == 'busy'), f'/bindings/gjs-run/idle/{name}', [output, str(status), *log.splitlines()])


def programs_of(top):
    """JavaScript for GJS, of files and of pages."""
    for place in 'README.md', 'docs', 'bindings', 'tests/bindings', 'tests/bench/scripts', 'tests/mistakes':
        start = os.path.join(top, place)
        paths = [os.path.join(folder, name) for folder, _, names in os.walk(start) for name in names] or [start]
        for path in paths:
            if not path.endswith(('.js', '.md')) or '/examples/pages/' in path:
                continue
            with open(path, encoding='utf-8') as file:
                text = file.read()
            blocks = [text] if path.endswith('.js') else re.findall(r'^```(?:js|javascript)\n(.*?)^```$', text, re.M | re.S)
            yield from ((path, block) for block in blocks)


# Prints which of the texts wait at the top: an await outside of an async function is no JavaScript for new Function ().
FIND = r'''
const texts = JSON.parse(new TextDecoder().decode(imports.gi.GLib.file_get_contents(ARGV[0])[1]));

print(JSON.stringify(texts.map(text => {
    try {
        new Function(text.replace(/^#!.*/, '').replace(/^import [^;]*;$/gm, '').replace(/^export (default )?/gm, ''));
        return false;
    } catch (error) {
        return true;
    }
})));
'''
WAITS = 'await a;', 'const b = await a;', 'print(await a);', 'for await (const a of b)\n    print(a);', 'try {\n    await b;\n} finally {\n    c();\n}'


def test_pages(tap, gjs, top, folder):
    programs = list(programs_of(top))
    paths = [os.path.join(folder, name) for name in ('find.js', 'texts')]
    for path, text in zip(paths, (FIND, json.dumps([text for _, text in programs] + list(WAITS)))):
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
    done = subprocess.run([gjs, *paths], stdout=subprocess.PIPE, text=True, check=True, timeout=LIMIT_SECONDS)
    found = json.loads(done.stdout)
    tap.point(len(programs) > 40 and not any(found[:len(programs)]), '/bindings/gjs-run/no-program-waits-at-the-top',
              [path for (path, _), is_found in zip(programs, found) if is_found])
    tap.point(all(found[len(programs):]), '/bindings/gjs-run/each-wait-at-the-top-is-seen', [str(found[len(programs):])])


def main(gjs, top):
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        test_programs(tap, gjs, folder)
        test_idle(tap, gjs, folder)
        test_pages(tap, gjs, top, folder)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:3]))
