# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Test points of a script: a path and a verdict each, as tests/lib/tap.h has them for C.

No wait is without a limit: a socket times out after SOCKET_SECONDS, and a script that makes no point for `patience` seconds
ends, and prints where each of its threads waits."""

import faulthandler
import os
import socket
import sys

# On an emulated machine (tests/runner/machines.py) everything takes that many times as long.
IS_EMULATED = "TEST_SLOWNESS" in os.environ
SLOWNESS = int(os.environ.get("TEST_SLOWNESS", "1"))
SOCKET_SECONDS = 30 * SLOWNESS
PATIENCE_SECONDS = 1200 * SLOWNESS

socket.setdefaulttimeout(SOCKET_SECONDS)


class Tap:
    def __init__(self, patience=PATIENCE_SECONDS):
        self.n_points = 0
        self.n_failed = 0
        self.patience = patience
        self._wait_on()

    def _wait_on(self):
        faulthandler.dump_traceback_later(self.patience, exit=True)

    def point(self, is_ok, name, diagnosis=()):
        """Prints a point, and below a failed point the lines of its diagnosis."""
        self._wait_on()
        self.n_points += 1
        self.n_failed += not is_ok
        print(f"{'ok' if is_ok else 'not ok'} {self.n_points} - {name}")
        for line in () if is_ok else diagnosis:
            print(f"#   {line}")
        sys.stdout.flush()
        return is_ok

    def skip(self, name, reason):
        self._wait_on()
        self.n_points += 1
        print(f"ok {self.n_points} - {name} # SKIP {reason}", flush=True)

    def diag(self, text):
        for line in str(text).splitlines():
            print(f"# {line}", flush=True)

    def end(self):
        """Prints the plan; returns the exit status."""
        print(f"1..{self.n_points}", flush=True)
        return 1 if self.n_failed else 0
