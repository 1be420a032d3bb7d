#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Says "Hello" to an echo server and prints what comes back: echo_client.py [URI]"""

import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp


async def main(uri: str) -> None:
    async with Wsp.connect(uri, subprotocols=['chat']) as connection:
        await connection.send('Hello')
        print(await connection.recv())


try:
    Wsp.run(main(sys.argv[1] if len(sys.argv) > 1 else 'ws://localhost:8080/chat'))
except GLib.Error as error:
    sys.exit(error.message)
