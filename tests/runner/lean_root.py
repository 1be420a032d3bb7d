#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""lean_root.py HIDDEN BOUND... -- COMMAND...: a command where this system has only some of its packages; root is needed.

The root is an overlay of this one, without the paths in the file HIDDEN; the folders BOUND are those of this system.  It costs
seconds, and ends with the command; a root of debootstrap (roots.py) costs minutes and a download.
Packages of "tools/bootstrap test" are all that the usual tests may need: where all is installed, no test is skipped."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import builds
import limits
import points
from limits import MINUTE, Failure

HERE = os.path.dirname(os.path.abspath(__file__))
DPKG = "/var/lib/dpkg/info"
FIELDS = "${db:Status-Status}\t${binary:Package}\t${Package}\t${Essential}\t${Priority}\t${Pre-Depends}, ${Depends}\t${Provides}\n"
# Folders that are searched without PATH, and that are not of dpkg.
BESIDE = ("/usr/local/lib", "/usr/local/share")
KERNEL = ("/proc", "/sys", "/dev")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
TRIAL = "--try"
# In programs of C that see more than the library: what they call.
SEEING = (b"g_test_skip", b"g_find_program_in_path", b"g_subprocess_new", b"g_spawn_", b"posix_spawn", b"execv", b"gtk_")
MERGED = re.compile(r"^/(bin|sbin|lib\w*)(?=/|$)")


class Package:
    def __init__(self, line):
        _, self.listed, self.name, essential, priority, depends, provides = line.split("\t")
        self.is_base = essential == "yes" or priority == "required" or self.name == "apt"
        self.depends = [names_in(group, "|") for group in depends.split(",")]
        self.provides = names_in(provides, ",")


def names_in(relations, separator):
    """The names in "name:any (>= 1), other"."""
    return [re.sub(r"[\s(\[:].*", "", one.strip()) for one in relations.split(separator) if one.strip()]


def read_packages(shown):
    return [Package(line) for line in shown.splitlines() if line.startswith("installed\t")]


def kept(packages, wanted):
    """The packages that a minimal system has after those that are wanted were installed, without recommended ones: of
    alternatives the first that is here, as apt chooses it."""
    named, provided = {}, {}
    for package in packages:
        named.setdefault(package.name, package)
        for name in package.provides:
            provided.setdefault(name, package)
    found = {}
    left = [package.name for package in packages if package.is_base] + list(wanted)
    while left:
        package = named.get(left[-1]) or provided.get(left[-1])
        left.pop()
        if package is None or package.name in found:
            continue
        found[package.name] = package
        for group in package.depends:
            here = [name for name in group if name in named] or [name for name in group if name in provided]
            left += here[:1]
    return [package for package in packages if package.name in found]


def hidden(of_kept, of_others):
    """The paths of other packages alone: a folder stands for all that is in it, also for what was made when it was installed."""
    paths = []
    for path in sorted(set(of_others) - set(of_kept), key=lambda path: path.split("/")):
        if not paths or not path.startswith(paths[-1] + "/"):
            paths.append(path)
    return paths


def files_of(packages):
    found = []
    for package in packages:
        with open(os.path.join(DPKG, package.listed + ".list"), encoding="utf-8", errors="surrogateescape") as file:
            found += [merged(line) for line in file.read().splitlines() if line != "/."]
    return found


def merged(path):
    """/lib is /usr/lib, as dpkg does not know."""
    return "/usr" + path if MERGED.match(path) and os.path.islink("/" + path.split("/")[1]) else path


def output_of(*command):
    done = limits.run(command, MINUTE, stdout=subprocess.PIPE, text=True)
    done.check_returncode()
    return done.stdout


class Lean:
    """A system with the packages of a purpose of tools/bootstrap."""

    def __init__(self, top, purpose):
        wanted = output_of(os.path.join(top, "tools", "bootstrap"), "--list", purpose).split()
        packages = read_packages(output_of("dpkg-query", "-W", "-f", FIELDS))
        self.kept = kept(packages, wanted)
        self.paths = hidden(files_of(self.kept), files_of(one for one in packages if one not in self.kept))
        self.known = set(self.paths)

    def has(self, path):
        """Whether a path of this system is there."""
        path = merged(os.path.realpath(path))
        parts = path.split("/")
        return os.path.exists(path) and not path.startswith(tuple(f"{place}/" for place in BESIDE)) and \
            not any("/".join(parts[:n]) in self.known for n in range(2, len(parts) + 1))

    def libraries_are_there(self, programs):
        """The programs whose libraries are there; ldd names the path of each after an arrow, or says that it is not found.
        It fails at a program of another machine, which no test starts itself."""
        # The name of a single program would not be shown.
        shown = limits.run(["ldd", *programs, "/bin/true"], MINUTE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
        good, program = set(), None
        for line in shown.splitlines():
            if line.endswith(":") and not line.startswith("\t"):
                program = line[:-1]
                good.add(program)
            elif found := re.search(r"=> (/\S+)", line):
                if not self.has(found[1]):
                    good.discard(program)
            elif "not found" in line:
                good.discard(program)
        return good

    def command(self, folder, bound, command):
        """A command that runs there; the folder has what it needs."""
        path = os.path.join(folder, "hidden")
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.writelines(one + "\n" for one in self.paths)
        return ["unshare", "--mount", "--", os.path.join(HERE, "lean_root.py"), path, *bound, "--", *command]


def is_program(path):
    try:
        with open(path, "rb") as file:
            return file.read(4) == b"\x7fELF"
    except OSError:
        return False


def may_differ(command):
    """Whether a test can see which packages there are: scripts, windows, and programs that skip points or start others."""
    if not is_program(command[0]):
        return True
    with open(command[0], "rb") as file:
        text = file.read()
    return any(word in text for word in SEEING)


def files_in(command, build):
    """Meson gives what is built as paths from the build folder."""
    paths = [os.path.join(build, word) for word in command]
    return [path for path, word in zip(paths, command) if word.startswith("/") or os.path.isfile(path)]


def possible(lean, build, tests):
    """The tests that may differ and whose commands name nothing that is missing: Meson found programs, and linked
    libraries, where all is installed."""
    words = {test["name"]: files_in(test["cmd"], build) for test in tests if may_differ(files_in(test["cmd"], build))}
    programs = sorted({word for found in words.values() for word in found if is_program(word)})
    linked = lean.libraries_are_there(programs) | {word for found in words.values() for word in found if word not in programs}
    # A file that does not exist here either is made by the test.
    return [name for name, found in words.items() if all(word in linked and (lean.has(word) or not os.path.exists(word)) for word in found)]


def mount(*words):
    limits.run(["mount", *words], MINUTE).check_returncode()


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        os.unlink(path)


def make_overlay(place):
    """The overlay's folder.  Files that are written there stay in memory, and go with this mount namespace."""
    mount("-t", "tmpfs", "tmpfs", place)
    upper, work, root = (os.path.join(place, name) for name in ("upper", "work", "root"))
    for folder in (upper, work, root):
        os.mkdir(folder)
    mount("-t", "overlay", "overlay", "-o", f"lowerdir=/,upperdir={upper},workdir={work}", root)
    return root


def enter(root):
    os.chroot(root)
    os.chdir("/")


def remove_in(root, paths):
    """In a process of its own, which sees the overlay alone: no folder of this system is mounted in it yet."""
    device = os.stat("/").st_dev
    process = os.fork()
    if process == 0:
        try:
            enter(root)
            if os.stat("/").st_dev == device:
                raise Failure("the overlay is not the root")
            for path in paths:
                remove(path)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if os.waitpid(process, 0)[1] != 0:
        raise Failure("the packages could not be hidden")


def is_possible(folder):
    """Whether this user may make an overlay of this system, which is one of packages."""
    command = ["unshare", "--mount", "--", os.path.join(HERE, "lean_root.py"), TRIAL, folder]
    return bool(shutil.which("dpkg-query")) and limits.run(command, MINUTE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def skipped():
    total = points.Sum()
    total.add_skipped("lean", "this user may not make an overlay of the system, or the system has no dpkg")
    return total


def test_without_window(top, root):
    """Where everything is installed no test is skipped, so nothing shows what a test does without its peer.  The tests of the window
    run there with tools/test itself, in --long."""
    build = builds.Build(top, root, "plain", builds.EVERYTHING)
    build.configure()
    with tempfile.TemporaryDirectory() as folder:
        if not is_possible(folder):
            return skipped()
        lean = Lean(top, "test")
        tests = [test for test in points.tests_of(build.folder, ["tests"]).values()
                 if not any(suite.endswith(":ui") for suite in test["suite"])]
        total = build.test(builds.PROCESSES, *possible(lean, build.folder, tests), setup="quick", multiplier=4, log="leanlog", name="lean",
                           within=lean.command(folder, [top, root], []), is_tried_again=True)
    builds.say(f"   {len(total.skips)} points are skipped there")
    total.judge(total.skips, "lean: tests without their peers are skipped")
    total.skips = []
    return total


def main(hidden_path, *words):
    if hidden_path == TRIAL:
        make_overlay(words[0])
        return
    bound, command = words[:words.index("--")], words[words.index("--") + 1:]
    with open(hidden_path, encoding="utf-8", errors="surrogateescape") as file:
        paths = file.read().splitlines()
    place = os.path.join(os.path.dirname(hidden_path), "place")
    os.makedirs(place, exist_ok=True)
    root = make_overlay(place)
    remove_in(root, [*paths, *BESIDE])
    for folder in (*KERNEL, "/tmp", *map(os.path.realpath, bound)):
        os.makedirs(root + folder, exist_ok=True)
        mount("--rbind", folder, root + folder)
    enter(root)
    limits.run(["ldconfig"], MINUTE)
    os.execvpe(command[0], command, {**os.environ, "PATH": PATH})


if __name__ == "__main__":
    main(*sys.argv[1:])
