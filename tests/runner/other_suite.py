#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""other_suite.py TOP BUILD-ROOT SUITE: tools/test --full on a copy of the tree in a clean root of a suite.

sbuild and autopkgtest test packages in such roots, not a checkout."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import roots
from builds import say
from limits import HOUR, Failure, run


def test_in(root):
    environment = dict(roots.ENVIRONMENT)
    if os.environ.get("CI"):
        environment["CI"] = os.environ["CI"]
    with roots.mounted(root):
        return run(roots.chroot_command(root, ["/libwsproto/tools/test", "--full"]), 4 * HOUR, env=environment).returncode


def main(top, build_root, suite):
    root = os.path.join(build_root, "roots", suite)
    try:
        roots.make(root, suite)
        roots.copy_checkout(top, os.path.join(root, "libwsproto"))
        return test_in(root)
    except Failure as failure:
        say(str(failure))
        return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
