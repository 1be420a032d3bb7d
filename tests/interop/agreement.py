# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The negotiated parameters of permessage-deflate, and their effect on the wire."""

import re

from conversation import CLIENT, SERVER
from interop import named

# The same words four times, then repetitions at long distances, which only the negotiated window may refer
# to.
REPEATED = ["noise:200"] * 4
STEPS = [*REPEATED, "noise:100000", "binary:65536"]
# Bytes on the wire of the last one, by whether previous ones are remembered; an uncompressed frame has 208.
MOST_REMEMBERED, LEAST_FORGOTTEN, LEAST_PLAIN = 30, 100, 200

FORGETS = {SERVER: "server_no_context_takeover", CLIENT: "client_no_context_takeover"}
BITS = {SERVER: "server_max_window_bits", CLIENT: "client_max_window_bits"}
PRESET_BITS = 12                # the window of a libwsproto server if the client does not ask for a smaller one
MOST_BITS = 15                  # if nothing is negotiated
LEAST_BITS = 9                  # that libwsproto asks for; it agrees to 8


def written(asked):
    return "; ".join(name if value is None else f"{name}={value}" for name, value in asked.items())


def parse(line):
    """The parameters of a response, with the defaults for missing ones."""
    if line is None:
        return None
    found = {name: True if value == "" else int(value) for name, value in re.findall(r";\s*(\w+)=?\"?(\d*)", line)}
    return ([found.get(FORGETS[side], False) for side in (SERVER, CLIENT)]
            + [found.get(BITS[side], MOST_BITS) for side in (SERVER, CLIENT)])


def faults_of_memory(our_events, key, side, wanted, may_forget=False):
    """Checks the size of the last repeated message on the wire: "sent" or "received" by us, written by
    that side."""
    wire = named(our_events, "wire")[:len(REPEATED)]
    if len(wire) < len(REPEATED):
        yield f"{len(wire)} messages received"
        return
    n_bytes = wire[-1][key] - wire[-2][key]
    if wanted is None:
        is_right = n_bytes >= LEAST_PLAIN
    elif wanted[0 if side == SERVER else 1]:
        is_right = LEAST_FORGOTTEN <= n_bytes < LEAST_PLAIN
    else:
        is_right = n_bytes < LEAST_PLAIN if may_forget else n_bytes <= MOST_REMEMBERED
    if not is_right:
        yield f"{n_bytes} bytes {key} for a repeated message, negotiated {wanted}"
