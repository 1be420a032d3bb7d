# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Completes a class of the namespace when it is first used: properties as attributes, errors in their classes,
awaitable `_async` methods, and what each class has besides."""

import functools
import importlib
import inspect
import math

from gi.module import get_introspection_module
from gi.repository import GLib, GObject

from .checks import Signature, check_property, check_thread, note_thread, tell_thread
from .errors import raise_of_call, with_class
from .options import MAKER, MICROSECONDS, TIMES, check_seconds, check_time, hint, is_of_call, misspelled, name_of, names_of
from .plain import keep_methods
from .results import guard_callback, guard_signals

Wsp = get_introspection_module('Wsp')

# The module whose members are set on the class.
ADDITIONS = {'Connection': 'connection', 'Server': 'server', 'Group': 'groups', 'Headers': 'headers', 'CloseInfo': 'values',
             'ConnectionStats': 'values', 'ServerStats': 'values', 'Message': 'values', 'Handshake': 'values',
             'HttpRequest': 'values', 'Tap': 'tap'}

SETTINGS = 'DeflateOptions', 'Limits'
WRITABLE = 2            # GI_FIELD_IS_WRITABLE
GUARDED = 'Client', 'Connection', 'Reconnector', 'Server'
FIRST = {'Reconnector': 'uri', 'Session': 'role'}
SIGNALLING = 'Client', 'Connection', 'Reconnector', 'Server', 'Session'         # their objects hand over other objects
# Names of the WebSocket of browsers, of which an attribute would be set without an effect.
ON_SIGNAL = 'connection.connect (signal, function)'
OF_BROWSERS = {'onmessage': 'async for data in connection', 'onopen': ON_SIGNAL, 'onclose': ON_SIGNAL, 'onerror': ON_SIGNAL}
VERIFYING = 'Client', 'Server'          # by a database of the program, perhaps


def forward_time(spec):
    """A property in seconds; None if the time is not known."""
    unit = TIMES[spec.name]

    def get_value(self):
        value = self.get_property(spec.name)
        return None if value == spec.default_value and unit == MICROSECONDS else value / unit

    def set_value(self, value):
        GObject.Object.set_property(self, spec.name, units_of(spec, value))

    return property(get_value, set_value, doc=spec.blurb)


def units_of(spec, seconds):
    """Rounds up: 0 would mean no limit."""
    check_time(f'Property {name_of(spec)}', seconds, spec.maximum // TIMES[spec.name])
    return math.ceil(seconds * TIMES[spec.name])


def refuse_unit(spec):
    """A property that refuses the name that a time has in C."""
    def refuse(self, *unused):
        name = spec.name.replace('-', '_')
        raise AttributeError(f'Property is unknown: expected {name_of(spec)}, received "{name}" (that one is not in seconds in C)')

    return property(refuse, refuse)


# Methods and properties of these classes belong to one thread, except for FOR_ALL_THREADS and functions that end in _finish.
# tests/bindings/test_threads.py has the same list for C.
OF_ONE_THREAD = ('Connection', 'Server', 'Listener', 'Client', 'Reconnector', 'MessageStream')
FOR_ALL_THREADS = {'Connection': ('send_from_thread', 'invoke'), 'Server': ('get_draining', 'dup_stats')}


def is_for_all_threads(owner, name):
    return name in FOR_ALL_THREADS.get(owner.__name__, ())


def forward_property(spec):
    def set_value(self, value):
        GObject.Object.set_property(self, spec.name, check_property(spec, value))

    return property(lambda self: self.get_property(spec.name), set_value, doc=spec.blurb)


def keep_in_thread(method):
    @functools.wraps(method)
    def call(self, *arguments, **named):
        check_thread(self)
        return method(self, *arguments, **named)
    return call


def keep_all_in_thread(owner, names):
    """C refuses calls from other threads with a critical; an exception says where the call was made.

    Coroutines check their loop instead."""
    for name in names:
        method = vars(owner)[name]
        is_plain = not inspect.iscoroutinefunction(method) and not inspect.isasyncgenfunction(method)
        if is_plain and not is_for_all_threads(owner, name) and not name.endswith('_finish'):
            setattr(owner, name, keep_in_thread(method))
    for name, member in list(vars(owner).items()):
        if isinstance(member, property):
            setter = member.fset and keep_in_thread(member.fset)
            setattr(owner, name, property(keep_in_thread(member.fget), setter, doc=member.__doc__))


def check_setter(spec, method):
    @functools.wraps(method)
    def call(self, value):
        return method(self, check_property(spec, value))
    return call


def check_set_property(specs):
    def set_property(self, name, value):
        spec = specs.get(name.replace('_', '-')) if isinstance(name, str) else None
        if spec is not None:
            value = check_property(spec, value)
        GObject.Object.set_property(self, name, value)
    return set_property


def set_properties(self, **values):
    for name, value in values.items():
        self.set_property(name, value)


class Values:
    """The `props` of an instance: those of PyGObject, with the checks."""

    def __init__(self, instance, props):
        vars(self).update(_instance=instance, _props=props)

    def __getattr__(self, name):
        return getattr(self._props, name)

    def __setattr__(self, name, value):
        getattr(self._props, name)              # PyGObject raises the error if the name is unknown
        self._instance.set_property(name, value)

    def __dir__(self):
        return dir(self._props)

    def __iter__(self):
        # The iterator of PyGObject has no __iter__ of its own, which comprehensions of Python 3.13 ask for.
        for spec in self._props:
            yield spec

    def __len__(self):
        return len(self._props)


class Props:
    """The `props` of a class describe its properties."""

    def __get__(self, instance, owner):
        props = super(owner, owner if instance is None else instance).props
        return props if instance is None else Values(instance, props)


def refuse_property(owner, name, kind=TypeError):
    near = hint(name, names_of(owner)) or (f' (it is an option of {MAKER[owner.__name__]} ())' if is_of_call(owner, name) else '')
    raise kind(f'Property is unknown: expected a property of Wsp.{owner.__name__}, received "{name}"{near}')


def guard_attributes(owner):
    """Refuses a misspelled name of a property, and the name of an option of a call, which would set nothing.

    Other unknown names are attributes of the program; objects that have only settings refuse them, too."""
    names, has_only_settings = names_of(owner), owner.__name__ in SETTINGS

    def set_attribute(self, name, value):
        if name in OF_BROWSERS and owner.__name__ == 'Connection':
            raise AttributeError(f'Property is unknown: expected a signal of Wsp.Connection, received "{name}" (write '
                                 f'{OF_BROWSERS[name]})')
        is_own = name.startswith('_') or hasattr(owner, name) or name in vars(self)
        if not is_own and (has_only_settings or misspelled(name, names) or is_of_call(owner, name)):
            refuse_property(owner, name, AttributeError)
        GObject.Object.__setattr__(self, name, value)

    owner.__setattr__ = set_attribute


def name_arguments(owner, arguments, named):
    """The values of properties by name; that of FIRST may be given without its name."""
    first = FIRST.get(owner.__name__)
    if len(arguments) > (first is not None) or arguments and first in named:
        expected = f'{first} and properties by name' if first is not None else 'properties by name'
        raise TypeError(f'Wsp.{owner.__name__} () is wrong: expected {expected}, received {len(arguments)} arguments')
    return {first: arguments[0], **named} if arguments else named


def check_init(init, specs):
    @functools.wraps(init)
    def call(self, *arguments, **named):
        given = {}
        named = name_arguments(type(self), arguments, named)
        for name, value in named.items():
            spec = specs.get(name.replace('_', '-').removesuffix('-seconds'))
            if spec is None or name.replace('-', '_') != name_of(spec):
                refuse_property(type(self), name)
            if spec.name in TIMES:
                value = units_of(spec, value)
            else:
                value = check_property(spec, value)
            given[spec.name.replace('-', '_')] = value
        init(self, **given)
        note_thread(self)
    return call


def forward_properties(owner):
    """PyGObject shows properties in `props` only: `limits.max_message_size = 5` would set nothing."""
    specs = {spec.name: spec for spec in owner.list_properties()}
    for spec in specs.values():
        name = spec.name.replace('-', '_')
        if spec.name in TIMES:
            setattr(owner, name_of(spec), forward_time(spec))
        setattr(owner, name, refuse_unit(spec) if spec.name in TIMES else forward_property(spec))
        setter = vars(owner).get('set_' + name)
        if setter is not None:
            setattr(owner, 'set_' + name, check_setter(spec, setter))
    owner.__init__ = check_init(owner.__init__, specs)
    owner.set_property = check_set_property(specs)
    owner.set_properties = set_properties
    owner.props = Props()
    if owner.__name__ in SETTINGS + GUARDED:
        guard_attributes(owner)


def connection_of(instance):
    """The connection whose Close an error tells of; a stream knows the connection that it belongs to."""
    return instance if type(instance).__name__ == 'Connection' else getattr(instance, '_wsp_connection', None)


def raise_in_class(method, signature, is_of_one_thread):
    """The method with its arguments checked, and its errors in their classes."""
    n_self = int(method.is_method()) if hasattr(method, 'is_method') else 0

    @functools.wraps(method)
    def call(*arguments, **named):
        signature.check(arguments[n_self:], named)
        if signature.conversions:
            arguments = (*arguments[:n_self], *signature.convert(arguments[n_self:], named))
        try:
            result = method(*arguments, **named)
        except GLib.Error as error:
            is_of_connection = bool(arguments) and not is_for_all_threads(type(arguments[0]), method.get_name())
            raise_of_call(with_class(error, connection_of(arguments[0]) if is_of_connection else None))
        if result is False and is_of_one_thread:        # C refused it without an error
            vars(arguments[0]).pop('_wsp_thread', None)
            raise RuntimeError(tell_thread(type(arguments[0])))
        return result
    return call


def begin_call(start, finish):
    def begin(self, given, cancellable, timeout):
        from .awaiting import Call, running_loop
        if type(self).__name__ == 'Connection':
            from .talk import talk_of
            talk_of(self).check_loop()
        else:
            check_thread(self)
        return Call(running_loop(), self, functools.partial(start, self, *given), finish, cancellable, timeout)
    return begin


def make_awaitable(start, begin):
    """The method: unchanged with a callback or outside of a coroutine; otherwise it returns the awaitable that `begin` makes."""
    signature = Signature(start)
    n_given, n_callback = signature.names.index('cancellable'), signature.names.index('callback')

    @functools.wraps(start)
    def call(self, *arguments, timeout=None, **named):
        signature.check(arguments, named)
        arguments = signature.convert(arguments, named)
        has_callback = len(arguments) > n_callback and arguments[n_callback] is not None
        from .awaiting import running_loop
        if has_callback or named.get('callback') is not None or running_loop() is None:
            if timeout is not None:
                raise TypeError(f'{start.get_name()}: expected no timeout with a callback or outside of a coroutine')
            if has_callback:
                arguments = (*arguments[:n_callback], guard_callback(arguments[n_callback], start.get_name()), *arguments[n_callback + 1:])
            elif named.get('callback') is not None:
                named['callback'] = guard_callback(named['callback'], start.get_name())
            return start(self, *arguments, **named)
        check_seconds(start.get_name(), 'timeout', timeout)
        values = signature.bind(arguments, named)
        return begin(self, values[:n_given], values[n_given], timeout)
    return call


def fill_flags(method, signature):
    """The method, whose flags may be left out."""
    n_before = signature.names.index('flags')
    kind = signature.kinds[n_before].get_interface().get_name()

    @functools.wraps(method)
    def call(self, *arguments, **named):
        if len(arguments) <= n_before:
            named.setdefault('flags', getattr(Wsp, kind)(0))
        return method(self, *arguments, **named)
    return call


def complete_methods(owner):
    """Makes methods that have a _finish method awaitable, lets methods that can fail raise errors in their classes, and lets
    flags be left out."""
    own = dict(vars(owner))
    for name, method in own.items():
        if not hasattr(method, 'can_throw_gerror'):
            continue
        finish = own.get(name[:-len('_async')] + '_finish') if name.endswith('_async') else None
        signature = Signature(method)
        if finish is not None:
            setattr(owner, name, make_awaitable(method, begin_call(method, finish)))
        elif method.can_throw_gerror() or signature.has_text or signature.conversions:
            is_method = method.is_method()
            wrapped = raise_in_class(method if is_method else getattr(owner, name), signature,
                                     is_method and owner.__name__ in OF_ONE_THREAD and method.can_throw_gerror()
                                     and not is_for_all_threads(owner, name))
            setattr(owner, name, wrapped if is_method else staticmethod(wrapped))
        if 'flags' in signature.names:
            setattr(owner, name, fill_flags(vars(owner)[name], signature))


def complete_function(function):
    signature = Signature(function)
    has_checks = function.can_throw_gerror() or signature.has_text or signature.conversions
    return raise_in_class(function, signature, False) if has_checks else function


def complete_stream(owner):
    """Lets the functions that a stream of a message has from GIO raise errors in their classes."""
    for base in reversed(owner.__mro__[1:]):
        for name, method in vars(base).items():
            if hasattr(method, 'is_method') and method.is_method() and method.can_throw_gerror():
                setattr(owner, name, raise_in_class(method, Signature(method), False))


def hide_private_members(owner):
    """PyGObject shows private members of a structure, too. A typelib says only that they are not writable."""
    for field in owner.__info__.get_fields():
        if not field.get_flags() & WRITABLE:
            delattr(owner, field.get_name())


def refuse_subclass(owner):
    """PyGObject says only that there is no such type."""
    def refuse(made, **unused):
        raise TypeError(f'Class {made.__name__} cannot extend Wsp.{owner.__name__}: expected a class that has a Wsp.{owner.__name__}, '
                        f'received a subclass (Wsp.{owner.__name__} is final)')

    if GObject.type_test_flags(owner.__gtype__, GObject.TypeFlags.FINAL):
        owner.__init_subclass__ = classmethod(refuse)


@functools.cache
def import_all():
    """Imports what the objects need that signals hand over, while the program may still open files: a connection that comes when
    there are no descriptors left would have a class without methods."""
    import logging      # noqa: F401    for exceptions of handlers
    for name in *ADDITIONS.values(), 'preparing':
        importlib.import_module(f'{__package__}.{name}')


def complete(owner):
    if not issubclass(owner, (GObject.Object, GObject.GInterface, GObject.GBoxed)):
        return
    # Nothing is changed before all modules were read.
    if owner.__name__ in SIGNALLING:
        import_all()
    if owner.__name__ in VERIFYING:
        from .databases import guard_defaults
    module = importlib.import_module(f'{__package__}.{ADDITIONS[owner.__name__]}') if owner.__name__ in ADDITIONS else None
    keep_methods(owner)
    methods = [name for name, method in vars(owner).items() if getattr(method, 'is_method', bool)()]
    complete_methods(owner)
    if issubclass(owner, GObject.GBoxed):
        hide_private_members(owner)
    if issubclass(owner, GObject.Object):
        refuse_subclass(owner)
        forward_properties(owner)
        guard_signals(owner)
    if owner.__name__ in VERIFYING:
        guard_defaults()
    if module is not None:
        for name, member in module.members_of(owner).items():
            setattr(owner, name, member)
    if owner.__name__ in OF_ONE_THREAD:
        keep_all_in_thread(owner, methods)
