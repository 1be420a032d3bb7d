# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The fuzz targets: corpus replay, a budget of seconds each, and the lines they cover.

libFuzzer runs one target; this finds the targets and their corpora, and checks the lines they cover."""

import concurrent.futures
import json
import os
import re
import shutil
import subprocess

import builds
import points
from builds import CORE_ONLY, SANITIZERS, Build, say
from limits import HOUR, MINUTE, Failure, run

# Shared libraries get what libFuzzer's calls need from the program; no sanitizer has it here.
COVERAGE = ["-Dc_args=-fprofile-instr-generate -fcoverage-mapping",
            "-Dc_link_args=-fprofile-instr-generate", "-Db_lundef=false"]
COVERED_FOLDERS = ("frames", "handshake", "stream", "engine")
MIN_COVERED = 80.0


def sanitized_build(top, root):
    return Build(top, root, "fuzz", ["-Dfuzz=true", *CORE_ONLY, *SANITIZERS],
                 {"CC": "clang", **builds.SANITIZER_ENVIRONMENT})


def covered_build(top, root):
    # Programs that Meson runs while configuring must write no profile.
    return Build(top, root, "covered", ["-Dfuzz=true", *CORE_ONLY, *COVERAGE],
                 {"CC": "clang", "LLVM_PROFILE_FILE": os.devnull})


def output_of(*command):
    done = run(command, 5 * MINUTE, stdout=subprocess.PIPE, text=True)
    done.check_returncode()
    return done.stdout


def introspect(build, what):
    return json.loads(output_of("meson", "introspect", build.folder, what))


def targets(build):
    """Path of each fuzz-… program of tests/fuzz, by its name."""
    found = {}
    for target in introspect(build, "--targets"):
        if target["type"] == "executable" and target["name"].startswith("fuzz-"):
            found[target["name"]] = target["filename"][0]
    return found


def compile_targets(build):
    build.configure()
    found = targets(build)
    if not found:
        raise Failure("tests/fuzz has no targets")
    build.compile(*(os.path.relpath(path, build.folder) for path in found.values()))
    return found


def make_corpus(top, root):
    """The seeds are kept as text; libFuzzer needs a folder of binary files for each target."""
    corpus = os.path.join(root, "corpus")
    maker = os.path.join(top, "tests", "fuzz", "make-corpus")
    if not os.path.exists(maker):
        raise Failure("tests/fuzz has no make-corpus")
    seeds = os.path.join(corpus, "seeds")
    shutil.rmtree(seeds, ignore_errors=True)
    os.makedirs(seeds)
    builds.run_logged([maker, seeds], os.path.join(root, "corpus.log"))
    return corpus


def seeds_of(corpus, name):
    folder = os.path.join(corpus, "seeds", name.removeprefix("fuzz-"))
    if not os.path.isdir(folder) or not os.listdir(folder):
        raise Failure(f"{name} has no seeds")
    return folder


def found_of(corpus, name):
    """The findings of earlier runs: never in the tree, used again by the next run."""
    folder = os.path.join(corpus, "found", name.removeprefix("fuzz-"))
    os.makedirs(folder, exist_ok=True)
    return folder


def run_target(build, path, log, seconds, arguments):
    with open(log, "w", encoding="utf-8") as file:
        done = run([path, *arguments], seconds, log, stdout=file, stderr=subprocess.STDOUT, env=build.environment)
    with open(log, encoding="utf-8", errors="replace") as file:
        return done.returncode, file.read()


def executions(shown):
    match = re.search(r"stat::number_of_executed_units:\s*(\d+)", shown)
    return int(match.group(1)) if match else 0


def replay(build, corpus, name, path):
    log = os.path.join(build.folder, f"{name}.replay.log")
    folders = [seeds_of(corpus, name), found_of(corpus, name)]
    status, shown = run_target(build, path, log, HOUR, ["-runs=0", *folders])
    return status == 0, f"{name}/corpus-replay", shown


def hunt(build, corpus, name, path, seconds):
    log = os.path.join(build.folder, f"{name}.hunt.log")
    status, shown = run_target(build, path, log, seconds + 5 * MINUTE, [
        f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1",
        f"-artifact_prefix={build.folder}/{name}-", found_of(corpus, name), seeds_of(corpus, name)])
    say(f"   {name}: {executions(shown)} executions in {seconds} s")
    return status == 0 and executions(shown) > 0, f"{name}/{seconds}-seconds", shown


def judge(total, outcome):
    is_ok, name, shown = outcome
    total.judge(is_ok, f"fuzz: {name}")
    if not is_ok:
        say("\n".join(shown.splitlines()[-30:]))


def run_all(top, root, seconds_of):
    """Corpus replay and a budget for each target, as many at a time as there are processors."""
    build = sanitized_build(top, root)
    found = compile_targets(build)
    corpus = make_corpus(top, root)
    total = points.Sum()
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        for outcome in pool.map(lambda item: replay(build, corpus, *item), found.items()):
            judge(total, outcome)
        # The longest first, so that no processor waits for one target at the end.
        order = sorted(found.items(), key=lambda item: -seconds_of(item[0]))
        for outcome in pool.map(lambda item: hunt(build, corpus, *item, seconds_of(item[0])), order):
            judge(total, outcome)
    return total


def tool_of_clang(name):
    """llvm-cov must be of the clang that built the program; Debian puts the version in its name."""
    version = re.search(r"version (\d+)", output_of("clang", "--version")).group(1)
    for candidate in (f"{name}-{version}", f"/usr/lib/llvm-{version}/bin/{name}", name):
        if shutil.which(candidate):
            return candidate
    raise Failure(f"{name} of clang {version} is not installed")


def profile_target(build, corpus, name, path):
    """One replay of all inputs, as a profile of covered lines."""
    raw = os.path.join(build.folder, f"{name}.profraw")
    done = run([path, "-runs=0", seeds_of(corpus, name), found_of(corpus, name)], HOUR,
               env={**build.environment, "LLVM_PROFILE_FILE": raw}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Failure(f"{name} does not replay its corpus when built for covered lines")
    return raw


def covered_lines(top, program, profile, more=()):
    """(covered, all) lines of each folder of the core, as llvm-cov counts them."""
    command = [tool_of_clang("llvm-cov"), "export", "-summary-only", f"-instr-profile={profile}",
               program, *(f"-object={path}" for path in more)]
    lines = {}
    for file in json.loads(output_of(*command))["data"][0]["files"]:
        path = os.path.relpath(os.path.realpath(file["filename"]), os.path.realpath(top))
        match = re.match(r"libwsproto/core/(\w+)/.*\.c$", path)
        if match:
            count = file["summary"]["lines"]
            covered, n_lines = lines.get(match.group(1), (0, 0))
            lines[match.group(1)] = (covered + count["covered"], n_lines + count["count"])
    return lines


def merge_profiles(build, raws, name):
    profile = os.path.join(build.folder, f"{name}.profdata")
    output_of(tool_of_clang("llvm-profdata"), "merge", "-sparse", "-o", profile, *raws)
    return profile


def say_covered(name, lines):
    for folder, (covered, n_lines) in sorted(lines.items()):
        say(f"   {name}: {folder}/ {covered} of {n_lines} lines, {100 * covered / n_lines:.1f} %")


def judge_coverage(top, root):
    """The coverage of each target, and the minimum for all of them."""
    build = covered_build(top, root)
    found = compile_targets(build)
    corpus = os.path.join(root, "corpus")
    raws = []
    for name, path in found.items():
        raw = profile_target(build, corpus, name, path)
        raws.append(raw)
        say_covered(name, covered_lines(top, path, merge_profiles(build, [raw], name)))
    paths = list(found.values())
    lines = covered_lines(top, paths[0], merge_profiles(build, raws, "all"), paths[1:])
    say_covered("all targets", lines)
    total = points.Sum()
    for folder in COVERED_FOLDERS:
        covered, n_lines = lines.get(folder, (0, 1))
        total.judge(100 * covered >= MIN_COVERED * n_lines,
                    f"fuzz: {folder}-covered-{MIN_COVERED:.0f}-percent")
    return total
