# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Frames of the connections of a capture, as wsinspect prints them and as tshark does."""

import base64
import collections
import json
import subprocess

PATIENCE = 240                  # seconds; only a hang takes this long
DIRECTIONS = {"sent": "sent", "recv": "received"}
OPPOSITE = {"sent": "recv", "recv": "sent"}
# Those of a frame are lists: a packet may hold several frames.
FIELDS = ("frame.number", "tcp.stream", "tcp.dstport", "http.request.uri", "websocket.opcode", "websocket.fin", "websocket.rsv",
          "websocket.mask", "websocket.masking_key", "websocket.payload_length", "websocket.payload_length_ext_16",
          "websocket.payload_length_ext_64")

# length: of the payload on the wire; key: the masking key in hexadecimal digits, or an empty text.
Frame = collections.namedtuple("Frame", "fin rsv opcode key length")


class Connection:
    """target: of its request; frames, payloads: by direction, seen from the client.

    Only tshark says heads, the number of the packet with the head of each direction, and packets, that of the last packet of each
    frame."""

    def __init__(self, target=None):
        self.target = target
        self.frames = {"sent": [], "received": []}
        self.payloads = {"sent": [], "received": []}
        self.heads = {}
        self.packets = {"sent": [], "received": []}

    def count(self):
        return sum(map(len, self.frames.values()))


def frame_of(row):
    """The payload on the wire is what the header leaves, which has the shortest length."""
    length = row["wire"] - 2 - 4 * row["masked"]
    if length >= 8 + 65536:
        length -= 8
    elif length >= 2 + 126:
        length -= 2
    rsv = 4 * row["rsv1"] + 2 * row["rsv2"] + row["rsv3"]
    return Frame(int(row["fin"]), rsv, row["opcode"], row.get("mask", ""), length)


def wire_length(frame):
    """The length of a frame with its header."""
    extended = 0 if frame.length < 126 else 2 if frame.length < 65536 else 8
    return 2 + extended + len(frame.key) // 2 + frame.length


def payload_of(row):
    """Inflated; None if it was not kept."""
    if "text" in row:
        return row["text"].encode()
    return base64.b64decode(row["base64"]) if "base64" in row else None


def connections_of(rows, is_server=False):
    """The connections of a listing in their order, those without a frame too if their heads are printed in full.

    is_server: the listing is one of the server itself."""
    found = {}
    for row in rows:
        if row.get("event") == "handshake" and "request" in row:
            found.setdefault(row["conn"], Connection()).target = row["request"][0].split()[1]
        elif "no" in row and row["type"] != "bytes":
            connection = found.setdefault(row["conn"], Connection())
            direction = DIRECTIONS[OPPOSITE[row["dir"]] if is_server else row["dir"]]
            connection.frames[direction].append(frame_of(row))
            connection.payloads[direction].append(payload_of(row))
    return [found[number] for number in sorted(found)]


def rows_of(text):
    """The objects of a listing; other lines, such as those of an error, are left out."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def list_by_wsinspect(program, path, *options):
    done = subprocess.run([program, "read", "-T", "jsonl", "--redact=none", "--handshake=full", *options, path], capture_output=True,
                          text=True, timeout=PATIENCE, check=False)
    return rows_of(done.stdout)


def read_by_wsinspect(program, path, *options):
    return connections_of(list_by_wsinspect(program, path, *options))


def values_of(field):
    return field.split(",") if field else []


def flag(value):
    return int(value == "True") if value in ("True", "False") else int(value, 0)


def frames_of_packet(opcodes, fins, rsvs, masks, keys, lengths, long, longest):
    """The fields of a packet; only some frames have a masking key and an extended length."""
    frames = []
    for opcode, fin, rsv, mask, length in zip(opcodes, fins, rsvs, masks, lengths):
        if length == "126":
            length = long.pop(0)
        elif length == "127":
            length = longest.pop(0)
        key = keys.pop(0).replace(":", "") if flag(mask) else ""
        frames.append(Frame(flag(fin), flag(rsv), int(opcode), key, int(length)))
    return frames


def read_by_tshark(path, ports, *options):
    """The connections to servers at these ports in their order, if they have a request or a frame."""
    arguments = [word for field in FIELDS for word in ("-e", field)]
    done = subprocess.run(["tshark", "-r", path, *options, "-Y", "websocket or http.request or http.response", "-T", "fields", "-E",
                           "occurrence=a", *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)
    found = {}
    for line in done.stdout.splitlines():
        number, stream, port, targets, *fields = line.split("\t")
        connection = found.setdefault(int(stream), Connection())
        connection.target = connection.target or targets.split(",")[0] or None
        direction = "sent" if int(port) in ports else "received"
        connection.heads.setdefault(direction, int(number))
        frames = frames_of_packet(*map(values_of, fields))
        connection.frames[direction] += frames
        connection.packets[direction] += [int(number)] * len(frames)
    return [found[stream] for stream in sorted(found)]


def first_difference(ours, theirs):
    """Where two lists differ, for a diagnosis."""
    at = next((i for i, pair in enumerate(zip(ours, theirs)) if pair[0] != pair[1]), min(len(ours), len(theirs)))
    return f"{len(ours)} and {len(theirs)}; first difference at {at}: {str(ours[at:at + 2])[:300]} and {str(theirs[at:at + 2])[:300]}"
