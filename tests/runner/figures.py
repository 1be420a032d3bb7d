#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""figures.py [--write] TOP BUILD-ROOT: how much tools/bootstrap installs on a bare Debian 12, beside CONTRIBUTING.md.

The figures are apt's, of a clean root.  --write brings the table up to date, else figures that have changed much are an error:
a release of Debian changes them a little with each of its updates.
apt counts for the machine it is on; this asks it on a bare one."""

import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import limits
import points
import roots
from builds import say
from limits import MINUTE, Failure

SUITE = "bookworm"
PURPOSES = ("run", "window", "package", "library", "test", "full")
ROW = re.compile(r"^(\| `tools/bootstrap (\w+)` \|[^|]*)\| (\d+) \| (\d+) MB \|$", re.M)
README_ROW = re.compile(r"^(\| `(tools/\w+(?: [\w-]+)?)`( with a display)? \|[^|]*)\| (\d+) MB \|", re.M)
COMMANDS = {"tools/run": "run", "tools/run with a display": "window", "tools/package debian": "package",
            "tools/test --library": "library", "tools/test": "test", "tools/test --full": "full"}
APT = ["apt-get", "--assume-no", "--no-install-recommends", "install"]
CHANGE = 0.05


def read_apt(shown):
    """Packages and megabytes, as apt says them before it installs."""
    count = re.search(r"(\d+) newly installed", shown)
    size = re.search(r"^Need to get ([\d.,]+) ([kMG]?)B", shown, re.M)
    if count is None or size is None:
        raise Failure(f"apt said no sizes:\n{shown[-1000:]}")
    return int(count[1]), round(float(size[1].replace(",", "")) * {"k": 1e-3, "M": 1, "G": 1e3}[size[2]])


def output_in(root, *command):
    return limits.run(roots.chroot_command(root, list(command)), 10 * MINUTE, stdout=subprocess.PIPE, text=True,
                      env=roots.ENVIRONMENT).stdout


def measure(top, build_root):
    root = os.path.join(build_root, "roots", SUITE + "-figures")
    roots.make(root, SUITE)
    roots.run(root, ["apt-get", "-q", "update"])
    roots.run(root, ["mkdir", "-p", "/tree/tools"])
    with open(os.path.join(top, "tools", "bootstrap"), encoding="utf-8") as source, \
            open(os.path.join(root, "tree/tools/bootstrap"), "w", encoding="utf-8") as file:
        file.write(source.read())
    found = {}
    for purpose in PURPOSES:
        packages = output_in(root, "sh", "/tree/tools/bootstrap", "--list", purpose).split()
        found[purpose] = read_apt(output_in(root, *APT, *packages))
        say(f"   {purpose}: {found[purpose][0]} packages, {found[purpose][1]} MB to fetch")
    roots.remove(root)
    return found


def written(text):
    return {match[2]: (int(match[3]), int(match[4])) for match in ROW.finditer(text)}


def written_in_readme(text):
    """The megabytes of README.md, which has those of CONTRIBUTING.md, by purpose."""
    return {COMMANDS.get(match[2] + (match[3] or "")): int(match[4]) for match in README_ROW.finditer(text)}


def is_near(figure, other):
    return abs(figure - other) <= max(1, CHANGE * other)


def differences(found, text):
    """A line for each purpose whose figures in the text are not those that were found."""
    rows = written(text)
    lines = []
    for purpose, (n_packages, megabytes) in found.items():
        row = rows.get(purpose)
        if row is None or not is_near(row[0], n_packages) or not is_near(row[1], megabytes):
            lines.append(f"{purpose}: CONTRIBUTING.md has {row}, apt says {n_packages} packages and {megabytes} MB")
    return lines


def test_figures(top, build_root):
    with open(os.path.join(top, "CONTRIBUTING.md"), encoding="utf-8") as file:
        text = file.read()
    wrong = differences(measure(top, build_root), text)
    for line in wrong:
        say(f"   {line}")
    total = points.Sum()
    total.judge(not wrong, "figures: CONTRIBUTING.md says how much tools/bootstrap installs")
    return total


def replace_in(path, pattern, replacement):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(pattern.sub(replacement, text))


def write(top, build_root):
    found = measure(top, build_root)
    replace_in(os.path.join(top, "CONTRIBUTING.md"), ROW, lambda row: f"{row[1]}| {found[row[2]][0]} | {found[row[2]][1]} MB |")
    replace_in(os.path.join(top, "README.md"), README_ROW,
               lambda row: f"{row[1]}| {found[COMMANDS[row[2] + (row[3] or '')]][1]} MB |")
    return 0


def main(*arguments):
    try:
        if arguments[0] == "--write":
            return write(*arguments[1:])
        return 1 if test_figures(*arguments).failures else 0
    except Failure as failure:
        say(str(failure))
        return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
