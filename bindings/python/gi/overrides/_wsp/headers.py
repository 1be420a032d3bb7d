# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.Headers as a mutable mapping.  The case of names is ignored; the value of a name that occurs more than once is the
list of all its values, joined with commas."""

from collections.abc import ItemsView, KeysView, Mapping, MutableMapping, ValuesView

from gi.module import get_introspection_module

from .options import check_known

Wsp = get_introspection_module('Wsp')

MISSING = object()
INHERITED = ('popitem', 'clear', 'update', 'setdefault')


class Headers:
    """Header fields, a mutable mapping: `headers['Cookie'] = 'a=b'`.  Made of a mapping, or of pairs."""

    def __new__(cls, fields=None, **unknown):
        check_known('Wsp.Headers', ['fields'], unknown)
        return headers_of(list(fields_of(fields, 'Wsp.Headers')) if fields is not None else (), 'Wsp.Headers')

    def __init__(self, *unused, **unknown):
        """PyGObject's own one takes no arguments."""

    def __getitem__(self, name):
        value = self.dup_list(name) if isinstance(name, str) else None
        if value is None:
            raise KeyError(name)
        return value

    def __setitem__(self, name, value):
        self.replace(name, value)

    def __delitem__(self, name):
        if name not in self:
            raise KeyError(name)
        self.replace(name, '')      # raises if the headers are frozen; remove () only logs that
        self.remove(name)

    def __iter__(self):
        return iter(self.dup_names())

    def __len__(self):
        return len(self.dup_names())

    def __bool__(self):
        return self.get_length() > 0

    def __contains__(self, name):
        return isinstance(name, str) and self.dup_list(name) is not None

    def get(self, name, default=None):
        return self[name] if name in self else default

    def pop(self, name, default=MISSING):
        if default is not MISSING and name not in self:
            return default
        value = self[name]
        del self[name]
        return value

    def keys(self):
        return KeysView(self)

    def items(self):
        return ItemsView(self)

    def values(self):
        return ValuesView(self)

    def __eq__(self, other):
        if not isinstance(other, Mapping):
            return NotImplemented
        return {name.lower(): value for name, value in self.items()} == \
            {name.lower(): value for name, value in other.items()}

    __hash__ = None

    def __repr__(self):
        return f'<Wsp.Headers of {self.get_length()} fields: {", ".join(self.dup_names())}>'


def members_of(owner):
    MutableMapping.register(owner)
    own = {name: member for name, member in vars(Headers).items()
           if callable(member) or isinstance(member, staticmethod) or name == '__hash__'}
    return {**{name: getattr(MutableMapping, name) for name in INHERITED}, **own}


def pairs_of(headers, where):
    if isinstance(headers, Mapping):
        return list(headers.items())
    text = f'Option headers of {where} () is wrong: expected a dict, pairs or Wsp.Headers, received'
    if isinstance(headers, (str, bytes)) or not hasattr(headers, '__iter__'):
        raise TypeError(f'{text} {type(headers).__name__}')
    pairs = list(headers)
    for pair in pairs:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            received = f'one of {len(pair)}' if isinstance(pair, (tuple, list)) else type(pair).__name__
            raise TypeError(f'{text} a list with {received}')
    return pairs


def fields_of(headers, where):
    """Name and value of each field; of Wsp.Headers also those that occur more than once."""
    if isinstance(headers, Wsp.Headers):
        yield from ((headers.get_name(i), headers.get_value(i)) for i in range(headers.get_length()))
        return
    for name, value in pairs_of(headers, where):
        if not isinstance(name, str):
            raise TypeError(f'Header name is wrong: expected a text, received {type(name).__name__}')
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise TypeError(f'Header {name} is wrong: expected a text or an integer, received {type(value).__name__}')
        yield name, str(value)


def headers_of(headers, where):
    """Wsp.Headers from a mapping or from pairs."""
    if headers is None or isinstance(headers, Wsp.Headers):
        return headers
    made = Wsp.Headers.new()
    for name, value in fields_of(headers, where):
        made.append(name, value)
    return made
