#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Sends the files of its folder (/get/NAME) and saves others (/put/NAME): file_server.py [PORT]"""

import os
import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp


async def transfer(connection: Wsp.Connection) -> None:
    path = connection.handshake and connection.handshake.get_path() or '/'
    name = os.path.basename(path)               # nothing above the folder
    if path.startswith('/put/'):
        with open(name, 'wb') as file:
            async for chunk in connection.stream():
                file.write(chunk)
    elif os.path.isfile(name):
        with open(name, 'rb') as file:
            await connection.send(iter(lambda: file.read(65536), b''))
        await connection.recv()                 # the client closes when it has all of it
    else:
        await connection.close(4404, 'no such file')


async def main(port: str = '8080') -> None:
    async with Wsp.serve(transfer, port=int(port)) as server:
        print('port', server.port, flush=True)
        await server.wait_closed()


try:
    Wsp.run(main(*sys.argv[1:]))
except GLib.Error as error:
    sys.exit(error.message)
