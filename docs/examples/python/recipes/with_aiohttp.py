#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""aiohttp has the login, and sets the cookie that the chat asks for: with_aiohttp.py [HTTP-PORT [PORT]]"""

import asyncio
import signal
import sys

import gi
from aiohttp import web
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp

import sessions

routes = web.RouteTableDef()


@routes.post('/login')
async def log_in(request: web.Request) -> web.Response:
    form = await request.post()
    name = str(form.get('name', ''))
    session = sessions.log_in(name, str(form.get('password', '')))
    if not session:
        raise web.HTTPUnauthorized()
    response = web.json_response({'name': name})
    response.set_cookie(sessions.COOKIE, session, httponly=True, samesite='Strict')     # and secure=True with TLS
    return response


async def main(http_port: str = '8000', port: str = '8080') -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, '127.0.0.1', int(http_port)).start()
        async with Wsp.serve(sessions.chat, port=int(port), request=sessions.ask) as server:
            print('ports', runner.addresses[0][1], server.port, flush=True)
            await stop.wait()
    finally:
        await runner.cleanup()


try:
    Wsp.run(main(*sys.argv[1:]))
except (GLib.Error, OSError) as error:
    sys.exit(str(error))
