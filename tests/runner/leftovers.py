# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The leftovers of a run: files in its temporary directory, processes that were not waited for.

Meson ends a test, but does not look for what the test has left."""

import contextlib
import ctypes
import glob
import os
import select
import shutil
import signal
import tempfile
import time

PR_SET_PDEATHSIG = 1                    # linux/prctl.h
PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 20                           # seconds until a process that is about to end counts as left


def adopt_orphans():
    """From now on a process whose parent has ended is a child of this one."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_with_parent():
    """This process is killed when its parent is."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def children_of(pid):
    """The child processes of all its threads that were not waited for, by number."""
    found = []
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        with contextlib.suppress(OSError), open(path, encoding="ascii") as file:
            found += [int(word) for word in file.read().split()]
    return found


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


def end_processes(seconds=None, but=()):
    """The command lines of those that did not end by themselves; now they have.

    One that ends may leave children, which are ours then: the last list is empty."""
    left = []
    deadline = time.monotonic() + (PATIENCE if seconds is None else seconds)
    while pids := set(children_of(os.getpid())).difference(but):
        for pid in pids:
            if not has_ended(pid, max(0, deadline - time.monotonic())):
                left.append(command_of(pid))
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return left


class Place:
    """A temporary directory for everything that a run starts."""

    current = None              # the one that the run has

    def __init__(self):
        Place.current = self
        self.folder = os.environ["TMPDIR"] = tempfile.tempdir = tempfile.mkdtemp(prefix="wsp-")

    def end(self):
        """Removes the folder, and returns the names of the files in it."""
        left = sorted(os.listdir(self.folder))
        shutil.rmtree(self.folder, ignore_errors=True)
        Place.current = None
        return left


class Mark:
    """The processes and files that there are at a time of the run."""

    def __init__(self):
        self.pids = children_of(os.getpid())
        self.files = self.list_files()

    @staticmethod
    def list_files():
        return os.listdir(Place.current.folder) if Place.current else []

    def files_since(self):
        return sorted(set(self.list_files()).difference(self.files))

    def clear(self):
        """Ends and removes what came since, and returns its names.  Without a place of the run, files are not ours."""
        left = end_processes(but=self.pids)
        for name in self.files_since():
            path = os.path.join(Place.current.folder, name)
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)
            left.append(name)
        return left
