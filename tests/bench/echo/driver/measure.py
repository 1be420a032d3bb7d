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

from driver import clients, servers

ZLIB = "zlib"                                # a column that is no server and no client
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
    elif run == "hold":
        result["value"] = (result["all"] - result["few"]) / max(result["n"] - result["n_few"], 1)
        result["total_value"] = result["all"] - result["before"]
    elif run == "standstill":
        result["value"] = 1e6 * result["longest"]
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
        if "opened" in result:
            result["opened_value"] = result["opened"] / result["n"]
    return result


class Bench:
    """Servers run for all rounds; those whose memory is measured are restarted for each."""

    def __init__(self, machine, programs, known, trust, seconds):
        self.machine, self.programs, self.trust, self.seconds = machine, programs, trust, seconds
        self.known = {server.name: server for server in known}
        self.clients = {client.name: client for client in clients.known()}
        self.running, self.targets = {}, {}

    def close(self):
        for running in (*self.running.values(), *self.targets.values()):
            running.stop()
        self.running, self.targets = {}, {}

    def names(self):
        return [*self.known, *self.clients, ZLIB]

    def missing(self, name):
        """The package that must be installed; None: nothing is missing."""
        program = self.known.get(name) or self.clients.get(name)
        return program and program.missing(self.programs)

    def can(self, name, cell):
        if name in self.clients:
            return self._can_as_client(self.clients[name], cell)
        if name == ZLIB or cell.run == "zlib":
            return name == cell.run
        if cell.is_of_client or cell.gnutls:
            return False
        server = self.known[name]
        return server.command(self.programs, cell.variant) is not None and not server.missing(self.programs)

    def _can_as_client(self, client, cell):
        floor = self.known["floor-gnutls" if cell.tls else "floor-epoll"]
        is_wanted = cell.is_of_client or cell.gnutls and cell.run == "honest"
        return is_wanted and client.can(cell) and not client.missing(self.programs) and not floor.missing(self.programs)

    def _start(self, name, variant, environment=None):
        server = self.known[name]
        command = server.command(self.programs, variant)
        if server.is_relay:
            command.append(f"ws://127.0.0.1:{self._target('plain').port}")
        return servers.Running(server, command, self.machine, environment)

    def _target(self, variant):
        if variant not in self.targets:
            server = self.known["floor-epoll" if variant == "plain" else "floor-gnutls"]
            self.targets[variant] = clients.Target(server, self.programs, variant, self.machine)
        return self.targets[variant]

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
        special = {"zlib": self._zlib, "calls": self._calls, "allocations": self._allocations}.get(cell.run)
        if name in self.clients:
            special = self._client
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

    def _client(self, name, cell):
        """The client on the processor that a server has elsewhere, with a floor on the other one; or where the generator is, if
        it measures how long our server takes."""
        client = self.clients[name]
        if cell.gnutls:
            port = self._standing("wsproto-tls", cell.variant).port
            result = self._run_client(client, cell, port, self.machine.load_cpu)
            n_full = result["full"]
        else:
            target = self._target(cell.variant)
            n_full = -target.count_full()
            result = self._run_client(client, cell, target.port, self.machine.server_cpu)
            n_full += target.count_full()
        if cell.resumed and n_full > 1 + result["n"] // 10:
            raise MeasureError(f"of {result['n']} connections and those before, {n_full} resume no session")
        return result

    def _run_client(self, client, cell, port, cpu):
        command = client.command_for(self.programs, cell, port, self.trust, self.seconds)
        try:
            done = subprocess.run(self.machine.bound(cpu, command), check=False, capture_output=True,
                                  text=True, timeout=LOAD_SECONDS, env=client.variables(self.programs, self.trust))
        except subprocess.TimeoutExpired as late:
            raise MeasureError(f"the client does not end in {LOAD_SECONDS} s") from late
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
