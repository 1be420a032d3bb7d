# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The tables of this folder as rows, parsed as README describes."""

import os
import re
from dataclasses import dataclass, field, replace

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tables")
OPCODES = {"cont": 0, "text": 1, "binary": 2, "close": 8, "ping": 9, "pong": 10}
OPCODES.update({f"op{digit}": int(digit, 16) for digit in "34567bcdef"})
KINDS = {1: "text", 2: "binary"}
TOKEN = re.compile(r'\s*(;|"(?:\\.|[^"\\])*"(?:\*\d+)?|[^\s"]+)')
BYTES = re.compile(r"([0-9a-f]{2})(?:\*(\d+))?$")
CODE = re.compile(r"\d{4,5}$")


class Fault(Exception):
    pass


@dataclass
class Frame:
    """An item that the driver sends: a frame, raw bytes, or the end of its stream."""
    name: str
    payload: bytes = b""
    modifiers: dict = field(default_factory=dict)

    @property
    def is_control(self):
        return self.name in ("close", "ping", "pong")


@dataclass
class Row:
    number: str
    rows: list
    sides: str                  # sides that the row is played against: S, a server; C, a client
    claim: str
    steps: list                 # lists of frames: each is written in one go
    results: list               # lists of (kind, payload or code), one for each list of frames
    options: dict = field(default_factory=dict)
    table: str = ""

    @property
    def is_deflate(self):
        """Played if both sides have compression."""
        return "deflate" in self.table

    @property
    def name(self):
        claim = re.sub(r"[^a-z0-9]+", "-", self.claim.lower()).strip("-")
        return "-".join([self.number, *self.rows, claim])

    @property
    def closes_itself(self):
        """The row has a Close or an end of the stream from the driver, or requires the peer to end it."""
        return any(kind in ("close", "end") for step in self.results for kind, _ in step)


def unescape(text):
    """The bytes of a string between its quotes."""
    parts = re.split(rb"\\(x[0-9a-f]{2}|.)", text.encode())
    for i in range(1, len(parts), 2):
        parts[i] = bytes([int(parts[i][1:], 16)]) if parts[i][:1] == b"x" else parts[i]
    return b"".join(parts)


def bytes_of(token):
    """Hex, a string, or a close code as two bytes; None if the token is a name."""
    if token.startswith('"'):
        text, _, count = token.rpartition('"')
        return unescape(text[1:]) * int(count[1:] or 1)
    match = BYTES.match(token)
    if match:
        return bytes.fromhex(match.group(1)) * int(match.group(2) or 1)
    return int(token).to_bytes(2, "big") if CODE.match(token) else None


def split_steps(text):
    """Tokens, in a list for each part between semicolons."""
    steps = [[]]
    for token in TOKEN.findall(text):
        if token == ";":
            steps.append([])
        else:
            steps[-1].append(token)
    return steps


def read_modifiers(names):
    pairs = (name.partition("=")[::2] for name in names)
    return {name: value for name, value in pairs}


def read_frames(tokens):
    frames = []
    for token in tokens:
        data = bytes_of(token)
        if data is not None:
            frames[-1] = replace(frames[-1], payload=frames[-1].payload + data)
            continue
        name, *modifiers = token.split("/")
        if name not in OPCODES and name not in ("raw", "eof"):
            raise Fault(f"{token} is no frame")
        frames.append(Frame(name, b"", read_modifiers(modifiers)))
    return frames


def messages_of(frames, open_message):
    """The reply to the frames: whole messages, and a pong for each ping."""
    results = []
    for frame in frames:
        n_times = int(frame.modifiers.get("times", 1))
        if frame.name == "ping":
            results += [("pong", frame.payload)] * n_times
        elif frame.name in ("text", "binary", "cont"):
            if frame.name != "cont":
                open_message[:] = [frame.name, b""]
            open_message[1] += frame.payload * (n_times if frame.name == "cont" else 1)
            if "more" not in frame.modifiers:
                results += [tuple(open_message)] * (1 if frame.name == "cont" else n_times)
    return results


def read_results(tokens, frames, open_message):
    results = []
    echoes = messages_of(frames, open_message)
    for token in tokens:
        data = bytes_of(token)
        if token == "-":
            continue
        if token == "echo":
            results += echoes
        elif data is None:
            results.append((token, None if token in ("close", "end") else b""))
        elif results[-1][0] == "close":
            results[-1] = ("close", int.from_bytes(data, "big"))
        else:
            results[-1] = (results[-1][0], results[-1][1] + data)
    return results


def read_row(fields, is_handshake):
    number, rows, sides, claim, play, result = fields
    if is_handshake:
        return Row(number, rows.split(), sides, claim, [], [], {"edits": play, "result": result})
    options = dict(re.findall(r"@(\w+)=(\S+)", play))
    play = re.sub(r"@\w+=\S+", "", play)
    steps = [read_frames(tokens) for tokens in split_steps(play)]
    results, open_message = [], ["text", b""]
    parts = split_steps(result)
    if len(parts) != len(steps):
        raise Fault(f"{number}: {len(steps)} steps, but results of {len(parts)}")
    for tokens, frames in zip(parts, steps):
        results.append(read_results(tokens, frames, open_message))
    return Row(number, rows.split(), sides, claim, steps, results, options)


def lines_of(path):
    """Logical lines: one that begins with a space continues the previous line."""
    lines = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith(" "):
                lines[-1] += " " + line.strip()
            elif line.strip() and not line.startswith("#"):
                lines.append(line.strip())
    return lines


def read(name):
    """The rows of one table."""
    found = []
    for line in lines_of(os.path.join(FOLDER, f"{name}.table")):
        fields = [part.strip() for part in line.split(" | ")]
        if len(fields) != 6:
            raise Fault(f"{name}: {line[:40]}: {len(fields)} fields, not six")
        found.append(replace(read_row(fields, name.startswith("handshake")), table=name))
    return found


def read_all(*names):
    found = [row for name in names for row in read(name)]
    numbers = [row.number for row in found]
    twice = {number for number in numbers if numbers.count(number) > 1}
    if twice:
        raise Fault(f"numbers that stand twice: {sorted(twice)}")
    return found
