#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""tarball.py TOP FILE: the tarball of what is committed at TOP, the same bytes for each user, umask, folder and time zone.

Those of "meson dist" differ: its folder has the time of the run."""

import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from limits import HOUR, MINUTE, Failure, run

# Variables that change what git and xz do.
SETTINGS = re.compile("GIT_|XZ_")


def environment():
    kept = {name: value for name, value in os.environ.items() if not SETTINGS.match(name)}
    return {**kept, "GIT_ATTR_NOSYSTEM": "1"}


def git(top, *words):
    return ["git", "-c", f"safe.directory={os.path.realpath(top)}", "-c", "tar.umask=0022", "-c", "core.attributesFile=/dev/null",
            "-c", "core.autocrlf=false", "-C", top, *words]


def name_of(top):
    """The name of the folder inside, and of the tarball without its suffix."""
    shown = run(git(top, "show", "HEAD:meson.build"), 10 * MINUTE, stdout=subprocess.PIPE, text=True, env=environment())
    found = re.search(r"^  version: '(.*)',$", shown.stdout, re.M)
    if shown.returncode != 0 or not found:
        raise Failure(f"{top}: expected a repository of git with the version in meson.build, received none (make the tarball in a clone)")
    return f"libwsproto-{found[1]}"


def write(top, path):
    """Writes the tarball; removes it if git or xz fails."""
    plain, part = path + ".tar", path + ".part"
    steps = ((plain, git(top, "archive", "--format=tar", f"--prefix={name_of(top)}/", "HEAD")),
             (part, ["xz", "-T1", "-6", "--stdout", plain]))
    try:
        for made, command in steps:
            with open(made, "wb") as file:
                done = run(command, HOUR, stdout=file, env=environment())
            if done.returncode != 0:
                raise Failure(f"{path}: {command[0]} ended with {done.returncode}")
        os.replace(part, path)
    finally:
        for made, _ in steps:
            if os.path.exists(made):
                os.unlink(made)


def main(top, path):
    try:
        write(top, path)
    except (Failure, OSError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
