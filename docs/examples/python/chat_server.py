#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A chat: each path is a room, and a client that never reads is evicted: chat_server.py [PORT]"""

from collections import defaultdict
import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp

rooms: defaultdict[str, set[Wsp.Connection]] = defaultdict(set)


async def chat(connection: Wsp.Connection) -> None:
    path = connection.handshake and connection.handshake.get_path() or '/'
    rooms[path].add(connection)
    try:
        async for message in connection.messages():
            for member in list(rooms[path]):
                if member.send_queue_bytes > 1 << 20:
                    member.abort()
            Wsp.broadcast(rooms[path], message)
    finally:
        rooms[path].discard(connection)
        if not rooms[path]:
            del rooms[path]


async def main(port: str = '8080') -> None:
    async with Wsp.serve(chat, port=int(port), subprotocols=['chat']) as server:
        print('port', server.port, flush=True)
        await server.wait_closed()


try:
    Wsp.run(main(*sys.argv[1:]))
except GLib.Error as error:
    sys.exit(error.message)
