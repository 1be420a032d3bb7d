# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The library without Linux's calls (-Dsystem=portable): the suites of the layers that call the system."""

import os

import builds
import fuzz
from builds import Build, say

NAME = "portable"
OPTIONS = ["-Dsystem=portable", *builds.WITHOUT_BINDINGS]
SUITES = ("system", "random", "reactor", "connection", "endpoint", "absent")
# What is about a call of Linux, and is skipped by its name.
ABOUT_LINUX = ("reactor/direct-watches", "reactor/epoll", "endpoint/server-tls-delay", "connection/allocations: /connection/allocations/inspector/",
               "random-pool: /random/long/filled-in-spite-of-signals")


def programs_of(build):
    """The paths, from the build folder, of what the tests of the suites start."""
    paths = {target["id"]: target["filename"] for target in fuzz.introspect(build, "--targets")}
    needed = {path for test in fuzz.introspect(build, "--tests") for target in test["depends"] for path in paths[target]
              if any(suite.split(":")[-1] in SUITES for suite in test["suite"])}
    return sorted(os.path.relpath(path, build.folder) for path in needed)


def drop_expected(skips):
    """The skips that are left when those about Linux are told."""
    left = []
    for name, reason in skips:
        if name.removeprefix(f"{NAME}: ").startswith(ABOUT_LINUX):
            say(f"   skipped: {name}: {reason}")
        else:
            left.append((name, reason))
    return left


def test(top, root):
    build = Build(top, root, NAME, OPTIONS)
    build.configure()
    build.compile(*programs_of(build))
    total = build.test(builds.PROCESSES, *(f"--suite={suite}" for suite in SUITES), multiplier=4, is_tried_again=True)
    total.skips = drop_expected(total.skips)
    return total
