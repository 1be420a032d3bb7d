#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""FastAPI has the login, and sets the cookie that the chat asks for: with_fastapi.py [HTTP-PORT [PORT]]"""

import asyncio
import signal
import socket
import sys

import fastapi
import gi
import pydantic
import uvicorn
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp

import sessions

app = fastapi.FastAPI()


class Login(pydantic.BaseModel):
    name: str
    password: str


@app.post('/login')
async def log_in(login: Login, response: fastapi.Response) -> dict[str, str]:
    session = sessions.log_in(login.name, login.password)
    if not session:
        raise fastapi.HTTPException(401)
    response.set_cookie(sessions.COOKIE, session, httponly=True, samesite='strict')     # and secure=True with TLS
    return {'name': login.name}


async def main(http_port: str = '8000', port: str = '8080') -> None:
    # uvicorn takes these signals while it runs.  Newer versions raise them again at their end: the chat closes all the same.
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, lambda: None)
    with socket.create_server(('127.0.0.1', int(http_port))) as listener:
        async with Wsp.serve(sessions.chat, port=int(port), request=sessions.ask) as server:
            print('ports', listener.getsockname()[1], server.port, flush=True)
            await uvicorn.Server(uvicorn.Config(app, log_level='warning')).serve(sockets=[listener])


try:
    Wsp.run(main(*sys.argv[1:]))
except (GLib.Error, OSError) as error:
    sys.exit(str(error))
