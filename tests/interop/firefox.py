# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A page in headless Firefox that makes one visit after the other and reports each, as chromium.py has it."""

import queue
import shutil
import subprocess

from browser_folder import browser_command, browser_folder
from chromium import serve_page
from interop import PATIENCE, Program


def firefox_is_missing():
    """The reason why no page can be opened, or None."""
    return None if shutil.which("firefox-esr") and shutil.which("certutil") else "firefox-esr or certutil is not installed"


def browse_with_firefox(visits, authority, *assignments):
    """The reports of the page about the visits, each a URI and its steps.  It trusts the authority, a file.

    ASSIGNMENTS are variables of its environment, such as NAME=VALUE."""
    seen = queue.Queue()
    with browser_folder() as folder:
        profile = f"{folder}/profile"
        subprocess.run(["certutil", "-N", "-d", f"sql:{profile}", "--empty-password"], check=True)
        subprocess.run(["certutil", "-A", "-d", f"sql:{profile}", "-n", "authority", "-t", "C,,", "-i", authority], check=True)
        pages = serve_page([{"uri": uri, "steps": list(steps)} for uri, steps in visits], seen)
        browser = Program(browser_command(folder, *assignments, "firefox-esr", "--headless", "--no-remote", "--profile", profile,
                                          f"http://127.0.0.1:{pages.server_address[1]}/"))
        try:
            return [seen.get(timeout=PATIENCE) for _ in visits]
        except queue.Empty:
            return [{"errors": browser.errors[-5:]}]
        finally:
            browser.stop()
            pages.shutdown()
