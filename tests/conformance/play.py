# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Plays one row over one open connection; the result is in the words of the table."""

import asyncio
import contextlib
import sys
from dataclasses import dataclass

from table import KINDS, Frame
from wire import CLIENT, SERVER, FrameReader, WireFault, frame_bytes, bytes_of

NORMAL = (1000).to_bytes(2, "big")
NO_CODE = 1005
LONG = 24                       # bytes of a payload that are shown


def show_payload(payload):
    if len(payload) > LONG:
        return f"({len(payload)} bytes)"
    return payload.hex(" ") if payload else "(empty)"


def show(events):
    """Events in one line, as the lists of deviations have them."""
    words = []
    for kind, value in events:
        if kind == "close":
            words.append("close" if value == NO_CODE else f"close {value}")
        elif kind in ("end", "reset", "open"):
            words.append(kind)
        else:
            words.append(f"{kind} {show_payload(value) if isinstance(value, bytes) else value}")
    return ", ".join(words)


def in_order(events):
    """Messages first, then the pongs: a pong may overtake messages, so each kind has its own order."""
    pongs = [event for event in events if event[0] == "pong"]
    others = [event for event in events if event[0] != "pong"]
    n_data = len([event for event in others if event[0] in ("text", "binary")])
    return others[:n_data] + pongs + others[n_data:]


@dataclass
class Patience:
    """The time to wait for a peer, in seconds: after its last known event only a short one. is_for_end:
    whether to wait for the end of the stream after its Close."""
    seconds: float
    n_known: int = sys.maxsize
    seconds_then: float = 0
    is_for_end: bool = True


class Conversation:
    """The driver's end of one connection after its handshake."""

    def __init__(self, reader, writer, role, patience, inflate=None):
        self.frames = FrameReader(reader, role)
        self.writer = writer
        self.role = role
        self.patience = patience
        self.inflate = inflate
        self.events = []
        self.message = None
        self.has_sent_close = False
        self.has_sent_eof = False
        self.changed = asyncio.Event()

    def has_ended(self):
        return bool(self.events) and self.events[-1][0] in ("end", "reset", "fault")

    def is_over(self):
        if self.patience.is_for_end or not any(kind == "close" for kind, _ in self.events):
            return self.has_ended()
        return self.has_ended() or self.patience.n_known in (sys.maxsize, len(self.events))

    def note(self, kind, value):
        self.events.append((kind, value))
        self.changed.set()

    def take_data(self, first, payload):
        opcode = first & 0x0F
        if (opcode == 0) != (self.message is not None):
            raise WireFault("a fragment is out of sequence")
        if opcode != 0:
            self.message = [KINDS[opcode], bytearray(), bool(first & 0x40)]
        if first & 0x40 and (opcode == 0 or self.inflate is None):
            raise WireFault("RSV1 is set where it may not be")
        self.message[1] += payload
        if first & 0x80:
            kind, whole, is_deflated = self.message
            self.message = None
            self.note(kind, self.inflate(bytes(whole)) if is_deflated else bytes(whole))

    def take(self, first, payload):
        opcode = first & 0x0F
        if first & 0x30 or opcode not in (0, 1, 2, 8, 9, 10):
            raise WireFault(f"a frame begins with {first:02x}")
        if opcode < 8:
            self.take_data(first, payload)
        elif opcode == 10:
            self.note("pong", payload)
        elif opcode == 8 and not any(kind == "close" for kind, _ in self.events):
            self.note("close", int.from_bytes(payload[:2], "big") if payload else NO_CODE)
            self.answer_close(payload)
        elif opcode == 8:
            raise WireFault("a second Close")

    def answer_close(self, payload):
        """Ends in the regular way: one Close, then a server ends the connection."""
        if not self.has_sent_close and not self.has_sent_eof:
            self.has_sent_close = True
            self.writer.write(frame_bytes(Frame("close", payload[:2]), self.role))
        if self.role == SERVER:
            self.write_eof()

    def write_eof(self):
        if not self.has_sent_eof and not self.writer.is_closing():
            self.has_sent_eof = True
            with contextlib.suppress(OSError):          # the peer has closed first
                self.writer.write_eof()

    async def read(self):
        """Reads until the peer's stream ends."""
        try:
            while True:
                frame = await self.frames.next_frame()
                if frame is None:
                    break
                self.take(*frame)
            self.note("end", None)
        except ConnectionError:
            self.note("reset", None)
        except (WireFault, asyncio.IncompleteReadError) as error:
            self.note("fault", str(error))

    async def wait_for(self, seconds, is_done):
        try:
            async with asyncio.timeout(seconds):
                while not is_done() and not self.has_ended():
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            return False
        return is_done() or self.has_ended()

    async def wait_until(self, is_done):
        """False if the time ended first."""
        n_known = self.patience.n_known
        await self.wait_for(self.patience.seconds, lambda: is_done() or len(self.events) >= n_known)
        return await self.wait_for(self.patience.seconds_then, is_done)

    async def write(self, data, is_cut):
        pieces = [data[i:i + 1] for i in range(len(data))] if is_cut else [data]
        try:
            for piece in pieces:
                if self.has_sent_eof:
                    return
                self.writer.write(piece)
                await asyncio.wait_for(self.writer.drain(), self.patience.seconds)
                if is_cut:
                    await asyncio.sleep(0)
        except (OSError, TimeoutError):
            return              # the events have what the peer did instead

    async def play_steps(self, row, is_cut):
        n_wanted = 0
        for frames, results in zip(row.steps, row.results):
            self.has_sent_close |= any(frame.name == "close" for frame in frames)
            await self.write(bytes_of(frames, self.role), is_cut)
            if any(frame.name == "eof" for frame in frames):
                self.write_eof()
            n_wanted += len([1 for kind, _ in results if kind != "end"])
            if not await self.wait_until(lambda n=n_wanted: len(self.events) >= n):
                return

    async def play(self, row, is_cut=False):
        """The events, in the order of in_order(); ("open", None) if the peer did not end the stream."""
        reading = asyncio.create_task(self.read())
        await self.play_steps(row, is_cut)
        if not row.closes_itself and not self.has_ended() and not self.has_sent_close:
            self.has_sent_close = True
            await self.write(frame_bytes(Frame("close", NORMAL), self.role), is_cut)
        if not await self.wait_until(self.is_over):
            self.events.append(("open", None))
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        self.writer.close()
        return in_order(self.events)


def wanted(row):
    """The required events of a row, in the form of play()."""
    events = [(kind, NO_CODE if kind == "close" and value is None else value)
              for results in row.results for kind, value in results]
    if not row.closes_itself:
        events.append(("close", 1000))
    if events[-1][0] != "end":
        events.append(("end", None))
    return in_order(events)
