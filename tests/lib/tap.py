# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Test points of a script: a path and a verdict each, as tests/lib/tap.h has them for C."""

import sys


class Tap:
    def __init__(self):
        self.n_points = 0
        self.n_failed = 0

    def point(self, is_ok, name, diagnosis=()):
        """One point; of a fallen one what is wrong is printed in lines below it."""
        self.n_points += 1
        self.n_failed += not is_ok
        print(f"{'ok' if is_ok else 'not ok'} {self.n_points} - {name}")
        for line in () if is_ok else diagnosis:
            print(f"#   {line}")
        sys.stdout.flush()
        return is_ok

    def skip(self, name, reason):
        self.n_points += 1
        print(f"ok {self.n_points} - {name} # SKIP {reason}", flush=True)

    def diag(self, text):
        for line in str(text).splitlines():
            print(f"# {line}", flush=True)

    def end(self):
        """Prints the plan; returns the exit status."""
        print(f"1..{self.n_points}", flush=True)
        return 1 if self.n_failed else 0
