#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Tokens that expire: who has a key gets one by HTTP, and a connection ends with its token.

expiring_token.py serve KEY [SECONDS [PORT]]
expiring_token.py listen KEY PORT"""

import asyncio
import hashlib
import hmac
import math
import secrets
import sys
import time
import urllib.error
import urllib.request

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp

UNAUTHORIZED = 3000                     # registered as a close code of this meaning
SECRET = secrets.token_bytes(32)        # several servers would share it


def sign(text: str) -> str:
    return f'{text}.{hmac.digest(SECRET, text.encode(), hashlib.sha256).hex()}'


def end_of(token: str) -> float:
    """When the token expires, a time of time.time (); 0 if it is not ours."""
    text, _, _ = token.partition('.')
    return int(text) if text.isascii() and text.isdecimal() and hmac.compare_digest(sign(text).encode(), token.encode()) else 0


def bearer_of(asked: Wsp.Handshake | Wsp.HttpRequest) -> str:
    return str(asked.request_headers.get('Authorization', '')).removeprefix('Bearer ')


def ask(handshake: Wsp.Handshake) -> bool:
    if end_of(bearer_of(handshake)) <= time.time():
        handshake.reject(401, {'WWW-Authenticate': 'Bearer error="invalid_token"'})
    return True


async def count(connection: Wsp.Connection) -> None:
    """Sends numbers until the token expires, or the client has gone."""
    assert connection.handshake
    left = end_of(bearer_of(connection.handshake)) - time.time()
    try:
        async with asyncio.timeout(left):
            for number in range(sys.maxsize):
                await connection.send(str(number))
                await asyncio.sleep(0.1)
    except TimeoutError:
        await connection.close(UNAUTHORIZED, 'The token has expired')


async def serve(key: str, seconds: str = '60', port: str = '8080') -> None:
    def give(request: Wsp.HttpRequest) -> None:
        if hmac.compare_digest(bearer_of(request).encode(), key.encode()):
            request.respond(200, {'Cache-Control': 'no-store'}, sign(str(math.ceil(time.time()) + int(seconds))))
        else:
            request.respond(401, {'WWW-Authenticate': 'Bearer'})

    async with Wsp.serve({'/': count, 'GET /token': give}, port=int(port), request=ask) as server:
        print('port', server.port, flush=True)
        await server.wait_closed()


async def listen(key: str, port: str) -> None:
    def fetch() -> str:
        request = urllib.request.Request(f'http://localhost:{port}/token', headers={'Authorization': f'Bearer {key}'})
        with urllib.request.urlopen(request, timeout=20) as response:
            return str(response.read(), 'ascii')

    async def set_token(handshake: Wsp.Handshake) -> None:
        """Each attempt has a new token.  urllib waits, so it does in a thread; what else it raises is tried again later."""
        try:
            handshake.set_request_headers({'Authorization': f'Bearer {await asyncio.to_thread(fetch)}'})
        except urllib.error.HTTPError as error:
            handshake.reject(403 if error.code == 401 else 503)

    def should_retry(error: GLib.Error) -> bool:
        """A wrong key stays wrong.  A token that has expired on its way, 401, is replaced."""
        return not isinstance(error, Wsp.HandshakeFailed) or error.status != 403

    async for connection in Wsp.reconnect(f'ws://localhost:{port}/', prepare=set_token, should_retry=should_retry):
        async for number in connection:
            print(number, flush=True)
        print(connection.close_info and connection.close_info.to_string(), flush=True)


async def main(command: str, *arguments: str) -> None:
    if command == 'serve':
        await serve(*arguments)
    else:
        await listen(*arguments)


try:
    Wsp.run(main(*sys.argv[1:]))
except GLib.Error as error:
    sys.exit(error.message)
