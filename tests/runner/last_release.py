# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Do programs that were compiled with the last release go on with this tree?  abidiff compares both libraries, as installed."""

import os
import shutil
import subprocess

import points
from builds import CORE_ONLY, Build, say
from limits import HOUR, MINUTE, Failure, run

LIBRARIES = ("libwsproto-1.so.0", "libwsproto-win32-1.so.0")
# Types of GLib are not our promise: they differ between its versions.
SUPPRESSIONS = "[suppress_type]\n  name_regexp = ^_?G[A-Za-z]+$\n"


def text_of(*command):
    done = run([*command], 10 * MINUTE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def last_tag(top):
    status, shown = text_of("git", "-C", top, "describe", "--tags", "--abbrev=0")
    return shown.strip() if status == 0 else None


def installed(top, root, name):
    """The folder into which that tree was installed."""
    build = Build(top, root, name, [*CORE_ONLY, "-Dtests=false", "-Dwsinspect=disabled", "--prefix=/usr", "--libdir=lib"])
    build.compile()
    folder = os.path.join(root, f"{name}-installed")
    shutil.rmtree(folder, ignore_errors=True)
    status, shown = text_of("meson", "install", "-C", build.folder, "--no-rebuild", "--quiet", f"--destdir={folder}")
    if status != 0:
        raise Failure(shown)
    return os.path.join(folder, "usr")


def compare(top, root):
    total = points.Sum()
    tag = last_tag(top)
    if not tag:
        say("   there is no tag to compare with")
        return total
    source = os.path.join(root, "last-release-tree")
    shutil.rmtree(source, ignore_errors=True)
    os.makedirs(source)
    run(["sh", "-c", 'git -C "$1" archive "$2" | tar -C "$3" -xf -', "-", top, tag, source], HOUR).check_returncode()
    before, after = installed(source, root, "last-release-build"), installed(top, root, "this-build")
    rules = os.path.join(root, "abidiff.ini")
    with open(rules, "w", encoding="utf-8") as file:
        file.write(SUPPRESSIONS)
    for library in LIBRARIES:
        status, shown = text_of("abidiff", "--no-added-syms", "--suppressions", rules,
                                "--headers-dir1", os.path.join(before, "include"), "--headers-dir2", os.path.join(after, "include"),
                                os.path.join(before, "lib", library), os.path.join(after, "lib", library))
        total.judge(status == 0, f"{library}: programs of {tag} go on")
        if status != 0:
            say(shown)
    return total
