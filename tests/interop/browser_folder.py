# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A browser in a folder of its own: its settings, temporary files and profile; and how a test reaches one with a port."""

import contextlib
import os
import tempfile
import urllib.request

WITH_CHILDREN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "runner", "with-children")


@contextlib.contextmanager
def browser_folder():
    """Is removed at the end, when the command of the browser must have ended."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("home", "tmp", "profile"):
            os.mkdir(f"{folder}/{name}")
        yield folder


def browser_command(folder, *words):
    """Runs a browser in FOLDER, and ends with the last of its processes: on SIGTERM soon."""
    return [WITH_CHILDREN, "/usr/bin/env", f"HOME={folder}/home", f"TMPDIR={folder}/tmp", *words]


def chromium_command(folder, *words):
    return browser_command(folder, "/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
                           "--no-first-run", "--disable-background-networking", "--disable-component-update",
                           "--disable-sync", "--disable-dev-shm-usage", f"--user-data-dir={folder}/profile", *words)


def read_port(profile):
    """The port that a browser has written into its profile; None = not yet, or not the whole line."""
    path = f"{profile}/DevToolsActivePort"
    if not os.path.exists(path):
        return None
    with open(path, encoding="ascii") as file:
        line = file.readline()
    return line.strip() if line.endswith("\n") else None


def open_page(port, uri, patience):
    """Lets a browser open a page, within so many seconds."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/json/new?{uri}", method="PUT")
    with urllib.request.urlopen(request, timeout=patience):
        pass
