# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""What the peers in Python share: their command line, their events and their payloads."""

import hashlib
import json

MAX_HEX = 64
ALWAYS = ("version", "listening")
is_quiet = False


def tell(**event):
    if not is_quiet or event["event"] in ALWAYS:
        print(json.dumps(event), flush=True)


def tell_payload(name, kind, data):
    if not is_quiet:
        tell(event=name, type=kind, length=len(data), sha256=hashlib.sha256(data).hexdigest(),
             hex=data.hex() if len(data) <= MAX_HEX else None)


def payload(kind, size):
    """The octets of a step, the same in every peer."""
    if kind == "text":
        return "é".encode() * (size // 2) + b"x" * (size % 2)
    return (bytes(i * 7 % 251 for i in range(251)) * (size // 251 + 1))[:size]


class Options:
    """server|client [--NAME[=VALUE]]... [URI] [STEP]..."""

    def __init__(self, words):
        global is_quiet
        self.role, *words = words
        found = dict(word[2:].partition("=")[::2] for word in words if word.startswith("--"))
        plain = [word for word in words if not word.startswith("--")]
        self.deflate = found.get("deflate")
        self.cert, self.key, self.ca = found.get("cert"), found.get("key"), found.get("ca")
        self.proxy = found.get("proxy")
        self.protocol = found.get("protocol")
        self.is_echo = "echo" in found
        self.uri = plain.pop(0) if self.role == "client" and not self.is_echo else None
        self.steps = plain
        is_quiet = "quiet" in found

    def deflate_parameters(self):
        """Pairs of name and value, None where there is none."""
        parts = [part.strip() for part in (self.deflate or "").split(";") if part.strip()]
        return [(name, int(value) if value else None) for name, _, value in (part.partition("=") for part in parts)]
