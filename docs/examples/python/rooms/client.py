#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Rooms through a connection that comes back, without a hole and without doubles: client.py URI ROOM...

Prints the messages of the rooms, and publishes each line of its input to the first one."""

import asyncio
from collections import deque
from collections.abc import Callable
import json
import os
import sys
from typing import Any, Optional
import uuid

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp

MAX_UNDER_WAY = 64


class Room:
    def __init__(self) -> None:
        self.last: Optional[str] = None         # the n of the newest message
        self.is_joining = False


def number(n: str) -> tuple[int, ...]:
    return tuple(map(int, n.split('-')))


class Client:
    """Subclasses have methods for what happens."""

    def __init__(self, uri: str):
        self.rooms: dict[str, Room] = {}
        self.under_way: dict[str, str] = {}     # publishes that are not acknowledged, by id
        self.waiting: deque[tuple[str, str]] = deque()
        self.connection: Optional[Wsp.Connection] = None
        self.reconnector = Wsp.Reconnector.new(uri)
        self.reconnector.connect('connected', self.on_connected)
        self.reconnector.connect('disconnected', self.on_disconnected)

    def on_message(self, room: str, body: str) -> None:
        pass

    def on_reset(self, room: str) -> None:
        """The messages that follow are the newest ones; some before them are lost."""

    def on_joined(self, room: str) -> None:
        """All messages until now were handed over."""

    def on_acknowledged(self, id: str) -> None:
        pass

    def on_refused(self, what: object, why: str) -> None:
        """An id or a room."""

    def on_instance(self, name: str) -> None:
        pass

    def join(self, name: str) -> None:
        self.rooms[name] = Room()
        self.send_join(name)

    def publish(self, room: str, body: str) -> str:
        """Returns the id, which is the same when the message is sent again."""
        id = uuid.uuid4().hex
        self.waiting.append((id, json.dumps({'publish': room, 'id': id, 'body': body})))
        self.send_waiting()
        return id

    def send(self, text: str) -> None:
        """What is not sent before the connection ends is sent by the next one."""
        if self.connection is not None and self.connection.get_state() == Wsp.ConnectionState.OPEN:
            self.connection.queue_text(text)

    def send_join(self, name: str) -> None:
        room = self.rooms[name]
        room.is_joining = True
        self.send(json.dumps({'join': name} if room.last is None else {'join': name, 'last': room.last}))

    def send_waiting(self) -> None:
        while self.waiting and len(self.under_way) < MAX_UNDER_WAY:
            id, text = self.waiting.popleft()
            self.under_way[id] = text
            self.send(text)

    def on_connected(self, reconnector: Wsp.Reconnector, connection: Wsp.Connection) -> None:
        self.connection = connection
        connection.connect('message', lambda connection, message: self.on_data(message.get_text()))
        for name in self.rooms:
            self.send_join(name)
        for text in self.under_way.values():
            self.send(text)

    def on_disconnected(self, reconnector: Wsp.Reconnector, info: Wsp.CloseInfo) -> None:
        self.connection = None

    def on_data(self, text: Optional[str]) -> None:
        fields: dict[str, Any] = json.loads(text or '{}')
        room = self.rooms.get(fields.get('room', ''))
        if room is not None:
            self.on_room(fields['room'], room, fields)
        elif 'ack' in fields or fields.get('refused') in self.under_way:
            self.end_publish(fields)
        elif 'refused' in fields:
            self.on_refused(fields['refused'], fields['why'])
        elif 'instance' in fields:
            self.on_instance(fields['instance'])

    def end_publish(self, fields: dict[str, Any]) -> None:
        id = fields.get('ack', fields.get('refused'))
        if self.under_way.pop(id, None) is not None:
            if 'ack' in fields:
                self.on_acknowledged(id)
            else:
                self.on_refused(id, fields['why'])
        self.send_waiting()

    def on_room(self, name: str, room: Room, fields: dict[str, Any]) -> None:
        if 'again' in fields:
            self.send_join(name)
        elif 'reset' in fields:
            room.last = None
            self.on_reset(name)
        elif 'joined' in fields:
            room.is_joining = False
            room.last = room.last or fields['joined']
            self.on_joined(name)
        elif room.last is None or fields['prev'] == room.last:
            room.last = fields['n']
            self.on_message(name, fields['body'])
        elif number(fields['n']) > number(room.last) and not room.is_joining:
            self.send_join(name)        # one is missing: what comes until then is sent again


class Printer(Client):
    def on_message(self, room: str, body: str) -> None:
        print(f'{room}: {body}', flush=True)

    def on_reset(self, room: str) -> None:
        print(f'{room}: some messages are lost', flush=True)

    def on_refused(self, what: object, why: str) -> None:
        print(f'refused: {why}', flush=True)


async def main(uri: str, *rooms: str) -> None:
    client = Printer(uri)
    for room in rooms:
        client.join(room)
    client.reconnector.start()
    reader = asyncio.StreamReader()

    def on_input(fd: int, condition: GLib.IOCondition) -> bool:
        """Reads without a thread, for whose next line Ctrl-C would wait, and unlike add_reader () also a file."""
        if data := os.read(fd, 65536):
            reader.feed_data(data)
        else:
            reader.feed_eof()
        return bool(data)

    GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, 0, GLib.IOCondition.IN | GLib.IOCondition.HUP, on_input)
    while line := await reader.readline():
        client.publish(rooms[0], line.decode(errors='replace').rstrip('\n'))
    while client.under_way:
        await asyncio.sleep(0.1)
    client.reconnector.stop()


if __name__ == '__main__':
    try:
        Wsp.run(main(*sys.argv[1:]))
    except GLib.Error as error:
        sys.exit(error.message)
