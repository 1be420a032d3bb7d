#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Sends every message back: echo_server.py [PORT]"""

import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp


async def echo(connection: Wsp.Connection) -> None:
    async for data in connection:
        await connection.send(data)
    print('closed', connection.peer_close_code, flush=True)


async def main(port: int) -> None:
    async with Wsp.serve(echo, port=port, subprotocols=['chat'], allowed_origins=['https://example.org']) as server:
        print('port', server.port, flush=True)
        await server.wait_closed()


try:
    Wsp.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8080))
except GLib.Error as error:
    sys.exit(error.message)
