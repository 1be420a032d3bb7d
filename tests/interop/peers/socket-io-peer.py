#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""socket-io-peer.py server | client URI: python-socketio, which logs each event as it sees it, one JSON object per line.

The client sends events with and without acknowledgement, one with bytes, and ends; the server answers each with one."""

import asyncio
import json
import signal
import sys

import socketio
from aiohttp import web

PATIENCE = 30
EVENTS = [("chat", {"text": "Hello"}), ("chat", {"text": "Grüße \U0001f600"}), ("list", [1, 2, {"a": None}]), ("empty", {})]


def tell(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


async def serve():
    server = socketio.AsyncServer(async_mode="aiohttp", transports=["websocket"])
    application = web.Application()
    server.attach(application)

    @server.on("*")
    async def take(name, sid, data):
        tell("received", name=name, data=data if not isinstance(data, bytes) else len(data))
        await server.emit("echo", {"name": name}, to=sid)
        tell("sent", name="echo", data={"name": name})
        return {"took": name}

    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    tell("listening", port=runner.addresses[0][1])
    await ended.wait()
    await runner.cleanup()


async def visit(uri):
    client = socketio.AsyncClient(reconnection=False)
    echoes = asyncio.Queue()

    @client.on("echo")
    async def take(data):
        tell("received", name="echo", data=data)
        await echoes.put(data)

    await client.connect(uri, transports=["websocket"])
    for i, (name, data) in enumerate(EVENTS):
        if i % 2 == 0:
            answer = await client.call(name, data, timeout=PATIENCE)
            tell("answered", name=name, data=answer)
        else:
            await client.emit(name, data)
        tell("sent", name=name, data=data)
        await asyncio.wait_for(echoes.get(), PATIENCE)
    await client.emit("file", b"\xff\x00\x01")
    tell("sent", name="file", data=3)
    await asyncio.wait_for(echoes.get(), PATIENCE)
    await client.disconnect()


asyncio.run(serve() if sys.argv[1] == "server" else visit(sys.argv[2]))
