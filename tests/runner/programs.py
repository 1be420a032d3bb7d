# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A test program of a build that was broken on purpose: it may crash, hang, and leave files and processes."""

import collections
import contextlib
import os
import resource
import signal
import subprocess
import tempfile
import threading

Program = collections.namedtuple("Program", "name target command environment")


def end(process):
    """The program, and what it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def play(program, folder, seconds, **environment):
    """None, or how the program failed.  It is stopped at its first point that failed, or after that many seconds."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        process = subprocess.Popen(program.command, cwd=folder,
                                   env={**program.environment, "TMPDIR": temporary, **environment},
                                   text=True, errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, start_new_session=True,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)))
        stop = threading.Timer(seconds, end, [process])
        stop.start()
        failed = None
        for line in process.stdout:
            if line.startswith("not ok"):
                failed = f"{program.name}: {line.strip()}"
                end(process)
                break
        process.stdout.close()
        status = process.wait()
        stop.cancel()
        end(process)
    return failed or (f"{program.name}: exit status {status}" if status != 0 else None)
