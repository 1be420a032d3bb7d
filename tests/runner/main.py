#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""main.py TOP BUILD-ROOT default|library|full|long|under-load|mutations|conditions: the whole of tools/test once the packages are there.

"meson test" runs one build folder; this runs several, sums their points, and finds what the run left behind."""

import base64
import contextlib
import hashlib
import os
import re
import secrets
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import builds
import clean_root
import lean_root
import leftovers
import limits
import long_run
import points
import portable
import under_load
import windows
from builds import EVERYTHING, LIBRARY, PROCESSES, Build, say
from limits import MINUTE, Failure, OutOfTime

# The libraries and interpreters that each release has in a version of its own, and how they are asked.
VERSIONS = {
    "GLib": ["pkg-config", "--modversion", "glib-2.0"],
    "GTK": ["pkg-config", "--modversion", "gtk4"],
    "PyGObject": ["/usr/bin/python3", "-c", "import gi, importlib.util as u; print(gi.__version__, "
                  "'with gi.events' if u.find_spec('gi.events') else 'without gi.events')"],
    "GJS": ["gjs", "--version"],
}
# On two cores.
DURATIONS = {"default": "This takes up to ten minutes", "library": "This takes up to six minutes", "full": "This takes 45 minutes",
             "long": "This takes about four hours", "under-load": "This takes half an hour",
             "mutations": "This takes hours, and says how far it is", "conditions": "This takes a day, and says how far it is"}
# Parts that a machine does not finish in this time are skipped by name, and do not fail the run: a machine that is twice as slow as
# most says at least what it found.  A run that is ended from outside leaves no results.
FULL_SECONDS = 75 * MINUTE
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"       # RFC 6455 1.3


def say_versions():
    found = []
    for name, command in VERSIONS.items():
        try:
            done = limits.run(command, MINUTE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            shown = done.stdout.strip() if done.returncode == 0 else "none"
        except OSError:
            shown = "none"
        found.append(f"{name} {shown.removeprefix('gjs ')}")
    say("   " + ", ".join(found))


def test_quick(top, root, name, options):
    say_versions()
    build = Build(top, root, name, options)
    build.compile_tests()
    return build.test(PROCESSES, setup="quick", multiplier=4, is_tried_again=True)


def test_default(top, root):
    return test_quick(top, root, "plain", EVERYTHING)


def test_library(top, root):
    """What stands without the inspector, in a build folder of its own."""
    return test_quick(top, root, "library", LIBRARY)


def test_plain(top, root):
    say_versions()
    build = Build(top, root, "plain", EVERYTHING)
    build.compile("all", builds.TESTED, builds.MEASURED)
    return build.test(PROCESSES, setup="full", multiplier=4, is_tried_again=True)


def test_measured(top, root):
    return Build(top, root, "plain", EVERYTHING).measure()


def test_instructions(top, root):
    """An echo's instructions beside their bars: only this release's compiler and GLib make them comparable."""
    done = limits.run([os.path.join(top, "tests", "bench", "bench-echo"), "--instructions"], 20 * MINUTE,
                      env={**os.environ, "WSP_BUILD": root}, text=True, stdout=subprocess.PIPE)
    say(done.stdout)
    total = points.Sum()
    total.judge(done.returncode == 0, "bench-echo --instructions: no echo costs more instructions than its bar")
    return total


def run_demonstration(top, root, text, **displays):
    """tools/run without a display, or with one that does not answer, on the existing build."""
    environment = {**os.environ, "WSP_BUILD": root}
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    environment.update(displays)
    return limits.run([os.path.join(top, "tools", "run"), text], 30 * MINUTE, env=environment, text=True, stdout=subprocess.PIPE)


@contextlib.contextmanager
def lend_window(top, root):
    """The plain build as that of the window, which has no file more, and which tools/run would build in minutes."""
    path = os.path.join(root, "window")
    if os.path.lexists(path):
        yield
        return
    os.symlink("plain", path)
    with open(path + ".place", "w", encoding="utf-8") as file:
        file.write(f"{top}\n{path}\n")
    try:
        yield
    finally:
        os.unlink(path)
        os.unlink(path + ".place")


def test_demonstration(top, root):
    """The build for the terminal is one of tools/run itself."""
    texts = [f"a text of its own, {secrets.token_hex(8)}" for _ in range(3)]
    # None, one of this machine that is not there, and one of another machine that does not answer.
    displays = [{}, {"DISPLAY": ":65000"}, {"DISPLAY": "127.0.0.1:65"}]
    with lend_window(top, root):
        runs = [run_demonstration(top, root, text, **display) for text, display in zip(texts, displays)]
    total = points.Sum()
    for done, text in zip(runs, texts):
        keys = re.findall(r"Sec-WebSocket-Key: (\S+)", done.stdout)
        answers = re.findall(r"Sec-WebSocket-Accept: (\S+)", done.stdout)
        wanted = base64.b64encode(hashlib.sha1((keys[0] + GUID).encode()).digest()) if keys else b""
        ends = done.stdout.rstrip().splitlines()[-2:]
        total.judge(done.returncode == 0, "tools/run: ends cleanly")
        total.judge(done.stdout.count(text) >= 2, "tools/run: the text given goes there and back")
        total.judge(wanted.decode() in answers, "tools/run: the accept value is that of the key")
        total.judge(len(ends) == 2 and " serve" in ends[0] and " connect ws://" in ends[1],
                    "tools/run: ends with the two commands to go on with")
    total.judge(runs[0].stdout != runs[1].stdout, "tools/run: no run is like the other")
    if total.failures:
        say(runs[0].stdout)
    say(f"   {total.line()}")
    return total


def test_rows(top, root):
    """Every numbered row of tests/rows.txt against the names of the points that passed."""
    done = limits.run([os.path.join(top, "tools", "rows"), os.path.join(root, "plain")], 10 * MINUTE)
    total = points.Sum()
    total.judge(done.returncode == 0, "rows: every row of the layers that stand is proved")
    return total


def run_mutations(top, root, title, *words):
    """It takes hours, and each program that it starts has a limit."""
    process = subprocess.Popen([os.path.join(top, "tools", "mutations"), *words], stdin=subprocess.DEVNULL,
                               env={**os.environ, "WSP_BUILD": root})
    try:
        status = process.wait()
    except KeyboardInterrupt:
        # It was interrupted too, and keeps what it has found.
        process.wait()
        raise
    total = points.Sum()
    total.judge(status == 0, title)
    return total


def test_mutations(top, root):
    return run_mutations(top, root, "mutations: a test fails for each rule that is switched off")


def test_conditions(top, root):
    return run_mutations(top, root, "mutations: a test fails for each condition that is taken away", "--conditions")


class Run:
    def __init__(self, top, root):
        self.top = top
        self.root = root
        self.total = points.Sum()
        self.begun = time.monotonic()
        leftovers.adopt_orphans()
        self.place = leftovers.Place()

    def part(self, title, step):
        """One part; what it cannot even start is one failed point."""
        begun = time.monotonic()
        say(f"-- {title}")
        if limits.seconds_left() == 0:
            self.total.add_unfinished(title)
            return
        mark = leftovers.Mark()
        try:
            self.total.add(step(self.top, self.root))
        except OutOfTime as failure:
            say(f"   {failure}")
            self.total.add_unfinished(title)
            mark.clear()            # a program that is killed removes nothing
        except (Failure, subprocess.CalledProcessError, OSError) as failure:
            say(f"   {failure}")
            self.total.add_failed(f"{title}: {failure}")
        except KeyboardInterrupt:
            self.total.add_failed(f"{title}: interrupted")
            sys.exit(self.finish())
        for name in mark.files_since():
            say(f"   left behind by this part: {name}")
        say(f"   {time.monotonic() - begun:.0f} s")

    def fail_skips(self):
        """Where each peer and tool can be installed, a skipped test has a reason that has to be mended."""
        for name, reason in self.total.skips:
            self.total.add_failed(f"{name}: skipped: {reason}")
        self.total.skips = []

    def judge_leftovers(self):
        left = leftovers.end_processes()
        files = self.place.end()
        self.total.judge(not left, "the run leaves no process behind")
        self.total.judge(not files, "the run leaves nothing in the temporary directory")
        for what in left + files:
            say(f"   left behind: {what}")

    def finish(self):
        self.judge_leftovers()
        say(f"-- the whole run took {time.monotonic() - self.begun:.0f} s")
        for name in self.total.unfinished:
            say(f"not run, as the time was over: {name}")
        for name, reason in self.total.skips:
            say(f"skipped: {name}: {reason}")
        for name in self.total.failed_once:
            say(f"FAILED ONCE, and not again by itself: {name}")
        for name in self.total.failures:
            say(f"FAILED: {name}")
        say(self.total.line())
        return 1 if self.total.failures else 0


def is_complete():
    """Debian 12 has all that the tests use."""
    try:
        return clean_root.codename() == "bookworm"
    except (Failure, OSError):
        return False


def run_tests(run, mode):
    if mode == "default":
        run.part("tests", test_default)
        return
    if mode == "library":
        run.part("tests of the library", test_library)
        return
    if mode == "under-load":
        run.part("tests beside busy processes", under_load.test)
        return
    if mode == "full":
        limits.WholeRun.end = time.monotonic() + FULL_SECONDS
    run.part("tests", test_plain)
    run.part("rows of the specifications", test_rows)
    run.part("benchmarks, in their short forms", test_measured)
    if is_complete():
        run.part("instructions of an echo", test_instructions)
    run.part("the demonstration of tools/run", test_demonstration)
    run.part("tests without Linux's calls", portable.test)
    run.part("Debian packages", clean_root.test_packages)
    run.part("the zip for Windows", clean_root.test_windows)
    run.part("websocket.dll by Wine", windows.test)
    run.part("tests where only their own packages are", lean_root.test_without_window)
    # The longest part is the last one: of it, at least the programs that had their time are counted.
    run.part("tests under ASan and UBSan, with leak checking", long_run.test_sanitized)
    if is_complete():
        run.fail_skips()
    if mode == "long":
        for title, step in long_run.PARTS:
            run.part(title, step)


def main(top, root, mode):
    say(f"{DURATIONS[mode]}; builds and logs are in {root}")
    run = Run(top, root)
    if mode in ("mutations", "conditions"):
        run.part("rules switched off, one at a time", test_mutations)
        if mode == "conditions":
            run.part("conditions taken away, one at a time", test_conditions)
    else:
        run_tests(run, mode)
    return run.finish()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
