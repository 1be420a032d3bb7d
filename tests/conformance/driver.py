# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Plays rows against a peer, many at a time: as a client, or as a server."""

import asyncio
import os
import re
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "lib")]
from lib.tap import SLOWNESS  # noqa: E402
from opening import DEFLATE, EXTENSIONS, read_head, request_head, response_head  # noqa: E402
from play import Conversation, Patience, show, wanted  # noqa: E402
from wire import CLIENT, SERVER, Inflater  # noqa: E402

SECONDS = 90 * SLOWNESS         # only a peer that deviates from its row takes this long
PATIENCE = Patience(SECONDS)
N_AT_A_TIME = 16               # each may be a process
READ_AHEAD = 1 << 20
MAX_CUT = 400                   # bytes of a row that is also played byte by byte


def may_be_cut(row):
    """A long row does not test more if each byte is sent separately."""
    return sum((len(frame.payload) + 6) * int(frame.modifiers.get("times", 1))
               for frames in row.steps for frame in frames) <= MAX_CUT


class Played:
    """A row, how it was cut, and its result."""

    def __init__(self, row, is_cut, events, extra=()):
        self.row = row
        self.way = "bytes" if is_cut else "whole"
        self.events = events
        self.extra = list(extra)

    def is_as_wanted(self):
        return self.events == wanted(self.row) and not self.extra

    def as_text(self):
        """The result in one line."""
        return show(self.events)

    def diagnosis(self):
        return [f"wanted:   {show(wanted(self.row))}", f"received: {show(self.events)}", *self.extra]


async def play_as_client(row, port, is_cut, patience=PATIENCE):
    """One connection to a server; rows of compression negotiate it first."""
    request = request_head(port, f"/{row.number}")
    if row.is_deflate:
        request.fields.append((EXTENSIONS, DEFLATE))
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=READ_AHEAD)
    try:
        writer.write(request.to_bytes())
        answer = await asyncio.wait_for(read_head(reader), SECONDS)
        if " 101 " not in answer.line:
            return Played(row, is_cut, [("fault", answer.line)])
        agreed = answer.first(EXTENSIONS) or ""
        inflate = Inflater(agreed, SERVER) if agreed.startswith(DEFLATE) else None
        conversation = Conversation(reader, writer, CLIENT, patience, inflate)
        return Played(row, is_cut, await conversation.play(row, is_cut))
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        return Played(row, is_cut, [("fault", f"the handshake: {error!r}")])
    finally:
        writer.close()


async def play_as_server(row, is_cut, reader, writer, request, patience=PATIENCE):
    """A client has connected for its row, and its request was read."""
    answer = response_head(request)
    if row.is_deflate:
        answer.fields.append((EXTENSIONS, DEFLATE))
    writer.write(answer.to_bytes())
    inflate = Inflater(DEFLATE, CLIENT) if row.is_deflate else None
    conversation = Conversation(reader, writer, SERVER, patience, inflate)
    return Played(row, is_cut, await conversation.play(row, is_cut))


class Listener:
    """A server for many rows: each client requests its row by path, such as /CONF-1001/whole.

    A row is played by serve(row, is_cut, reader, writer, request)."""

    def __init__(self, rows, serve=play_as_server):
        self.rows = {row.number: row for row in rows}
        self.serve = serve
        self.played = {}
        self.server = None
        self.port = 0

    async def start(self):
        self.server = await asyncio.start_server(self._meet, "127.0.0.1", 0, limit=READ_AHEAD, backlog=512)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    def result_of(self, row, is_cut):
        """A future with the result of that row."""
        key = (row.number, is_cut)
        if key not in self.played:
            self.played[key] = asyncio.get_running_loop().create_future()
        return self.played[key]

    async def _meet(self, reader, writer):
        try:
            request = await read_head(reader)
        except (OSError, asyncio.IncompleteReadError):
            writer.close()
            return              # a client that never requested a row
        number, way = re.match(r"GET /([\w-]+)/(\w+) ", request.line).groups()
        row, is_cut = self.rows[number], way == "bytes"
        try:
            played = await self.serve(row, is_cut, reader, writer, request)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            played = Played(row, is_cut, [("fault", repr(error))])
        finally:
            writer.close()
        result = self.result_of(row, is_cut)
        if not result.done():
            result.set_result(played)

    async def stop(self):
        self.server.close()
        await self.server.wait_closed()


async def play_all(plays):
    """Runs coroutines, so many at a time, and returns their results in order."""
    gate = asyncio.Semaphore(N_AT_A_TIME)

    async def pass_gate(play):
        async with gate:
            return await play

    return await asyncio.gather(*(pass_gate(play) for play in plays))


def ways_of(rows, step=1):
    """Each row whole, and each step-th of those that are not too long byte by byte."""
    short = [row for row in rows if row.steps and may_be_cut(row)]
    return [(row, False) for row in rows] + [(row, True) for row in short[::step]]


def report(tap, prefix, results):
    for played in results:
        tap.point(played.is_as_wanted(), f"{prefix}/{played.way}/{played.row.name}", played.diagnosis())
