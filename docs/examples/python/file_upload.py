#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Sends a file and shows how far it is: file_upload.py URI FILE"""

import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp


async def main(uri: str, name: str) -> None:
    with open(name, 'rb') as file:
        async with Wsp.connect(uri) as connection, connection.begin(Wsp.MessageType.BINARY) as output:
            while data := file.read(1 << 20):
                await output.write(data)
                print(file.tell(), 'bytes sent')


try:
    Wsp.run(main(*sys.argv[1:]))
except (GLib.Error, OSError) as error:
    sys.exit(str(error))
