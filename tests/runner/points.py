# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Test points: read from TAP, and summed over everything that ran.

Meson's JUnit file leaves out why a point was skipped and whether a program printed its plan, so the
sums are taken from meson-logs/testlog*.json, which holds what each program printed.

docs/rationales/build-and-tests.md has the reasons."""

import glob
import json
import os
import re
import signal

POINT = re.compile(r"^(not )?ok\b\s*(\d+)?\s*(?:- )?(.*?)\s*(?:#\s*(skip|todo)\S*\s*(.*))?$", re.I)
PLAN = re.compile(r"^1\.\.(\d+)\s*(?:#\s*skip\S*\s*(.*))?$", re.I)
NEAR = 1 / 3                    # of its limit
GOOD_RESULTS = ("OK", "EXPECTEDFAIL")
CRASHES = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGSYS)
REPORTED = re.compile(r"Sanitizer: |: runtime error: ")


class Sum:
    """The result of one part of the run, or of the whole run."""

    def __init__(self):
        self.n_passed = 0
        self.failures = []
        self.skips = []             # (point, reason)
        self.unfinished = []        # titles of what the time of the whole run was too short for
        self.passed_names = []
        self.remarks = []           # what failed programs said
        self.failed_once = []       # points that failed in a program's first run, and not in its second
        self.has_finding = False    # a sanitizer reported something, or a program crashed

    def add_passed(self, name):
        self.n_passed += 1
        self.passed_names.append(name)

    def add_failed(self, name):
        self.failures.append(name)

    def add_skipped(self, name, reason):
        self.skips.append((name, reason or "no reason given"))

    def add_unfinished(self, title):
        self.unfinished.append(title)

    def judge(self, is_ok, name):
        if is_ok:
            self.add_passed(name)
        else:
            self.add_failed(name)

    def add(self, other):
        self.n_passed += other.n_passed
        self.failures += other.failures
        self.skips += other.skips
        self.unfinished += other.unfinished
        self.passed_names += other.passed_names
        self.remarks += other.remarks
        self.failed_once += other.failed_once
        self.has_finding |= other.has_finding

    def line(self):
        return f"{self.n_passed} passed, {len(self.failures)} failed, {len(self.skips) + len(self.unfinished)} skipped"


def add_point(total, program, match):
    failed, number, name, directive, reason = match.groups()
    name = f"{program}: {name or number}"
    if directive and directive.lower() == "skip":
        total.add_skipped(name, reason)
    elif directive and directive.lower() == "todo":
        total.add_skipped(name, f"not yet: {reason}")
    elif failed:
        total.add_failed(name)
    else:
        total.add_passed(name)


def read_tap(program, text):
    """The points of one program's output.  One that ends without its plan has failed."""
    total = Sum()
    planned = None
    n_points = 0
    for line in text.splitlines():
        match = POINT.match(line)
        if match:
            n_points += 1
            add_point(total, program, match)
            continue
        match = PLAN.match(line)
        if match:
            planned = int(match.group(1))
            if planned == 0:
                total.add_skipped(program, match.group(2))
        elif line.startswith("Bail out!"):
            total.add_failed(f"{program}: {line}")
    if planned is None:
        total.add_failed(f"{program}: ended without its plan")
    elif planned != n_points:
        total.add_failed(f"{program}: planned {planned} points and ran {n_points}")
    return total


def program_of(record):
    return record["name"].split(" / ")[-1]


def last_line(text):
    lines = [line for line in (text or "").splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""


def read_record(record, protocol, label):
    """One program of a Meson run."""
    program = f"{label}: {program_of(record)}"
    result = record["result"]
    output = record.get("stdout") or ""
    if protocol == "tap" and (result != "SKIP" or any(map(PLAN.match, output.splitlines()))):
        total = read_tap(program, output)
        # An exit status, a signal or a time limit counts although every point passed.
        if result not in (*GOOD_RESULTS, "SKIP") and not total.failures:
            total.add_failed(f"{program}: {result}, exit status {record['returncode']}")
        return total
    total = Sum()
    if result in GOOD_RESULTS:
        total.add_passed(program)
    elif result == "SKIP":
        total.add_skipped(program, last_line(output))
    else:
        total.add_failed(f"{program}: {result}, exit status {record['returncode']}")
    return total


def is_finding(record):
    """Whether a failed program has crashed, or a sanitizer has reported something.  An assertion ends a program by SIGABRT or
    SIGTRAP; a shell says 128 + the signal."""
    number = record.get("returncode", 0)
    return (-number in CRASHES or number - 128 in CRASHES or
            bool(REPORTED.search(f"{record.get('stdout') or ''}{record.get('stderr') or ''}")))


def remarks(record, max_lines=60):
    """The output of a failed program without its passed points; Meson shows its standard error only."""
    lines = [line for line in (record.get("stdout") or "").splitlines()
             if not line.startswith("ok ")]
    return lines[-max_lines:]


def tests_of(build, kinds=("tests", "benchmarks")):
    """Meson's tests and benchmarks, whose names differ."""
    found = {}
    for kind in kinds:
        with open(os.path.join(build, "meson-info", f"intro-{kind}.json"), encoding="utf-8") as file:
            found |= {test["name"]: test for test in json.load(file)}
    return found


def nears_limit(record, limit):
    """A line for a test that needed much of its limit, which is there for hangs alone."""
    seconds = record.get("duration", 0)
    if limit == 0 or seconds < NEAR * limit:
        return []
    return [f"   {program_of(record)} took {seconds:.0f} s, its limit is {limit:.0f} s"]


def last_log(build):
    """The log of the last "meson test" of a build, in whatever setup."""
    logs = glob.glob(os.path.join(build, "meson-logs", "testlog*.json"))
    if not logs:
        raise FileNotFoundError(f"no test was run in {build}")
    return os.path.basename(max(logs, key=os.path.getmtime))


def log_of(build, log):
    return os.path.join(build, "meson-logs", log)


def read_records(build, log):
    with open(log_of(build, log), encoding="utf-8") as file:
        # The last line may be cut: Meson was ended while it wrote it.
        return [json.loads(line) for line in file if line.endswith("\n")]


def replace_records(build, log, newer):
    """Replaces in a log the records of programs that ran again by those of the newer log."""
    found = {record["name"]: record for record in read_records(build, newer)}
    records = [found.get(record["name"], record) for record in read_records(build, log)]
    with open(log_of(build, log), "w", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)


def read_meson_log(build, label, log, multiplier=1):
    """The sum of all programs, and that of each by its name."""
    tests = tests_of(build)
    total = Sum()
    seen = {}
    for record in read_records(build, log):
        name = program_of(record)
        test = tests.get(name, {})
        one = read_record(record, test.get("protocol", "exitcode"), label)
        if one.failures:
            one.remarks = [f"   {program_of(record)} ended with {record['returncode']} and says:", *remarks(record)]
            one.has_finding = is_finding(record)
        one.remarks += nears_limit(record, multiplier * max(test.get("timeout", 0), 0))
        seen[name] = one
        total.add(one)
    return total, seen
