#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Sends a number to every client, ten times a second: ticker_server.py [PORT]"""

import asyncio
import itertools
import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp


async def main(port: str = '8080') -> None:
    async with Wsp.serve(lambda connection: connection.recv(), port=int(port)) as server:
        print('port', server.port, flush=True)
        for number in itertools.count():
            server.broadcast(Wsp.Message.new_text(str(number)))
            await asyncio.sleep(0.1)


try:
    Wsp.run(main(*sys.argv[1:]))
except GLib.Error as error:
    sys.exit(error.message)
