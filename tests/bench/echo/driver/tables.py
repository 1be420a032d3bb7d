# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Medians, as tables."""

from statistics import median

COLUMNS = 5
HEADS = {
    "echo": "echo: server CPU in microseconds a message (messages a second)",
    "handshakes": "handshakes: server CPU in microseconds each (per second)",
    "idle": "resident bytes a connection: after one echo (upgraded only)",
    "keepalive": "idle with keepalive: percent of a processor while no ping is due (microseconds a ping)",
    "latency": "microseconds a quiet connection waits next to a flood: 99 % (half of them)",
    "honest": "microseconds until an honest client is open: half of them (the slowest)",
    "descriptors": "a server's descriptors, with clients that say nothing (left after handshake-timeout)",
    "rush": "microseconds an echo takes next to handshakes: 95 % (half of them)",
    "broadcast": "broadcast: server CPU in microseconds for each that gets it (per second)",
    "connects": "connect + 101 + close: the client's CPU in microseconds (per second)",
    "hold": "resident bytes of a client's connection (of all, and of what they share)",
    "standstill": "microseconds in which a client's main loop does nothing else while it connects",
    "client": "echo: the client's CPU in microseconds a message (messages a second)",
    "calls": "system calls a message (sends a receive)",
    "allocations": "allocations a message (how many in all)",
    "zlib": "zlib alone, inflating and deflating: CPU in microseconds a message",
}


class Results:
    def __init__(self, figures, failures):
        self.figures, self.failures = figures, failures
        for rounds in figures.values():
            for figure in rounds:
                if "bytes" in figure:
                    figure["bytes_value"] = figure["bytes"] / figure["n"]

    def values(self, cell, server, key="value"):
        return [figure[key] for figure in self.figures.get((cell, server), ()) if key in figure]

    def value(self, cell, server, key="value"):
        values = self.values(cell, server, key)
        return median(values) if values else None


def short(number):
    return f"{number / 1000:.0f}k" if number >= 10000 else f"{number / 1000:.1f}k" if number >= 1000 else f"{number:.0f}"


def entry(results, cell, server):
    def of(key):
        return results.value(cell.name, server, key)

    if (cell.name, server) in results.failures:
        return "failed"
    value = of("value")
    if value is None:
        return "-"
    if cell.run == "idle":
        return f"{value:.0f} ({of('upgraded_value'):.0f})"
    if cell.run == "keepalive":
        pings = of("pings") or 0
        return f"{value:.3f} ({1e6 * of('ping_cpu') / pings if pings else 0:.1f})"
    if cell.run == "hold":
        return f"{value:.0f} ({of('total_value') / 1e6:.1f}M)"
    if cell.run == "standstill":
        return f"{value:.0f}"
    if cell.run in ("latency", "honest", "rush"):
        return f"{value:.0f} ({1e6 * of('most' if cell.run == 'honest' else 'p50'):.0f})"
    if cell.run == "descriptors":
        return f"{value:.0f} ({of('left_value'):.0f})"
    if cell.run == "calls":
        return f"{value:.2f} ({of('sends_per_receive'):.2f})"
    if cell.run == "allocations":
        return f"{value:.4f} ({of('allocations'):.0f})"
    if cell.deflate or cell.run == "zlib":
        return f"{value:.2f} ({of('bytes_value') if cell.run == 'echo' else of('bytes') / of('n'):.0f} B)"
    return f"{value:.2f} ({short(of('rate'))})"


def print_table(results, cells, names, head):
    rows = [name for name in names if any(entry(results, cell, name) != "-" for cell in cells)]
    if not rows:
        return
    width = max(len(name) for name in rows)
    widths = [max([len(cell.name)] + [len(entry(results, cell, name)) for name in rows]) for cell in cells]
    print(f"\n{head}")
    print(" " * width, *(f"{cell.name:>{wide}}" for cell, wide in zip(cells, widths)), sep="  ")
    for name in rows:
        print(f"{name:<{width}}", *(f"{entry(results, cell, name):>{wide}}"
                                    for cell, wide in zip(cells, widths)), sep="  ")


def print_tables(results, cells, names):
    for run, head in HEADS.items():
        for is_deflate in (False, True):
            chosen = [cell for cell in cells if cell.run == run and cell.deflate == is_deflate]
            title = head + ("; permessage-deflate (bytes of an echo on the wire)"
                            if is_deflate and run == "echo" else "")
            for first in range(0, len(chosen), COLUMNS):
                print_table(results, chosen[first:first + COLUMNS], names, title)
