# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The members of a program, their sessions, and the chat that only they may join: a part of the recipes with a login."""

import hmac
import secrets

import gi
gi.require_version('Wsp', '1')
from gi.repository import Wsp

COOKIE = 'session'
passwords = {'ann': 'sesame'}           # a program has a database, and hashes of passwords
names: dict[str, str] = {}              # of the members, by their sessions


def log_in(name: str, password: str) -> str:
    """A new session; empty for a wrong name or password."""
    expected = passwords.get(name, '')
    if not hmac.compare_digest(expected.encode(), password.encode()) or not expected:
        return ''
    session = secrets.token_urlsafe()
    names[session] = name
    return session


def name_of(handshake: Wsp.Handshake) -> str:
    return names.get(handshake.cookie(COOKIE) or '', '')


def ask(handshake: Wsp.Handshake) -> bool:
    if not name_of(handshake):
        handshake.reject(401)
    return True


async def chat(connection: Wsp.Connection) -> None:
    assert connection.handshake and connection.server
    name = name_of(connection.handshake)
    async for text in connection:
        connection.server.broadcast(f'{name}: {text!s}')
