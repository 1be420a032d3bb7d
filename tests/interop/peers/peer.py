# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Shared code of the peers in Python: their command line, their events and their payloads."""

import hashlib
import json
import os
import random
import signal
import socket
import sys

MAX_REQUEST = 1 << 16
MAX_HEX = 64
ALWAYS = ("version", "listening")
is_quiet = False


def begin():
    """The words of this process, to be asked for before anything is made that a fork must not share.

    As "PEER nursery" it stays, with its library loaded, and each request on standard input, words with
    an output and a place for complaints, is another process that goes on from here."""
    if sys.argv[1:] != ["nursery"]:
        return sys.argv[1:]
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    channel = socket.socket(fileno=0)
    while True:
        request, ends, _, _ = socket.recv_fds(channel, MAX_REQUEST, 2)
        if not request:
            sys.exit(0)
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for number, end in zip((0, 1, 2), (os.open(os.devnull, os.O_RDONLY), *ends)):
                os.dup2(end, number)
                os.close(end)
            channel.detach()
            return json.loads(request)
        for end in ends:
            os.close(end)
        channel.send(str(child).encode())


def tell(**event):
    if not is_quiet or event["event"] in ALWAYS:
        print(json.dumps(event), flush=True)


def tell_payload(name, kind, data):
    if not is_quiet:
        tell(event=name, type=kind, length=len(data), sha256=hashlib.sha256(data).hexdigest(),
             hex=data.hex() if len(data) <= MAX_HEX else None)


def noise(size):
    """Text that is repeated after 384 bytes, then 768 bytes, and so on up to 24576: if a side compresses it
    with a larger window than negotiated, the other side cannot inflate it."""
    source = random.Random(size)
    text = b""
    while len(text) < size:
        for length in (384 << i for i in range(7)):
            text += 2 * source.randbytes(length // 2).hex().encode()
    return text[:size]


def payload(kind, size):
    """The bytes of a step, the same in every peer."""
    if kind == "noise":
        return noise(size)
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
        self.tls = found.get("tls")
        self.proxy = found.get("proxy")
        self.protocol = found.get("protocol")
        self.n_visits = int(found.get("visits", 1))
        self.is_echo = "echo" in found
        self.uri = plain.pop(0) if self.role == "client" and not self.is_echo else None
        self.steps = plain
        is_quiet = "quiet" in found

    def deflate_parameters(self):
        """Pairs of name and value, None if there is none."""
        parts = [part.strip() for part in (self.deflate or "").split(";") if part.strip()]
        return [(name, int(value) if value else None) for name, _, value in (part.partition("=") for part in parts)]
