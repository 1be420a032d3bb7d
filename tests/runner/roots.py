# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Clean Debian roots, made by debootstrap from the mirror that this machine uses.

schroot and pbuilder want their own settings on the machine; these roots need none and leave none."""

import contextlib
import glob
import os
import re
import shutil
import subprocess

import builds
import limits
from builds import say
from limits import MINUTE, Failure

DEFAULT_MIRROR = "http://deb.debian.org/debian"
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
               "HOME": "/root", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}


def mirror():
    """The first archive of Debian itself that the machine's sources name."""
    for path in ["/etc/apt/sources.list", *sorted(glob.glob("/etc/apt/sources.list.d/*"))]:
        if not os.path.isfile(path):
            continue
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = [line.split("#")[0] for line in file]
        for line in lines:
            match = re.search(r"^(?:URIs:|deb\b.*?)\s*(https?://\S+/debian)/?(?:\s|$)", line)
            if match:
                return match.group(1)
    return DEFAULT_MIRROR


def make(root, suite):
    """A minimal root of a suite at the folder root; an older one there is replaced."""
    if os.geteuid() != 0:
        raise Failure("a clean root can be made by root only")
    remove(root)
    os.makedirs(root)
    say(f"   debootstrap {suite} from {mirror()}")
    builds.run_logged(["debootstrap", "--variant=minbase", suite, root, mirror()],
                      root + ".debootstrap.log")
    for name in ("etc/resolv.conf", "etc/hosts"):
        if os.path.exists("/" + name):
            shutil.copy("/" + name, os.path.join(root, name))
    for path in glob.glob("/etc/apt/apt.conf.d/*proxy*"):
        shutil.copy(path, os.path.join(root, "etc/apt/apt.conf.d"))


def mount_points(root):
    """The mounts at root and below, the innermost first."""
    with open("/proc/self/mounts", encoding="utf-8") as file:
        paths = [line.split()[1] for line in file]
    return sorted((path for path in paths if path == root or path.startswith(root + "/")), reverse=True)


def remove(root):
    if mount_points(root):
        raise Failure(f"{root} is mounted, or has something mounted in it")
    if os.path.exists(root):
        shutil.rmtree(root)


@contextlib.contextmanager
def mounted(root):
    """The kernel's file systems inside the root, as far as this machine lets us mount them. The root is
    mounted on itself: tests in it make mount namespaces, which want "/" to be a mount point."""
    done = []
    try:
        if limits.run(["mount", "--bind", root, root], MINUTE, stderr=subprocess.DEVNULL).returncode == 0:
            done.append(root)
        else:
            say("   the root cannot be mounted on itself: going on without it")
        for kind, name, options in (("proc", "proc", ()), ("sysfs", "sys", ("-o", "ro")),
                                    ("tmpfs", "dev/shm", ("-o", "mode=1777")),
                                    ("devpts", "dev/pts", ("-o", "newinstance,ptmxmode=0666"))):
            path = os.path.join(root, name)
            os.makedirs(path, exist_ok=True)
            if limits.run(["mount", "-t", kind, *options, kind, path], MINUTE, stderr=subprocess.DEVNULL).returncode == 0:
                done.append(path)
            else:
                say(f"   {name} cannot be mounted: going on without it")
        yield
    finally:
        for path in reversed(done):
            limits.run(["umount", "--lazy", path], MINUTE)


def chroot_command(root, command, user=None):
    return ["chroot", *([f"--userspec={user}"] if user else []), root, *command]


def run(root, command, seconds=30 * MINUTE):
    """Runs a command in the root, with a log next to it."""
    log = f"{root}.{os.path.basename(command[0])}.log"
    builds.run_logged(chroot_command(root, command), log, seconds, env=ENVIRONMENT)


def copy_checkout(top, to):
    """The committed tree with its history, as a fresh clone of it would be."""
    if os.path.exists(os.path.join(top, ".git")):
        builds.run_logged(["git", "-c", f"safe.directory={top}", "-c", f"safe.directory={top}/.git",
                           "clone", "--quiet", "--no-hardlinks", top, to], to + ".clone.log")
    else:
        shutil.copytree(top, to, ignore=shutil.ignore_patterns("_build*"))
