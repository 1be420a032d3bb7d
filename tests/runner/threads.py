#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""threads.py TOP BUILD-ROOT: the tests of the GLib layers under ThreadSanitizer.

ThreadSanitizer sees only what it was compiled into.  The system's GLib waits on futexes of its own,
which looks to it like no lock at all; so the release's own GLib is built here once more, with it and
with POSIX mutexes."""

import glob
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import builds
import points
import roots
from builds import CORE_ONLY, Build, say
from limits import MINUTE, Failure, run

SUITES = ("session", "observe", "reactor", "connection", "endpoint")
GLIB_OPTIONS = ["--libdir=lib", "--buildtype=debugoptimized", "-Db_sanitize=thread",
                "-Db_lundef=false", "-Dforce_posix_threads=true", "-Dtests=false", "-Dnls=disabled",
                "-Dman=false", "-Dgtk_doc=false", "-Dselinux=disabled", "-Dlibmount=disabled"]


def release():
    """Debian's name for what this machine runs."""
    with open("/etc/os-release", encoding="utf-8") as file:
        fields = dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
    if "VERSION_CODENAME" not in fields or fields.get("ID") != "debian":
        raise Failure("GLib's source is taken from Debian's archive: this run needs a Debian")
    return fields["VERSION_CODENAME"]


def fetch_source(folder):
    """The source of the release's GLib, without touching the machine's own lists."""
    found = glob.glob(os.path.join(folder, "glib2.0-*/meson.build"))
    if found:
        return os.path.dirname(found[0])
    for name in ("lists/partial", "cache/archives/partial"):
        os.makedirs(os.path.join(folder, "apt", name), exist_ok=True)
    sources = os.path.join(folder, "apt", "sources.list")
    with open(sources, "w", encoding="utf-8") as file:
        file.write(f"deb-src {roots.mirror()} {release()} main\n")
    apt = ["apt-get", "-q", "-o", f"Dir::Etc::sourcelist={sources}", "-o", "Dir::Etc::sourceparts=-",
           "-o", f"Dir::State::lists={folder}/apt/lists", "-o", f"Dir::Cache={folder}/apt/cache",
           "-o", "APT::Sandbox::User=", "-o", "Acquire::Retries=3"]
    builds.run_logged([*apt, "update"], os.path.join(folder, "update.log"))
    builds.run_logged([*apt, "source", "glib2.0"], os.path.join(folder, "source.log"), cwd=folder)
    return os.path.dirname(glob.glob(os.path.join(folder, "glib2.0-*/meson.build"))[0])


def build_glib(root):
    """The folder that it is installed in; built once for each build root."""
    folder = os.path.join(root, "thread-sanitized-glib")
    prefix = os.path.join(folder, "prefix")
    os.makedirs(folder, exist_ok=True)
    source = fetch_source(folder)
    build = os.path.join(folder, "build")
    is_set_up = builds.is_set_up(build, source)
    if is_set_up and os.path.exists(os.path.join(prefix, "lib", "pkgconfig", "gio-2.0.pc")):
        return prefix
    say(f"   building {os.path.basename(source)}")
    if not is_set_up:
        shutil.rmtree(build, ignore_errors=True)
        builds.run_logged(["meson", "setup", build, source, f"--prefix={prefix}", *GLIB_OPTIONS],
                          os.path.join(folder, "setup.log"))
    builds.run_logged(["ninja", "-C", build, "install"], os.path.join(folder, "ninja.log"))
    return prefix


def system_modules():
    """The folder of glib-networking's TLS module."""
    done = run(["pkg-config", "--variable=giomoduledir", "gio-2.0"], MINUTE, stdout=subprocess.PIPE, text=True)
    done.check_returncode()
    return done.stdout.strip()


def environment(top, prefix):
    libraries = os.path.join(prefix, "lib")
    suppressions = os.path.join(top, "tests", "runner", "threads.suppressions")
    return {"PKG_CONFIG_PATH": os.path.join(libraries, "pkgconfig"),
            "LD_LIBRARY_PATH": libraries,
            "GIO_MODULE_DIR": system_modules(),
            # The slice allocator reads its threshold without a lock, and is right to.
            "G_SLICE": "always-malloc",
            # The TLS of glib-networking and of GnuTLS was built without it.  A suppression needs both stacks of a report.
            "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1:history_size=7"
                            f":ignore_noninstrumented_modules=1:suppressions={suppressions}"}


def test(top, root):
    build = Build(top, root, "threads",
                  CORE_ONLY + ["-Db_sanitize=thread", "-Db_lundef=false"],
                  environment(top, build_glib(root)))
    build.compile_tests()
    # The fault plan is one thread's, and would take an hour.
    return build.test("--no-suite=faults", *(f"--suite={suite}" for suite in SUITES), multiplier=8)


def main(top, root):
    say("-- tests of the GLib layers under ThreadSanitizer")
    total = points.Sum()
    try:
        total.add(test(top, root))
    except (Failure, OSError) as failure:
        say(f"   {failure}")
        total.add_failed(f"threads: {failure}")
    for name in total.failures:
        say(f"FAILED: {name}")
    say(total.line())
    return 1 if total.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
