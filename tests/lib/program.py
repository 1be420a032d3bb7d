# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A process of a test with a time limit, so that a wait for its end or its output always ends."""

import os
import signal
import subprocess
import threading

SLOWNESS = int(os.environ.get("TEST_SLOWNESS", "1"))
LIMIT_SECONDS = 120 * SLOWNESS
# A window, and its peer, of a test that presses one key after the other; each key has a limit of its own.
WINDOW_SECONDS = 1200 * SLOWNESS

# A run that nohup starts, or sh with an &, ignores one of these, and so would every process of it.
for number in signal.SIGHUP, signal.SIGINT:
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)


class Program(subprocess.Popen):
    """A process that is killed when its time is over.  Its pipes end then, and so does each read from them."""

    def __init__(self, *arguments, limit_seconds=LIMIT_SECONDS, **options):
        super().__init__(*arguments, **options)
        self._limit = threading.Timer(limit_seconds, self.kill)
        self._limit.daemon = True
        self._limit.start()

    def wait(self, timeout=None):
        status = super().wait(timeout)
        self._limit.cancel()
        return status
