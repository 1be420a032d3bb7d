#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""logged.py LOG COMMAND...: runs a command into a log, and says which log and how far Ninja is.  A failure shows its end.

script (1) and tee (1) show all that a command prints, which of a compiler is thousands of lines."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from limits import HOUR, Failure, run, show_end

PATIENCE = 5                    # seconds until a command counts as a long one
INTERVAL = 1
STEP = re.compile(rb"^(\[(\d+)/(\d+)\] .*)$", re.M)     # of Ninja, in a log
TAIL = 16384                    # bytes


def say(text):
    print(text, flush=True)


def show_log(log):
    with open(log, encoding="utf-8", errors="replace") as file:
        show_end(file.readlines())


def last_step(log):
    """Ninja's last line in a log, the number of the step, and of all steps; None without one."""
    with contextlib.suppress(OSError), open(log, "rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
        found = STEP.findall(file.read())
        if found:
            line, number, n_steps = found[-1]
            return line.decode(errors="replace"), int(number), int(n_steps)
    return None


class Watch(threading.Thread):
    """Says what a long command does: its log, and Ninja's last line.  A terminal has that line in place, other readers have one
    for each tenth of the way."""

    def __init__(self, log):
        super().__init__(daemon=True)
        self.log = log
        self.ended = threading.Event()
        self.tenth = 0
        self.is_line_open = False

    def show(self):
        step = last_step(self.log)
        if step is None:
            return
        line, number, n_steps = step
        if sys.stdout.isatty():
            width = shutil.get_terminal_size().columns - 1
            print("\r\033[K" + f"   {line}"[:width], end="", flush=True)
            self.is_line_open = True
        elif n_steps > 0 and 10 * number // n_steps != self.tenth:
            self.tenth = 10 * number // n_steps
            say(f"   [{number}/{n_steps}]")

    def run(self):
        if self.ended.wait(PATIENCE):
            return
        say(f"   the log is {self.log}")
        while not self.ended.wait(INTERVAL):
            self.show()
        if self.is_line_open:
            print("\r\033[K", end="", flush=True)


@contextlib.contextmanager
def watched(log):
    watch = Watch(log)
    watch.start()
    try:
        yield
    finally:
        watch.ended.set()
        watch.join()


def run_logged(command, log, seconds=HOUR, **options):
    """Runs a command into a log, whose end is shown if the command fails or reaches its limit."""
    try:
        with open(log, "w", encoding="utf-8") as file, watched(log):
            done = run(command, seconds, log, stdout=file, stderr=subprocess.STDOUT, **options)
    except Failure:
        show_log(log)
        raise
    if done.returncode != 0:
        show_log(log)
        raise Failure(f"{' '.join(command[:3])} … failed ({done.returncode}); all of it is in {log}")


def main(log, *command):
    """Standard output stays free for what the caller prints."""
    sys.stdout = sys.stderr
    try:
        run_logged(command, log, 4 * HOUR)
    except (Failure, OSError) as failure:
        say(str(failure))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
