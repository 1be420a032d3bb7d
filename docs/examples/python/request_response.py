#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Sends "NUMBER TEXT", waits half a second for that number: request_response.py URI TEXT..."""

import asyncio
import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp


async def ask(connection: Wsp.Connection, number: int, text: str) -> object:
    """A response that comes too late is read, and left out, by the next request."""
    await connection.send(f'{number} {text}')
    async for response in connection:
        if isinstance(response, str) and response.split(' ')[0] == str(number):
            return response
    return 'closed'


async def main(uri: str, *texts: str) -> None:
    async with Wsp.connect(uri) as connection:
        for number, text in enumerate(texts, 1):
            try:
                print(await asyncio.wait_for(ask(connection, number, text), 0.5))
            except asyncio.TimeoutError:
                print('no response')


try:
    Wsp.run(main(*sys.argv[1:]))
except GLib.Error as error:
    sys.exit(error.message)
