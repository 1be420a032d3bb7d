# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""One figure of one server; then all of them, in turn."""

import json
import os
import re
import signal
import struct
import subprocess
import tempfile
import time

from driver import servers

CLIENT, ZLIB = "wsproto-client", "zlib"      # columns that are not servers
LOAD_SECONDS = 400
STRACE_CALL = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", re.M)
RECEIVING = ("recvfrom", "recvmsg", "read", "readv")
SENDING = ("sendto", "sendmsg", "write", "writev")


class MeasureError(Exception):
    pass


def run_load(machine, programs, arguments):
    command = machine.bound(machine.load_cpu, [os.path.join(programs, "load")] + arguments)
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              timeout=LOAD_SECONDS)
    except subprocess.TimeoutExpired as late:
        raise MeasureError(f"the generator does not end in {LOAD_SECONDS} s") from late
    if done.returncode:
        raise MeasureError(done.stderr.strip().splitlines()[-1] if done.stderr.strip()
                           else f"the generator ends with {done.returncode}")
    return json.loads(done.stdout)


def with_value(result, run):
    """The figure that is compared: lower is better, whatever its unit."""
    if run == "idle":
        result["upgraded_value"] = (result["upgraded"] - result["before"]) / result["n"]
        result["value"] = (result["echoed"] - result["before"]) / result["n"]
    elif run in ("latency", "honest", "rush"):
        result["value"] = 1e6 * result[{"latency": "p99", "honest": "p50", "rush": "p95"}[run]]
    elif run == "descriptors":
        result["value"], result["left_value"] = result["most"], result["after"] - result["before"]
    elif run == "keepalive":
        result["value"] = 100 * result["cpu"] / max(result["seconds"], 1e-9)
    elif run == "allocations":
        result["value"] = result["allocations"] / result["n"]
    elif run != "calls":
        result["value"] = 1e6 * result["cpu"] / result["n"]
        result["rate"] = result["n"] / result.get("seconds", result["cpu"])
    return result


class Bench:
    """Servers run for all rounds; those whose memory is measured are restarted for each."""

    def __init__(self, machine, programs, known, seconds):
        self.machine, self.programs, self.seconds = machine, programs, seconds
        self.known = {server.name: server for server in known}
        self.running = {}

    def close(self):
        for running in self.running.values():
            running.stop()
        self.running = {}

    def can(self, name, cell):
        if name == CLIENT or name == ZLIB:
            return cell.run == name.replace("wsproto-", "")
        if cell.run in ("client", "zlib"):
            return False
        server = self.known[name]
        return server.command(self.programs, cell.variant) is not None and not server.missing(self.programs)

    def _start(self, name, variant, environment=None):
        server = self.known[name]
        return servers.Running(server, server.command(self.programs, variant), self.machine, environment)

    def _standing(self, name, variant):
        running = self.running.get((name, variant))
        if running is None or not running.is_alive():
            if running is not None:
                running.stop()
            running = self.running[name, variant] = self._start(name, variant)
        return running

    def _load(self, running, cell, seconds, *more):
        arguments = cell.load_arguments(seconds)
        try:
            return run_load(self.machine, self.programs, arguments
                            + ["--port", str(running.port), "--pid", str(running.pid), *more])
        except MeasureError as error:
            complaint = running.complaints()
            raise MeasureError(f"{error} [{complaint}]" if complaint else str(error)) from error

    def measure(self, name, cell):
        special = {"client": self._client, "zlib": self._zlib, "calls": self._calls,
                   "allocations": self._allocations}.get(cell.run)
        if special:
            return with_value(special(name, cell), cell.run)
        seconds = 60 if cell.run == "keepalive" else self.seconds
        if not cell.needs_fresh_server:
            try:
                return with_value(self._load(self._standing(name, cell.variant), cell, seconds), cell.run)
            except MeasureError:
                self.running.pop((name, cell.variant)).stop()    # whatever work is pending
                raise
        # A server with many idle connections drops handshakes.
        running = self._start(name, cell.variant, {"BENCH_IDLE": "1"} if cell.run == "idle" else None)
        try:
            return with_value(self._load(running, cell, seconds), cell.run)
        finally:
            running.stop()

    def _zlib(self, _name, cell):
        return run_load(self.machine, self.programs, cell.load_arguments(self.seconds))

    def _client(self, _name, cell):
        """The client on the processor that the server has elsewhere, with the floor on the other one."""
        floor = self._standing("floor-epoll", "plain")
        os.sched_setaffinity(floor.pid, {self.machine.load_cpu})
        command = [os.path.join(self.programs, "bench-client"), str(floor.port),
                   str(cell.numbers["connections"]), str(cell.numbers["size"]), str(self.seconds)]
        try:
            done = subprocess.run(self.machine.bound(self.machine.server_cpu, command), check=False,
                                  capture_output=True, text=True, timeout=LOAD_SECONDS)
        finally:
            os.sched_setaffinity(floor.pid, {self.machine.server_cpu})
        if done.returncode:
            raise MeasureError(f"the client ends with {done.returncode}: {done.stderr.strip()[-200:]}")
        return json.loads(done.stdout)

    def _allocations(self, name, cell):
        with tempfile.NamedTemporaryFile(prefix="bench-counter-") as counter:
            counter.write(struct.pack("=Q", 0))
            counter.flush()
            running = self._start(name, cell.variant, {
                "LD_PRELOAD": os.path.join(self.programs, "allocation-counter.so"),
                "BENCH_COUNTER": counter.name, "G_SLICE": "always-malloc"})
            try:
                return self._load(running, cell, self.seconds, "--counter", counter.name)
            finally:
                running.stop()

    def _calls(self, name, cell):
        running = self._standing(name, cell.variant)
        with tempfile.NamedTemporaryFile("r", prefix="bench-calls-", encoding="utf-8") as summary:
            tracer = subprocess.Popen(["strace", "-c", "-f", "-o", summary.name, "-p", str(running.pid)],
                                      stderr=subprocess.PIPE, text=True)
            tracer.stderr.readline()         # it has attached, or says why it cannot
            try:
                result = self._load(running, cell, max(self.seconds, 2))
            finally:
                tracer.send_signal(signal.SIGINT)
                complaint = tracer.communicate()[0] or ""
            counts = {call: int(n) for n, call in STRACE_CALL.findall(summary.read())}
        if not counts:
            raise MeasureError(f"strace counts nothing {complaint}")
        return per_message(result, counts)


def per_message(result, counts):
    """Includes the handshakes: some twenty calls for each of the connections."""
    counts.pop("total", None)
    result["counts"] = counts
    result["value"] = sum(counts.values()) / result["total"]
    sends = sum(counts.get(call, 0) for call in SENDING)
    receives = sum(counts.get(call, 0) for call in RECEIVING)
    result["sends_per_receive"] = sends / max(receives, 1)
    return result


def run_round(bench, number, cells, names, n_rounds, figures, failures, report):
    for cell in cells:
        for name in names:
            if number >= n_rounds(cell, name) or (cell.name, name) in failures:
                continue
            if not bench.can(name, cell):
                continue
            try:
                figures.setdefault((cell.name, name), []).append(bench.measure(name, cell))
            except (MeasureError, servers.ServerError) as error:
                failures[cell.name, name] = str(error)
                report(f"{cell.name}, {name}: {error}")


def run_rounds(bench, cells, names, n_rounds, report):
    """Round by round, cell by cell, server by server; returns {(cell, server): [figures]}. If
    interrupted, it returns the figures so far."""
    figures, failures = {}, {}
    begin = time.monotonic()
    try:
        for number in range(n_rounds(None, None)):
            run_round(bench, number, cells, names, n_rounds, figures, failures, report)
            report(f"round {number + 1} after {time.monotonic() - begin:.0f} s")
    except KeyboardInterrupt:
        report("interrupted: tables and verdicts of what was measured")
    return {key: rounds for key, rounds in figures.items() if rounds}, failures
