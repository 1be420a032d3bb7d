#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""windows_zip.py TREE FILE: the zip of websocket.dll for Windows, from the unpacked tarball TREE.

It has the DLL with its import library for both word lengths, the header, the licences and a guide: the same bytes for each
folder, user, umask and time zone.  Its files have the time of SOURCE_DATE_EPOCH, or else that of the tarball's files."""

import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(HERE, "..")]

import builds
from lib import project
from limits import MINUTE, Failure, run

PAGE = "data/packaging/windows"
# The folders of the zip, and what llvm-dlltool is told of each.
MACHINES = {"x86_64": ["-m", "i386:x86-64"], "i686": ["-m", "i386", "-k"]}
HEADERS = "include/wsproto-win32-1"
COMPILER = "x86_64-w64-mingw32-gcc"


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def version_of(tree):
    return re.search(rb"^  version: '(.*)',$", read(tree, "meson.build"), re.M)[1].decode()


def guide(tree):
    """Lines with an address that the project does not have are left out."""
    values = {**project.read_values(tree), "VERSION": version_of(tree)}
    lines = [line for line in read(tree, PAGE, "README.md").decode().splitlines(keepends=True)
             if all(values[name] for name in re.findall(r"@([A-Z]+)@", line))]
    return re.sub(r"@([A-Z]+)@", lambda name: values[name[1]], "".join(lines)).encode()


def licence_of_zlib():
    """The comment that begins the header of the zlib that is linked into the DLL."""
    shown = run([COMPILER, "-E", "-include", "zlib.h", "-xc", os.devnull], MINUTE, stdout=subprocess.PIPE, text=True).stdout
    header = re.search(r'"([^"]*zlib\.h)"', shown)
    if not header:
        raise Failure(f"{COMPILER}: expected the header zlib.h, received none (install libz-mingw-w64-dev)")
    return re.search(rb"/\* (.*?)\*/", read(header[1]), re.S)[1].rstrip() + b"\n"


def build(tree, machine, folder):
    """What Meson installs, without symbols, with the import library for the compilers of Microsoft and others."""
    made, installed, library = (os.path.join(folder, name) for name in ("build", "installed", "websocket.lib"))
    log = os.path.join(os.path.dirname(folder), f"{machine}.log")
    for command in (
            ["meson", "setup", made, tree, "--cross-file", os.path.join(tree, f"tools/cross/{machine}-w64-mingw32.ini"), "-Dglib=disabled",
             "--buildtype=release", "-Dstrip=true", "--prefix=/", "--libdir=lib"],
            ["ninja", "-C", made],
            ["meson", "install", "-C", made, "--no-rebuild", f"--destdir={installed}"],
            ["llvm-dlltool", *MACHINES[machine], "-d", os.path.join(made, "libwsproto/win32/dll/websocket.def"), "-l", library]):
        builds.run_logged(command, log)
    return installed, {f"{machine}/websocket.dll": read(installed, "bin/websocket.dll"), f"{machine}/websocket.lib": read(library)}


def contents(tree, folder):
    files = {"README.md": guide(tree), "COPYING": read(tree, "COPYING"), "COPYING.zlib": licence_of_zlib(),
             "sample.c": read(tree, PAGE, "sample.c")}
    for machine in MACHINES:
        os.mkdir(os.path.join(folder, machine))
        installed, binaries = build(tree, machine, os.path.join(folder, machine))
        files |= binaries
    headers = os.path.join(installed, HEADERS)
    return files | {f"include/{name}": read(headers, name) for name in os.listdir(headers) if name.endswith(".h")}


def write(tree, path, folder):
    """Each file with the same mode and time; a zip has no time before 1980.  strip writes the time into a DLL, too."""
    seconds = os.environ.setdefault("SOURCE_DATE_EPOCH", str(int(os.stat(os.path.join(tree, "meson.build")).st_mtime)))
    date = max(time.gmtime(int(seconds))[:6], (1980, 1, 1, 0, 0, 0))
    name = os.path.basename(path).removesuffix(".zip")
    files = sorted(contents(tree, folder).items())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for file, data in files:
            entry = zipfile.ZipInfo(f"{name}/{file}", date)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, data)


def main(tree, path):
    try:
        with tempfile.TemporaryDirectory(prefix="wsp-windows-") as folder:
            write(tree, path, folder)
    except (Failure, OSError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
