# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""wsinspect as it is installed: a random message goes there and back."""

import os
import re
import secrets
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.dont_write_bytecode = True

from lib.program import Program  # noqa: E402
from lib.tap import Tap  # noqa: E402

SECONDS = 60


def find_address(server):
    for line in server.stdout:
        found = re.search(r"ws://\S+", line)
        if found:
            return found[0]
    return ""


def judge_echo(tap):
    message = secrets.token_hex(12)
    with Program(["wsinspect", "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        uri = find_address(server)
        tap.point(bool(uri), "/installed/wsinspect/serve-names-its-address")
        done = subprocess.run(["wsinspect", "connect", uri], input=message + "\n", capture_output=True, text=True,
                              check=False, timeout=SECONDS)
        server.kill()
        server.stdout.close()
    shown = (done.stdout + done.stderr).splitlines()
    tap.point(done.returncode == 0, "/installed/wsinspect/connect-ends-cleanly", shown)
    tap.point(done.stdout.count(message) >= 2, "/installed/wsinspect/the-message-came-back", shown)


def judge_demo(tap):
    done = subprocess.run(["wsinspect", "demo"], capture_output=True, text=True, check=False, timeout=SECONDS)
    tap.point(done.returncode == 0 and "Hello, WebSocket!" in done.stdout, "/installed/wsinspect/demo-runs",
              (done.stdout + done.stderr).splitlines())


def main():
    tap = Tap()
    if shutil.which("wsinspect"):
        judge_demo(tap)
        judge_echo(tap)
    else:
        tap.skip("/installed/wsinspect/demo-runs", "wsinspect is not installed")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
