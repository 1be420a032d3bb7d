# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Tests a handler in coroutines, server and client in one process: pytest-3 test_with_pytest_asyncio.py"""

import asyncio
from collections.abc import AsyncIterator

import gi
import pytest
import pytest_asyncio
gi.require_version('Wsp', '1')
from gi.repository import Wsp

from shout import shout

# pytest-asyncio makes its loops by the policy: this line may also be in conftest.py.
asyncio.set_event_loop_policy(Wsp.EventLoopPolicy())


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Wsp.Server]:
    async with Wsp.serve(shout, allowed_origins=['https://a.example']) as server:
        yield server


@pytest.mark.asyncio
async def test_text_comes_back_in_capitals(server: Wsp.Server) -> None:
    async with Wsp.connect(f'ws://localhost:{server.port}/') as connection:
        await connection.send('hello')
        assert await connection.recv(timeout=20) == 'HELLO'


@pytest.mark.asyncio
async def test_pages_of_others_do_not_come_in(server: Wsp.Server) -> None:
    with pytest.raises(Wsp.HandshakeFailed) as caught:
        await Wsp.connect(f'ws://localhost:{server.port}/', origin='https://b.example')
    assert caught.value.status == 403


@pytest.mark.asyncio
async def test_clients_learn_that_the_server_stops(server: Wsp.Server) -> None:
    async with Wsp.connect(f'ws://localhost:{server.port}/') as connection:
        await server.close()
        assert [data async for data in connection] == []
    assert connection.peer_close_code == Wsp.CloseCode.GOING_AWAY
