#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""valac has no warning for the examples, with and without `using Wsp;`, and the C compiler none about our functions, in the examples and
in a program that uses each member of the vapi: test_vala.py VALAC VAPIDIR EXAMPLES CC..."""

import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
from tap import Tap

SECONDS = 60
ATTRIBUTE = re.compile(r'\[CCode \([^\]]*\)\] ')
PROPERTY = re.compile(r'public ([\w.\[\]]+) (\w+) \{ (.*) \}')
SIGNAL = re.compile(r'public signal ([\w.]+) (\w+) \((.*)\);')
CONSTRUCTOR = re.compile(r'public ([A-Z]\w+)(\.\w+)? \((.*)\)(?: throws .*)?;')
METHOD = re.compile(r'public (?:(static|async) )?(?:unowned )?([\w.\[\]?]+) (@?\w+) \((.*)\)(?: throws .*)?;')
# A const that is lost, a pointer, a callback or an enumeration of another type.
WARNINGS = '-Wall', '-Wno-unused'


def soup_of(text):
    return ('--pkg', 'libsoup-3.0') if 'Soup.' in text else ()


def has_packages(names):
    return not names or subprocess.run(['pkg-config', '--exists', *names], timeout=SECONDS, check=False).returncode == 0


def compile_text(valac, vapidir, text, cc=None):
    """The status of valac for a program, its output, and that of the C compiler for what valac has written."""
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, 'program.vala')
        with open(source, 'w', encoding='utf-8') as file:
            file.write(text)
        done = subprocess.run([valac, '--ccode', '--vapidir', vapidir, '--pkg', 'wsproto-1', '--pkg', 'gio-2.0', *soup_of(text),
                               '--directory', folder, source], capture_output=True, text=True, timeout=SECONDS, check=False)
        warnings = compile_c(cc, os.path.dirname(vapidir), folder, soup_of(text)) if cc and done.returncode == 0 else ''
    return done.returncode, done.stdout + done.stderr, warnings


def compile_c(cc, build, folder, soup):
    environment = {**os.environ, 'PKG_CONFIG_PATH': os.path.join(build, 'meson-uninstalled'), 'LC_ALL': 'C'}
    flags = subprocess.run(['pkg-config', '--cflags', 'wsproto-1', 'gio-2.0', *soup[1:]], env=environment, capture_output=True, text=True,
                           check=True, timeout=SECONDS).stdout.split()
    done = subprocess.run([*cc, *WARNINGS, '-c', '-o', os.devnull, os.path.join(folder, 'program.c'), *flags], env=environment,
                          capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.stderr


def about_ours(warnings):
    """The lines of warnings about calls of our functions: the line of code is below the warning."""
    lines = warnings.splitlines()
    return [f'{line} {lines[i + 1]}' for i, line in enumerate(lines[:-1]) if ('warning:' in line or 'error:' in line)
            and re.search('[Ww]sp_?', line.split(':', 3)[-1] + lines[i + 1])]


def arguments_of(text):
    return [re.sub(r' = .*', '', one) for one in text.split(', ')] if text else []


def use_member(owner, name, line):
    """A function that uses a member of the vapi; None: it is no function, signal or property."""
    own = f'{owner} self' if owner else ''
    if found := PROPERTY.fullmatch(line):
        kind, member, accessors = found.groups()
        setter = f'void set_{name} ({own}, owned {kind} x) {{ self.{member} = x; }}' if ' set;' in accessors else ''
        return f'void {name} ({own}) {{ var x = self.{member}; print ("%p", &x); }} {setter}'
    if found := SIGNAL.fullmatch(line):
        kind, member, given = found.groups()
        names = ', '.join(['s', *(f'a{i}' for i in range(len(arguments_of(given))))])
        return f'void {name} ({own}) {{ self.{member}.connect (({names}) => {{ {"return true;" if kind == "bool" else ""} }}); }}'
    if (found := CONSTRUCTOR.fullmatch(line)) and owner == f'Wsp.{found[1]}':
        given = arguments_of(found[3])
        call = f'new {owner}{found[2] or ""} ({", ".join(one.split()[-1] for one in given)})'
        return f'void {name} ({", ".join(given)}) throws GLib.Error {{ var x = {call}; print ("%p", x); }}'
    if found := METHOD.fullmatch(line):
        how, kind, member, given = found[1] or '', found[2], found[3], arguments_of(found[4])
        names = ', '.join(('out ' if one.startswith('out ') else '(owned) ' if one.startswith('owned ') else '') + one.split()[-1] for one in given)
        target = f'{owner or "Wsp"}.' if how == 'static' or not owner else 'self.'
        call = f'{"yield " if how == "async" else ""}{target}{member} ({names})'
        shown = ', '.join(([own] if target == 'self.' else []) + given)
        use = f'{call};' if kind == 'void' else f'var x = {call}; print ("%p", &x);'
        return f'{"async " if how == "async" else ""}void {name} ({shown}) throws GLib.Error {{ {use} }}'
    return None


def use_all(vapi):
    """A program that uses each member of the vapi once, and the number of members."""
    functions, owner = [], None
    for line in vapi.splitlines():
        if found := re.match(r'\tpublic (?:sealed |abstract )?(?:class|interface|enum|errordomain) (\w+)', line):
            owner = f'Wsp.{found[1]}'
        elif line == '\t}':
            owner = None
        elif re.match(r'\t{1,2}public ', line) and not line.startswith('\t\t[Version (deprecated'):
            functions.append(use_member(owner, f'use_{len(functions)}', ATTRIBUTE.sub('', line.strip()).replace(' abstract', '')))
    functions = [one for one in functions if one]
    return '\n'.join([*functions, 'void main () {}', '']), len(functions)


def test_members(tap, valac, vapidir, cc):
    with open(os.path.join(vapidir, 'wsproto-1.vapi'), encoding='utf-8') as file:
        text, n_members = use_all(file.read())
    status, output, warnings = compile_text(valac, vapidir, text, cc)
    tap.point(status == 0 and n_members > 400, '/bindings/vala/members/compile', [str(n_members), *output.splitlines()[-20:]])
    tap.point(warnings == '', '/bindings/vala/members/C-has-no-warning', warnings.splitlines())
    wrong = ('[CCode (cname = "wsp_server_get_subprotocols", array_null_terminated = true)] extern unowned string[] get (Wsp.Server server);'
             'void main () { unowned string[] x = get (new Wsp.Server ()); print ("%p", x); }')
    _, _, warnings = compile_text(valac, vapidir, wrong, cc)
    tap.point(about_ours(warnings), '/bindings/vala/members/a-warning-of-C-is-seen', [warnings])


def handlers_of(text):
    """The name of each object that is given a lambda, and the lambda."""
    for found in re.finditer(r'\b(\w+)(?:\.\w+(?:\["[^"]*"\])?)*\.(?:connect|set_message_func) \(', text):
        depth, end = 1, found.end()
        while depth > 0:
            depth += {'(': 1, ')': -1}.get(text[end], 0)
            end += 1
        yield found[1], text[found.end():end]


def cycles_of(text):
    """Handlers that name the object that holds them, which is then never freed."""
    code = re.sub(r'//.*', '', text)
    return [f'{name}: {body}' for name, body in handlers_of(code) if re.search(rf'(?<!\.)\b{name}\b', body)]


def test_cycles(tap, examples):
    for name in sorted(os.listdir(examples)):
        with open(os.path.join(examples, name), encoding='utf-8') as file:
            found = cycles_of(file.read())
        tap.point(not found, f'/bindings/vala/{name}/no-handler-keeps-its-object', found)
    for text in 'c.closed.connect (() => print ("%u", c.peer_close_code));', 'c.set_message_func ((s, m) => { c.queue_message (m); });':
        tap.point(cycles_of(text), f'/bindings/vala/a-handler-that-keeps-its-object-is-seen-{len(text)}', [text])


def main(valac, vapidir, examples, *cc):
    tap = Tap()
    for name in sorted(os.listdir(examples)):
        with open(os.path.join(examples, name), encoding='utf-8') as file:
            text = file.read()
        if not has_packages(soup_of(text)[1:]):
            tap.skip(f'/bindings/vala/{name}', 'libsoup is not installed')
            continue
        for way, source in (('plain', text), ('using', f'using Wsp;\n{text}')):
            status, output, warnings = compile_text(valac, vapidir, source, cc if way == 'plain' else None)
            tap.point(status == 0 and output == '', f'/bindings/vala/{name}/{way}-has-no-warning', output.splitlines())
            if way == 'plain':
                tap.point(not about_ours(warnings), f'/bindings/vala/{name}/C-has-no-warning-about-us', about_ours(warnings))
    status, output, _ = compile_text(valac, vapidir, 'void main () { new Wsp.Client ().connect_async.begin (null, null); int unused; }')
    tap.point('warning' in output or status != 0, '/bindings/vala/a-warning-is-seen', [output])
    test_members(tap, valac, vapidir, cc)
    test_cycles(tap, examples)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
