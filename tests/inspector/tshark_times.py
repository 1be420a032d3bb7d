# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The times of the frames of a capture, as tshark and as wsinspect say them."""

import datetime
import json
import shutil
import subprocess


def missing():
    return None if shutil.which("tshark") else "tshark is not installed"


def port_of(path, usual=8080):
    """The port of the server: the usual one, or else that of the first packet, which a client has sent."""
    done = subprocess.run(["tshark", "-r", path, "-T", "fields", "-e", "tcp.srcport", "-e", "tcp.dstport"],
                          capture_output=True, text=True, timeout=240, check=False)
    ports = [line.split("\t") for line in done.stdout.splitlines() if line.strip()]
    if not ports or any(str(usual) in pair for pair in ports):
        return usual
    return int(ports[0][1])


def times_of_tshark(path, port=8080, protocol="http"):
    """(microseconds since 1970, direction, opcode) of each frame; protocol: what tshark reads on the port."""
    done = subprocess.run(["tshark", "-r", path, "-d", f"tcp.port=={port},{protocol}", "-Y", "websocket", "-T", "fields", "-E", "occurrence=a",
                           "-e", "frame.time_epoch", "-e", "tcp.dstport", "-e", "websocket.opcode"],
                          capture_output=True, text=True, timeout=240, check=False)
    found = []
    for line in done.stdout.splitlines():
        time, to, opcodes = line.split("\t")
        seconds, _, fraction = time.partition(".")
        found += [(int(seconds) * 1_000_000 + int(fraction[:6]), "sent" if int(to) == port else "recv", int(opcode)) for opcode in opcodes.split(",")]
    return sorted(found)


def rows_of_wsinspect(program, path):
    """(microseconds since 1970, direction, opcode) of each frame, and (microseconds, direction) of bytes that are in no frame."""
    done = subprocess.run([program, "read", "-T", "jsonl", path], capture_output=True, text=True, timeout=240, check=False)
    begin = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    frames, others = [], set()
    for row in map(json.loads, done.stdout.splitlines()):
        if "no" not in row:
            continue
        time = (datetime.datetime.fromisoformat(row["time"].replace("Z", "+00:00")) - begin) // datetime.timedelta(microseconds=1)
        # A header that was cut is no frame for tshark.
        if row["type"] == "bytes" or ("cut" in row.get("flags", ()) and row["wire"] < 2):
            others.add((time, row.get("dir")))
        else:
            frames.append((time, row["dir"], row["opcode"]))
    return sorted(frames), others


def compare(tap, name, program, path, **options):
    """One point: every frame has the time that tshark says."""
    if missing():
        tap.skip(name, missing())
        return
    ours, theirs = rows_of_wsinspect(program, path)[0], times_of_tshark(path, **options)
    tap.point(ours == theirs and len(ours) > 0, name,
              [f"{len(ours)} and {len(theirs)} frames; ours alone {sorted(set(ours) - set(theirs))[:3]}, theirs alone {sorted(set(theirs) - set(ours))[:3]}"])
