# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The driver's side of the opening handshake, as bytes: valid unless a row edits it."""

import base64
import hashlib
import re

KEY = "dGFibGVzIGhhdmUga2V5cw=="
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
EXTENSIONS = "Sec-WebSocket-Extensions"
DEFLATE = "permessage-deflate"


def accept_of(key):
    return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()


class Head:
    """A start line and fields, in order: (name, value)."""

    def __init__(self, line, fields):
        self.line = line
        self.fields = fields

    @classmethod
    def parse(cls, data):
        line, *rest = data.decode("latin-1").split("\r\n")
        return cls(line, [tuple(part.strip() for part in field.split(":", 1)) for field in rest if field])

    def all(self, name):
        return [value for field, value in self.fields if field.lower() == name.lower()]

    def first(self, name):
        return next(iter(self.all(name)), None)

    def to_bytes(self):
        lines = [self.line, *(f"{name}: {value}" if name else value for name, value in self.fields), "", ""]
        return "\r\n".join(lines).encode("latin-1")


def request_head(port, path="/"):
    return Head(f"GET {path} HTTP/1.1", [
        ("Host", f"127.0.0.1:{port}"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", KEY), ("Sec-WebSocket-Version", "13")])


def response_head(request):
    return Head("HTTP/1.1 101 Switching Protocols", [
        ("Upgrade", "websocket"), ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", accept_of(request.first("Sec-WebSocket-Key") or ""))])


def edited(text, head):
    """A value of the table: \\xNN and \\t are bytes; {accept}, {key} and {fill:N} are replaced."""
    key = head.first("Sec-WebSocket-Key") or ""
    text = re.sub(r"\\x([0-9a-f]{2})", lambda match: chr(int(match.group(1), 16)), text)
    text = text.replace("\\t", "\t").replace("{accept}", head.first("Sec-WebSocket-Accept") or "")
    text = re.sub(r"\{fill:(\d+)\}", lambda match: "f" * int(match.group(1)), text)
    return text.replace("{key}", key)


def edit(head, edits):
    """Applies the edits of a row, in order: "line X", "-Name", "=Name: value", "+Name: value", "++X"
    unchanged, "*N Name: value" N times."""
    original = Head(head.line, list(head.fields))
    for text in (part.strip() for part in edits.split(" // ")):
        value = edited(text, original)
        if text.startswith("line "):
            head.line = value[5:]
        elif text.startswith("++"):
            head.fields.append(("", value[2:]))
        elif text.startswith("-") and len(text) > 1:
            head.fields = [field for field in head.fields if field[0].lower() != text[1:].lower()]
        elif text.startswith("+"):
            name, _, field = value[1:].partition(":")
            head.fields.append((name, field.removeprefix(" ")))
        elif text.startswith("*"):
            count, _, field = value[1:].partition(" ")
            name, _, field = field.partition(": ")
            head.fields += [(name, field)] * int(count)
        elif text.startswith("="):
            name, _, field = value[1:].partition(":")
            head.fields = [(name, field.removeprefix(" ")) if old[0].lower() == name.lower() else old
                           for old in head.fields]
    return head


async def read_head(reader):
    """A received head; None if the stream ends before it is complete."""
    data = await reader.readuntil(b"\r\n\r\n")
    return Head.parse(data[:-4])
