# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.Group with messages of Python, and topics: groups that a server has by name as long as they have members."""

import functools
import weakref

from gi.repository import GObject, Wsp

from .checks import check_thread
from .errors import Closed, InvalidArgument
from .options import check_known, check_text, flags_of
from .plain import plain
from .values import message_of


def forget_empty(topics, name):
    if name in topics and plain.Group.get_n_members(topics[name]) == 0:
        del topics[name]


def topics_of(connection):
    """The topics of the server, and the names of those that the connection has subscribed to."""
    server = connection.server
    if server is None and connection.get_state() == Wsp.ConnectionState.OPEN:
        raise InvalidArgument('Connection has no topics: expected a connection of a Wsp.Server, received one of a client')
    if server is None:
        raise Closed('Connection is closing or closed')
    return server, vars(server).setdefault('_wsp_topics', {})


def note(connection, topics, name):
    """The handler has no reference to the connection or the server."""
    names = vars(connection).get('_wsp_topics')
    if names is None:
        names = connection._wsp_topics = set()

        def on_closed(_connection):
            for one in names:
                forget_empty(topics, one)

        GObject.Object.connect(connection, 'closed', on_closed)
    names.add(name)


def subscribe(connection, name):
    check_thread(connection)
    check_text('Topic', name)
    server, topics = topics_of(connection)
    group = topics[name] if name in topics else Wsp.Group.new(server)
    group.add(connection)
    topics[name] = group
    note(connection, topics, name)


def unsubscribe(connection, name):
    check_thread(connection)
    check_text('Topic', name)
    names = vars(connection).get('_wsp_topics', ())
    if name not in names:
        return False
    names.remove(name)
    server = connection.server
    topics = vars(server)['_wsp_topics'] if server is not None else {}
    was_member = name in topics and topics[name].remove(connection)
    forget_empty(topics, name)
    return was_member


def flags_of_group(where, exclude, urgent, compress, unknown):
    check_known(where, ['exclude', 'urgent', 'compress'], unknown)
    if exclude is not None and not isinstance(exclude, Wsp.Connection):
        raise TypeError(f'Option exclude of {where} () is wrong: expected a Wsp.Connection or None, received {type(exclude).__name__}')
    return flags_of(where, urgent, compress)


def publish(server, name, message, exclude, flags):
    check_text('Topic', name)
    group = vars(server).get('_wsp_topics', {}).get(name)
    if group is not None:
        plain.Group.broadcast(group, message_of(message), flags, exclude)


def in_thread_of_member(method, update):
    """C refuses a connection of another thread with a critical; an exception says where the call was made."""
    @functools.wraps(method)
    def call(self, connection):
        if isinstance(connection, Wsp.Connection):
            check_thread(connection)
        result = method(self, connection)
        update(self, connection)
        return result
    return call


def add_member(group, connection):
    vars(group).setdefault('_wsp_members', weakref.WeakKeyDictionary())[connection] = True


def remove_member(group, connection):
    vars(group).get('_wsp_members', {}).pop(connection, None)


def new_group(cls, server=None, **unknown):
    check_known('Wsp.Group', ['server'], unknown)
    if not isinstance(server, Wsp.Server):
        raise TypeError(f'Wsp.Group () is wrong: expected the Wsp.Server of its members, received {type(server).__name__}')
    return cls.new(server)


def ignore_arguments(group, *unused, **unknown):
    """new () has made the group."""


def members(group):
    """The members in the order in which they were added: a connection that has ended has left the group."""
    return [one for one in vars(group).get('_wsp_members', ()) if one.get_state() != Wsp.ConnectionState.CLOSED]


def is_member(group, connection):
    return isinstance(connection, Wsp.Connection) and connection in members(group)


def broadcast(self, message, *, exclude=None, urgent=False, compress=True, **unknown):
    """Sends a str, bytes or a Wsp.Message to all members, but not to the connection `exclude`."""
    flags = flags_of_group('broadcast', exclude, urgent, compress, unknown)
    plain.Group.broadcast(self, message_of(message), flags, exclude)


def members_of(owner):
    updates = {'add': add_member, 'remove': remove_member}
    return {'__new__': new_group, '__init__': ignore_arguments, '__len__': lambda self: plain.Group.get_n_members(self),
            '__iter__': lambda self: iter(members(self)), '__contains__': is_member, 'broadcast': broadcast,
            **{name: in_thread_of_member(vars(owner)[name], update) for name, update in updates.items()}}
