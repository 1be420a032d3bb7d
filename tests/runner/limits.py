# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Programs that the runner starts, each with a limit of time: one that never ends is a failure that names it.

The time limit of Python's subprocess ends the program alone, not what the program has started."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import leftovers

MINUTE = 60
HOUR = 3600
N_SHOWN_LINES = 40


class Failure(Exception):
    """A step that leaves nothing to count: it fails the run by itself."""


class OutOfTime(Failure):
    """A step that was ended because the time of the whole run was over."""


class WholeRun:
    """The time that the whole run has.  None: as much as it takes."""
    end = None                  # of time.monotonic ()


def seconds_left(seconds=None):
    """The time that is left of the whole run, or of these seconds if that is less."""
    if WholeRun.end is None:
        return seconds
    left = max(0, WholeRun.end - time.monotonic())
    return left if seconds is None else min(seconds, left)


def stop_all(pid):
    """Stops the process and its descendants, and yields their numbers: a stopped process starts no other one."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGSTOP)
    yield pid
    for child in leftovers.children_of(pid):
        yield from stop_all(child)


def end_all(pid):
    """The process itself ends last: after an interruption, its descendants are found through it again."""
    for one in reversed(list(stop_all(pid))):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(one, signal.SIGKILL)


def show_end(lines):
    sys.stdout.writelines(lines[-N_SHOWN_LINES:])
    sys.stdout.flush()


def show_output(process):
    """The end of what a program that was ended has printed into pipes."""
    try:
        outputs = process.communicate(timeout=MINUTE)
    except subprocess.TimeoutExpired as still:              # a process that has another parent holds them
        outputs = still.output, still.stderr
    for output in outputs:
        text = output.decode(errors="replace") if isinstance(output, bytes) else output or ""
        show_end(text.splitlines(keepends=True))


def run(command, seconds, log=None, **options):
    """subprocess.run () without input.  At the limit, the program is ended with all that it has started, and the end of what
    it printed is shown."""
    if options.get("text"):
        options.setdefault("errors", "replace")             # a character may be cut in the middle
    before = set(leftovers.children_of(os.getpid()))
    try:
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, **options) as process:
            try:
                output, errors = process.communicate(timeout=seconds_left(seconds))
            except subprocess.TimeoutExpired:
                end_all(process.pid)
                show_output(process)
                if seconds_left() == 0:
                    raise OutOfTime(f"{' '.join(command[:3])} was ended: the time of the whole run is over") from None
                said = f"read {log}" if log else "read what it printed"
                raise Failure(f"{' '.join(command[:3])}: expected its end within {seconds} s, received none ({said}, mend what it "
                              "waited for, and run this again)") from None
            finally:
                if process.poll() is None:                      # this was interrupted, perhaps in end_all ()
                    end_all(process.pid)
    except KeyboardInterrupt:                               # perhaps in Popen (), which has started the program then
        for pid in set(leftovers.children_of(os.getpid())) - before:
            end_all(pid)
        raise
    return subprocess.CompletedProcess(command, process.returncode, output, errors)
