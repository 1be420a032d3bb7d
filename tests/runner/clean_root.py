# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The packages, installed in a clean root and used there by an ordinary user."""

import glob
import os
import shutil

import points
import roots
from builds import Failure, say

USER = "wsp-user"
# Packages that programs of a user need in addition to those of the library.
EXTRA_PACKAGES = ("gcc", "libc6-dev", "pkgconf", "python3-gi", "gjs")


def codename():
    with open("/etc/os-release", encoding="utf-8") as file:
        for line in file:
            if line.startswith("VERSION_CODENAME="):
                return line.split("=")[1].strip().strip('"')
    raise Failure("this system does not say which release it is")


def test_installed(top, root):
    packages = glob.glob(os.path.join(root, "packages", "*.deb"))
    if not packages:
        raise Failure("tools/package debian left no packages")
    clean = os.path.join(root, "roots", "installed")
    roots.make(clean, codename())
    inside = os.path.join(clean, "packages")
    os.makedirs(inside)
    for path in packages:
        if "-dbgsym_" not in path:
            shutil.copy(path, inside)
    script = os.path.join(clean, "use-packages")
    shutil.copy(os.path.join(top, "tests", "packaging", "use-packages"), script)
    with roots.mounted(clean):
        roots.run(clean, ["apt-get", "-q", "update"])
        roots.run(clean, ["apt-get", "-q", "-y", "install", "--no-install-recommends",
                          *(f"/packages/{os.path.basename(path)}" for path in glob.glob(inside + "/*")),
                          *EXTRA_PACKAGES])
        roots.run(clean, ["useradd", "--create-home", USER])
        shown, status = roots.shown_by(clean, ["/use-packages"], f"{USER}:{USER}", f"/home/{USER}")
    total = points.read_tap("packages in a clean root", shown)
    if total.failures or status != 0:
        say(shown)
    return total
