# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""What was agreed on of permessage-deflate, and how it shows on the wire."""

import re

from conversation import CLIENT, SERVER
from interop import named

# The same words four times, then what hides far repetitions, which only the agreed window may find.
REPEATED = ["noise:200"] * 4
STEPS = [*REPEATED, "noise:100000", "binary:65536"]
# Octets on the wire of the last one, by who remembers the ones before; 208 are those of a frame without compression.
MOST_REMEMBERED, LEAST_FORGOTTEN, LEAST_PLAIN = 30, 100, 200

FORGETS = {SERVER: "server_no_context_takeover", CLIENT: "client_no_context_takeover"}
BITS = {SERVER: "server_max_window_bits", CLIENT: "client_max_window_bits"}
PRESET_BITS = 12                # what a server of ours grants where nobody asks for less
MOST_BITS = 15                  # where nothing is said at all
LEAST_BITS = 9                  # of ours; zlib cannot compress within 8


def written(asked):
    return "; ".join(name if value is None else f"{name}={value}" for name, value in asked.items())


def parse(line):
    """What an answer says, and what is so where it says nothing."""
    if line is None:
        return None
    found = {name: True if value == "" else int(value) for name, value in re.findall(r";\s*(\w+)=?\"?(\d*)", line)}
    return ([found.get(FORGETS[side], False) for side in (SERVER, CLIENT)]
            + [found.get(BITS[side], MOST_BITS) for side in (SERVER, CLIENT)])


def faults_of_memory(our_events, key, side, wanted, may_forget=False):
    """Judges what the last of the repeated messages cost on the wire: "sent" or "received" by us, by that side."""
    wire = named(our_events, "wire")[:len(REPEATED)]
    if len(wire) < len(REPEATED):
        yield f"{len(wire)} messages came"
        return
    n_octets = wire[-1][key] - wire[-2][key]
    if wanted is None:
        is_right = n_octets >= LEAST_PLAIN
    elif wanted[0 if side == SERVER else 1]:
        is_right = LEAST_FORGOTTEN <= n_octets < LEAST_PLAIN
    else:
        is_right = n_octets < LEAST_PLAIN if may_forget else n_octets <= MOST_REMEMBERED
    if not is_right:
        yield f"{n_octets} octets {key} for what was said before, agreed on {wanted}"
