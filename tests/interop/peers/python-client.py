#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Client of Python's websockets: python-client.py URI.  Tells what it sees, a JSON object a line."""

import asyncio
import json
import sys

import websockets


def tell(**event):
    print(json.dumps(event), flush=True)


async def echo(socket, message):
    await socket.send(message)
    answer = await socket.recv()
    tell(event="echo", type="text" if isinstance(answer, str) else "binary",
         size=len(answer), is_equal="".join(message) == answer if isinstance(message, list) else message == answer)


async def main(uri):
    tell(event="version", name="Python websockets", version=websockets.__version__)
    async with websockets.connect(uri, compression=None, max_size=None) as socket:
        tell(event="open", protocol=socket.subprotocol)
        await echo(socket, "Hellö")
        await echo(socket, "")
        await echo(socket, bytes(range(256)))
        await echo(socket, "é" * 100_000)
        await echo(socket, ["in ", "three ", "fragments"])
        await (await socket.ping(b"anybody?"))
        tell(event="pong")
        await socket.close(4321, "enough")
    tell(event="close", code=socket.close_code, reason=socket.close_reason)


asyncio.run(main(sys.argv[1]))
