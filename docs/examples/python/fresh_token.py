#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Prints what a server sends, and connects again, each time with a new token, which a command prints:
fresh_token.py URI COMMAND [ARGUMENT…]"""

import asyncio
import subprocess
import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp


async def set_token(handshake: Wsp.Handshake) -> None:
    """If the command fails, another attempt follows, with its own call of this function."""
    process = await asyncio.create_subprocess_exec(*sys.argv[2:], stdout=subprocess.PIPE)
    try:
        token, _ = await process.communicate()
    finally:
        if process.returncode is None:              # the attempt has ended before the command
            process.kill()
    if process.returncode != 0:
        raise ChildProcessError(f'{sys.argv[2]} ended with {process.returncode}')
    handshake.set_request_headers({'Authorization': f'Bearer {token.decode().strip()}'})


async def main(uri: str) -> None:
    async for connection in Wsp.reconnect(uri, prepare=set_token):
        print('connected', flush=True)
        async for data in connection:
            print(data, flush=True)
        print(connection.close_info and connection.close_info.to_string(), flush=True)


try:
    Wsp.run(main(sys.argv[1]))
except GLib.Error as error:         # another attempt would not help, after status 403, say
    sys.exit(error.message)
