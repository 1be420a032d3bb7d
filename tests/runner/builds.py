# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The build folders of a test run: configured when their options changed, built, tested.

Meson does not set up anew a folder whose packages have changed."""

import contextlib
import functools
import json
import os
import shutil
import subprocess
import time

import leftovers
import points
from limits import HOUR, MINUTE, Failure, OutOfTime, run
from logged import run_logged, say, show_log  # noqa: F401

EVERYTHING = ["-Dintrospection=enabled", "-Dvapi=enabled", "-Dwsinspect=enabled", "-Dinspector=enabled",
              "-Dbinding_tests=enabled", "-Ddocs=enabled", "-Dlint=true"]
# LIBRARY are the options of a build without wsinspect and the window.
LIBRARY = ["-Dintrospection=enabled", "-Dvapi=enabled", "-Dwsinspect=disabled", "-Dbinding_tests=enabled", "-Ddocs=enabled", "-Dlint=true"]
# g-ir-scanner's program never ends under ASan with GnuTLS: p11-kit waits for a lock of the C library at exit.
WITHOUT_BINDINGS = ["-Dintrospection=disabled", "-Dvapi=disabled", "-Dbinding_tests=disabled"]
CORE_ONLY = [*WITHOUT_BINDINGS, "-Dinspector=disabled"]
SANITIZERS = ["-Db_sanitize=address,undefined", "-Db_lundef=false"]
TEST_SECONDS = 3 * HOUR
MAX_TRIED_AGAIN = 5             # programs; if more fail, it is not because of other work of the machine
# Tests wait for peers and timers half of their time; Meson starts one for each processor.  Sanitized ones compute more.
PROCESSES = f"--num-processes={2 * (os.cpu_count() or 1) + 1}"
FEW_PROCESSES = f"--num-processes={(os.cpu_count() or 1) + 1}"
# The target with the programs that tests start; "all" has them in versions of Meson before 1.7 only.
TESTED = "meson-test-prereq"
MEASURED = "meson-benchmark-prereq"
# A finding ends the program; a leak of a test is a finding.  Freed memory waits for a late use until 16 MiB more are freed, and is
# used again then: with ASan's own 256 MiB, given back to the system, half the time goes into pages of memory.
SANITIZER_ENVIRONMENT = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1"
                    ":allocator_may_return_null=1:abort_on_error=0"
                    ":quarantine_size_mb=16:allocator_release_to_os_interval_ms=-1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
}


def judge_warnings(log):
    """A warning of Meson is an error of its next release; as those of the compiler it ends a run of CI."""
    with open(log, encoding="utf-8", errors="replace") as file:
        warnings = [line for line in file if "WARNING:" in line]
    if warnings and os.environ.get("CI"):
        raise Failure("Meson warns: " + "".join(warnings).strip())


@functools.cache
def packages(top):
    """Those of all the packages that tools/bootstrap knows that are installed.  Meson remembers the programs that it did not
    find: with another package, the build folders are configured again."""
    done = run([os.path.join(top, "tools", "bootstrap"), "--installed", "full"], MINUTE, stdout=subprocess.PIPE, text=True)
    done.check_returncode()
    return done.stdout


def is_set_up(folder, source):
    """Whether Meson has set up this folder for this source.  The files in it have both paths, and either may be renamed."""
    try:
        with open(os.path.join(folder, "meson-info", "meson-info.json"), encoding="utf-8") as file:
            places = json.load(file)["directories"]
    except (OSError, ValueError):
        return False
    return os.path.exists(os.path.join(folder, "build.ninja")) and \
        (places["source"], places["build"]) == (os.path.realpath(source), os.path.realpath(folder))


class Build:
    def __init__(self, top, root, name, options, environment=None):
        self.top = top
        self.name = name
        self.folder = os.path.join(root, name)
        self.options = ["-Dtests=true", "-Dpython=/usr/bin/python3"]
        if os.environ.get("CI"):
            self.options.append("-Dwerror=true")
        self.options += options
        self.environment = {**os.environ, **(environment or {})}

    def configure(self):
        asked = f"{' '.join(self.options)}\n{packages(self.top)}"
        note = self.folder + ".options"
        if is_set_up(self.folder, self.top) and os.path.exists(note):
            with open(note, encoding="utf-8") as file:
                if file.read() == asked:
                    return
        shutil.rmtree(self.folder, ignore_errors=True)
        log = self.folder + ".setup.log"
        run_logged(["meson", "setup", self.folder, self.top, *self.options], log, env=self.environment)
        judge_warnings(log)
        with open(note, "w", encoding="utf-8") as file:
            file.write(asked)

    def installed(self):
        """The files that "ninja" makes and "meson install" copies, relative to the build folder."""
        with open(os.path.join(self.folder, "meson-info", "intro-targets.json"), encoding="utf-8") as file:
            targets = json.load(file)
        return [os.path.relpath(path, self.folder) for target in targets
                if target["installed"] and target["build_by_default"] for path in target["filename"]]

    def compile(self, *targets):
        begun = time.monotonic()
        self.configure()
        run_logged(["ninja", "-C", self.folder, *targets], self.folder + ".ninja.log",
                   env=self.environment)
        say(f"   built {self.name} in {time.monotonic() - begun:.0f} s")

    def compile_tests(self):
        """Compiles what the tests start or read, without the benchmarks."""
        self.configure()
        self.compile(*self.installed(), TESTED)

    def test(self, *arguments, setup=None, multiplier=1, environment=None, label=None, log="testlog", within=(), name=None,
             is_tried_again=False):
        """Runs the Meson tests, their time limits multiplied; returns their sum.  Meson puts a label, which is the name of a
        wrapper, or else the name of the setup into the name of the log.  within: a command that starts Meson elsewhere."""
        begun = time.monotonic()
        ending = "".join([*(f"-{word}" for word in [label or setup] if word), ".json"])
        name = name or label or self.name
        # Each test has a limit of its own as well.
        command = [*within, "meson", "test", "-C", self.folder, "--no-rebuild", "--print-errorlogs",
                   f"--timeout-multiplier={multiplier}", *([f"--setup={setup}"] if setup else [])]
        environment = {**self.environment, **(environment or {})}
        mark = leftovers.Mark()
        try:
            done = run([*command, f"--logbase={log}", *arguments], TEST_SECONDS, env=environment)
        except OutOfTime:
            return self.read_part(name, log + ending, multiplier)
        again = functools.partial(self.try_again, mark, command, log, ending, environment) if is_tried_again else None
        return self.read_log(done, name, log + ending, multiplier, begun, again)

    def measure(self):
        """Runs the benchmarks one at a time, in their short forms: what they find, not how fast it is."""
        begun = time.monotonic()
        command = ["meson", "test", "-C", self.folder, "--benchmark", "--no-rebuild", "--print-errorlogs"]
        mark = leftovers.Mark()
        done = run([*command, "--logbase=benchmarklog"], TEST_SECONDS, env=self.environment)
        again = functools.partial(self.try_again, mark, command, "benchmarklog", ".json", self.environment)
        return self.read_log(done, f"{self.name}: benchmarks", "benchmarklog.json", 1, begun, again)

    def try_again(self, mark, command, log, ending, environment, programs):
        """Runs programs that failed once more, one at a time: on a machine with other work a program may wait in vain.
        Replaces their records in the log.  Returns False if there is no second run.  A program that is ended at its limit leaves
        files and processes: they go first, so that what is there at the end of the run was left by programs that pass."""
        newer = "again" + ending
        say(f"   failed, and run again by itself: {', '.join(programs)}")
        for what in mark.clear():
            say(f"   left behind by the first run: {what}")
        with contextlib.suppress(FileNotFoundError):
            os.remove(points.log_of(self.folder, newer))
        try:
            run([*command, "--logbase=again", *programs, *([] if "--benchmark" in command else ["--num-processes=1"])], TEST_SECONDS,
                env=environment)
            points.replace_records(self.folder, log + ending, newer)
        except (OutOfTime, FileNotFoundError):
            return False
        return True

    def read_part(self, label, log, multiplier):
        """The programs that ended before the time of the whole run was over."""
        total, seen = points.read_meson_log(self.folder, label, log, multiplier)
        total.add_unfinished(f"{label}: all programs but {len(seen)}")
        say(f"   {label}: {total.line()}; the time of the whole run is over")
        return total

    def read_log(self, done, label, log, multiplier, begun, again=None):
        if done.returncode < 0:
            raise Failure(f"meson test died of signal {-done.returncode}")
        total, programs = points.read_meson_log(self.folder, label, log, multiplier)
        failed = {name: one for name, one in programs.items() if one.failures}
        for line in total.remarks:
            say(line)
        if again and 0 < len(failed) <= MAX_TRIED_AGAIN and not total.has_finding and again(list(failed)):
            total, programs = points.read_meson_log(self.folder, label, log, multiplier)
            for name, one in failed.items():
                for line in programs[name].remarks:
                    say(line)
                if not programs[name].failures:
                    total.failed_once += one.failures
        elif done.returncode != 0 and not total.failures:
            total.add_failed(f"{label}: meson test ended with {done.returncode}")
        say(f"   {label}: {total.line()} in {time.monotonic() - begun:.0f} s")
        return total
