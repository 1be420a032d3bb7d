# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.connect ()."""

import warnings

from gi.repository import Wsp

from .headers import headers_of
from .options import check_list, check_names, check_seconds, check_text
from .talk import talk_of

WHERE = 'Wsp.connect'
OWN = 'client', 'headers', 'subprotocols', 'timeout'


class Begun:
    """The result of connect () and serve (): to be awaited, or to be used with `async with`."""
    where = None
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
        raise TypeError(f'{self.where} () was not awaited: expected await or async with before it, received {word}')

    def __enter__(self):
        self.refuse('with')

    def __exit__(self, kind, error, trace):
        """Python looks up __exit__ before it calls __enter__."""

    def __aiter__(self):
        self.refuse('async for (Wsp.Reconnector connects again)')

    def __iter__(self):
        self.refuse('for')

    def __del__(self):
        if not self.is_awaited and self.is_right:
            warnings.warn(f'{self.where} () was never awaited', RuntimeWarning, stacklevel=2, source=self)


class Connecting(Begun):
    """`async with` closes the connection at its end."""
    where = WHERE
    is_right = False

    def __init__(self, uri, subprotocols, headers, client, timeout, settings):
        check_names(WHERE, OWN, Wsp.Client, settings)
        check_text(f'URI of {WHERE} ()', uri)
        check_list(f'Option subprotocols of {WHERE} ()', subprotocols)
        check_seconds(WHERE, 'timeout', timeout)
        if client is not None and not isinstance(client, Wsp.Client):
            raise TypeError(f'Option client of {WHERE} () is wrong: expected a Wsp.Client, received {type(client).__name__}')
        if client is not None and settings:
            raise TypeError(f'Options of {WHERE} () are wrong: expected a client or its settings, received both ({", ".join(settings)})')
        self.client = client if client is not None else Wsp.Client(**settings)
        self.arguments = uri, subprotocols, headers_of(headers, WHERE)
        self.timeout = timeout
        self.connection = None
        self.is_right = True

    async def begin(self):
        self.connection = await self.client.connect_async(*self.arguments, timeout=self.timeout)
        self.connection.stop_receiving()          # messages wait for recv ()
        talk_of(self.connection)        # notes that the connection belongs to this thread
        return self.connection

    async def __aexit__(self, kind, error, trace):
        await self.connection.close()
