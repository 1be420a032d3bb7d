# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Programs that the runner starts, each with a limit of time: one that never ends is a failure that names it."""

import contextlib
import os
import signal
import subprocess

import leftovers

MINUTE = 60
HOUR = 3600


class Failure(Exception):
    """A step that leaves nothing to count: it fails the run by itself."""


def stop_all(pid):
    """Stops the process and its descendants, and yields their numbers: a stopped process starts no other one."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGSTOP)
    yield pid
    for child in leftovers.children_of(pid):
        yield from stop_all(child)


def end_all(pid):
    for one in list(stop_all(pid)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(one, signal.SIGKILL)


def run(command, seconds, log=None, **options):
    """subprocess.run () without input.  At the limit, the program is ended with all that it has started."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, **options) as process:
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            end_all(process.pid)
            said = f"read {log}" if log else "read what it printed"
            raise Failure(f"{' '.join(command[:3])}: expected its end within {seconds} s, received none ({said}, mend what it "
                          "waited for, and run this again)") from None
        except BaseException:
            end_all(process.pid)
            raise
    return subprocess.CompletedProcess(command, process.returncode, output, errors)
