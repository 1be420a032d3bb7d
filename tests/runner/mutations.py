# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Mutations: does a test fail for each mutant?

A copy of the tree is built once with all mutants (mutants.py), and one is broken by its number in the environment.
First every test program runs unbroken and notes which mutants it has seen with the value that would change, point by
point; a mutant is then tried only in those points.  First the shortest points of each program try, then all that take
little time, and in the end the slow ones.  The program that noticed a mutant in an earlier run comes first, then those
that notice much of its file in little time.

The sanitizers notice what no assertion does, and slow each try down.  A run without them has a folder of its own.

docs/rationales/build-and-tests.md has the reasons."""

import collections
import hashlib
import json
import os
import queue
import re
import shutil
import subprocess
import threading
import time

import builds
import mutants
from limits import HOUR, MINUTE, Failure, run
from looks import Look, look
from mutants import is_in, key_of
from programs import Limit, Program, play, play_patiently

LIBRARY, INSPECT = "libwsproto", "tools/ws-inspector/inspect"
SESSION = ("base", "limits", "http", "session", "tap", "handshake")
# Suites, with the folders that their programs are linked with, and all that is below these.
SUITES = {
    "core": [f"{LIBRARY}/core", f"{LIBRARY}/pages"],
    "random": [f"{LIBRARY}/random"],
    "system": [f"{LIBRARY}/system"],
    "log": [f"{LIBRARY}/log"],
    "traces": [f"{LIBRARY}/{name}" for name in ("core", "random", *SESSION, "win32")],
    "win32": [f"{LIBRARY}/{name}" for name in ("core", "random", "win32")],
    "session": [f"{LIBRARY}/{name}" for name in ("core", "random", "log", *SESSION)],
    "reactor": [f"{LIBRARY}/{name}" for name in ("system", "core", "log", *SESSION, "reactor")],
    "connection": [f"{LIBRARY}/{name}" for name in ("core", "log", *SESSION, "reactor", "attach", "connection")],
    "observe": [f"{LIBRARY}/{name}" for name in ("core", "log", *SESSION, "observe", "reactor", "attach", "connection")],
    "endpoint": [f"{LIBRARY}/{name}" for name in ("system", "core", "log", *SESSION, "observe", "reactor", "attach", "connection", "endpoint")],
    "inspector": [f"{INSPECT}/{name}" for name in ("store", "capture", "decode", "filter", "sources/files", "sources/packets", "save", "show", "compose", "targets")],
}
FOLDERS = list(dict.fromkeys(folder for folders in SUITES.values() for folder in folders))
REASONS = "tests/mutants.allow"
OPTIONS = ["-Dtests=true", "-Dbuildtype=debug", "-Doptimization=2", "-Dpython=/usr/bin/python3",
           "-Disal=enabled", *builds.CORE_ONLY]
PLAIN = "--plain"               # without sanitizers
LEAST_SECONDS = 30              # broken points are given that, and five times what they took unbroken
LEAST_SILENCE = 10              # the same for the time in which they print nothing
FEW_POINTS = 80                 # that many of a program, the shortest, are tried before all that can notice it
FEW_SECONDS = 6                 # or as many as take that long
FEW_PROGRAMS = 12
MIRROR_HITS = 10                # a program that mirrors the file counts as if it had noticed so many of its mutants
QUICK_SECONDS = 10              # points of a program that take less are quick; mutants with a reason are tried only there
# Options, with the kinds that they try; without one it is the rules.
RULES = ("row", "cell")
KINDS = {"--conditions": "condition", "--comparisons": "comparison"}


def read_text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def is_covered(name):
    return name.endswith((".c", ".h")) and name.startswith(tuple(folder + "/" for folder in FOLDERS))


def is_result_of(name):
    """Whether a change of this file may change a result."""
    return name != REASONS and not name.startswith("tests/runner/") and \
        (name.startswith((LIBRARY + "/", INSPECT + "/", "tests/")) or os.path.basename(name).startswith("meson"))


def is_mirror(one, program):
    """Whether the program tests this file by its name: connection/time and wsp-connection-time.c."""
    stem = re.sub(r"^wsp-|(-private)?\.[ch]$", "", os.path.basename(one.file))
    return program.name.replace("/", "-").endswith(stem)


class Tree:
    """The copy that is built."""

    def __init__(self, top, folder, is_plain):
        self.top = top
        self.options = OPTIONS + ([] if is_plain else builds.SANITIZERS)
        self.source = os.path.join(folder, "tree")
        self.build = os.path.join(folder, "build")
        self.helpers = os.path.join(folder, "mutants.h")
        self.state = os.path.join(folder, "mutants.o")
        self.log = os.path.join(folder, "build.log")
        self.mutants = []
        self.stamp = hashlib.sha256()

    def tracked_files(self):
        listed = run(["git", "-C", self.top, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], MINUTE,
                     stdout=subprocess.PIPE, text=True)
        listed.check_returncode()
        return sorted(name for name in listed.stdout.split("\0")
                      if name and os.path.isfile(os.path.join(self.top, name)))

    def write(self, name, data):
        path = os.path.join(self.source, name)
        if is_result_of(name):
            self.stamp.update(name.encode() + data)
        if os.path.exists(path):
            with open(path, "rb") as file:
                if file.read() == data:
                    return
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
        shutil.copymode(os.path.join(self.top, name), path)

    def copy(self):
        texts = {}
        for name in self.tracked_files():
            with open(os.path.join(self.top, name), "rb") as file:
                texts[name] = file.read()
        rules = mutants.find_rules(*(texts[name].decode() for name in (mutants.ROWS, mutants.LIFE)))
        self.mutants += rules
        for name, data in texts.items():
            if is_covered(name):
                text = data.decode()
                found, edits = mutants.find_mutants(name, text, len(self.mutants), rules)
                self.mutants += found
                data = mutants.instrument(text, edits).encode()
            self.write(name, data)
        for folder, _, files in os.walk(self.source):
            for file in files:
                if os.path.relpath(os.path.join(folder, file), self.source) not in texts:
                    os.unlink(os.path.join(folder, file))
        # Every object depends on it: an unchanged one keeps its time.
        if not os.path.exists(self.helpers) or read_text(self.helpers) != mutants.HELPERS:
            with open(self.helpers, "w", encoding="utf-8") as file:
                file.write(mutants.HELPERS)

    def run(self, command):
        builds.run_logged(command, self.log)

    def choose(self, kinds, places):
        """The mutants of these kinds and places, in that order, and the suites that can see one of them."""
        of_kinds = [one for one in self.mutants if one.kind in kinds]
        chosen = [one for one in of_kinds if not places]
        for place in places:
            chosen += [one for one in of_kinds if is_in(one, place) and one not in chosen]
        if not chosen:
            raise Failure(f"no {' or '.join(kinds)} in {' '.join(places)}; the folders are {' '.join(FOLDERS)}")
        touched = [folder for folder in FOLDERS if any(one.file.startswith(folder + "/") for one in chosen)]
        return chosen, [suite for suite, folders in SUITES.items() if not set(folders).isdisjoint(touched)]

    def compile_state(self):
        """Each library and each program is linked with a state of its own: some tests link a folder alone."""
        source = self.state[:-1] + "c"
        with open(source, "w", encoding="utf-8") as file:
            file.write(mutants.STATE % (mutants.BROKEN, mutants.SEEN, len(self.mutants)))
        self.run(["cc", "-c", "-fPIC", "-fvisibility=hidden", "-o", self.state, source])

    def compile(self, suites):
        self.compile_state()
        if not builds.is_set_up(self.build, self.source):
            shutil.rmtree(self.build, ignore_errors=True)
            self.run(["meson", "setup", self.build, self.source, *self.options,
                      f"-Dc_args=-include{self.helpers} -Wno-all -Wno-extra", f"-Dc_link_args={self.state}"])
        # A program that was added since then is known to Meson only after this.
        self.run(["ninja", "-C", self.build, "build.ninja"])
        built = {target["id"]: target["filename"] for target in self.introspect("targets")}
        paths = {path for files in built.values() for path in files}
        tests = [test for test in self.introspect("tests")
                 if test["cmd"][0] in paths and any(own.split(":")[1] in suites for own in test["suite"])]
        self.programs = [self.program_of(test, paths) for test in tests]
        needed = {path for test in tests for target in test["depends"] for path in built[target]}
        self.run(["ninja", "-C", self.build, *(os.path.relpath(path, self.build) for path in sorted(needed))])

    def program_of(self, test, paths):
        """Meson gives libraries as paths from the build folder, in which it starts tests."""
        def whole(word):
            path = os.path.normpath(os.path.join(self.build, word))
            return path if path in paths else word

        environment = {name: whole(value) for name, value in self.environment_of(test).items()}
        return Program(test["name"], [whole(word) for word in test["cmd"]], environment)

    def introspect(self, what):
        with open(os.path.join(self.build, "meson-info", f"intro-{what}.json"), encoding="utf-8") as file:
            return json.load(file)

    @staticmethod
    def environment_of(test):
        """Meson's own, with the sanitizers' options of both."""
        environment = {**os.environ, **test["env"], **builds.SANITIZER_ENVIRONMENT}
        environment["ASAN_OPTIONS"] += ":" + test["env"].get("ASAN_OPTIONS", "")
        return environment


class Run:
    def __init__(self, tree, folder, reasons):
        self.tree = tree
        self.folder = folder
        self.reasons = reasons
        self.notes_path = os.path.join(folder, "results.json")
        self.looks = {}             # program -> what it sees with the value that would change
        self.results = {}           # number of a mutant -> how a test failed, or None
        self.earlier = {}           # key of a mutant -> program that noticed it, of whatever tree
        self.hits = collections.Counter()   # (file, program) -> how many mutants it noticed
        self.dependent = set()      # programs with points that fail alone, although nothing is broken
        self.lock = threading.Lock()
        self.failure = None

    def in_parallel(self, work, items):
        todo = queue.SimpleQueue()
        for item in items:
            todo.put(item)

        def go_on():
            try:
                while self.failure is None:
                    work(todo.get_nowait())
            except queue.Empty:
                pass
            except (Failure, OSError) as fault:
                self.failure = fault

        # taskset can give the run fewer of the machine's processors.
        workers = [threading.Thread(target=go_on) for _ in os.sched_getaffinity(0)]
        for worker in workers:
            worker.start()
        try:
            for worker in workers:
                worker.join()
        except KeyboardInterrupt:
            self.failure = Failure("interrupted: the next run goes on from here")
            for worker in workers:
                worker.join()
        if self.failure is not None:
            raise self.failure

    def look(self, program):
        path = self.look_path(program)
        # A time limit may run out once where the machine is busy.
        for _ in range(2):
            found = look(program, self.tree.build, path + ".seen", len(self.tree.mutants),
                         mutants.SEEN)
            if isinstance(found, Look):
                break
        else:
            raise Failure(f"a test fails although nothing is broken: {found}")
        found.save(path, self.stamp)
        with self.lock:
            self.looks[program.name] = found

    def look_path(self, program):
        return os.path.join(self.folder, "look-" + program.name.replace("/", "-"))

    def begin(self):
        """Keeps the findings of an earlier run of the same tree, and the order from one of another tree."""
        self.stamp = self.tree.stamp.hexdigest()
        try:
            with open(self.notes_path, encoding="utf-8") as file:
                notes = json.load(file)
        except (OSError, ValueError):
            notes = {}
        if notes.get("stamp") == self.stamp:
            self.results = {int(number): text for number, text in notes["results"].items()}
        self.earlier = notes.get("earlier", {})
        for program in self.tree.programs:
            found = Look.load(self.look_path(program), self.stamp)
            if found:
                self.looks[program.name] = found
        self.in_parallel(self.look, [program for program in self.tree.programs if program.name not in self.looks])

    def save(self):
        notes = {"stamp": self.stamp, "results": self.results, "earlier": self.earlier}
        with open(self.notes_path + ".new", "w", encoding="utf-8") as file:
            json.dump(notes, file)
        os.replace(self.notes_path + ".new", self.notes_path)

    def candidates(self, one):
        """The programs in which it makes a difference, the most promising first."""
        def rank(program):
            hits = 1 + self.hits[one.file, program.name] + (MIRROR_HITS if is_mirror(one, program) else 0)
            return program.name != self.earlier.get(key_of(one)), self.looks[program.name].seconds_of(one.number) / hits

        return sorted((program for program in self.tree.programs if one.number in self.looks[program.name].seen),
                      key=rank)

    def is_quick(self, one, program):
        return self.looks[program.name].seconds_of(one.number) < QUICK_SECONDS

    def play_points(self, one, program, points):
        """How the broken program fails in these points, or in all of them if there are none."""
        found = self.looks[program.name]
        seconds = sum(point[1] for point in points) if points else found.seconds
        silence = max(point[2] for point in points) if points else found.silence
        limit = Limit(LEAST_SECONDS + 5 * seconds, LEAST_SILENCE + 5 * silence)
        arguments = [argument for point in points for argument in ("-p", point[0])]
        failed = play_patiently(program, self.tree.build, limit, arguments=arguments, **{mutants.BROKEN: str(one.number)})
        if failed and points and play(program, self.tree.build, limit, arguments=arguments):
            self.dependent.add(program.name)
            return None
        return failed

    def play_until_noticed(self, one, plan):
        """The plan says which points of which programs try, in order."""
        for program, points in plan:
            failed = self.play_points(one, program, points)
            if failed:
                with self.lock:
                    self.hits[one.file, program.name] += 1
                    self.earlier[key_of(one)] = program.name
                return failed
        return None

    def choose_few(self, one, program):
        """All points of a program that mirrors the file, if they are quick; else some."""
        points = self.looks[program.name].points_of(one.number)
        if program.name in self.dependent:
            return []
        if is_mirror(one, program) and self.is_quick(one, program):
            return points
        return [point for i, point in enumerate(points[:FEW_POINTS])
                if sum(earlier[1] for earlier in points[:i + 1]) < FEW_SECONDS]

    def report(self, one, text):
        rate = (len(self.results) - self.n_before) / max(time.monotonic() - self.begun, 1) * 60
        n_done = sum(chosen.number in self.results for chosen in self.chosen)
        print(f"[{n_done}/{len(self.chosen)}, {rate:.0f} a minute] "
              f"{one.file}:{one.line} {one.function}: {one.what}: {text}", flush=True)

    def note(self, one, failed, text):
        with self.lock:
            self.results[one.number] = failed
            self.save()
            self.report(one, failed or text)

    def try_few(self, one):
        candidates = self.candidates(one)
        plan = ((program, self.choose_few(one, program)) for program in candidates[:FEW_PROGRAMS])
        failed = self.play_until_noticed(one, ((program, points) for program, points in plan if points))
        if failed or not candidates:
            self.note(one, failed, "SURVIVED: no test sees it change")
        else:
            self.report(one, "few points do not notice it")

    def try_quick(self, one):
        candidates = self.candidates(one)
        quick = [program for program in candidates if self.is_quick(one, program)]
        failed = self.play_until_noticed(one, self.plan_all(one, quick))
        has_more = key_of(one) not in self.reasons and len(quick) < len(candidates)
        if failed or not has_more:
            self.note(one, failed, "SURVIVED")
        else:
            self.report(one, "no quick point notices it")

    def try_slow(self, one):
        slow = [program for program in self.candidates(one) if not self.is_quick(one, program)]
        self.note(one, self.play_until_noticed(one, self.plan_all(one, slow)), "SURVIVED")

    def plan_all(self, one, programs):
        for program in programs:
            if program.name not in self.dependent:
                yield program, self.looks[program.name].points_of(one.number)
            # It may have been found out just now.
            if program.name in self.dependent:
                yield program, []

    def go(self, kinds, places):
        self.tree.copy()
        self.chosen, suites = self.tree.choose(kinds, places)
        self.tree.compile(suites)
        self.begin()
        self.n_before = len(self.results)
        self.begun = time.monotonic()
        for try_one in self.try_few, self.try_quick, self.try_slow:
            self.in_parallel(try_one, [one for one in self.chosen if one.number not in self.results])


def read_reasons(top):
    """Key of a mutant -> why no test can notice it."""
    reasons = {}
    with open(os.path.join(top, REASONS), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                key, _, reason = line.rstrip("\n").partition(" -- ")
                if not reason:
                    raise Failure(f"{REASONS}: expected MUTANT -- REASON, received {line.strip()}")
                reasons[key] = reason
    return reasons


def read_arguments(arguments):
    """Whether the run goes without sanitizers, the kinds that it tries, and its places."""
    options = [argument for argument in arguments if argument.startswith("-")]
    unknown = [option for option in options if option not in KINDS and option != PLAIN]
    if unknown:
        raise Failure(f"no such option: {' '.join(unknown)}; there are {' '.join(KINDS)} {PLAIN}")
    kinds = tuple(KINDS[option] for option in options if option in KINDS)
    return PLAIN in options, kinds or RULES, [argument for argument in arguments if argument not in options]


def main(top, root, arguments):
    begun = time.monotonic()
    is_plain, kinds, places = read_arguments(arguments)
    folder = os.path.join(root, "mutations-plain" if is_plain else "mutations")
    os.makedirs(folder, exist_ok=True)
    reasons = read_reasons(top)
    run = Run(Tree(top, folder, is_plain), folder, reasons)
    run.go(kinds, places)
    survivors = {key_of(one) for one in run.chosen if run.results[one.number] is None}
    tried = {key_of(one) for one in run.chosen}
    unexplained = sorted(survivors - set(reasons))
    stale = [key for key in reasons if key in tried - survivors]
    for key in unexplained:
        print(f"survived: {key}")
    for key in stale:
        print(f"stands in {REASONS} but no longer survives: {key}")
    print(f"{len(tried)} mutants, {len(tried) - len(survivors)} noticed, {len(survivors) - len(unexplained)} with a reason, "
          f"{len(unexplained)} survived, {time.monotonic() - begun:.0f} s")
    return 1 if unexplained or stale else 0
