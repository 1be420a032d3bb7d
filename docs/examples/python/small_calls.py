#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Calls that no other example needs, on connections of the program to itself: small_calls.py"""

import asyncio

import gi
gi.require_version('Wsp', '1')
from gi.repository import Wsp


def ask(handshake: Wsp.Handshake) -> bool:
    return handshake.query_value('token') == 'secret'


async def talk(connection: Wsp.Connection) -> None:
    connection.subscribe('news')
    async for data in connection:
        if data == 'leave':
            print('left:', connection.unsubscribe('news'))
        elif data == 'fail':
            connection.fail()
            break
        await connection.send(data)


async def measure(connection: Wsp.Connection) -> float:
    return await connection.ping('are you there?', timeout=20)


async def read_chunks(connection: Wsp.Connection) -> None:
    async with connection.stream() as reader:
        await reader.open(timeout=20)
        print('chunk:', await reader.read(), 'binary:', reader.message_type == Wsp.MessageType.BINARY)


def tell(server: Wsp.Server) -> None:
    group = Wsp.Group(server)
    for connection in server.connections:
        group.add(connection)
    group.broadcast('hello')
    print('removed:', group.remove(server.connections[0]), 'left:', len(group))


def make_headers() -> Wsp.Headers:
    headers = Wsp.Headers({'Accept-Language': 'eo'})
    headers['Cookie'] = 'a=b'
    return headers


def talk_without_a_loop(uri: str) -> None:
    connection = Wsp.connect_sync(uri)
    print('ping:', connection.ping(timeout=20) < 20, connection.uri == uri)
    connection.close(1000, 'done')
    connection = Wsp.connect_sync(uri)
    connection.abort()


async def main() -> None:
    server = await Wsp.serve(talk, request=ask)
    uri = f'ws://127.0.0.1:{server.port}/?token=secret'
    async with Wsp.connect(uri, headers=make_headers()) as connection:
        print('ping:', await measure(connection) < 20)
        await connection.send(b'bytes')
        await read_chunks(connection)
        tell(server)
        print('group:', await connection.recv())
        await connection.send('leave')
        print('echo:', await connection.recv())
        await asyncio.to_thread(talk_without_a_loop, uri)
        await connection.send('fail')
        try:
            await connection.recv()
        except Wsp.Closed as error:
            print('closed:', error.close_code)
    await server.close()


Wsp.run(main())
