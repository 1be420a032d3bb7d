#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Clients that count: crowd.py URI CLIENTS ROOMS SECONDS

Each client joins one of the rooms (0: none), and publishes after each number of seconds, from "start" to "stop".  Each line of the
input, "start", "stop", "mark" or "poll", is answered with one of JSON: what is known since the last mark, and the events since the
last line."""

import asyncio
from collections import Counter, defaultdict
import json
import random
import re
import sys
import time
from typing import Optional, TypedDict

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp

from client import Client


BODY = re.compile(r'(\d+) (\d+)')       # the publisher, and how many it has published


class Answer(TypedDict):
    open: int
    joined: int
    published: int
    acknowledged: int
    refused: int
    holes: int
    doubles: int
    disorder: int
    resets: int
    joins: int
    instances: dict[str, int]
    events: list[list[object]]


class Books:
    """What the rooms' messages were, and which of them came."""

    def __init__(self) -> None:
        self.published = 0
        self.refused = 0
        self.doubles = 0
        self.disorder = 0
        self.resets = 0
        self.joins = 0
        self.acknowledged: defaultdict[str, set[str]] = defaultdict(set)


class Member(Client):
    def __init__(self, crowd: 'Crowd', uri: str, index: int, room: Optional[str]):
        super().__init__(uri)
        self.crowd = crowd
        self.index = index
        self.room = room
        self.begin_books()
        self.bodies: dict[str, str] = {}        # by id
        self.is_joined = False
        self.instance = ''
        self.n_published = 0
        self.reconnector.connect('attempt-failed', self.on_failed)
        if room is not None:
            self.join(room)
        self.reconnector.start()

    def begin_books(self) -> None:
        self.seen: set[str] = set()
        self.newest: dict[str, int] = {}        # by publisher
        self.forgiven: set[str] = set()         # bodies that were published before the answer to a reset
        self.is_judged = True                   # no reset has an answer under way

    def tell(self, name: str, *more: object) -> None:
        self.crowd.events.append([self.index, name, time.monotonic(), *more])

    def on_connected(self, reconnector: Wsp.Reconnector, connection: Wsp.Connection) -> None:
        self.crowd.n_open += 1
        self.tell('connected')
        super().on_connected(reconnector, connection)

    def on_disconnected(self, reconnector: Wsp.Reconnector, info: Wsp.CloseInfo) -> None:
        self.crowd.n_open -= 1
        self.is_joined = False
        self.tell('disconnected', info.get_peer_code(), info.get_peer_reason(), self.instance)
        self.instance = ''
        super().on_disconnected(reconnector, info)

    def on_failed(self, reconnector: Wsp.Reconnector, handshake: Optional[Wsp.Handshake], error: GLib.Error) -> None:
        self.tell('failed', handshake.get_response_status() if handshake is not None else 0, error.message)

    def on_instance(self, name: str) -> None:
        self.instance = name

    def send_join(self, name: str) -> None:
        self.crowd.books.joins += 1
        super().send_join(name)

    def on_joined(self, room: str) -> None:
        self.is_joined = True
        if not self.is_judged:
            self.is_judged = True
            self.forgiven = set(self.crowd.current)

    def on_reset(self, room: str) -> None:
        """What comes after the answer is judged as before."""
        self.begin_books()
        self.is_judged = self.is_joined = False
        self.crowd.books.resets += 1

    def on_message(self, room: str, body: str) -> None:
        match = BODY.fullmatch(body)
        if match is None:               # of the page, or of somebody else
            return
        if body in self.seen:
            self.crowd.books.doubles += self.is_judged
            return
        self.seen.add(body)
        publisher, count = match.groups()
        self.crowd.books.disorder += int(count) <= self.newest.get(publisher, -1) and self.is_judged
        self.newest[publisher] = int(count)

    def on_acknowledged(self, id: str) -> None:
        assert self.room is not None
        body = self.bodies.pop(id)
        if body in self.crowd.current:
            self.crowd.books.acknowledged[self.room].add(body)

    def on_refused(self, what: object, why: str) -> None:
        self.crowd.books.refused += 1
        self.tell('refused', why)

    def speak(self) -> None:
        assert self.room is not None
        body = f'{self.index} {self.n_published}'
        self.n_published += 1
        self.crowd.books.published += 1
        self.crowd.current.add(body)
        self.bodies[self.publish(self.room, body)] = body

    async def go_on_speaking(self, seconds: float) -> None:
        await asyncio.sleep(random.random() * seconds)
        while True:
            self.speak()
            await asyncio.sleep(seconds)


class Crowd:
    def __init__(self, uri: str, n_clients: int, n_rooms: int, seconds: float):
        self.seconds = seconds
        self.n_open = 0
        self.events: list[list[object]] = []
        self.books = Books()
        self.current: set[str] = set()          # bodies that were published since the last mark
        self.tasks: list[asyncio.Task[None]] = []
        self.members = [Member(self, uri, i, f'room {i % n_rooms}' if n_rooms > 0 else None) for i in range(n_clients)]

    def start(self) -> None:
        self.tasks = [asyncio.create_task(member.go_on_speaking(self.seconds)) for member in self.members]

    def stop(self) -> None:
        for task in self.tasks:
            task.cancel()

    def mark(self) -> None:
        self.books = Books()
        self.current = set()
        self.events = []
        for member in self.members:
            member.begin_books()

    def answer(self) -> Answer:
        acknowledged = self.books.acknowledged
        holes = sum(len(acknowledged[member.room or ''] - member.seen - member.forgiven) for member in self.members if member.is_judged)
        instances = Counter(member.instance for member in self.members if member.instance)
        events, self.events = self.events, []
        return {'open': self.n_open, 'joined': sum(member.is_joined for member in self.members), 'published': self.books.published,
                'acknowledged': sum(map(len, acknowledged.values())), 'refused': self.books.refused, 'holes': holes,
                'doubles': self.books.doubles, 'disorder': self.books.disorder, 'resets': self.books.resets,
                'joins': self.books.joins, 'instances': instances, 'events': events}


async def main(uri: str, n_clients: str, n_rooms: str, seconds: str) -> None:
    crowd = Crowd(uri, int(n_clients), int(n_rooms), float(seconds))
    commands = {'start': crowd.start, 'stop': crowd.stop, 'mark': crowd.mark}
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).decode().strip():
        if line in commands:
            commands[line]()
        print(json.dumps(crowd.answer()), flush=True)


Wsp.run(main(*sys.argv[1:5]))
