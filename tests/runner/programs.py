# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A test program of a build that was broken on purpose: it may crash, hang, and leave files and processes.

"meson test" runs a program for each test, and not single points of it."""

import collections
import contextlib
import os
import resource
import select
import signal
import subprocess
import tempfile
import time

Program = collections.namedtuple("Program", "name command environment")
AT_A_LIMIT = "reached a time limit"
PATIENCE = 3                    # a limit that was reached is tried once more, so many times as long
# Seconds: for all that the program does, and for the longest time in which it prints nothing.
Limit = collections.namedtuple("Limit", "all silence")


def end(process):
    """The program, and what it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def read_lines(process, limit):
    """The lines that it has printed at each time, until it ends or has reached a limit."""
    begun = time.monotonic()
    waiting = select.poll()
    waiting.register(process.stdout, select.POLLIN)
    rest = b""
    while True:
        left = min(limit.silence, begun + limit.all - time.monotonic())
        if left <= 0 or not waiting.poll(left * 1000):
            end(process)
            return
        read = os.read(process.stdout.fileno(), 65536)
        if not read:
            return
        *lines, rest = (rest + read).split(b"\n")
        yield [line.decode(errors="replace") for line in lines]


def play(program, folder, limit, take_lines=lambda lines: None, arguments=(), **environment):
    """None, or how the program failed.  It is stopped at its first point that failed, or where it reaches a limit."""
    # A process that it has started in another process group may still write there: end () cannot know of it.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        process = subprocess.Popen([*program.command, *arguments], cwd=folder,
                                   env={**program.environment, "TMPDIR": temporary, **environment},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, start_new_session=True,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)))
        failed = None
        for lines in read_lines(process, limit):
            take_lines(lines)
            failed = next((f"{program.name}: {line.strip()}" for line in lines if line.startswith("not ok")), None)
            if failed:
                break
        # One that closed its output may still run.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0 if failed else limit.silence)
        end(process)
        status = process.wait()
        process.stdout.close()
    if failed or status == 0:
        return failed
    # Nothing but end () kills it.
    return f"{program.name}: {AT_A_LIMIT if status == -signal.SIGKILL else f'exit status {status}'}"


def play_patiently(program, folder, limit, **rest):
    """The same; on a busy machine a limit that was reached once says nothing of the program."""
    failed = play(program, folder, limit, **rest)
    if failed and failed.endswith(AT_A_LIMIT):
        failed = play(program, folder, Limit(PATIENCE * limit.all, PATIENCE * limit.silence), **rest)
    return failed
