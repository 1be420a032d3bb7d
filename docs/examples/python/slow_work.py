#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Replies to each number with its prime factors, which other threads find: slow_work.py [PORT]"""

import asyncio
import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp

MAX_NUMBER = 10 ** 13       # no peer may occupy a thread for long


def find_factors(text: str | bytes) -> str:
    factors, i = [], 2
    try:
        rest = int(text)
    except ValueError:
        rest = 0
    if not 1 <= rest <= MAX_NUMBER:
        return f'Expected 1 to {MAX_NUMBER}'
    while i * i <= rest:
        if rest % i == 0:
            factors.append(i)
            rest //= i
        else:
            i += 1
    return ' '.join(map(str, [*factors, rest]))


async def answer(connection: Wsp.Connection) -> None:
    async for text in connection:
        await connection.send(await asyncio.to_thread(find_factors, text))


async def main(port: str = '8080') -> None:
    async with Wsp.serve(answer, port=int(port)) as server:
        print('port', server.port, flush=True)
        await server.wait_closed()


try:
    Wsp.run(main(*sys.argv[1:]))
except GLib.Error as error:
    sys.exit(error.message)
