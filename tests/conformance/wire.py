# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Frames as bytes, and bytes as frames: the driver's implementation of RFC 6455 5.2.

Sent frames may break any rule, as the row requires; received ones are checked strictly."""

import asyncio
import re
import zlib

from table import OPCODES, Frame

CLIENT, SERVER = "client", "server"
DEFAULT_KEY = bytes([0x1F, 0xE2, 0x5B, 0xA0])
NAMES = {value: name for name, value in OPCODES.items()}
MAX_CONTROL = 125


class WireFault(Exception):
    """The peer broke a rule of the wire that the row does not expect."""


def masked(payload, key):
    """Masks all bytes as one number: byte by byte, Python takes seconds for 16 MiB."""
    n = len(payload)
    words = int.from_bytes(payload, "big") ^ int.from_bytes((key * (n // 4 + 1))[:n], "big")
    return words.to_bytes(n, "big")


def length_bytes(length, form, mask_bit):
    """In the shortest form, or in 16 or 64 bits if the row says so."""
    if form == "16" or (form is None and MAX_CONTROL < length < 65536):
        return bytes([mask_bit | 126]) + length.to_bytes(2, "big")
    if form == "64" or (form is None and length >= 65536):
        return bytes([mask_bit | 127]) + length.to_bytes(8, "big")
    return bytes([mask_bit | length])


def deflated(payload):
    """A message that does not refer to previous ones (RFC 7692 7.2.1)."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return (compressor.compress(payload) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


class Inflater:
    """Inflates messages of the peer, with the limits that it has negotiated."""

    TAIL = b"\x00\x00\xff\xff"

    def __init__(self, agreed, sender):
        match = re.search(sender + r"_max_window_bits=\"?(\d+)", agreed)
        self.window_bits = int(match.group(1)) if match else zlib.MAX_WBITS
        self.forgets = f"{sender}_no_context_takeover" in agreed
        self.stream = zlib.decompressobj(-self.window_bits)

    def __call__(self, payload):
        if self.forgets:
            self.stream = zlib.decompressobj(-self.window_bits)
        try:
            return self.stream.decompress(payload + self.TAIL)
        except zlib.error as error:
            raise WireFault(f"compressed data: {error}") from error


def frame_bytes(frame, role):
    """One frame as a driver in that role sends it."""
    if frame.name == "raw":
        return frame.payload
    modifiers = frame.modifiers
    if "deflate" in modifiers:
        frame = Frame(frame.name, deflated(frame.payload), {**modifiers, "rsv1": ""})
        del frame.modifiers["deflate"]
        return frame_bytes(frame, role)
    first = OPCODES[frame.name] | (0 if "more" in modifiers else 0x80)
    for bit, name in ((0x40, "rsv1"), (0x20, "rsv2"), (0x10, "rsv3")):
        first |= bit if name in modifiers else 0
    is_masked = (role == CLIENT) != ("wrong" in modifiers)
    form = "16" if "16" in modifiers else "64" if "64" in modifiers else None
    length = int(modifiers.get("len", str(len(frame.payload))), 0)
    data = bytes([first]) + length_bytes(length, form, 0x80 if is_masked else 0)
    if not is_masked:
        return data + frame.payload
    key = bytes.fromhex(modifiers["key"]) if "key" in modifiers else DEFAULT_KEY
    return data + key + masked(frame.payload, key)


def bytes_of(frames, role):
    return b"".join(frame_bytes(frame, role) * int(frame.modifiers.get("times", 1))
                    for frame in frames if frame.name != "eof")


class FrameReader:
    """Frames of the peer: (first byte, payload), None at the end of its stream."""

    def __init__(self, reader, role):
        self.reader = reader
        self.role = role

    async def next_frame(self):
        try:
            first, second = await self.reader.readexactly(2)
        except asyncio.IncompleteReadError as error:
            if error.partial:
                raise WireFault("ended inside a header") from error
            return None
        length = await self._read_length(first, second & 0x7F)
        if bool(second & 0x80) != (self.role == SERVER):
            raise WireFault("a frame is masked as its sender may not")
        key = await self.reader.readexactly(4) if second & 0x80 else None
        payload = await self.reader.readexactly(length)
        return first, masked(payload, key) if key else payload

    async def _read_length(self, first, length):
        if first & 0x0F >= 8 and (length > MAX_CONTROL or not first & 0x80):
            raise WireFault("a control frame is too long or not whole")
        if length == 126:
            length = int.from_bytes(await self.reader.readexactly(2), "big")
            if length <= MAX_CONTROL:
                raise WireFault("a length is not in its shortest form")
        elif length == 127:
            length = int.from_bytes(await self.reader.readexactly(8), "big")
            if length < 65536:
                raise WireFault("a length is not in its shortest form")
        return length
