# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Messages of a connection go to handlers of `message` or to one function.  recv () sets such a function, except for the
connections of Wsp.serve (), where it is a handler like others.

C learns of a handler only when it looks: a handler that is connected after the connection was handed out, as by code behind an
`await`, starts the connection here.

docs/rationales/python-and-javascript.md has the reasons."""

import functools

from gi.repository import GObject, Wsp

from .checks import check_thread
from .errors import InvalidOperation
from .plain import plain
from .results import CONNECTING, release_messages

MESSAGE = 'message'
LAST = 'received both (disconnect the handlers first)'


def has_handler(connection):
    signal = GObject.signal_lookup(MESSAGE, Wsp.Connection)
    return GObject.signal_has_handler_pending(connection, signal, 0, False)


def check_no_handler(connection):
    if has_handler(connection):
        raise InvalidOperation(f'Message function was not set: expected a function or handlers of message, {LAST}')


def check_recv(connection):
    if has_handler(connection):
        raise InvalidOperation(f'Messages go to handlers of message: expected recv () or handlers of message, {LAST}')


def check_no_function(connection):
    talk = getattr(connection, '_wsp_talk', None)
    if getattr(connection, '_wsp_has_function', False):
        raise InvalidOperation('Messages go to the message function: expected a function or handlers of message, received both '
                               '(unset the function or disconnect the handlers)')
    if talk is not None and talk.has_handler and not talk.is_one_of_many:
        raise InvalidOperation('Messages go to recv (): expected recv () or handlers of message, received both')


def start_later(connect):
    @functools.wraps(connect)
    def call(self, signal, handler, *more, **named):
        if signal != MESSAGE:
            return connect(self, signal, handler, *more, **named)
        check_thread(self)
        check_no_function(self)
        number = connect(self, signal, handler, *more, **named)
        plain.Connection.set_message_func(self, None)           # C looks for a handler
        release_messages(self)
        return number
    return call


def members_of(owner):
    return {name: start_later(getattr(owner, name)) for name in CONNECTING if hasattr(owner, name)}
