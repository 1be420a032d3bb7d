#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""test_reserved_names.py GIR LIST [GJS]: C takes no name that scripts have from an override, or from GObject.

LIST has the names, and each override adds the names of LIST and no others."""

import fnmatch
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import gi
gi.require_version('Wsp', '1')
from gi.repository import GObject, Wsp  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'lib'))
from tap import Tap  # noqa: E402

CORE = '{http://www.gtk.org/introspection/core/1.0}'
TYPES = 'class', 'record', 'interface', 'enumeration', 'bitfield'
MEMBERS = 'function', 'method', 'constructor', 'property', 'field', 'member'
SECONDS = 60
IN_NAMESPACE = TYPES + ('function', 'constant', 'callback', 'alias')
# Names that JavaScript's classes have.
OF_EACH_CLASS = {'constructor', 'toString', 'valueOf', 'length', 'name', 'prototype', '$gtype'}


def read_gir(path):
    """The names of C: those of the namespace, and those of each type."""
    namespace = ElementTree.parse(path).getroot().find(CORE + 'namespace')
    found = {'Wsp': {node.get('name') for kind in IN_NAMESPACE for node in namespace.findall(CORE + kind)}}
    for kind in TYPES:
        for node in namespace.findall(CORE + kind):
            found[node.get('name')] = {one.get('name').replace('-', '_') for member in MEMBERS for one in node.findall(CORE + member)}
    return found


def read_list(path):
    found = {}
    with open(path, encoding='utf-8') as file:
        for line in file:
            owner, *names = line.split()
            if owner != '#':
                found.setdefault(owner, set()).update(names)
    return found


def is_listed(reserved, owner, name):
    patterns = reserved.get(owner, set()) | (reserved['*'] if owner != 'Wsp' else set())
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def names_of_python(types):
    """A server has its port after serve ()."""
    found = {'Wsp': dir(Wsp), **{name: vars(getattr(Wsp, name)) for name in types if hasattr(Wsp, name)}}

    async def serve():
        async with Wsp.serve(lambda connection: connection.close(), '127.0.0.1') as server:
            return list(vars(server))

    return {**found, 'Server': [*found['Server'], *Wsp.run(serve())]}


def names_of_javascript(gjs, types):
    done = subprocess.run([gjs, os.path.join(HERE, 'names.js'), *types], capture_output=True, text=True, check=True, timeout=SECONDS)
    return json.loads(done.stdout)


def snake(name):
    return re.sub(r'([a-z0-9])([A-Z])', lambda found: f'{found[1]}_{found[2].lower()}', name.replace('-', '_'))


def public(names):
    return {name for name in names if not name.startswith('_')}


def inherited_of(owner):
    """The names that a class has from GObject, GLib and GIO."""
    kind = getattr(Wsp, owner, None) if owner != 'Wsp' else None
    return public(name for base in kind.__mro__[1:] for name in dir(base)) if isinstance(kind, type) else set()


def added(names, own, inherited):
    """The names that C does not have.  JavaScript has properties in three spellings, and values of enumerations have capitals."""
    left = public(names) - OF_EACH_CLASS - {name.upper() for name in own}
    return {name if name[0].isupper() else snake(name) for name in left} - own - inherited


def compare(tap, language, found, types, reserved, of_object=frozenset()):
    unlisted, used = [], set()
    for owner, names in found.items():
        for name in added(names, types[owner], inherited_of(owner) | of_object if owner != 'Wsp' else set()):
            used.add((owner, name))
            if not is_listed(reserved, owner, name):
                unlisted.append(f'{owner}.{name}')
    tap.point(not unlisted and ('Connection', 'recv') in used, f'/bindings/reserved-names/{language}-adds-no-other', sorted(unlisted))
    return used


def is_object(owner):
    return isinstance(getattr(Wsp, owner, None), type) and issubclass(getattr(Wsp, owner), GObject.Object)


def main(gir, path, gjs=None):
    tap = Tap()
    types, reserved = read_gir(gir), read_list(path)
    known = [name for name in types if name != 'Wsp']
    python = names_of_python(known)
    javascript = names_of_javascript(gjs, known) if gjs is not None else {}
    of_object = public(javascript.pop('GObject', ()))
    for owner, own in types.items():
        taken = {name for name in own if is_listed(reserved, owner, name)}
        taken |= own & (inherited_of(owner) | of_object if is_object(owner) else set())
        tap.point(not taken, f'/bindings/reserved-names/C-takes-none-of-{owner}', sorted(taken))
    used = compare(tap, 'python', python, types, reserved)
    if gjs is not None:
        used |= compare(tap, 'javascript', javascript, types, reserved, of_object)
        unused = [f'{owner} {name}' for owner, names in reserved.items() for name in names if not any(
            owner in ('*', one) and fnmatch.fnmatchcase(other, name) for one, other in used)]
        tap.point(not unused, '/bindings/reserved-names/each-is-of-an-override', sorted(unused))
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
