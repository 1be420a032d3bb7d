# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Seeds of the targets whose input is frames or a script: made here, from words, for make-corpus.

An input that broke something once is a line of REGRESSIONS.
"""

import os
import zlib

KEY = bytes.fromhex("37fa213d")

# target: name of the fault it found: bytes
REGRESSIONS = {
    "frames": {
        "ping-before-close": "0a 89 00 88 00 00 00 00",
    },
    "engine-server": {
        "text-fragment-of-168": "01 00 41 a8",
        "drop-waiting-while-open": "10 00 00 00 00 00 00 00 09 00 09 00 00 31 e2 30",
    },
    "engine-client": {
        "empty-text": "03 00 00 fd",
        "drop-waiting-inside-a-message": "00 30 39 39 39 30 ff ff ff ff 6a 6c 6c 6c 6c 6c 6c 6c 21 fd 2f",
    },
}


def frame(first, payload=b"", key=KEY, length=None):
    """One frame; key None = not masked; length None = the payload's own."""
    n = len(payload) if length is None else length
    mask_bit = 0 if key is None else 0x80
    if n <= 125:
        head = bytes([first, mask_bit | n])
    elif n <= 65535:
        head = bytes([first, mask_bit | 126]) + n.to_bytes(2, "big")
    else:
        head = bytes([first, mask_bit | 127]) + n.to_bytes(8, "big")
    if key is None:
        return head + payload
    return head + key + bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))


def close(code, reason=b"", key=KEY):
    return frame(0x88, code.to_bytes(2, "big") + reason, key)


def conversations(key):
    """Valid and invalid input from a peer, by name."""
    def of(first, payload=b"", length=None):
        return frame(first, payload, key, length)

    return {
        "text": of(0x81, b"Hello"),
        "binary-of-126": of(0x82, b"x" * 126),
        "binary-of-1000": of(0x82, bytes(range(250)) * 4),
        "empty": of(0x81) + of(0x82),
        "fragments": of(0x01, b"ab") + of(0x00, b"cd") + of(0x80, b"ef"),
        "ping-inside": of(0x01, "κό".encode()[:3]) + of(0x89, b"p") + of(0x80, "κό".encode()[3:]),
        "pings": b"".join(of(0x89, b"%d" % i) for i in range(10)),
        "pong": of(0x8a, b"unasked"),
        "close": close(1000, b"bye", key),
        "close-empty": of(0x88),
        "close-of-one": of(0x88, b"\x03"),
        "close-reserved": close(1005, b"", key),
        "close-bad-reason": close(1000, b"\xff", key),
        "after-close": close(1001, b"", key) + of(0x81, b"late"),
        "bad-text": of(0x81, b"ab\xffcd"),
        "cut-text": of(0x01, b"\xf4") + of(0x80, b"\x90\x80\x80"),
        "rsv": of(0xc1, b"x"),
        "opcode-3": of(0x83, b"x"),
        "opcode-b": of(0x8b),
        "fragmented-ping": of(0x09),
        "ping-of-126": of(0x89, b"x" * 126),
        "continuation-first": of(0x80, b"x"),
        "text-inside-text": of(0x01, b"a") + of(0x81, b"b"),
        "too-long": of(0x82, b"", 1 << 40),
        "top-bit": of(0x82, b"", (1 << 63) + 1),
        "not-shortest": bytes([0x82, (0 if key is None else 0x80) | 126, 0, 5]) + (key or b"") + b"hello",
        "other-mask": frame(0x81, b"Hello", None if key else KEY),
    }


def script(flags, *steps):
    return bytes([flags]) + b"".join(steps)


def receive(wire):
    """Steps of engine-script.c that queue Receives and give the engine these bytes, at most 100 per read."""
    steps = b""
    for at in range(0, len(wire), 90):
        piece = wire[at:at + 90]
        steps += bytes([1, 0, 3, 0, len(piece) - 1]) + piece + bytes([3, 0, 0] * 3)
    return steps


SEND_TEXT, SEND_FRAGMENT, SEND_BINARY, SEND_PING = (bytes([0, kind, 9]) for kind in (0, 1, 2, 4))
SEND_LARGE = bytes([0, 2 | 128, 200])
DRAIN = bytes([2, 0, 0, 2, 0, 0] * 4)
CLOSE = bytes([4, 0, 3])
SWAP = bytes([5, 5, 200, 100, 50])
TIME = bytes([6, 1, 6, 9, 6, 30])


def scripts(key):
    seeds = {"said-" + name: script(0, receive(wire)) for name, wire in conversations(key).items()}
    windows = {"windows-" + name: script(1, receive(wire)) for name, wire in conversations(key).items()}
    seeds.update(windows)
    seeds["sends"] = script(0, SEND_TEXT, SEND_PING, SEND_FRAGMENT, SEND_TEXT, SEND_BINARY, DRAIN, CLOSE, DRAIN)
    seeds["large"] = script(4, SEND_LARGE, SEND_PING, DRAIN, SWAP, DRAIN, CLOSE, DRAIN)
    seeds["keepalive"] = script(8, TIME, DRAIN, receive(frame(0x8a, b"12345678", key)), TIME, TIME)
    seeds["end"] = script(0, SEND_TEXT, bytes([1, 0, 7, 77]), DRAIN)
    seeds["abort"] = script(0, SEND_TEXT, SEND_LARGE, bytes([1, 0, 8, 77]), DRAIN)
    seeds["drop"] = script(0, SEND_LARGE, SEND_TEXT, CLOSE, bytes([2, 0, 0, 9]), DRAIN)
    seeds["own-memory"] = script(0, bytes([1, 41, 3, 0, 20]) + frame(0x82, b"y" * 60, key)[:21] + bytes([3, 0, 0] * 4))
    return seeds


def frame_seeds():
    seeds = {}
    for flags in (0, 8, 16, 32):
        for name, wire in conversations(KEY).items():
            seeds[f"server-{flags}-{name}"] = bytes([flags]) + wire
        for name, wire in conversations(None).items():
            seeds[f"client-{flags}-{name}"] = bytes([flags | 1]) + wire
    return seeds


def pair_seeds():
    turns = bytes([12, 13] * 6)
    deflated = {f"deflate-{bits}": bytes([64 | bits & 2, bits]) + bytes([0, 10, 1, 200, 4, 1, 0, 255, 5, 2]) + turns * 3
                for bits in (1, 0x38, 0x1f, 0x2a, 0x3e, 0xff)}
    return {
        **deflated,
        "messages": bytes([0]) + bytes([0, 10, 1, 20, 4, 1, 5, 2]) + turns,
        "pings": bytes([0]) + bytes([6, 7, 0, 200, 6, 7]) + turns,
        "fragment-size": bytes([2 | 16]) + bytes([0, 255, 1, 255]) + turns,
        "close": bytes([0]) + bytes([0, 9, 8, 99]) + turns + bytes([9, 99]) + turns,
        "many-empty": bytes([0]) + bytes([0, 0] * 38) + turns,
        "small-memory": bytes([4]) + bytes([10, 0, 11, 0, 0, 250]) + turns,
    }


def stream_seeds():
    """Scripts of fuzz-stream.c: an even step is the client's, an odd one the server's."""
    lend = bytes([8, 200, 9, 201])
    write, read = bytes([12] * 6 + [13] * 6), bytes([14, 0, 15, 0, 14, 41, 15, 41])
    text, fragment, ping = (bytes([0, kind, 20, 1, kind, 200]) for kind in (0, 1, 5))
    close = bytes([10, 77, 11, 77])
    words = {
        "messages": lend + text + write + read,
        "at-once": lend + bytes([4, 20, 5, 200]) + read,
        "fragments": lend + fragment + write + fragment + ping + write + read + text + write + read,
        "pings": lend + ping * 3 + write + read + write + read,
        "close": lend + text + close + write + read + write + read,
        "broken": lend + text + bytes([0x2a, 77]) + write + read + write + read,
        "torn": lend + text + bytes([0x3a, 77, 0x3b, 77]) + write + read,
        "small-memory": bytes([8, 0, 9, 1]) + text * 2 + (write + read) * 3,
        "time": lend + bytes([0xe6, 0xf7] * 8) + write + read,
    }
    return {f"{name}-{settings}-{bits}": bytes([settings, bits]) + script
            for name, script in words.items() for settings in (0, 5) for bits in (0, 0x38, 0x1f)}


def deflated(*texts):
    compressor = zlib.compressobj(6, zlib.DEFLATED, -15)
    for text in texts:
        yield (compressor.compress(text) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


def message(data):
    length = bytes([len(data)]) if len(data) < 255 else bytes([255, len(data) >> 8, len(data) & 255])
    return length + data


def inflate_seeds():
    hello = bytes.fromhex("f248cdc9c90700")
    streams = {
        "hello": [hello, bytes.fromhex("f200110000")],
        "stored": [bytes.fromhex("000500faff48656c6c6f00")],
        "final": [bytes.fromhex("f348cdc9c9070000"), hello],
        "empty": [bytes([0]), bytes([2, 0]), b"", hello],
        "two-blocks": [bytes.fromhex("f24805000000ffffcac9c90700")],
        "corrupt": [bytes([6, 0]), hello],
        "truncated": [hello[:4], hello],
        "bomb": list(deflated(bytes(39000), bytes(2000))),
        "text": list(deflated(b'{"name":"value"},' * 40, b'{"name":"other"},' * 4)),
        "far": list(deflated(bytes(i * 7 % 251 for i in range(3000)) * 2)),
    }
    return {f"{name}-{bits}": bytes([bits]) + b"".join(message(data) for data in messages)
            for name, messages in streams.items() for bits in (15, 7, 8)}


REQUEST = (b"GET /chat HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
           b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n")
ANSWER = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
          b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=10\r\n\r\n")
SENT, RECEIVED = 0, 1


def passed(direction, wire):
    """A piece of fuzz-dissector.c."""
    if len(wire) < 125:
        return bytes([len(wire) << 1 | direction]) + wire
    return bytes([0xfe | direction, len(wire) >> 8, len(wire) & 255]) + wire


def missing(direction, length):
    """length 255: unknown."""
    return bytes([0xfc | direction, length])


def ended(direction):
    return bytes([0xfa | direction])


def seeds_with_gaps():
    """A gap of one and of twenty bytes, and of an unknown length, at every seventh byte of a stream."""
    wire = (frame(0x81, b"one") + frame(0x02, bytes(range(40))) + frame(0x89, b"p") + frame(0x80, b"x" * 30)
            + b"".join(frame(0x81, b"message %d" % i) for i in range(6)) + close(1000))
    seeds = {}
    for at in range(0, len(wire), 7):
        for length in (1, 20, 255):
            rest = wire[at + (0 if length == 255 else length):]
            for flags in (2, 4, 8):
                seeds[f"gap-{flags}-{at}-{length}"] = (bytes([flags]) + passed(RECEIVED, wire[:at])
                                                       + missing(RECEIVED, length) + passed(RECEIVED, rest)
                                                       + ended(RECEIVED))
    for at in range(0, len(REQUEST), 50):
        seeds[f"gap-in-head-{at}"] = (bytes([1]) + passed(SENT, REQUEST[:at]) + missing(SENT, 30)
                                      + passed(SENT, REQUEST[at + 30:]) + passed(RECEIVED, ANSWER)
                                      + passed(SENT, wire) + ended(SENT) + ended(RECEIVED))
    return seeds


def dissector_seeds():
    hello = bytes.fromhex("f248cdc9c90700")
    upgrade = passed(SENT, REQUEST) + passed(RECEIVED, ANSWER)
    seeds = {
        "handshake": bytes([1]) + upgrade + passed(SENT, frame(0xc1, hello)) + passed(RECEIVED, frame(0xc1, hello, None)),
        "interim": bytes([1]) + passed(SENT, REQUEST) + passed(RECEIVED, b"HTTP/1.1 103 Hints\r\n\r\n" + ANSWER),
        "refused": bytes([1]) + passed(SENT, REQUEST) + passed(RECEIVED, b"HTTP/1.1 403 No\r\n\r\n\x81\x01x"),
        "noise": bytes([0]) + passed(RECEIVED, b"\x16\x03\x01\x02"),
    }
    # An answer at every point of the request.
    for n in (0, 20, 60, 200, len(REQUEST) - 1):
        seeds[f"early-answer-{n}"] = (bytes([1]) + passed(SENT, REQUEST[:n]) + passed(RECEIVED, ANSWER)
                                      + passed(SENT, REQUEST[n:] + frame(0xc1, hello)))
    seeds.update(seeds_with_gaps())
    for flags in (2, 4, 6, 8):
        for name, wire in conversations(KEY).items():
            seeds[f"server-{flags}-{name}"] = bytes([flags]) + passed(RECEIVED, wire)
            seeds[f"cut-{flags}-{name}"] = bytes([flags]) + passed(RECEIVED, wire[:-1]) + ended(RECEIVED)
        for name, wire in conversations(None).items():
            seeds[f"client-{flags}-{name}"] = bytes([flags | 1]) + passed(RECEIVED, wire)
    for name, messages in {
            "bomb": list(deflated(bytes(39000), bytes(2000))) * 4,
            "text": list(deflated(b'{"name":"value"},' * 40, b'{"name":"other"},' * 4)),
            "corrupt": [bytes([6, 0]), hello],
            "truncated": [hello[:4], hello]}.items():
        for flags in (4, 6):
            wire = b"".join(frame(0xc1, data) for data in messages)
            seeds[f"deflated-{flags}-{name}"] = bytes([flags]) + passed(RECEIVED, wire)
    return seeds


def session_seeds():
    """Scripts of fuzz-session.c: a call, whether the two actions are held, and what is completed: which one, and how."""
    def step(call, *arguments, held=0, completed=None):
        chosen = bytes([0]) if completed is None else bytes([1]) + completed
        return bytes([call, *arguments, held, held]) + chosen

    def given(wire):
        wire = wire + b"\x89\x00" * (-len(wire) % 3)
        return bytes([0, 0, len(wire) // 3]) + wire

    right, failed, nothing = bytes([0, 0]), bytes([0, 255]), 9
    send, receive_one, close_it, abort = (0, 0x54), (2,), (4,), (6, 255)
    words = {
        "write": step(*send) + step(*abort) + step(nothing) * 3,
        "read": step(*receive_one) + step(*abort, held=1) + step(nothing) * 3,
        "both": step(*receive_one) + step(*send, held=1) + step(*send) + step(*abort) + step(nothing) * 4,
        "message": step(*receive_one, completed=given(b"\x82\x05Hello")) + step(*abort) + step(nothing) * 2,
        "pong": step(*receive_one, completed=given(b"\x89\x05Hello")) + step(*send) + step(*abort) + step(nothing),
        "close": step(*receive_one, completed=given(b"\x88\x02\x03\xe8")) + step(nothing, completed=right) * 4,
        "failed": step(*receive_one) + step(*send) + step(nothing, completed=failed) + step(nothing, completed=right) * 4,
        "silence": step(*receive_one) + step(5, 1) + step(5, 99) + step(5, 200) + step(nothing, completed=right) * 3,
        "whole-life": step(*send, completed=right) + step(*close_it, completed=right) + step(nothing, completed=right) * 6,
    }
    return {f"{name}-{flags}": bytes([flags]) + script for name, script in words.items() for flags in range(4)}


TARGETS = {
    "dissector": dissector_seeds,
    "frames": frame_seeds,
    "engine-server": lambda: scripts(KEY),
    "engine-client": lambda: scripts(None),
    "pair": pair_seeds,
    "inflate": inflate_seeds,
    "stream": stream_seeds,
    "session": session_seeds,
}


def write(folder):
    """Writes FOLDER/TARGET/NAME for each seed."""
    for target, make in TARGETS.items():
        seeds = dict(make())
        for name, data in REGRESSIONS.get(target, {}).items():
            seeds["found-" + name] = bytes.fromhex(data)
        os.makedirs(os.path.join(folder, target), exist_ok=True)
        for name, data in seeds.items():
            with open(os.path.join(folder, target, name), "wb") as file:
                file.write(data)
