# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A sandbox as a program can tell that it is in one: Flatpak's file in the root folder."""

import os
import shutil

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
