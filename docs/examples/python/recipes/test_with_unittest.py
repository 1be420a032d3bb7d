# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Tests a handler in coroutines, server and client in one process: python3 -m unittest test_with_unittest.py"""

import asyncio
import sys
import unittest

import gi
gi.require_version('Wsp', '1')
from gi.repository import Wsp

from shout import shout


def setUpModule() -> None:
    """For Python 3.11 and 3.12; later ones take the loop_factory of the class, and 3.16 has no policies."""
    if sys.version_info < (3, 13):
        asyncio.set_event_loop_policy(Wsp.EventLoopPolicy())
        unittest.addModuleCleanup(asyncio.set_event_loop_policy, None)


class ShoutTest(unittest.IsolatedAsyncioTestCase):
    loop_factory = Wsp.EventLoop

    async def asyncSetUp(self) -> None:
        self.server = await self.enterAsyncContext(Wsp.serve(shout))
        self.connection = await self.enterAsyncContext(Wsp.connect(f'ws://localhost:{self.server.port}/'))

    async def test_text_comes_back_in_capitals(self) -> None:
        for text, expected in (('hello', 'HELLO'), ('', ''), ('naïve', 'NAÏVE')):
            with self.subTest(text=text):
                await self.connection.send(text)
                self.assertEqual(await self.connection.recv(timeout=20), expected)

    async def test_bytes_end_the_connection(self) -> None:
        await self.connection.send(b'bytes')
        with self.assertRaises(Wsp.Closed) as caught:
            await self.connection.recv(timeout=20)
        self.assertEqual(caught.exception.close_code, Wsp.CloseCode.UNSUPPORTED_DATA)
