# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The parts of Wsp that PyGObject cannot know by itself.  It loads this module with the namespace."""

from ..module import get_introspection_module
from ..overrides import override
from gi.repository import GLib, GObject

Wsp = get_introspection_module('Wsp')
__all__ = ['Connection']


class Connection(Wsp.Connection):
    def set_message_func(self, func, *user_data):
        """An exception is invisible to C: the connection fails with close code 1011.  PyGObject prints the traceback.

        The message is lent, and PyGObject takes a reference only after a function that did not raise."""
        def call(connection, message, *more):
            try:
                func(connection, message.ref(), *more)
            except BaseException as error:
                text = f'Message function raised {type(error).__name__}: its traceback was printed'
                connection.fail(GLib.Error.new_literal(Wsp.SessionError.quark(), text, Wsp.SessionError.FAILED))
                raise

        super().set_message_func(call if callable(func) else func, *user_data)


Connection = override(Connection)


def forward_property(spec):
    return property(lambda self: self.get_property(spec.name),
                    lambda self, value: self.set_property(spec.name, value),
                    doc=spec.blurb)


def forward_properties(owner):
    """PyGObject shows properties in `props` only: `limits.max_message_size = 5` would set nothing."""
    for spec in owner.list_properties():
        setattr(owner, spec.name.replace('-', '_'), forward_property(spec))


for name in dir(Wsp):
    member = getattr(Wsp, name)
    if isinstance(member, type) and issubclass(member, GObject.Object):
        forward_properties(member)
