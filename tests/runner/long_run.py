# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The parts of tools/test --long only, which all end within an hour on two cores."""

import os
import subprocess

import clean_root
import fuzz
import points
from builds import EVERYTHING, Build, Failure, say

FUZZ_SECONDS = 600
# Targets that read every byte of a peer; the others share the rest of the hour.
TARGETS_OF_TEN_MINUTES = ("fuzz-frames", "fuzz-engine-server", "fuzz-engine-client",
                          "fuzz-stream")
N_DIFFERENTIAL_CASES = 1000000
N_HANDSHAKES = 100000
VALGRIND = ("valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite"
            " --undef-value-errors=yes")


def hunt(top, root):
    return fuzz.run_all(top, root, lambda name: FUZZ_SECONDS if name in TARGETS_OF_TEN_MINUTES
                        else FUZZ_SECONDS // 2)


def other_compiler(top, root):
    """Clang warns of more than GCC; the fuzz targets show it the core only."""
    Build(top, root, "clang", [*EVERYTHING, "-Dwerror=true"], {"CC": "clang", "CXX": "clang++"}).compile()
    total = points.Sum()
    total.judge(True, "clang: compiles-everything")
    return total


def valgrind(top, root):
    """The programs of the core and of the APIs; interpreters have leaks of their own."""
    build = Build(top, root, "plain", EVERYTHING)
    build.compile()
    return build.test(f"--wrapper={VALGRIND}", "--suite=core", "--suite=traces", "--suite=session",
                      "--suite=win32", multiplier=20, label="valgrind",
                      environment={"G_SLICE": "always-malloc"})


def find_program(top, root, name):
    """A program of the plain build."""
    build = Build(top, root, "plain", EVERYTHING)
    build.compile()
    paths = [target["filename"][0] for target in fuzz.introspect(build, "--targets")
             if target["name"] == name]
    if not paths:
        raise Failure(f"there is no program {name}")
    return paths[0]


def run_test(label, *command):
    """A test with more cases than it has otherwise, or one that the normal run leaves out."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, check=False)
    say(done.stdout.rstrip())
    total = points.read_tap(label, done.stdout)
    if done.returncode != 0 and not total.failures:
        total.add_failed(f"{label}: ended with {done.returncode}")
    return total


def differential(top, root):
    """Our frame reader against libwslay's, on generated cases with a printed seed."""
    return run_test("differential", find_program(top, root, "diff-wslay"), str(N_DIFFERENTIAL_CASES))


def handshakes(top, root):
    """A server of TLS does not grow with them."""
    program = find_program(top, root, "test-server-tls-growth")
    return run_test("handshakes", program, "--tap", str(N_HANDSHAKES))


def more_clients(top, root):
    """Go, rustls and Firefox, as far as they are installed."""
    return run_test("clients of TLS", os.path.join(top, "tests", "interop", "test-serve-tls-more-clients"),
                    find_program(top, root, "wsinspect"))


PARTS = (
    ("fuzz targets: the long budget", hunt),
    ("fuzz targets: covered lines", fuzz.judge_coverage),
    ("everything compiled by Clang", other_compiler),
    ("differential against libwslay", differential),
    ("handshakes of TLS without growth", handshakes),
    ("clients of TLS that few machines have", more_clients),
    ("valgrind", valgrind),
    ("packages in a clean root", clean_root.test_installed),
)
