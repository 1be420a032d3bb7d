# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The bars: ratios of medians of one run, without any tolerance; and whether the run is valid."""

import math
from statistics import median

from driver.cells import HELLOS
from driver.clients import FLOOR as FLOOR_CLIENT, OURS as CLIENT
from driver.measure import ZLIB

OURS, OURS_TLS, PROXY, PORTABLE = "wsproto", "wsproto-tls", "wsinspect-proxy", "portable"
SMALL, SMALL_16 = "100c 20B d1", "100c 20B d16"
KIB, KIB_16 = "100c 1024B d1", "100c 1024B d16"
ONE, FIVE = "1c 20B d1", "5c 20B d1"
LARGE, HUGE = "10c 65536B d1", "10c 1048576B d1"
ALL_BUSY, FEW, FEWEST = "10 of 10", "10 of 4000", "10 of 10000"
HANDSHAKES, HANDSHAKES_1 = "handshakes 64", "handshakes 1"
IDLE, IDLE_DEFLATE = "idle 10000 1024B", "idle 10000 1024B deflate"
IDLE_PAUSED = "idle 1000 1024B deflate paused"           # six seconds after an echo
IDLE_DEFLATE_USED = "idle 2000 1024B deflate"            # with some it is 250 KB each
TLS = "100c 1024B d1 tls"
TLS_ECHOES = ("100c 20B d1 tls", "100c 20B d16 tls", "100c 1024B d16 tls", "10c 65536B d1 tls", "10c 1048576B d1 tls")
TLS_HANDSHAKES, TLS_RESUMED = "handshakes 16 tls", "handshakes 16 tls resumed"
TLS_IDLE = "idle 2000 1024B tls"
CONNECTS, CONNECTS_ONE = "connects", "connects tls"      # without TLS; with one authority
CONNECTS_SYSTEM, CONNECTS_RESUMED = "connects system", "connects system resumed"
CLIENT_ECHOES = ("client 100c 20B d1 tls", "client 100c 20B d16 tls", "client 10c 65536B d1 tls")
HOLD, HOLD_ONE, HOLD_SYSTEM = "hold 1000 tls", "hold 100 tls", "hold 100 system"
STANDSTILL = "standstill system"
N_DIRECT = 4                    # descriptors that the direct watches of a reactor keep: WSP_N_DIRECT
HONEST, SILENT, RUSH = "honest 0", "descriptors 1500", "rush 32 rsa"
BROADCAST = "broadcast 1000c 20B"
KEEPALIVE = "keepalive 10000"
LATENCY = "latency 20B"

DEFLATE_SIZES = (4096, 262144)


def deflate_cell(size):
    return f"10c {size}B d1 deflate"


def zlib_cell(size, level, window, memory):
    return f"zlib 10c {size}B level {level} window {window} memory {memory}"


class Bar:
    """VALUE of a server in a cell, divided by that of another where one is named."""

    def __init__(self, number, cell, most, of=None, of_cell=None, server=OURS, key="value", of_key=None):
        self.number, self.cell, self.most, self.server, self.key = number, cell, most, server, key
        self.of = of or (server if of_cell else None)
        self.of_cell = of_cell or cell
        self.of_key = of_key or key

    @property
    def cells(self):
        return {self.cell} | ({self.of_cell} if self.of else set())

    @property
    def what(self):
        text = f"{self.cell}: {self.server}"
        if self.key != "value":
            text += f" {self.key.replace('_value', '').replace('_', ' ')}"
        if self.of:
            text += f" / {self.of}" + (f" at {self.of_cell}" if self.of_cell != self.cell else "")
        return text

    def check(self, results):
        """(figure, median of the rounds' own ratios), or None if something was not measured."""
        mine = results.values(self.cell, self.server, self.key)
        if not mine:
            return None
        if not self.of:
            return median(mine), median(mine)
        theirs = results.values(self.of_cell, self.of, self.of_key)
        if not theirs or median(theirs) == 0:
            return None
        pairs = [a / b for a, b in zip(mine, theirs) if b]
        return median(mine) / median(theirs), median(pairs)


class Above(Bar):
    """The opposite: it must be more than that."""

    def check(self, results):
        figure = super().check(results)
        return figure and tuple(-value for value in figure)


class Difference(Bar):
    """VALUE less that of another cell, in UNITs; less than nothing is nothing."""

    def __init__(self, number, cell, most, of_cell, unit=1, **more):
        super().__init__(number, cell, most, of_cell=of_cell, **more)
        self.unit = unit

    @property
    def what(self):
        return super().what.replace(f"/ {self.of} at", "-")

    def check(self, results):
        mine = results.values(self.cell, self.server, self.key)
        theirs = results.values(self.of_cell, self.of, self.of_key)
        if not (mine and theirs):
            return None
        figures = median(mine) - median(theirs), median(a - b for a, b in zip(mine, theirs))
        return tuple(max(figure / self.unit, 0) for figure in figures)


class Sum(Bar):
    """Divided by the sum of zlib's own time and the floor's plain echo."""

    def __init__(self, number, size, most, server, level, window, memory):
        super().__init__(number, deflate_cell(size), most, server=server)
        self.zlib, self.plain = zlib_cell(size, level, window, memory), f"10c {size}B d1 json"

    @property
    def cells(self):
        return {self.cell, self.zlib, self.plain}

    @property
    def what(self):
        return f"{self.cell}: {self.server} / ({self.zlib} + floor)"

    def check(self, results):
        mine = results.values(self.cell, self.server)
        alone = results.values(self.zlib, ZLIB)
        floor = results.values(self.plain, "floor-epoll")
        if not (mine and alone and floor):
            return None
        pairs = [a / (b + c) for a, b, c in zip(mine, alone, floor)]
        return median(mine) / (median(alone) + median(floor)), median(pairs)


def peers(number, cell, server=OURS, **most):
    names = {"floor": "floor-epoll", "floor_gio_fd": "floor-gio-fd", "floor_gnutls": "floor-gnutls",
             "node_ws": "node-ws", "floor_gnutls_client": "floor-gnutls-client", "libsoup_client": "libsoup-client",
             "node_ws_client": "node-ws-client", "python_websockets_client": "python-websockets-client"}
    return [Bar(number, cell, limit, of=names.get(name, name), server=server) for name, limit in most.items()]


def deflate_bars():
    bars = []
    for size in DEFLATE_SIZES:
        bars.append(Sum("14", size, 1.1, "wsproto-level-1", 1, 15, 8))
        bars.append(Sum("14", size, 1.1, "wsproto-level-6", 6, 15, 8))
        # The level that each peer has by default.
        for ours, theirs in (("wsproto-level-1", "libwebsockets"), ("wsproto-level-6", "libsoup"),
                             ("wsproto-level-6", "node-ws"), ("wsproto-level-6", "python-websockets")):
            bars.append(Bar("14", deflate_cell(size), 1.05, of=theirs, server=ours))
            bars.append(Bar("14", deflate_cell(size), 1.05, of=theirs, server=ours, key="bytes_value"))
    bars.append(Bar("14", IDLE_DEFLATE_USED, 0.5, of="libsoup"))
    return bars


def tls_bars():
    one, sixteen, _kib, large, huge = TLS_ECHOES
    bars = []
    for cell, most in ((TLS_HANDSHAKES, 1.2), (TLS_RESUMED, 1.25), (one, 1.25), (sixteen, 1.35),
                       (large, 1.05), (huge, 0.7), (TLS_IDLE, 1.15)):
        bars += peers("tls", cell, server=OURS_TLS, floor_gnutls=most)
    for cell in TLS_ECHOES:
        bars += peers("tls", cell, server=OURS_TLS, libwebsockets=0.85)
    bars += [Bar("tls", TLS_HANDSHAKES, 1, server=OURS_TLS, key="threads")]
    bars += [Bar("tls", f"honest 250 {hello}", 2, server=OURS_TLS, of_cell=HONEST) for hello in HELLOS]
    bars += [Bar("tls", SILENT, 270, server=OURS_TLS), Bar("tls", SILENT, N_DIRECT, server=OURS_TLS, key="left_value"),
             Bar("tls", RUSH, 6000, server=OURS_TLS)]
    return bars


def tls_client_bars():
    bars = [Bar("tls-client", CONNECTS_SYSTEM, 1.1, server=CLIENT, of_cell=CONNECTS_ONE),
            Bar("tls-client", CONNECTS_RESUMED, 0.7, server=CLIENT, of_cell=CONNECTS_SYSTEM)]
    bars += peers("tls-client", CONNECTS_SYSTEM, server=CLIENT, floor_gnutls_client=1.3, libsoup_client=0.2,
                  python_websockets_client=0.65, node_ws_client=0.5)
    for cell, most in zip(CLIENT_ECHOES, (1.25, 1.35, 1.05)):
        bars += peers("tls-client", cell, server=CLIENT, floor_gnutls_client=most)
    bars += [Bar("tls-client", TLS_HANDSHAKES, 1.8, server=PROXY, of=OURS_TLS),
             Bar("tls-client", TLS_ECHOES[0], 1.6, server=PROXY, of_cell=SMALL)]
    bars += peers("tls-client", HOLD, server=CLIENT, floor_gnutls_client=1.2)
    bars += [Difference("tls-client", HOLD_SYSTEM, 10, HOLD_ONE, unit=1e6, server=CLIENT, key="total_value"),
             Bar("tls-client", STANDSTILL, 5000, server=CLIENT)]
    for at_once in (HONEST, f"{HONEST} resumed"):            # the server is ours, the clients OpenSSL and GnuTLS
        bars += [Bar("tls-client", f"{at_once} delayed", 2, server=OURS_TLS, of_cell=at_once),
                 Bar("tls-client", f"{at_once} gnutls delayed", 2, server=FLOOR_CLIENT, of_cell=f"{at_once} gnutls")]
    bars += [Difference("tls-client", CONNECTS_SYSTEM, 0, CONNECTS, server=CLIENT, key="opened_value")]
    return bars


def all_bars():
    bars = peers("1", SMALL, floor=1.15, libwebsockets=1.05, beast=0.9, libsoup=0.5)
    bars += peers("2", SMALL_16, floor=1.8, libwebsockets=1 / 7, libsoup=1 / 7, beast=1 / 7, wslay=1 / 7)
    bars += peers("2", KIB_16, floor=1.6, libwebsockets=0.2, libsoup=0.2, beast=0.2)
    bars += peers("3", KIB, floor=1.15)
    bars += [Bar("3", f"{KIB} {kind}", 1.05, of_cell=KIB) for kind in ("ascii", "mixed")]
    bars += peers("4", ONE, floor=1.15, floor_gio_fd=1.05, libsoup=0.85)
    bars += peers("5", LARGE, floor=1.25, libwebsockets=0.9, wslay=0.5, libsoup=0.35)
    bars += [Bar("5", f"{LARGE} mixed", 1.45, of_cell=LARGE)]
    bars += peers("5", f"{LARGE} mixed", beast=0.3, libsoup=0.2)
    bars += peers("6", HUGE, beast=0.8, libsoup=0.2)
    for cell in (FEW, FEWEST):
        bars += [Bar("7", cell, 1.3, of_cell=ALL_BUSY)] + peers("7", cell, floor=1.3)
    bars += peers("7", FEW, floor_gio_fd=0.1, libsoup=0.1)
    bars += peers("11", HANDSHAKES, floor=1.2, libwebsockets=0.8, libsoup=0.4, node_ws=0.15)
    bars += [Bar("12", IDLE, 1200), Bar("12", IDLE, 910, server="wsproto-function")]
    bars += peers("12", IDLE, libwebsockets=0.2, libsoup=0.2)
    bars += [Bar("12", IDLE_DEFLATE, 1.2, server="wsproto-no-takeover", key="upgraded_value", of=OURS,
                 of_cell=IDLE)]
    bars += [Bar("12", IDLE_PAUSED, 11000)]
    bars += [Bar("13", "client 100c 20B", 1.15, server=CLIENT, of=OURS, of_cell=SMALL),
             Bar("13", "client 100c 1024B", 1.15, server=CLIENT, of=OURS, of_cell=KIB)]
    bars += peers("13", CONNECTS, server=CLIENT, libsoup_client=0.8)
    bars += deflate_bars()
    for cell in ("100c 20B d1", "100c 1024B d16", "100c 1024B d1 mixed"):
        bars += [Bar("15", f"allocations {cell}", 0.001)]
    bars += [Above("15", "allocations 100c 20B d1", -0.5, server="wslay"),
             Bar("15", f"calls {SMALL}", 2.2), Bar("15", f"calls {SMALL_16}", 1.0, key="sends_per_receive"),
             Bar("15", KEEPALIVE, 0.1)]
    bars += peers("16", TLS, server=OURS_TLS, libsoup=0.6, libwebsockets=1.15)
    bars += tls_bars() + tls_client_bars()
    for cell, most in ((SMALL, 1.06), (SMALL_16, 1.2), (KIB, 1.06)):
        bars += peers("function", cell, server=f"{OURS}-function", floor=most)
    for cell, most in ((SMALL, 1.2), (SMALL_16, 2.2)):
        bars += [Bar("async", cell, most, server=f"{OURS}-async", of=f"{OURS}-function")]
    for cell, most in ((SMALL, 1.3), (SMALL_16, 3)):
        bars += peers("tap", cell, server=f"{OURS}-tap", floor=most)
    bars += [Bar("workers", SMALL, 1.1, server=f"{OURS}-workers", of=f"{OURS}-worker")]
    bars += [Bar("portable", FIVE, 1.1, server=PORTABLE, of=OURS)]
    bars += [Bar("broadcast", BROADCAST, 1.1, server="wsproto-broadcast", of="floor-epoll")]
    return bars


# Microseconds of PERFORMANCE.md's table of reference; only their ratios count.
REFERENCE = {
    SMALL: {"libsoup": 13.94, "libwebsockets": 5.73, "beast": 6.45},
}
TRUE_TO_REFERENCE = 0.4


def conditions(results):
    """Lines, and whether the run is valid: the floors are the fastest, the peers are complete. None: it
    was not measured."""
    lines, is_valid = [], True
    for peer, most in (("libwebsockets", 1.0), ("libsoup", 0.45)):
        figure = Bar("-", SMALL, most, server="floor-epoll", of=peer).check(results)
        if figure is None:
            return [f"{SMALL} was not measured with floor-epoll and {peer}"], None
        is_met = figure[0] <= most
        is_valid = is_valid and is_met
        lines.append(line("-", f"{SMALL}: floor-epoll / {peer}", figure, most, is_met))
    for cell, page in REFERENCE.items():
        here = {peer: results.value(cell, peer) for peer in page}
        if None in here.values():
            return lines + [f"{cell}: not all of {', '.join(page)} were measured"], None
        scale = math.exp(sum(math.log(here[peer] / page[peer]) for peer in page) / len(page))
        for peer, microseconds in page.items():
            ratio = here[peer] / (scale * microseconds)
            is_met = abs(ratio - 1) <= TRUE_TO_REFERENCE
            is_valid = is_valid and is_met
            lines.append(f"  {'-':<9} {f'{cell}: {peer}, in addition to their values elsewhere':<74}"
                         f" {ratio:9.3f}  0.600 to 1.400  {'holds' if is_met else 'MISSED'}")
    return lines, is_valid


def line(number, what, figure, most, is_met):
    return (f"  {number:<9} {what:<74} {abs(figure[0]):9.3f} ({abs(figure[1]):.3f})  "
            f"{'at least' if most < 0 else 'at most'} {abs(most):8.3f}  {'pass' if is_met else 'MISSED'}")


def verdicts(bars, results):
    """Lines and the numbers of the bars that were missed, and of those that could not be checked."""
    lines, n_missed, n_open = [], 0, 0
    for bar in bars:
        figure = bar.check(results)
        if figure is None:
            n_open += 1
            lines.append(f"  {bar.number:<9} {bar.what:<74} not measured")
            continue
        is_met = figure[0] <= bar.most
        n_missed += not is_met
        lines.append(line(bar.number, bar.what, figure, bar.most, is_met))
    return lines, n_missed, n_open
