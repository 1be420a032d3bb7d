# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""clean_root.py TOP BUILD-ROOT [SUITE...]: the packages in clean roots of Debian suites, used there by an ordinary user.

Nothing of the build tree is in these roots.  One has all packages and runs the installed tests; in the others, one for each
language, are the packages that the guide names for it, and a newcomer who follows README.md, the guide and the page of the inspector.
autopkgtest tests in a root with the whole package's needs; it has no roots with one language each, and no guide."""

import contextlib
import glob
import os
import re
import shutil
import subprocess
import sys
import time

import builds
import limits
import points
import roots
from builds import say
from limits import HOUR, MINUTE, Failure

USER = "wsp-user"
SUITES = ("bookworm", "trixie")
LIMIT_SECONDS = 1800
LIMIT_STATUS = 124              # of timeout, at the limit
HERE = os.path.dirname(os.path.abspath(__file__))
INSPECTOR = "tools/ws-inspector/README.md"
# Each with its name in the root.
DOCUMENTS = {"README.md": "README.md", "docs/guides/getting-started.md": "getting-started.md", INSPECTOR: "inspector.md"}
SCRIPTS = ("tests/packaging/newcomer.py", "tests/packaging/every_example.py", "tests/lib/program.py", "tests/lib/tap.py", "data/packaging/debian/tests/installed-tests")
GUIDES = "docs/guides"
# The guides of languages whose examples are tried in the root of another one: their lines install more there.
MORE_GUIDES = {"C": ["cpp.md"], "JavaScript": ["lua.md"]}
# The examples use besides: another language that has the same packages, libsoup, a window, certificates.
FOR_EXAMPLES = {
    "C": ["libsoup-3.0-dev", "glib-networking", "ca-certificates"],
    "Python": ["gir1.2-soup-3.0", "gir1.2-gtk-4.0", "xvfb", "glib-networking", "ca-certificates"],
    "JavaScript": ["gir1.2-soup-3.0", "glib-networking", "ca-certificates"],
    "Vala": ["libsoup-3.0-dev", "glib-networking", "ca-certificates"],
}
LANGUAGES = tuple(FOR_EXAMPLES)
RUNNER_RESULT = re.compile(r"^(PASS|FAIL|SKIP)(?:ED)?: libwsproto-1/(\S+)\.test", re.M)


def codename():
    with open("/etc/os-release", encoding="utf-8") as file:
        for line in file:
            if line.startswith("VERSION_CODENAME="):
                return line.split("=")[1].strip().strip('"')
    raise Failure("this system does not say which release it is")


def copy_packages(source, to):
    """They become an archive of apt, so that their dependencies among themselves are found as those of a release are."""
    os.makedirs(to, exist_ok=True)
    paths = [path for path in glob.glob(os.path.join(source, "*.deb")) if "-dbgsym_" not in path]
    if not paths:
        raise Failure(f"there are no packages in {source}")
    for path in paths:
        shutil.copy(path, to)
    with open(os.path.join(to, "Packages"), "w", encoding="utf-8") as file, open(os.path.join(to, "log"), "w", encoding="utf-8") as log:
        done = limits.run(["dpkg-scanpackages", "--multiversion", "."], 5 * MINUTE, cwd=to, stdout=file, stderr=log)
    if done.returncode != 0:
        builds.show_log(os.path.join(to, "log"))
    done.check_returncode()


def run_package(verb, top, build_root, folder="packages", options=(), **environment):
    """The points of tools/package.  The packages' own test run would only repeat what runs elsewhere."""
    command = [os.path.join(top, "tools", "package"), verb, os.path.join(build_root, folder), *options]
    done = limits.run(command, HOUR, stdout=subprocess.PIPE, text=True,
                      env={**os.environ, "DEB_BUILD_OPTIONS": "nocheck parallel=2", **environment})
    for line in done.stdout.splitlines():
        if not line.startswith("ok "):
            say(f"   {line}")
    total = points.read_tap(f"{folder}: {verb}", done.stdout)
    if done.returncode != 0 and not total.failures:
        total.add_failed(f"{folder}: tools/package {verb} ended with {done.returncode}")
    say(f"   {total.line()}")
    return total


def test_packages(top, build_root):
    """Those of this machine's release."""
    return run_package("debian", top, build_root)


def test_library(top, build_root):
    """The packages of the library alone, as a distribution builds them that leaves the inspector out."""
    return run_package("debian", top, build_root, "packages-of-the-library", DEB_BUILD_PROFILES="pkg.libwsproto.noinspector")


def test_reproducible(top, build_root):
    """The same packages from another folder, whose path has a blank; those of test_packages () are there."""
    return run_package("reproducible", top, build_root)


def test_rpm(top, build_root):
    """Those of the recipe for Fedora, with its own test run, which is a part of the recipe."""
    return run_package("rpm", top, build_root, "rpm")


def test_rpm_of_library(top, build_root):
    return run_package("rpm", top, build_root, "rpm-of-the-library", ["--without", "inspector", "--without", "tests"])


def build_in(root, top, packages):
    """tools/package debian in a clean root of another suite."""
    roots.copy_checkout(top, os.path.join(root, "libwsproto"))
    begun = time.monotonic()
    with roots.mounted(root):
        roots.run(root, ["env", "DEB_BUILD_OPTIONS=nocheck", "CI=1", "/libwsproto/tools/package", "debian", "/built"],
                  2 * HOUR)
    say(f"   packages built there in {time.monotonic() - begun:.0f} s")
    os.makedirs(packages, exist_ok=True)
    for path in glob.glob(os.path.join(root, "built", "*.deb")):
        shutil.copy(path, packages)


def make_packages(top, build_root, suite):
    """The folder with the packages of a suite: those of this machine's are there already."""
    if suite == codename():
        return os.path.join(build_root, "packages")
    packages = os.path.join(build_root, "packages-" + suite)
    root = os.path.join(build_root, "roots", suite + "-building")
    shutil.rmtree(packages, ignore_errors=True)
    roots.make(root, suite)
    build_in(root, top, packages)
    roots.remove(root)
    return packages


def make_base(top, root, suite, packages):
    """A root that can install the packages, and has an ordinary user, and the documents in the user's folder."""
    roots.make(root, suite)
    copy_packages(packages, os.path.join(root, "packages"))
    with open(os.path.join(root, "etc/apt/sources.list.d/packages.list"), "w", encoding="utf-8") as file:
        file.write("deb [trusted=yes] file:/packages ./\n")
    documents = os.path.join(root, "documents")
    os.makedirs(documents)
    for path, name in DOCUMENTS.items():
        shutil.copy(os.path.join(top, path), os.path.join(documents, name))
    for path in SCRIPTS:
        shutil.copy(os.path.join(top, path), documents)
    shutil.copytree(os.path.join(top, "docs/examples"), os.path.join(documents, "examples"))
    with roots.mounted(root):
        roots.run(root, ["apt-get", "-q", "update"])
        roots.run(root, ["useradd", "--create-home", USER])


@contextlib.contextmanager
def copy_of(base, name):
    root = f"{os.path.dirname(base)}/{os.path.basename(base)}-{name}"
    roots.remove(root)
    limits.run(["cp", "--archive", "--reflink=auto", base, root], 10 * MINUTE).check_returncode()
    with roots.mounted(root):
        yield root
    roots.remove(root)


def install(root, packages):
    begun = time.monotonic()
    roots.run(root, ["apt-get", "-q", "-y", "install", "--no-install-recommends", *packages])
    return time.monotonic() - begun


def use(root, command):
    """The output of a command for the user, where no network is, and its status.  At the limit, timeout ends all that it
    has started, and what it printed until then is kept."""
    chrooted = roots.chroot_command(root, command, f"{USER}:{USER}")
    done = limits.run(["timeout", "--kill-after=60", str(LIMIT_SECONDS), os.path.join(HERE, "with-children"),
                       os.path.join(HERE, "without-network"), *chrooted], LIMIT_SECONDS + 5 * MINUTE, text=True,
                      env={**roots.ENVIRONMENT, "HOME": f"/home/{USER}"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                      errors="replace")
    return done.stdout, done.returncode


def judge_status(total, label, status):
    """A limit is a failure of its own, whatever else failed: it may be the reason."""
    if status == LIMIT_STATUS:
        total.add_failed(f"{label}: did not end in {LIMIT_SECONDS} s")
    elif status != 0 and not total.failures:
        total.add_failed(f"{label}: ended with {status}")


def read_runner(label, shown, status):
    """The report of gnome-desktop-testing-runner: a line for each program, and the points of each before it."""
    total = points.Sum()
    # It names the failed ones again at its end.
    for result, name in dict.fromkeys(RUNNER_RESULT.findall(shown)):
        if result == "SKIP":
            total.add_skipped(f"{label}: {name}", "it says so")
        else:
            total.judge(result == "PASS", f"{label}: {name}")
    n_points = len(re.findall(r"^ok \d+", shown, re.M))
    judge_status(total, label, status)
    if not total.n_passed and not total.failures:
        total.add_failed(f"{label}: no program passed")
    if total.failures:
        say("\n".join(line for line in shown.splitlines() if not re.match(r"ok \d|# ", line)))
    say(f"   {total.line()} ({n_points} points)")
    return total


def test_installed(base, suite):
    label = f"{suite}: installed tests"
    say(f"-- {label}")
    with copy_of(base, "all") as root:
        seconds = install(root, ["gnome-desktop-testing", "libwsproto-tests", "libwsproto-doc"])
        begun = time.monotonic()
        shown, status = use(root, ["/documents/installed-tests"])
        say(f"   installed in {seconds:.0f} s, run in {time.monotonic() - begun:.0f} s")
        return read_runner(label, shown, status)


def named_packages(top, page, section=""):
    """The words of the line of a page that installs packages, in the section of this title."""
    with open(os.path.join(top, page), encoding="utf-8") as file:
        text = file.read()
    if section:
        text = (re.search(rf"^## {section}$(.*?)(?=^## |\Z)", text, re.M | re.S) or ["", ""])[1]
    found = re.search(r"^sudo apt install (.*)$", text, re.M)
    if found is None:
        raise Failure(f"{page} does not say how the packages are installed{section and ' for '}{section}")
    return found[1]


def packages_for(top, language):
    """Those of the guide Getting started."""
    return named_packages(top, f"{GUIDES}/getting-started.md", language)


def install_named(root, words):
    """For root, without questions, and with the packages of the root's archive only as files."""
    begun = time.monotonic()
    roots.run(root, ["sh", "-c", "cd /packages && apt-get -q -y install --no-install-recommends " + words])
    return time.monotonic() - begun


def judge_program(label, root, *command):
    """A program that prints TAP, run by the user."""
    begun = time.monotonic()
    shown, status = use(root, ["/usr/bin/python3", *command])
    total = points.read_tap(label, shown)
    judge_status(total, label, status)
    if total.failures:
        say(shown)
    say(f"   {total.line()} in {time.monotonic() - begun:.0f} s")
    return total


def test_newcomer(top, base, suite, language):
    """First what the guide says, with the packages that it names; then each example, with what it uses besides."""
    label = f"{suite}: {language}"
    packages = packages_for(top, language)
    say(f"-- {label}: {packages}")
    with copy_of(base, language) as root:
        if language == "Python":
            install_named(root, named_packages(top, "README.md"))
        seconds = install_named(root, packages) + install_named(root, named_packages(top, INSPECTOR))
        if language != "Python":
            seconds += install(root, ["python3"])
        say(f"   installed in {seconds:.0f} s")
        total = judge_program(label, root, "/documents/newcomer.py", language, "/documents")
        seconds = install(root, FOR_EXAMPLES[language])
        for page in MORE_GUIDES.get(language, ()):
            seconds += install_named(root, named_packages(top, f"{GUIDES}/{page}"))
        say(f"   for every example: {' '.join(FOR_EXAMPLES[language])} installed in {seconds:.0f} s")
        total.add(judge_program(f"{label}, every example", root, "/documents/every_example.py", language, "/documents/examples"))
    return total


def test_suite(top, build_root, suite):
    total = points.Sum()
    packages = make_packages(top, build_root, suite)
    base = os.path.join(build_root, "roots", suite + "-installed")
    make_base(top, base, suite, packages)
    total.add(test_installed(base, suite))
    for language in LANGUAGES:
        total.add(test_newcomer(top, base, suite, language))
    roots.remove(base)
    return total


def test_this_release(top, build_root):
    return test_suite(top, build_root, codename())


def main(top, build_root, *suites):
    total = points.Sum()
    for suite in suites or SUITES:
        try:
            if suite == codename():
                made = test_packages(top, build_root)
                total.add(made)
                if made.failures:
                    continue
            total.add(test_suite(top, build_root, suite))
        except (Failure, subprocess.CalledProcessError, OSError) as failure:
            say(f"   {failure}")
            total.add_failed(f"{suite}: {failure}")
    for name in total.failures:
        say(f"FAILED: {name}")
    say(total.line())
    return 1 if total.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
