# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Tests a handler without a network: the two peers are the ends of a pair of sockets."""

import asyncio
import socket

import gi
gi.require_version('Wsp', '1')
from gi.repository import Gio, Wsp


async def echo(connection: Wsp.Connection) -> None:
    async for data in connection:
        await connection.send(data)


def connection_over(end: socket.socket, role: Wsp.Role) -> Wsp.Connection:
    stream = Gio.Socket.new_from_fd(end.detach()).connection_factory_create_connection()
    return Wsp.Connection.new_for_stream(stream, role, None, None, None)


async def main() -> None:
    ends = socket.socketpair()
    client, server = connection_over(ends[0], Wsp.Role.CLIENT), connection_over(ends[1], Wsp.Role.SERVER)
    handler = asyncio.create_task(echo(server))

    await client.send('Hello')
    assert await client.recv(timeout=5) == 'Hello'
    await client.close()
    await handler
    assert server.close_info is not None
    print(server.close_info.to_string())


Wsp.run(main())
