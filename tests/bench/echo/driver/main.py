# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The command line of bench-echo."""

import argparse
import json
import os
import resource
import sys
import tempfile
import time

from driver import bars as bars_module
from driver import build, cells, clients, instructions, machine, measure, servers, tables

TOP = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../.."))
DESCRIPTION = "Echo servers, side by side: what a message costs each of them, and the bars that ours has to reach."
EPILOG = """examples:
  bench-echo                                        everything, for an hour
  bench-echo --bars 1,2,4                           what these bars need
  bench-echo --cells "100c 20B d1" --servers floor-epoll,wsproto --rounds 3
  bench-echo --cells "10 of 4000; handshakes 64"    several cells
  bench-echo --with before=/opt/before --servers floor-epoll,wsproto,before --bars 1,2
  bench-echo --instructions --with before=/opt/before
  bench-echo --list                                 servers, and the cells of each bar

A cell is a line of words:
""" + "\n".join(cells.__doc__.splitlines()[2:])

# No bar needs them; they explain a figure.
MORE_CELLS = ["1c 20B d16", "10c 20B d1", "1000c 20B d1", "1000c 20B d16", "1c 1024B d1", "10c 1024B d1",
              "1000c 1024B d1", "1c 65536B d1", "10c 65536B d1 ascii", "1c 1048576B d1",
              bars_module.HANDSHAKES_1, bars_module.LATENCY, "10c 200B d1 deflate"]
MANY = 4000                                  # connections; some servers take a minute to accept them
SLOW_TO_FILL = {"libsoup", "floor-gio-fd", "node-ws", "python-websockets"}
NO_BAR_WITH_MANY = {"node-ws", "python-websockets", "wslay"}
CALLS_OF = ("floor-epoll", "wsproto")
QUICK_SERVERS = ("floor-epoll", "floor-gnutls", "wsproto", "wsproto-broadcast", "wsproto-tls", "wsinspect-proxy")
MORE_ROUNDS = {bars_module.ONE: 2}           # mostly sleeping and waking: it settles slowly
ONE_ROUND = ("keepalive", "calls", "allocations", "descriptors")
FEW_ROUNDS = ("idle", "hold")


def other(text):
    name, _, prefix = text.partition("=")
    if not name or not os.path.isdir(prefix):
        raise argparse.ArgumentTypeError(f"expected NAME=PREFIX with a folder, got {text}")
    return name, prefix


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(prog="bench-echo", description=DESCRIPTION, epilog=EPILOG,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bars", metavar="1,2,…", help="only what these bars need")
    parser.add_argument("--cells", metavar="CELL;…", help="only these cells")
    parser.add_argument("--servers", metavar="NAME,…", help="only these servers")
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="rounds (%(default)s)")
    parser.add_argument("--seconds", type=float, default=0.5, metavar="S", help="of one figure (%(default)s)")
    parser.add_argument("--quick", action="store_true", help="one short round of a few cells")
    parser.add_argument("--instructions", action="store_true",
                        help="count the instructions of an echo with callgrind, in both roles, and measure nothing else")
    parser.add_argument("--profile", action="store_true", help="with --instructions: say in which functions they are")
    parser.add_argument("--programs", metavar="FOLDER", help="take the programs from here, build nothing")
    parser.add_argument("--wsinspect", metavar="FILE", help="with --programs: measure this proxy")
    parser.add_argument("--with", metavar="NAME=PREFIX", dest="others", action="append", default=[], type=other,
                        help="measure the library that is installed at PREFIX, too, as servers NAME, NAME-function, NAME-tap, …")
    parser.add_argument("--build", metavar="FOLDER", default=os.path.join(
        os.environ.get("WSP_BUILD", os.path.join(TOP, "_build")), "bench"), help="build there (%(default)s)")
    parser.add_argument("--save", metavar="FILE", help="write all figures as JSON")
    parser.add_argument("--list", action="store_true", help="name servers, bars and cells, and end")
    return parser.parse_args(arguments)


def words(text, separator=","):
    return [word.strip() for word in text.split(separator) if word.strip()]


def choose_bars(options):
    bars = bars_module.all_bars()
    if options.cells and not options.bars:
        return [bar for bar in bars if bar.cells <= set(words(options.cells, ";"))]
    if options.bars:
        chosen = words(options.bars)
        unknown = set(chosen) - {bar.number for bar in bars}
        if unknown:
            raise cells.CellError(f"there is no bar {', '.join(sorted(unknown))}")
        return [bar for bar in bars if bar.number in chosen]
    return bars


def choose_cells(options, bars):
    if options.cells:
        return cells.parse(words(options.cells, ";"))
    if options.quick and not options.bars:
        return cells.parse(["100c 20B d1", "10c 65536B d4 mixed", "10 of 100", "handshakes 8", "idle 100 1024B",
                            "latency", "allocations 10c 20B d1",
                            "zlib 10c 4096B level 1 window 15 memory 8", "client 10c 20B",
                            "broadcast 20c 20B", "10c 20B d16 tls", bars_module.TLS_HANDSHAKES, "handshakes 4 resumed",
                            "idle 20 20B tls", "honest 20 half", "descriptors 20", "rush 4 rsa", bars_module.CONNECTS,
                            bars_module.CONNECTS_ONE, bars_module.CONNECTS_SYSTEM, bars_module.CONNECTS_RESUMED,
                            "client 10c 20B d16 tls", "hold 20 system", bars_module.STANDSTILL,
                            "honest 0 resumed delayed", "honest 0 gnutls resumed delayed"])
    names = [bars_module.SMALL]              # needed to check the conditions
    for bar in bars:
        names += sorted(bar.cells)
    if not options.bars:
        names += MORE_CELLS
    return cells.parse(dict.fromkeys(names))


def choose_servers(options, bench):
    names = bench.names()
    if not options.servers:
        return names
    chosen = words(options.servers)
    unknown = set(chosen) - set(names)
    if unknown:
        raise cells.CellError(f"there is no server {', '.join(sorted(unknown))}")
    return [name for name in names if name in chosen]


def rounds_of(options):
    """The number of rounds of a cell with a server; without one: the largest of all."""
    def n_rounds(cell, name):
        if cell is None:
            return options.rounds * max(MORE_ROUNDS.values())
        if cell.numbers["connections"] >= MANY and name in SLOW_TO_FILL:
            return 1 if cell.run == "idle" else min(options.rounds, 2)
        if cell.run in ONE_ROUND:
            return 1
        if cell.run in FEW_ROUNDS:
            return min(options.rounds, 3)
        return options.rounds * MORE_ROUNDS.get(cell.name, 1)
    return n_rounds


class Chosen(measure.Bench):
    """Leaves out runs that take minutes and show nothing more."""

    def __init__(self, options, *arguments):
        super().__init__(*arguments)
        self.is_quick = options.quick
        self.asked_for = set(words(options.servers or ""))
        self.bars = bars_module.all_bars()

    def is_asked_for(self, name, cell):
        return name in self.asked_for or any(name in (bar.server, bar.of) and cell.name in bar.cells for bar in self.bars)

    def can(self, name, cell):
        if name.endswith(servers.ON_REQUEST) and not self.is_asked_for(name, cell):
            return False
        if name == bars_module.PORTABLE and cell.name != bars_module.SMALL and not self.is_asked_for(name, cell):
            return False
        if cell.run == "calls" and name not in CALLS_OF:
            return False
        if self.is_quick and cell.run not in ("echo", "zlib") and name not in (*QUICK_SERVERS, *self.clients):
            return False
        if cell.run == "keepalive" and name != "wsproto":
            return False
        if cell.name == bars_module.FEWEST and name in SLOW_TO_FILL:
            return False
        if cell.name == bars_module.FEW and name in NO_BAR_WITH_MANY:
            return False
        if name == bars_module.OURS_TLS and cell.resumed and self.known["floor-gnutls"].missing(self.programs):
            return False                     # then the library has no GnuTLS either
        if cell.name == bars_module.TLS_IDLE and name == "libsoup":
            return False                     # 4 MB each
        if cell.name == bars_module.IDLE_DEFLATE and not name.startswith("wsproto"):
            return False
        return super().can(name, cell)


def needs_portable(options):
    """Whether the library without Linux's calls is measured: it takes a build of its own."""
    if options.programs or options.instructions or options.quick or options.list:
        return False
    asked = words(options.servers or "")
    return bars_module.PORTABLE in asked if asked else any(bar.server == bars_module.PORTABLE for bar in choose_bars(options))


def print_list(bench, bars):
    print("servers:", ", ".join(bench.known))
    print("clients:", ", ".join(bench.clients))
    for number in dict.fromkeys(bar.number for bar in bars):
        needed = dict.fromkeys(name for bar in bars if bar.number == number for name in sorted(bar.cells))
        print(f"bar {number}: {'; '.join(needed)}")
    print("in addition:", "; ".join(MORE_CELLS))


def print_head(options, bench, names):
    for text in build.describe(TOP, bench.programs) if not options.programs else ["flags: as the build folder has them"]:
        print(text)
    for text in (*machine.versions(), *bench.machine.describe()):
        print(text)
    print(f"authorities of the system and the bench's own: {clients.count_authorities(bench.trust)}")
    print(f"{time.strftime('%Y-%m-%d %H:%M')}: medians of {options.rounds} rounds of {options.seconds} s")
    for name in names:
        missing = bench.missing(name)
        if missing:
            print(f"missing: {name} (install {missing})")


def save(path, results):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"figures": [[cell, name, rounds] for (cell, name), rounds in results.figures.items()],
                   "failures": [[cell, name, why] for (cell, name), why in results.failures.items()]},
                  file, indent=1)


def check(bars, results, is_whole):
    """Prints conditions and bars; returns the exit status. With a selection of cells or servers, only
    bars that have all figures are checked."""
    if not is_whole:
        bars = [bar for bar in bars if bar.check(results) is not None]
        if not bars:
            return 0
    print("\nthe floors are floors, the peers are whole:")
    lines, is_valid = bars_module.conditions(results)
    print("\n".join(lines))
    print("\nbars: ratio of medians (median of the rounds' own ratios)")
    lines, n_missed, n_open = bars_module.verdicts(bars, results)
    print("\n".join(lines))
    for (cell, name), why in results.failures.items():
        print(f"  failed: {cell}, {name}: {why}")
    print(f"\n{n_missed} missed, {n_open} not measured"
          + {True: "", None: "; whether the run counts was not measured",
             False: "; the run is VOID: see above what a floor or a peer misses"}[is_valid])
    return 1 if n_missed or n_open or not is_valid else 0


def count_instructions(folders, is_profile):
    for programs in folders.values():
        print("\n".join(build.describe(TOP, programs)))
    if is_profile:
        for name, programs in folders.items():
            instructions.profile(name, programs)
        return 0
    return 0 if instructions.compare(folders) else 1


def run(options, folder):
    programs, wsinspect = options.programs, options.wsinspect or ""
    if not programs and options.instructions:
        programs = build.build_ours(TOP, os.path.abspath(options.build))
    elif not programs:
        programs, wsinspect = build.build(TOP, os.path.abspath(options.build))
    others = {name: build.build_other(TOP, os.path.abspath(options.build), name, prefix)
              for name, prefix in options.others}
    if needs_portable(options):
        others[bars_module.PORTABLE] = build.build_portable(TOP, os.path.abspath(options.build))
    if options.instructions:
        return count_instructions({"wsproto": programs, **others}, options.profile)
    certificates = build.make_certificates(folder)
    trust = clients.write_lists(certificates, folder)
    bench = Chosen(options, machine.Machine(), programs, servers.known(certificates, others, wsinspect), trust,
                   options.seconds)
    bars = choose_bars(options)
    if options.list:
        print_list(bench, bars)
        return 0
    chosen, names = choose_cells(options, bars), choose_servers(options, bench)
    print_head(options, bench, names)
    try:
        figures, failures = measure.run_rounds(bench, chosen, names, rounds_of(options),
                                               lambda text: print(text, file=sys.stderr, flush=True))
    finally:
        bench.close()
    results = tables.Results(figures, failures)
    tables.print_tables(results, chosen, names)
    if options.save:
        save(options.save, results)
    if options.quick:
        return 1 if failures else 0
    return check(bars, results, not (options.cells or options.servers))


def main(arguments):
    options = parse_arguments(arguments)
    if options.quick:
        options.rounds, options.seconds = 1, min(options.seconds, 0.05)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory(prefix="bench-echo-") as folder:
        try:
            return run(options, folder)
        except (cells.CellError, build.BuildError, instructions.CountError) as error:
            print(f"bench-echo: {error}", file=sys.stderr)
            return 2
