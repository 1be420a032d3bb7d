# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The tests of tools/test beside busy processes, as on a machine that others use, too.

A test that fails here waits for a time instead of an event, or needs silence and has to run alone (is_parallel: false).
stress-ng would be one package more for the same four loops."""

import contextlib
import multiprocessing

from builds import EVERYTHING, PROCESSES, Build

N_BUSY = 4


def loop():
    while True:
        pass


@contextlib.contextmanager
def busy_processes():
    """They end with this process at the latest."""
    processes = [multiprocessing.Process(target=loop, daemon=True) for _ in range(N_BUSY)]
    try:
        for process in processes:
            process.start()
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.join()


def test(top, root):
    build = Build(top, root, "plain", EVERYTHING)
    build.compile_tests()
    with busy_processes():
        return build.test(PROCESSES, setup="quick", multiplier=6, log="loadlog", name="under load")
