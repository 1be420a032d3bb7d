# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""websocket.dll, and the tests of the layers below it, built for Windows by mingw-w64 and run by Wine.

Meson starts a test by Wine; it makes no prefix, and does not end the server of Wine, which would stay for others to find."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile

import builds
import limits
import points
import roots
from builds import say
from limits import HOUR, MINUTE

# Tests that are not of Windows.
LEFT_OUT_SUITES = ("absent", "neon")
# Without a display; of the prefix only what programs need, and no menus of a desktop.
ENVIRONMENT = {"WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree=;mshtml=;winemenubuilder.exe="}
# Wine 10 of Debian ends if there is a TMPDIR, which it frees.
HIDDEN = ("DISPLAY", "TMPDIR", "WAYLAND_DISPLAY", "WINEARCH", "XDG_RUNTIME_DIR")
WINE = "wine"
MULTIPLIER = 10                 # of time limits: each program starts a Wine
# In a root of x86_64 with the libraries of i386.
PACKAGES_OF_I686 = ["gcc-mingw-w64-i686-win32", "libz-mingw-w64-dev", "wine", "wine32:i386"]


def cross_file(top, machine):
    return os.path.join(top, "tools", "cross", f"{machine}-w64-mingw32.ini")


def make_build(top, root, machine, environment, wine=None):
    """The build for a machine; wine: what starts its programs."""
    options = [f"--cross-file={cross_file(top, machine)}", "-Dglib=disabled"]
    if wine:
        wrapper = os.path.join(root, f"windows-{machine}.ini")
        with open(wrapper, "w", encoding="utf-8") as file:
            file.write(f"[binaries]\nexe_wrapper = '{wine}'\n")
        options.append(f"--cross-file={wrapper}")
    build = builds.Build(top, root, f"windows-{machine}", options)
    # CC and CXX are compilers of this machine.
    build.environment = {name: value for name, value in environment.items() if name not in ("CC", "CXX")}
    build.compile("all", builds.TESTED, builds.MEASURED)
    return build


def why_not_started(wine, environment):
    """Why Wine starts no program of Windows; None: it does."""
    if not shutil.which(wine):
        return "wine is not installed"
    try:
        done = limits.run([wine, "cmd", "/c", "echo %PROCESSOR_ARCHITECTURE%"], 10 * MINUTE, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except OSError as error:
        return str(error)
    said = points.last_line(done.stdout)
    if done.returncode != 0 or not said:
        return f"wine starts no program: {points.last_line(done.stderr) or 'it says nothing'}"
    return None if said == "AMD64" else f"wine is of another word length: expected AMD64, received {said}"


def end_server(environment):
    """Also when the time of the run is over, which limits.run () would obey."""
    for word in "-k", "-w":
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(["wineserver", word], env=environment, timeout=MINUTE, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           check=False)


def remove_server_folder(prefix, parent="/tmp"):
    """That of the socket, which Wine leaves.  Debian's Wine notes its name in the prefix."""
    with contextlib.suppress(FileNotFoundError), open(os.path.join(prefix, "wineserver"), encoding="utf-8") as file:
        name = file.read().strip()
        if re.fullmatch(r"wine-\w+", name):
            shutil.rmtree(os.path.join(parent, name), ignore_errors=True)


@contextlib.contextmanager
def prefix():
    """The environment of a prefix of the run's own, which ends with it.  There is no home."""
    with tempfile.TemporaryDirectory(prefix="wine-") as folder:
        environment = {name: value for name, value in os.environ.items() if name not in HIDDEN}
        environment |= {**ENVIRONMENT, "WINEPREFIX": os.path.join(folder, "prefix"), "HOME": os.path.join(folder, "none"),
                        "LC_ALL": "C.UTF-8"}
        try:
            yield environment
        finally:
            end_server(environment)
            remove_server_folder(environment["WINEPREFIX"])


def judge_points(total, programs, linux, label):
    """A program has as many points as in the build for Linux, where that has run."""
    try:
        _, wanted = points.read_meson_log(linux, "linux", points.last_log(linux))
    except FileNotFoundError:
        return
    for name, one in programs.items():
        if name in wanted and one.n_passed != wanted[name].n_passed:
            total.add_failed(f"{label}: {name}: {one.n_passed} points by Wine, {wanted[name].n_passed} on Linux")


def test_by_wine(build, linux, label):
    """Runs all tests and benchmarks of the build.  What Windows cannot run is named, and is no skip that could be mended."""
    total = build.test(*(f"--no-suite={suite}" for suite in LEFT_OUT_SUITES), builds.FEW_PROCESSES, multiplier=MULTIPLIER, name=label)
    _, programs = points.read_meson_log(build.folder, label, "testlog.json", MULTIPLIER)
    judge_points(total, programs, linux, label)
    total.add(build.measure())
    for name, test in points.tests_of(build.folder, ("tests",)).items():
        if any(suite.endswith("absent") for suite in test["suite"]):
            say(f"   not on Windows: {name}: {test['cmd'][-1].partition('SKIP ')[2]}")
    return total


def test(top, root):
    """x86_64 by Wine; i686 is built, and its DLL is read: test_in_root () runs it in "--machine i386"."""
    total = points.Sum()
    for name in "x86_64", "i686":
        if not shutil.which(f"{name}-w64-mingw32-gcc"):
            total.add_skipped("windows", f"{name}-w64-mingw32-gcc is not installed")
            return total
    with prefix() as environment:
        reason = why_not_started(WINE, environment)
        environment["TEST_LINUX_BUILD"] = linux = os.path.join(root, "plain")
        build = make_build(top, root, "x86_64", environment, None if reason else WINE)
        if reason:
            total.add_skipped("windows: tests by Wine", reason)
        else:
            total.add(test_by_wine(build, linux, "windows"))
        other = make_build(top, root, "i686", environment)
    total.add(other.test("dll-file", name="windows-i686"))
    say(f"   windows: {total.line()}")
    return total


def test_in_root(root, checkout, linux, label):
    """The tests of i686 in a root that has the Wine of i386 (PACKAGES_OF_I686), and a build for Linux."""
    build, place = "/a build for Windows", "/wine"
    with open(os.path.join(root, "wine.ini"), "w", encoding="utf-8") as file:
        file.write(f"[binaries]\nexe_wrapper = '{WINE}'\n")
    os.makedirs(root + place)
    environment = {**roots.ENVIRONMENT, **ENVIRONMENT, "WINEPREFIX": f"{place}/prefix", "HOME": f"{place}/none",
                   "TEST_LINUX_BUILD": linux}
    roots.run(root, ["meson", "setup", build, checkout, "--cross-file", cross_file(checkout, "i686"), "--cross-file", "/wine.ini",
                     "-Dglib=disabled", "-Dtests=true"])
    roots.run(root, ["ninja", "-C", build, "all", builds.TESTED], HOUR)
    command = ["meson", "test", "-C", build, "--no-rebuild", "--print-errorlogs", f"--timeout-multiplier={MULTIPLIER}",
               *(f"--no-suite={suite}" for suite in LEFT_OUT_SUITES)]
    try:
        done = limits.run(roots.chroot_command(root, command), HOUR, env=environment)
    finally:
        limits.run(roots.chroot_command(root, ["wineserver", "-k"]), MINUTE, env=environment)
    total, programs = points.read_meson_log(root + build, label, "testlog.json", MULTIPLIER)
    if done.returncode != 0 and not total.failures:
        total.add_failed(f"{label}: meson test ended with {done.returncode}")
    judge_points(total, programs, root + linux, label)
    return total
