# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A process of a test that cannot be waited for in vain, neither for its end nor for its words."""

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
    """Is killed when its time is over: then its pipes end as well, and so does whatever reads them."""

    def __init__(self, *arguments, limit_seconds=LIMIT_SECONDS, **options):
        super().__init__(*arguments, **options)
        self._limit = threading.Timer(limit_seconds, self.kill)
        self._limit.daemon = True
        self._limit.start()

    def wait(self, timeout=None):
        status = super().wait(timeout)
        self._limit.cancel()
        return status
