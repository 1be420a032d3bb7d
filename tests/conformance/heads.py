# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Rows of the opening handshake: a request or a response as a row edits it, and the result."""

import asyncio

from driver import PATIENCE, READ_AHEAD, SECONDS, Played
from opening import DEFLATE, EXTENSIONS, edit, read_head, request_head, response_head
from play import Conversation, show
from table import Frame, Row
from wire import CLIENT, SERVER, Inflater, bytes_of

HELLO = [Frame("text", b"Hello")]
OPEN_ROW = Row("", [], "", "", [HELLO], [[("text", b"Hello")]])
EARLY_ROW = Row("", [], "", "", [[]], [[("text", b"Hello")]])
OPENED = "text 48 65 6c 6c 6f, close 1000, end"


class HeadPlayed(Played):
    """In addition to the response, a line of text that is compared."""

    def __init__(self, row, result, expected, extra=()):
        super().__init__(row, False, result, extra)
        self.expected = expected

    def is_as_wanted(self):
        return self.events == self.expected and not self.extra

    def as_text(self):
        return "; ".join([self.events, *self.extra])

    def diagnosis(self):
        return [f"wanted:   {self.expected}", f"received: {self.events}", *self.extra]


def parts_of(row):
    return [part.strip() for part in row.options["edits"].split(" // ")]


def check_response(answer, conditions):
    """The requirements of the row that the fields do not meet: "Name: value", or that a field of that
    name is not present (-), contains the value (~), does not contain it (!) or has it once."""
    for condition in conditions:
        name, _, value = condition.removeprefix("once ").lstrip("-~!").partition(": ")
        values = answer.all(name)
        count = ", ".join(values).count(value)
        is_so = {"-": not values, "~": count > 0, "!": count == 0, "o": count == 1}.get(condition[0], values == [value])
        if not is_so:
            yield f"{name} is {values}"


async def converse(reader, writer, role, row, agreed=""):
    inflate = Inflater(agreed, SERVER if role == CLIENT else CLIENT) if agreed.startswith(DEFLATE) else None
    return show(await Conversation(reader, writer, role, PATIENCE, inflate).play(row))


async def play_request(row, port):
    """One request to a server: its status, its fields, then an echo or the end of the stream."""
    status, *conditions = (part.strip() for part in row.options["result"].split(" // "))
    head = request_head(port)
    edit(head, row.options["edits"])
    early = bytes_of(HELLO, CLIENT) if "with frames" in parts_of(row) else b""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=READ_AHEAD)
    try:
        writer.write(head.to_bytes() + early)
        async with asyncio.timeout(SECONDS):
            answer = await read_head(reader)
        result = answer.line.split(" ")[1]
        extra = list(check_response(answer, conditions))
        if result == "101":
            result += " " + await converse(reader, writer, CLIENT, EARLY_ROW if early else OPEN_ROW,
                                           answer.first(EXTENSIONS) or "")
        else:
            async with asyncio.timeout(SECONDS):
                await reader.read()
        return HeadPlayed(row, result, f"101 {OPENED}" if status == "101" else status, extra)
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        return HeadPlayed(row, repr(error), status)
    finally:
        writer.close()


def response_bytes(row, request):
    """The response that the row requires, as bytes."""
    head = response_head(request)
    edit(head, row.options["edits"])
    parts = parts_of(row)
    before = b"".join(part.removeprefix("before ").encode() + b"\r\n\r\n"
                      for part in parts if part.startswith("before "))
    data = before + head.to_bytes()
    if "ends early" in parts:
        data = data[:-4]
    return data + (bytes_of(HELLO, SERVER) if "with frames" in parts else b"")


async def play_response(row, request, reader, writer):
    """One client that has connected: an echo, or its end without another byte."""
    writer.write(response_bytes(row, request))
    if row.options["result"] == "opens":
        has_frames = "with frames" in parts_of(row)
        result = await converse(reader, writer, SERVER, EARLY_ROW if has_frames else OPEN_ROW)
        return HeadPlayed(row, result, OPENED)
    if {"ends early", "and ends"} & set(parts_of(row)):
        writer.write_eof()
    async with asyncio.timeout(SECONDS):
        rest = await reader.read()
    return HeadPlayed(row, rest.hex(" ") or "end", "end")


def offers_of(row):
    """The subprotocols that the client must offer."""
    return [part.removeprefix("offer ") for part in parts_of(row) if part.startswith("offer ")]
