# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""clean_root.py TOP BUILD-ROOT [SUITE...]: the packages in clean roots of Debian suites, by Debian's own tools.

autopkgtest runs each test of the packages in a fresh root: the installed tests, a newcomer who follows README.md, the guide and the page of the
inspector, and every example, for each language with what its guide names.  piuparts purges the packages."""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import builds
import limits
import points
import roots
from builds import say
from limits import HOUR, MINUTE, Failure

SUITES = ("bookworm", "trixie")
RESULT = re.compile(r"^(\S+) +(PASS|FAIL|SKIP|FLAKY)\b *(.*)$", re.M)
SOME_SKIPPED = 2                # of autopkgtest, which then has nothing to blame
# autopkgtest's roots are of other users than this machine's: those of root, for as long as the command runs.
WITH_SUBORDINATE_USERS = ("unshare", "--mount", "sh", "-ec", '''
for file in /etc/subuid /etc/subgid; do mount --bind "$0" "$file"; done
exec "$@"''')
SUBORDINATE_USERS = "root:100000:65536\n"

# KEPT is the init system, which at-spi2-core of the tests needs, and which apt does not remove.  The purge of systemd leaves files that
# systemd has made, and that of locales takes one of them.
KEPT = "systemd-sysv"
LEFT_BY_SYSTEMD = r"^/(root/\.ssh|etc/default/locale|var/(cache|lib|log)/private|var/lib/systemd/\w+)/?$"


def codename():
    with open("/etc/os-release", encoding="utf-8") as file:
        for line in file:
            if line.startswith("VERSION_CODENAME="):
                return line.split("=")[1].strip().strip('"')
    raise Failure("this system does not say which release it is")


def run_package(verb, top, build_root, folder="packages", options=(), **environment):
    """The points of tools/package.  The packages' own test run would only repeat what runs elsewhere."""
    command = [os.path.join(top, "tools", "package"), verb, os.path.join(build_root, folder), *options]
    done = limits.run(command, HOUR, stdout=subprocess.PIPE, text=True,
                      env={**os.environ, "DEB_BUILD_OPTIONS": "nocheck parallel=2", **environment})
    for line in done.stdout.splitlines():
        if not line.startswith("ok "):
            say(f"   {line}")
    total = points.read_tap(f"{folder}: {verb}", done.stdout)
    if done.returncode != 0 and not total.failures:
        total.add_failed(f"{folder}: tools/package {verb} ended with {done.returncode}")
    say(f"   {total.line()}")
    return total


def test_packages(top, build_root):
    """Those of this machine's release."""
    return run_package("debian", top, build_root)


def test_library(top, build_root):
    """The packages of the library alone, as a distribution builds them that leaves the inspector out."""
    return run_package("debian", top, build_root, "packages-of-the-library", DEB_BUILD_PROFILES="pkg.libwsproto.noinspector")


def test_reproducible(top, build_root):
    """The same packages from another folder, whose path has a blank; those of test_packages () are there."""
    return run_package("reproducible", top, build_root)


def test_windows(top, build_root):
    """The zip of websocket.dll."""
    return run_package("windows", top, build_root, "windows")


def test_rpm(top, build_root):
    """Those of the recipe for Fedora, with its own test run, which is a part of the recipe."""
    return run_package("rpm", top, build_root, "rpm")


def test_rpm_of_library(top, build_root):
    return run_package("rpm", top, build_root, "rpm-of-the-library", ["--without", "inspector", "--without", "tests"])


def build_in(root, top, packages):
    """tools/package debian in a clean root of another suite."""
    roots.copy_checkout(top, os.path.join(root, "libwsproto"))
    begun = time.monotonic()
    with roots.mounted(root):
        roots.run(root, ["env", "DEB_BUILD_OPTIONS=nocheck", "CI=1", "/libwsproto/tools/package", "debian", "/built"],
                  2 * HOUR)
    say(f"   packages built there in {time.monotonic() - begun:.0f} s")
    os.makedirs(packages, exist_ok=True)
    for path in glob.glob(os.path.join(root, "built", "*.*")):
        if os.path.isfile(path):
            shutil.copy(path, packages)


def make_packages(top, build_root, suite):
    """The folder with the packages of a suite: those of this machine's are there already."""
    if suite == codename():
        return os.path.join(build_root, "packages")
    packages = os.path.join(build_root, "packages-" + suite)
    root = os.path.join(build_root, "roots", suite + "-building")
    shutil.rmtree(packages, ignore_errors=True)
    roots.make(root, suite)
    build_in(root, top, packages)
    roots.remove(root)
    return packages


def make_archive(build_root, suite, archive):
    """A clean root of the suite, from which both tools unpack theirs."""
    root = os.path.join(build_root, "roots", suite + "-clean")
    roots.make(root, suite)
    builds.run_logged(["tar", "-C", root, "-czf", archive, "."], root + ".tar.log")
    roots.remove(root)


def debs_in(packages):
    found = [path for path in sorted(glob.glob(os.path.join(packages, "*.deb"))) if "-dbgsym_" not in path]
    if not found:
        raise Failure(f"there are no packages in {packages}")
    return found


def read_summary(label, shown, status):
    """Points of autopkgtest's summary, which has a line for each test."""
    total = points.Sum()
    for name, result, reason in RESULT.findall(shown):
        if result == "SKIP":
            total.add_skipped(f"{label}: {name}", reason)
        else:
            total.judge(result == "PASS", f"{label}: {name}")
    if status not in (0, SOME_SKIPPED) and not total.failures:
        total.add_failed(f"{label}: autopkgtest ended with {status}")
    if not total.n_passed and not total.failures:
        total.add_failed(f"{label}: no test passed")
    return total


def test_in_roots(packages, archive, label):
    """Each test of debian/tests/control."""
    out = packages + "-tested"
    shutil.rmtree(out, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        source, users, summary = (os.path.join(folder, name) for name in ("source", "users", "summary"))
        builds.run_logged(["dpkg-source", "--extract", *glob.glob(os.path.join(packages, "*.dsc")), source], source + ".log")
        with open(users, "w", encoding="utf-8") as file:
            file.write(SUBORDINATE_USERS)
        begun = time.monotonic()
        done = limits.run([*WITH_SUBORDINATE_USERS, users, "autopkgtest", "--quiet", "--no-built-binaries", f"--output-dir={out}",
                           f"--summary-file={summary}", *debs_in(packages), source + "/", "--", "unshare", f"--tarball={archive}"], 3 * HOUR)
        with open(summary, encoding="utf-8") as file:
            total = read_summary(label, file.read(), done.returncode)
    if total.failures:
        builds.show_log(os.path.join(out, "log"))
    say(f"   {total.line()} in {time.monotonic() - begun:.0f} s; their logs are in {out}")
    return total


def test_purge(packages, archive, suite):
    """A purge leaves nothing, and no other package has lost anything."""
    log = packages + "-purged.log"
    command = ["piuparts", f"--basetgz={archive}", f"--distribution={suite}", f"--mirror={roots.mirror()} main", "--no-upgrade-test",
               f"--fake-essential-packages={KEPT}", f"--ignore-regex={LEFT_BY_SYSTEMD}", *debs_in(packages)]
    total = points.Sum()
    try:
        builds.run_logged(command, log, HOUR)
    except Failure as failure:
        say(f"   {failure}")
        total.add_failed(f"{suite}: purging the packages leaves nothing")
    else:
        total.add_passed(f"{suite}: purging the packages leaves nothing")
    return total


def test_suite(top, build_root, suite):
    """The archive is in a folder of its own, as autopkgtest does not quote its path."""
    packages = make_packages(top, build_root, suite)
    with tempfile.TemporaryDirectory() as folder:
        archive = os.path.join(folder, suite + ".tar.gz")
        make_archive(build_root, suite, archive)
        total = test_in_roots(packages, archive, suite)
        total.add(test_purge(packages, archive, suite))
    return total


def test_this_release(top, build_root):
    return test_suite(top, build_root, codename())


def main(top, build_root, *suites):
    total = points.Sum()
    for suite in suites or SUITES:
        try:
            if suite == codename():
                made = test_packages(top, build_root)
                total.add(made)
                if made.failures:
                    continue
            total.add(test_suite(top, build_root, suite))
        except (Failure, subprocess.CalledProcessError, OSError) as failure:
            say(f"   {failure}")
            total.add_failed(f"{suite}: {failure}")
    for name in total.failures:
        say(f"FAILED: {name}")
    say(total.line())
    return 1 if total.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
