#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A chat with rooms for clients whose cookie is known, and a health check: members_only.py [PORT [SESSION=NAME…]]"""

import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp

names: dict[str, str] = {}              # of the members, by their sessions


def name_of(handshake: Wsp.Handshake) -> str:
    return names.get(handshake.cookie('session') or '', '')


async def ask(handshake: Wsp.Handshake) -> bool:
    if not name_of(handshake):          # a program may await the answer of its database
        handshake.reject(401)
    return True


async def chat(connection: Wsp.Connection) -> None:
    assert connection.handshake and connection.server
    name, room = name_of(connection.handshake), connection.handshake.path_value('room') or ''
    connection.subscribe(room)
    async for text in connection:
        connection.server.publish(room, f'{name}: {text!s}')


def health(request: Wsp.HttpRequest) -> None:
    request.respond(200, {'Cache-Control': 'no-store'}, b'ok\n')


async def main(port: str = '8080', *sessions: str) -> None:
    for session, _, name in (one.partition('=') for one in sessions):
        names[session] = name
    async with Wsp.serve({'/rooms/{room}': chat, 'GET /healthz': health}, port=int(port), request=ask) as server:
        print('port', server.port, flush=True)
        await server.wait_closed()


try:
    Wsp.run(main(*sys.argv[1:]))
except GLib.Error as error:
    sys.exit(error.message)
