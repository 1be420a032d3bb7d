# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.connect ()."""

import warnings

from gi.repository import Wsp

from . import options
from .errors import Error, raise_of_call, with_refusal
from .headers import headers_of
from .options import check_function, check_list, check_names, check_seconds, check_text, make_owner
from .preparing import Preparation
from .talk import talk_of

WHERE = 'Wsp.connect'
OWN = options.OWN[WHERE]


class Begun:
    """The result of connect () and serve (): to be awaited, or to be used with `async with`."""
    where = None
    loop_hint = ''
    is_awaited = False

    def __await__(self):
        self.is_awaited = True
        return self.begin().__await__()

    async def __aenter__(self):
        self.is_awaited = True
        return await self.begin()

    def __getattr__(self, name):
        raise AttributeError(f'{self.where} () was not awaited: expected await or async with before it, received a use of "{name}"')

    def refuse(self, word):
        self.is_awaited = True          # the exception tells it
        raise TypeError(f'{self.where} () was not awaited: expected await or async with before it, received {word}')

    def __enter__(self):
        self.refuse('with')

    def __exit__(self, kind, error, trace):
        """Python looks up __exit__ before it calls __enter__."""

    def __aiter__(self):
        self.refuse(f'async for{self.loop_hint}')

    def __iter__(self):
        self.refuse('for')

    def __del__(self):
        if not self.is_awaited and self.is_right:
            warnings.warn(f'{self.where} () was never awaited', RuntimeWarning, stacklevel=2, source=self)


def check_options(where, uri, subprotocols, client, timeout, prepare, settings):
    check_text(f'URI of {where} ()', uri)
    check_list(f'Option subprotocols of {where} ()', subprotocols)
    check_seconds(where, 'timeout', timeout)
    check_function(where, 'prepare', prepare)
    if client is not None and not isinstance(client, Wsp.Client):
        raise TypeError(f'Option client of {where} () is wrong: expected a Wsp.Client, received {type(client).__name__}')
    if client is not None and settings:
        raise TypeError(f'Options of {where} () are wrong: expected a client or its settings, received both ({", ".join(settings)})')


class Connecting(Begun):
    """`async with` closes the connection at its end."""
    where, own = WHERE, OWN
    loop_hint = ' (Wsp.reconnect () connects again in a loop)'
    is_right = False

    def __init__(self, uri, subprotocols, headers, client, timeout, prepare, settings):
        check_names(self.where, self.own, Wsp.Client, settings)
        check_options(self.where, uri, subprotocols, client, timeout, prepare, settings)
        if timeout is not None:
            settings.setdefault('connect_timeout_seconds', 0)       # the default would end a longer timeout
        self.client = client if client is not None else make_owner(self.where, Wsp.Client, settings)
        self.arguments = uri, subprotocols, headers_of(headers, self.where)
        self.timeout = timeout
        self.prepare = prepare
        self.connection = None
        self.is_right = True

    async def begin(self):
        handshake = Wsp.Handshake.new_client(*self.arguments)
        preparation = Preparation(self.prepare, WHERE, self.client, handshake) if self.prepare is not None else None
        try:
            self.connection = await self.client.open_async(handshake, None, timeout=self.timeout)
        except Error as error:
            if preparation is not None and preparation.error is not None:
                error.__cause__ = preparation.error
            raise_of_call(with_refusal(error, handshake))
        finally:
            if preparation is not None:
                preparation.end()
        self.connection.stop_receiving()          # messages wait for recv ()
        talk_of(self.connection)        # notes that the connection belongs to this thread
        return self.connection

    async def __aexit__(self, kind, error, trace):
        await self.connection.close()
