# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.connect ()."""

from gi.repository import Wsp

from .headers import headers_of
from .talk import talk_of


class Connecting:
    """To be awaited, or to be used with `async with`, which closes the connection at its end."""

    def __init__(self, uri, subprotocols, headers, client, timeout, settings):
        if client is not None and settings:
            raise TypeError(f'connect: expected a client or its settings, received both ({", ".join(settings)})')
        self.client = client if client is not None else Wsp.Client(**settings)
        self.arguments = uri, subprotocols, headers_of(headers, Wsp.Headers.new())
        self.timeout = timeout
        self.connection = None

    async def connect(self):
        connection = await self.client.connect_async(*self.arguments, timeout=self.timeout)
        talk_of(connection)             # is of this thread
        return connection

    def __await__(self):
        return self.connect().__await__()

    async def __aenter__(self):
        self.connection = await self.connect()
        return self.connection

    async def __aexit__(self, kind, error, trace):
        await self.connection.close()
