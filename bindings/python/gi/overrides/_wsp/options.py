# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Checks the names and values of options.  The texts of errors are those of the override for GJS: tests/mistakes/scripts.ini
has the texts of both.

A time is in seconds, and the name of a property that is a time ends in `_seconds`: `timeout_seconds`.  C has milliseconds: a
program that was written for `websockets` would set a thousandth of the time.

docs/rationales/python-and-javascript.md has the reasons."""

from gi.module import get_introspection_module

Wsp = get_introspection_module('Wsp')

# Options that are no properties of the object that the call makes.
OWN = {
    'Wsp.connect': ('client', 'headers', 'prepare', 'subprotocols', 'timeout'),
    'Wsp.reconnect': ('client', 'headers', 'prepare', 'should_retry', 'subprotocols', 'timeout'),
    'Wsp.serve': ('fds', 'grace', 'http_request', 'proxy_protocol', 'request', 'server', 'sockets', 'unix'),
}
MAKER = {'Client': 'Wsp.connect', 'Reconnector': 'Wsp.reconnect', 'Server': 'Wsp.serve'}
MAX_SECONDS = 4_294_967         # as milliseconds in 32 bits
# Properties that are times, and how many of C's units a second has.
MILLISECONDS, MICROSECONDS = 1000, 1_000_000
TIMES = {
    'connect-timeout': MILLISECONDS, 'max-connection-age': MILLISECONDS, 'max-send-delay': MILLISECONDS,
    'close-timeout': MILLISECONDS, 'handshake-timeout': MILLISECONDS, 'idle-timeout': MILLISECONDS,
    'keepalive-interval': MILLISECONDS, 'keepalive-timeout': MILLISECONDS, 'refusal-timeout': MILLISECONDS,
    'max-delay': MILLISECONDS, 'min-delay': MILLISECONDS, 'reset-after': MILLISECONDS, 'spread': MILLISECONDS,
    'rtt-us': MICROSECONDS, 'next-attempt-us': MICROSECONDS,
}
# Words of `websockets` and aiohttp, and what to write instead.
OF_OTHERS = {
    'additional_headers': 'headers', 'extra_headers': 'headers',
    'user_agent_header': 'user_agent',
    'max_size': 'max_message_size', 'max_msg_size': 'max_message_size',
    'max_queue': 'max_read_ahead', 'write_limit': 'send_high_water_mark',
    'ping_interval': 'keepalive_interval_seconds', 'heartbeat': 'keepalive_interval_seconds',
    'ping_timeout': 'keepalive_timeout_seconds',
    'origins': 'allowed_origins',
    'protocols': 'subprotocols', 'select_subprotocol': 'subprotocols',
    'extensions': 'deflate',
    'compression': 'deflate=Wsp.DeflateOptions ()',
    'proxy': 'proxy_resolver',
    'server_hostname': 'the name in the URI',
}
OF_CONNECT = {'open_timeout': 'timeout', 'timeout_seconds': 'timeout', 'ssl': 'tls_database or tls_certificate', 'path': 'a URI ws+unix:PATH',
              'unix': 'a URI ws+unix:PATH'}
OF_ONE = {
    'Wsp.connect': {**OF_CONNECT, 'sock': 'await Wsp.Client ().open_async (…)'},
    'Wsp.connect_sync': {**OF_CONNECT, 'client': 'its properties', 'prepare': 'headers'},
    'Wsp.reconnect': {'open_timeout': 'timeout', 'timeout_seconds': 'timeout', 'ssl': 'tls_database or tls_certificate',
                      'process_exception': 'should_retry'},
    'Wsp.serve': {'open_timeout': 'handshake_timeout_seconds', 'ssl': 'tls_certificate',
                  'process_request': 'request: only True lets a client in'},
}


def plain_letters(name):
    return name.lower().replace('_', '').replace('-', '')


def distance(one, other):
    """How many letters differ, are left out, added or exchanged with the next letter."""
    before, row = [], list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def misspelled(name, names):
    """The name that was probably meant, or None: a short name is never corrected.

    If several names have the same distance, the first one is returned."""
    letters = plain_letters(str(name))
    found = min(((distance(letters, plain_letters(one)), one) for one in names), default=(1, ''), key=lambda pair: pair[0])
    return found[1] if found[0] <= min(2, len(letters) // 4) else None


def nearest(name, names):
    letters = plain_letters(str(name))
    ends = [one for one in names if one.endswith(f'_{name}')]
    begins = (one for one in names if len(letters) >= 4 and plain_letters(one).startswith(letters))
    return misspelled(name, names) or next(begins, ends[0] if len(ends) == 1 else None)


def is_of_call(owner, name):
    """Whether an option of connect () or serve () has the name, which would set nothing on a client or a server."""
    return name.removesuffix('_seconds') in OWN.get(MAKER.get(owner.__name__), ())


def name_of(spec):
    """The name of a property in Python."""
    return spec.name.removesuffix('-us').replace('-', '_') + ('_seconds' if spec.name in TIMES else '')


def names_of(owner):
    """The properties that can be set."""
    from gi.repository import GObject
    return [name_of(spec) for spec in owner.list_properties() if spec.flags & GObject.ParamFlags.WRITABLE]


def hint(name, names, where=None, owner=None):
    """A guess at the name that was meant, as the end of an error text."""
    other = {**OF_OTHERS, **OF_ONE.get(where, {})}.get(name)
    if other is not None and where is not None:
        return f' (write {other})'
    near = other if other in names else nearest(name, names)
    if near is not None:
        return f' (did you mean "{near}"?)'
    for kind in ('Client', 'Server'):
        if owner is not getattr(Wsp, kind) and name in names_of(getattr(Wsp, kind)):
            return f' (it is a property of Wsp.{kind})'
    return ''


def check_names(where, own, owner, settings, *others):
    """For connect (), reconnect () and serve (): `own` are the names of their own options; other options are properties of the
    `owner` that they make, of `others`, and of its limits."""
    owners = owner, *others, Wsp.Limits
    names = [one for each in owners for one in names_of(each) if one.removesuffix('_seconds') not in own]
    for name in settings:
        if name not in names:
            kinds = ' or '.join(f'Wsp.{each.__name__}' for each in owners)
            raise TypeError(f'Option of {where} () is unknown: expected {", ".join(own)} or a property of {kinds}, '
                            f'received "{name}"{hint(name, [*own, *names], where, owner)}')


def check_callable(what, value):
    if not callable(value):
        raise TypeError(f'{what} is wrong: expected a function, received {type(value).__name__}')


def check_function(where, name, value):
    if value is not None:
        check_callable(f'Option {name} of {where} ()', value)


def make_owner(where, owner, settings):
    """The client or the server; settings that are properties of Wsp.Limits are those of its limits."""
    limits = {name: settings[name] for name in names_of(Wsp.Limits) if name in settings}
    if limits and 'limits' in settings:
        raise TypeError(f'Options of {where} () are wrong: expected limits or their properties, received both ({", ".join(limits)})')
    own = {name: value for name, value in settings.items() if name not in limits}
    return owner(**own, **({'limits': Wsp.Limits(**limits)} if limits else {}))


def check_known(where, known, given):
    """For a call: `given` are the keyword arguments that the call does not know."""
    for name in given:
        raise TypeError(f'Option of {where} () is unknown: expected {" or ".join(known)}, received "{name}"{hint(name, known)}')


def check_boolean(where, name, value):
    if not isinstance(value, bool):
        raise TypeError(f'Option {name} of {where} () is wrong: expected True or False, received {type(value).__name__}')


def flags_of(where, urgent, compress, unknown=()):
    """The flags that the options of a call mean; `unknown` are the keyword arguments that the call does not know."""
    check_known(where, ['urgent', 'compress'], unknown)
    for name, value in ('urgent', urgent), ('compress', compress):
        check_boolean(where, name, value)
    flags = Wsp.SendFlags.URGENT if urgent else Wsp.SendFlags.DEFAULT
    return flags if compress else flags | Wsp.SendFlags.NO_COMPRESSION


def check_seconds(where, name, value, may_be_none=True):
    if value is not None or not may_be_none:
        check_time(f'Option {name} of {where} ()', value, MAX_SECONDS)


def check_time(what, value, last):
    expected = f'{what} is wrong: expected seconds from 0 to {last}, received'
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f'{expected} {type(value).__name__}')
    if not 0 <= value <= last:
        raise ValueError(f'{expected} {value}')


def check_integer(what, value, least=None, last=None):
    ends = f' from {least} to {last}' if last is not None else ''
    if isinstance(value, bool) or not hasattr(value, '__index__'):
        received = value if isinstance(value, float) else type(value).__name__
        raise TypeError(f'{what} is wrong: expected an integer{ends}, received {received}')
    if last is not None and not least <= value <= last:
        raise ValueError(f'{what} is wrong: expected an integer{ends}, received {value}')


def class_name(kind):
    """The name of a type of GObject as a script writes it."""
    for start, module in (('Wsp', 'Wsp'), ('GBytes', 'GLib'), ('G', 'Gio')):
        if kind.startswith(start):
            return f'{module}.{kind.removeprefix("Wsp" if module == "Wsp" else "G")}'
    return kind


def check_text(what, value, may_be_none=False):
    if not isinstance(value, str) and not (may_be_none and value is None):
        raise TypeError(f'{what} is wrong: expected a text, received {type(value).__name__}')


def check_list(what, value):
    """Accepts a list of texts, or None."""
    if value is None:
        return
    if not isinstance(value, (list, tuple)):
        example = f" (write ['{value}'])" if isinstance(value, str) else ''
        raise TypeError(f'{what} is wrong: expected a list of texts, received {type(value).__name__}{example}')
    for one in value:
        if not isinstance(one, str):
            raise TypeError(f'{what} is wrong: expected a list of texts, received a list with {type(one).__name__}')
