# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The tree without the folders of the inspector: the library and its tests need none of their files."""

import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tree"))

import builds
import source_tree

INSPECTOR = ("po", "tests/inspector", "tests/ui", "tools/ws-inspector")


def copy_tree(top, to):
    """Copies what is not the inspector's."""
    for path in source_tree.files_below(top):
        if not path.startswith(tuple(f"{folder}/" for folder in INSPECTOR)):
            copied = os.path.join(to, path)
            os.makedirs(os.path.dirname(copied), exist_ok=True)
            shutil.copy2(os.path.join(top, path), copied)


def test_without_glib(top, root):
    """The Windows API and the layers below it."""
    build = builds.Build(top, root, "without-glib", ["-Dglib=disabled"])
    build.compile_tests()
    return build.test(builds.PROCESSES, setup="quick", multiplier=4, is_tried_again=True)


def test(top, root):
    """Builds and tests such a copy.  The checkers of the tree's form would miss the inspector, so they are left out."""
    copy = os.path.join(root, "library-alone-tree")
    shutil.rmtree(copy, ignore_errors=True)
    copy_tree(top, copy)
    build = builds.Build(copy, root, "library-alone", [option for option in builds.LIBRARY if option != "-Dlint=true"])
    build.compile_tests()
    total = build.test(builds.PROCESSES, setup="quick", multiplier=4, is_tried_again=True)
    total.add(test_without_glib(copy, root))
    if not total.failures:
        shutil.rmtree(copy)
    return total
