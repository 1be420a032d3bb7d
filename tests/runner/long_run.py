# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The parts that only tools/test --long has; the whole run takes about four hours on two cores.

Each part starts a standard tool (llvm-cov, valgrind, abidiff, debootstrap); what is here says with which builds and tests."""

import os
import subprocess
import tempfile

import builds
import clean_root
import figures
import fuzz
import last_release
import lean_root
import library_alone
import machines
import points
import under_load
from builds import CORE_ONLY, EVERYTHING, SANITIZERS, WITHOUT_BINDINGS, Build, say
from limits import HOUR, Failure, run

# Targets that read every byte of a peer have ten minutes each, the others, of which there are many, one.
LONG_HUNT_SECONDS = 600
SHORT_HUNT_SECONDS = 60
TARGETS_OF_TEN_MINUTES = ("fuzz-frames", "fuzz-engine-server", "fuzz-engine-client",
                          "fuzz-stream")
# The window in other languages, the installed one, and programs that run a second time: the setup "sanitized" leaves them out.
SANITIZED_SUITES = ("languages", "black-box", "interop", "connection-tapped", "connection-watched", "endpoint-tapped", "endpoint-watched",
                    "endpoint-gio-tls")
# A third less time to compile, and reports still have files and lines.  GCC warns there of what only instrumented code does.
QUICKLY = ["-Doptimization=1", "-Dc_args=-g1", "-Dwerror=false"]
SUITES_OF_OTHER_SANITIZER = ("core", "traces", "session", "observe", "reactor", "connection", "endpoint")
N_DIFFERENTIAL_CASES = 1000000
N_HANDSHAKES = 100000
N_RESTARTED = 5000
N_IN_ROOMS = 3000
N_ROOMS = 100000
N_CONNECTS = 10000
VALGRIND = ("valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite"
            " --undef-value-errors=yes")


def hunt(top, root):
    return fuzz.run_all(top, root, lambda name: LONG_HUNT_SECONDS if name in TARGETS_OF_TEN_MINUTES
                        else SHORT_HUNT_SECONDS)


def sanitized_build(top, root, name, window):
    """With what a build may have and the plain one has not; the window is enabled or disabled."""
    build = Build(top, root, name, ["-Disal=enabled", "-Dwsinspect=enabled", f"-Dinspector={window}", *WITHOUT_BINDINGS, *SANITIZERS, *QUICKLY],
                  builds.SANITIZER_ENVIRONMENT)
    build.compile_tests()
    return build


def test_sanitized(top, root):
    # On a machine on which memory is slow, sanitized tests take three times as long.
    return sanitized_build(top, root, "sanitized", "disabled").test(builds.FEW_PROCESSES, setup="sanitized", multiplier=12,
                                                                      is_tried_again=True)


def sanitized_rest(top, root):
    build = sanitized_build(top, root, "sanitized-window", "enabled")
    total = build.test(builds.FEW_PROCESSES, "--suite=ui", setup="sanitized", multiplier=12)
    total.add(build.test(*(f"--suite={suite}" for suite in SANITIZED_SUITES), multiplier=4))
    return total


def other_libraries(top, root):
    """The table of behaviours, played with libraries that are not this one."""
    build = Build(top, root, "plain", EVERYTHING)
    build.compile_tests()
    return build.test("--suite=peers", log="peerslog")


def slow_tests(top, root):
    """Narrow windows in other languages and fonts, very many connections in one, and the code for another processor."""
    build = Build(top, root, "plain", EVERYTHING)
    build.compile_tests()
    return build.test("--suite=many", "--suite=narrow-texts", "--suite=neon", builds.PROCESSES, log="slowlog")


def every_capture(top, root):
    """The captures of the inspector's tests, read by wsinspect and by tshark."""
    build = Build(top, root, "plain", EVERYTHING)
    build.compile_tests()
    return build.test("--suite=every-capture", log="captureslog")


def other_compiler(top, root):
    """Clang warns of more than GCC; the fuzz targets show it the core only."""
    build = Build(top, root, "clang", [*EVERYTHING, "-Dwerror=true"], {"CC": "clang", "CXX": "clang++"})
    build.compile("all", builds.TESTED, builds.MEASURED)
    total = points.Sum()
    total.judge(True, "clang: compiles-everything")
    return total


def other_sanitizer(top, root):
    """Clang's UBSan stops at NULL + 0, which GCC's does not see: the layers on GLib, which the fuzz targets do not reach."""
    build = Build(top, root, "clang-sanitized", [*CORE_ONLY, "-Db_sanitize=undefined", "-Db_lundef=false"],
                  {"CC": "clang", "CXX": "clang++", **builds.SANITIZER_ENVIRONMENT})
    build.compile_tests()
    return build.test(*(f"--suite={suite}" for suite in SUITES_OF_OTHER_SANITIZER), multiplier=4)


def valgrind(top, root):
    """The programs of the core and of the APIs; interpreters have leaks of their own."""
    build = Build(top, root, "plain", EVERYTHING)
    build.compile_tests()
    return build.test(f"--wrapper={VALGRIND}", "--suite=core", "--suite=traces", "--suite=session",
                      "--suite=win32", multiplier=20, label="valgrind",
                      environment={"G_SLICE": "always-malloc"})


def find_program(top, root, name):
    """A program of the plain build."""
    build = Build(top, root, "plain", EVERYTHING)
    build.compile_tests()
    paths = [target["filename"][0] for target in fuzz.introspect(build, "--targets")
             if target["name"] == name]
    if not paths:
        raise Failure(f"there is no program {name}")
    return paths[0]


def run_test(label, *command, environment=None):
    """A test with more cases than it has otherwise, or one that the normal run leaves out."""
    done = run(command, HOUR, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})})
    say(done.stdout.rstrip())
    total = points.read_tap(label, done.stdout)
    if done.returncode != 0 and not total.failures:
        total.add_failed(f"{label}: ended with {done.returncode}")
    return total


def differential(top, root):
    """Our frame reader against libwslay's, on generated cases with a printed seed."""
    return run_test("differential", find_program(top, root, "diff-wslay"), str(N_DIFFERENTIAL_CASES))


def handshakes(top, root):
    """Neither a server of TLS nor a client grows with them."""
    total = points.Sum()
    for name, n in (("test-server-tls-growth", N_HANDSHAKES), ("test-client-tls-growth", N_CONNECTS)):
        total.add(run_test(name, find_program(top, root, name), "--tap", str(n)))
    return total


def of_library(build):
    """The environment in which a script loads the library of a build."""
    library = os.path.join(build.folder, "libwsproto")
    return {"GI_TYPELIB_PATH": library, "LD_LIBRARY_PATH": library, "PYTHONDONTWRITEBYTECODE": "1"}


def python_at_length(top, root):
    """A GiB each way, and a server's memory after as many connections as the issue of its override names."""
    build = Build(top, root, "plain", EVERYTHING)
    build.compile_tests()
    environment = {**of_library(build), "PYTHONPATH": os.path.join(top, "bindings", "python"),
                   "WSP_STREAM_BYTES": str(1 << 30), "WSP_MANY": "20000 100000"}
    total = points.Sum()
    for name in ("test_coroutines.py", "test_endings.py"):
        total.add(run_test(name, "/usr/bin/python3", os.path.join(top, "tests", "bindings", name), environment=environment))
    return total


def restarts_at_length(top, root):
    """Servers that replace each other at one socket: no client of this many is lost."""
    build = Build(top, root, "plain", EVERYTHING)
    build.compile_tests()
    return run_test("test-restart", find_program(top, root, "test-restart"), "--tap", environment={"WSP_RESTARTED": str(N_RESTARTED)})


def rooms_at_length(top, root):
    """Parts of a team of servers break at random, from a seed that is printed; and a server has many rooms in turn."""
    build = Build(top, root, "plain", EVERYTHING)
    build.compile_tests()
    environment = {**of_library(build), "PYTHONPATH": os.path.join(top, "bindings", "python")}
    total = points.Sum()
    for name, *arguments in (("test-rooms", "--clients", str(N_IN_ROOMS), "--seconds", "20", "--minutes", "10"),
                             ("test-requests", "--rooms", str(N_ROOMS))):
        total.add(run_test(name, os.path.join(top, "tests", "rooms", name), *arguments, environment=environment))
    return total


def compiled_lean(top, root):
    """tools/test where only its own packages are, from the beginning: Meson finds no more there."""
    total = points.Sum()
    for purpose, options in (("test", []), ("library", ["--library"])):
        with tempfile.TemporaryDirectory() as folder:
            if not lean_root.is_possible(folder):
                return lean_root.skipped()
            lean = lean_root.Lean(top, purpose)
            command = ["env", f"WSP_BUILD={os.path.join(root, 'lean')}", os.path.join(top, "tools", "test"), *options]
            done = run(lean.command(folder, [top, root], command), 3 * HOUR)
        total.judge(done.returncode == 0, f"lean: {' '.join(['tools/test', *options])} passes with the packages that it installs")
    return total


def find_window_test(top, root, name):
    build = Build(top, root, "plain", EVERYTHING)
    build.compile_tests()
    return next(test for test in fuzz.introspect(build, "--tests") if test["name"] == f"ui/{name}")


def run_window_test(top, root, label, name, *arguments):
    """A test of the window, which the normal run calls without these arguments."""
    test = find_window_test(top, root, name)
    return run_test(label, test["cmd"][0], find_program(top, root, f"test-{name}"), "--tap", *arguments,
                    environment=test["env"])


def closed_windows(top, root):
    """The normal run closes a window at each moment, and with each page and dialog; here each of one with all others."""
    return run_window_test(top, root, "closed windows", "closing", "--pairs")


def idle_windows(top, root):
    """The normal run watches each page of the window for a quarter of a second."""
    return run_window_test(top, root, "idle windows", "idle", "10000")


def window_tasks(top, root):
    """The normal run carries out twelve of the tasks that a user does by keyboard."""
    test = find_window_test(top, root, "tasks")
    programs = [find_program(top, root, name) for name in ("ws-inspector", "wsinspect")]
    return run_test("tasks of a user", *test["cmd"][:-len(programs)], *programs, "--all", environment=test["env"])


def other_machines(top, root):
    total = points.Sum()
    for name in machines.IN_LONG_RUN:
        total.add(machines.test_machine(top, root, name))
    return total


def more_peers(top, root):
    """Go, rustls and Firefox as clients, Go as a server, as far as they are installed."""
    folder = os.path.join(top, "tests", "interop")
    total = run_test("clients of TLS", os.path.join(folder, "test-serve-tls-more-clients"), find_program(top, root, "wire-server"))
    total.add(run_test("key logs", os.path.join(folder, "test-key-logs"), find_program(top, root, "wsinspect"), "more"))
    total.add(run_test("servers of TLS", os.path.join(folder, "test-connect-tls-servers"),
                       environment=of_library(Build(top, root, "plain", EVERYTHING))))
    return total


PARTS = (
    ("tests beside busy processes", under_load.test),
    ("conformance of other libraries", other_libraries),
    ("times of each capture", every_capture),
    ("slow tests", slow_tests),
    ("tools/test where only its own packages are", compiled_lean),
    ("the library in a tree without the inspector", library_alone.test),
    ("Debian packages, built again in another folder", clean_root.test_reproducible),
    ("Debian packages of the library alone", clean_root.test_library),
    ("RPM packages", clean_root.test_rpm),
    ("RPM packages of the library alone", clean_root.test_rpm_of_library),
    ("tests under ASan and UBSan that the normal run leaves out", sanitized_rest),
    ("fuzz targets: covered lines", fuzz.judge_coverage),
    ("everything compiled by Clang", other_compiler),
    ("tests under Clang's UBSan", other_sanitizer),
    ("differential against libwslay", differential),
    ("handshakes of TLS without growth", handshakes),
    ("peers with TLS that few machines have", more_peers),
    ("coroutines of Python at length", python_at_length),
    ("servers that replace each other", restarts_at_length),
    ("rooms whose servers break at random", rooms_at_length),
    ("windows closed at each moment", closed_windows),
    ("idle windows", idle_windows),
    ("tasks of a user by keyboard", window_tasks),
    ("valgrind", valgrind),
    ("packages in a clean root", clean_root.test_this_release),
    ("what programs of the last release rely on", last_release.compare),
    ("figures of CONTRIBUTING.md", figures.test_figures),
    ("other machines", other_machines),
    ("fuzz targets: the long budget", hunt),
)
