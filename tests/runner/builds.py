# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The build folders of a test run: configured when their options changed, built, tested."""

import functools
import os
import shutil
import subprocess
import time

import points
from limits import HOUR, MINUTE, Failure, run, show_end

EVERYTHING = ["-Dintrospection=enabled", "-Dvapi=enabled", "-Dwsinspect=enabled", "-Dinspector=enabled",
              "-Dbinding_tests=enabled", "-Ddocs=enabled", "-Dgnutls=enabled"]
# g-ir-scanner's program never ends under ASan with GnuTLS: p11-kit waits for a lock of the C library at exit.
WITHOUT_BINDINGS = ["-Dintrospection=disabled", "-Dvapi=disabled", "-Dinspector=enabled",
                    "-Dbinding_tests=disabled", "-Dgnutls=enabled"]
CORE_ONLY = ["-Dintrospection=disabled", "-Dvapi=disabled", "-Dinspector=disabled",
             "-Dbinding_tests=disabled", "-Dgnutls=enabled"]
SANITIZERS = ["-Db_sanitize=address,undefined", "-Db_lundef=false"]
TEST_SECONDS = 3 * HOUR
# A finding ends the program; a leak of a test is a finding.
SANITIZER_ENVIRONMENT = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1"
                    ":allocator_may_return_null=1:abort_on_error=0",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
}


def say(text):
    print(text, flush=True)


def show_log(log):
    with open(log, encoding="utf-8", errors="replace") as file:
        show_end(file.readlines())


def run_logged(command, log, seconds=HOUR, **options):
    """Runs a command into a log, whose end is shown if the command fails or reaches its limit."""
    try:
        with open(log, "w", encoding="utf-8") as file:
            done = run(command, seconds, log, stdout=file, stderr=subprocess.STDOUT, **options)
    except Failure:
        show_log(log)
        raise
    if done.returncode != 0:
        show_log(log)
        raise Failure(f"{' '.join(command[:3])} … failed ({done.returncode}); all of it is in {log}")


def judge_warnings(log):
    """A warning of Meson is an error of its next release; as those of the compiler it ends a run of CI."""
    with open(log, encoding="utf-8", errors="replace") as file:
        warnings = [line for line in file if "WARNING:" in line]
    if warnings and os.environ.get("CI"):
        raise Failure("Meson warns: " + "".join(warnings).strip())


@functools.cache
def packages(top):
    """The packages that tools/bootstrap lists here.  Meson remembers the programs that it did not find: if the list
    grows, the build folders are configured again."""
    done = run([os.path.join(top, "tools", "bootstrap"), "--list"], MINUTE, stdout=subprocess.PIPE, text=True)
    done.check_returncode()
    return done.stdout


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
        if os.path.exists(os.path.join(self.folder, "build.ninja")) and os.path.exists(note):
            with open(note, encoding="utf-8") as file:
                if file.read() == asked:
                    return
        shutil.rmtree(self.folder, ignore_errors=True)
        log = self.folder + ".setup.log"
        run_logged(["meson", "setup", self.folder, self.top, *self.options], log, env=self.environment)
        judge_warnings(log)
        with open(note, "w", encoding="utf-8") as file:
            file.write(asked)

    def compile(self, *targets):
        begun = time.monotonic()
        self.configure()
        run_logged(["ninja", "-C", self.folder, *targets], self.folder + ".ninja.log",
                   env=self.environment)
        say(f"   built {self.name} in {time.monotonic() - begun:.0f} s")

    def test(self, *arguments, multiplier=1, environment=None, label=None):
        """Runs the Meson tests, their time limits multiplied; returns their sum."""
        begun = time.monotonic()
        # Each test has a limit of its own as well.
        done = run(["meson", "test", "-C", self.folder, "--no-rebuild", "--print-errorlogs",
                    f"--timeout-multiplier={multiplier}", *arguments], TEST_SECONDS,
                   env={**self.environment, **(environment or {})})
        if done.returncode < 0:
            raise Failure(f"meson test died of signal {-done.returncode}")
        log = "testlog-" + label + ".json" if label else "testlog.json"
        total, _ = points.read_meson_log(self.folder, label or self.name, log, multiplier)
        if done.returncode != 0 and not total.failures:
            total.add_failed(f"{self.name}: meson test ended with {done.returncode}")
        for line in total.remarks:
            say(line)
        say(f"   {label or self.name}: {total.line()} in {time.monotonic() - begun:.0f} s")
        return total
