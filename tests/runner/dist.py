# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""dist.py TOP BUILD-ROOT: the tarball of a release builds, makes its documentation and passes its tests without a network.

The packages that tools/bootstrap names are there; the run in the tarball would fail if it had to install more."""

import os
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import builds
import points
import tarball
from builds import say
from limits import HOUR, Failure, run

REFERENCE = "_build/plain/docs/wsproto-1/index.html"


def unpack(top, folder):
    """The tarball of what is committed, in the folder, and the name of the folder that it has inside."""
    name = tarball.name_of(top)
    path = os.path.join(folder, f"{name}.tar.xz")
    tarball.write(top, path)
    builds.run_logged(["tar", "-C", folder, "-xJf", path], os.path.join(folder, "tar.log"))
    return os.path.join(folder, name)


def test_in_tree(tree):
    """In the tree's own build folder: it is not that of this run."""
    without_network = os.path.join(os.path.dirname(os.path.abspath(__file__)), "without-network")
    environment = {name: value for name, value in os.environ.items() if name != "WSP_BUILD"}
    return run([without_network, os.path.join(tree, "tools", "test")], 2 * HOUR, env=environment).returncode


def n_passed(tree):
    build = os.path.join(tree, "_build", "plain")
    try:
        return points.read_meson_log(build, "tarball", points.last_log(build))[0].n_passed
    except OSError:
        return 0


def main(top, root):
    folder = os.path.join(root, "dist")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    total = points.Sum()
    try:
        tree = unpack(top, folder)
        status = test_in_tree(tree)
        total.judge(os.path.exists(os.path.join(tree, REFERENCE)), "tarball: makes its documentation without a network")
        total.judge(status == 0 and n_passed(tree) > 0,
                    "tarball: builds and passes its tests without a network")
    except Failure as failure:
        total.add_failed(f"tarball: {failure}")
    for name in total.failures:
        say(f"FAILED: {name}")
    say(total.line())
    return 1 if total.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
