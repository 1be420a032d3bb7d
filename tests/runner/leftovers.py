# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The leftovers of a run: files in its temporary directory, processes that were not waited for."""

import contextlib
import ctypes
import os
import select
import shutil
import signal
import tempfile

PR_SET_CHILD_SUBREAPER = 36             # linux/prctl.h
PATIENCE = 20                           # seconds until a process that is about to end counts as left


def adopt_orphans():
    """From now on a process whose parent has ended is a child of this one."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children():
    """The child processes that were not waited for, by number."""
    with contextlib.suppress(FileNotFoundError):
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    return []


def has_ended(pid, seconds):
    descriptor = os.pidfd_open(pid)
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


def command_of(pid):
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode(errors="replace").strip()
    return str(pid)


def end_processes(seconds=PATIENCE):
    """The command lines of those that did not end by themselves; now they have."""
    left = []
    for pid in children():
        if not has_ended(pid, seconds):
            left.append(command_of(pid))
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return left


class Place:
    """A temporary directory for everything that a run starts."""

    def __init__(self):
        self.folder = os.environ["TMPDIR"] = tempfile.tempdir = tempfile.mkdtemp(prefix="wsp-")

    def end(self):
        """Removes the folder, and returns the names of the files in it."""
        left = sorted(os.listdir(self.folder))
        shutil.rmtree(self.folder, ignore_errors=True)
        return left
