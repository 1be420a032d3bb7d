#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""An echo server that closes all connections with 1001 at SIGTERM: graceful_stop.py [PORT]"""

import asyncio
import signal
import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp


async def echo(connection: Wsp.Connection) -> None:
    async for message in connection:
        await connection.send(message)


async def main(port: str = '8080') -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with Wsp.serve(echo, port=int(port)) as server:
        print('port', server.port, flush=True)
        await stopped.wait()
    print('stopped')


try:
    Wsp.run(main(*sys.argv[1:]))
except GLib.Error as error:
    sys.exit(error.message)
