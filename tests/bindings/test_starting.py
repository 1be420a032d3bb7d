#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A connection with a receiver of messages starts by itself: also if the receiver is set behind an `await`, which runs after the
callback that was given the connection."""

import asyncio
import os
import socket
import sys

import gi
gi.require_version("Wsp", "1")
from gi.repository import Gio, Wsp  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from tap import Tap  # noqa: E402

SECONDS = 30
QUIET = 0.05            # a message that must wait has been received long before
tap = Tap()


class Scene:
    """A connection that the program is given, and its peer, which has sent a message."""

    def __init__(self, receiver, set_at_once):
        self.receiver, self.set_at_once = receiver, set_at_once
        self.words = []
        self.came = asyncio.Event()
        self.given, self.found = asyncio.get_running_loop().create_future(), asyncio.get_running_loop().create_future()
        self.server = Wsp.Server()
        self.client = Wsp.Client()
        self.kept = []

    def note(self, word):
        self.words.append(word)
        self.came.set()

    def set_receiver(self, connection):
        if self.receiver in ("function", "both"):
            connection.set_message_func(lambda connection, message: self.note("function"))
        if self.receiver == "both":
            try:
                connection.connect("message", lambda connection, message: self.note("handler"))
            except Wsp.InvalidOperation:
                self.words.append("refused")
        elif self.receiver == "handler":
            connection.connect("message", lambda connection, message: self.note("handler"))

    def take(self, connection):
        if self.set_at_once:
            self.set_receiver(connection)
        self.given.set_result(connection)

    def take_peer(self, peer):
        peer.start_receiving()
        peer.queue_text("one")
        self.found.set_result(peer)

    def listen(self, take):
        self.server.connect("connection", lambda server, connection: take(connection))
        return f"ws://127.0.0.1:{self.server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port()}/"

    def connect(self, uri, take):
        self.client.connect_async(uri, None, None, None, lambda client, result: take(client.connect_finish(result)))

    def of_server(self):
        self.connect(self.listen(self.take), self.take_peer)

    def of_client(self):
        self.connect(self.listen(self.take_peer), self.take)

    def of_reconnector(self):
        reconnector = Wsp.Reconnector(client=self.client, uri=self.listen(self.take_peer))
        reconnector.connect("connected", lambda reconnector, connection: self.take(connection))
        reconnector.start()
        self.kept.append(reconnector)

    def of_adopt(self):
        near, far = (Gio.Socket.new_from_fd(one.detach()).connection_factory_create_connection()
                     for one in socket.socketpair())
        headers = Wsp.Headers.new()
        for name, value in (("Host", "localhost"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Version", "13")):
            headers.append(name, value)
        self.server.connect("connection", lambda server, connection: self.take(connection))
        self.take_peer(Wsp.Connection.new_for_stream(far, Wsp.Role.CLIENT, None, None, None))
        self.server.adopt(Wsp.Handshake.new_server("GET", "/", "1.1", headers), near)

    async def run(self, giver):
        getattr(self, f"of_{giver}")()
        connection, peer = await self.given, await self.found
        if not self.set_at_once:
            self.set_receiver(connection)
        if self.receiver == "none":
            self.note(f"recv {await connection.recv()}")
        await asyncio.wait_for(self.came.wait(), SECONDS)
        for reconnector in self.kept:
            reconnector.stop()
        peer.abort()
        connection.abort()
        return self.words


EXPECTED = {"handler": ["handler"], "function": ["function"], "both": ["refused", "function"], "none": ["recv one"]}


async def test_givers():
    for giver in ("server", "client", "reconnector", "adopt"):
        for receiver, expected in EXPECTED.items():
            for set_at_once in (True, False):
                words = await Scene(receiver, set_at_once).run(giver)
                where = "callback" if set_at_once else "await"
                tap.point(words == expected, f"/bindings/starting/python/{giver}/{where}/{receiver}", words)


async def test_connect():
    """The messages of Wsp.connect () wait for recv () or start ()."""
    words = []
    async with Wsp.serve(lambda connection: talk(connection, words)) as server, \
            Wsp.connect(f"ws://127.0.0.1:{server.port}/") as connection:
        connection.connect("message", lambda connection, message: words.append(message.get_text()))
        await connection.send("one")
        while connection.dup_stats().messages_received == 0:
            await asyncio.sleep(QUIET)
        tap.point(words == ["served one"], "/bindings/starting/python/connect/waits", words)
        connection.start_receiving()
        while len(words) == 1:
            await asyncio.sleep(QUIET)
        tap.point(words == ["served one", "two"], "/bindings/starting/python/connect/started", words)


async def talk(connection, words):
    async for data in connection:
        words.append(f"served {data}")
        await connection.send("two")


async def test_serve():
    """A logger beside Wsp.serve () takes nothing from recv ()."""
    words, logged = [], []
    server = Wsp.Server()
    server.connect("connection", lambda server, connection: connection.connect(
        "message", lambda connection, message: logged.append(message.get_text())))

    async def handle(connection):
        await asyncio.sleep(QUIET)
        words.append(await connection.recv())

    async with Wsp.serve(handle, "127.0.0.1", 0, server=server), Wsp.connect(f"ws://127.0.0.1:{server.port}/") as connection:
        await connection.send("one")
        while not words:
            await asyncio.sleep(QUIET)
    tap.point(words == ["one"] and logged == ["one"], "/bindings/starting/python/serve/logger-takes-nothing", [words, logged])


async def main():
    await asyncio.wait_for(test_givers(), SECONDS)
    await asyncio.wait_for(test_connect(), SECONDS)
    await asyncio.wait_for(test_serve(), SECONDS)


Wsp.run(main())
sys.exit(tap.end())
