#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Sends each text back in capitals; the recipes for tests have it as the program that they test: shout.py [PORT]"""

import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp


async def shout(connection: Wsp.Connection) -> None:
    async for text in connection:
        if not isinstance(text, str):
            await connection.close(Wsp.CloseCode.UNSUPPORTED_DATA, 'Text only')
            return
        await connection.send(text.upper())


async def main(port: str = '8080') -> None:
    async with Wsp.serve(shout, port=int(port)) as server:
        print('port', server.port, flush=True)
        await server.wait_closed()


if __name__ == '__main__':
    try:
        Wsp.run(main(*sys.argv[1:]))
    except GLib.Error as error:
        sys.exit(error.message)
