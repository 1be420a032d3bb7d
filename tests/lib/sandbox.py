# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A sandbox as a program can tell that it is in one: Flatpak's file in the root folder."""

import os
import shutil
import subprocess
import sys

SANDBOXED = "--sandboxed"
INFO = "[Application]\nname=org.example.Program\n"


def is_possible():
    return shutil.which("bwrap") is not None


def command(folder, *words):
    """The words, in a root that is this one and that file.  FOLDER keeps the file."""
    path = os.path.join(folder, "flatpak-info")
    with open(path, "w", encoding="ascii") as file:
        file.write(INFO)
    root = []
    for entry in os.scandir("/"):
        if entry.is_symlink():
            root += ["--symlink", os.readlink(entry.path), entry.path]
        elif entry.is_dir():
            root += ["--dev-bind", entry.path, entry.path]
    return ["bwrap", "--die-with-parent", *root, "--ro-bind", path, "/.flatpak-info", *words]


def try_script(tap, path, names, script, window, folder, patience, home=""):
    """A test runs itself in a sandbox, with SANDBOXED and the window as its words, and prints the NAMES of the claims that hold."""
    if not is_possible():
        tap.skip(f"{path}/sandbox", "there is no bubblewrap")
        return
    # The program is found by its process, which is not that of the sandbox: the script runs in it, too.
    done = subprocess.run(command(folder, sys.executable, os.path.abspath(script), SANDBOXED, window), stdout=subprocess.PIPE,
                          text=True, check=False, timeout=patience, env={**os.environ, "HOME": home or folder})
    found = done.stdout.split()
    for name in names:
        tap.point(name in found, f"{path}/sandbox/{name}", [done.returncode, done.stdout])
