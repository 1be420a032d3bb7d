# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The echo pair in each language with what is installed: each client against each server.

C and Vala are built as a user builds them, with the flags of pkg-config."""

import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.dont_write_bytecode = True

from lib.program import Program  # noqa: E402
from lib.tap import Tap  # noqa: E402

SECONDS = 60
EXAMPLES = os.path.join(HERE, "..", "examples")
WINDOWS_PROGRAM = """
#include <windows.h>
#include <websocket.h>

int
main (void)
{
  WEB_SOCKET_HANDLE handle = NULL;

  if (WebSocketCreateServerHandle (NULL, 0, &handle) != S_OK)
    return 1;
  WebSocketDeleteHandle (handle);
  return 0;
}
"""


def build(tap, name, command):
    """The flags are the shell's, as in the documents."""
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, timeout=SECONDS)
    return tap.point(done.returncode == 0, f"/installed/{name}/builds", (done.stdout + done.stderr).splitlines())


def has(tap, tool, name):
    """Without the compiler or interpreter, the tests of the language are left out, which a point says."""
    is_there = shutil.which(tool) is not None
    if not is_there:
        tap.skip(f"/installed/{name}", f"there is no {tool}")
    return is_there


def programs(tap, role):
    """By language, those whose compiler or interpreter is there; the working folder takes what is built."""
    found = {"python": ["/usr/bin/python3", os.path.join(EXAMPLES, "python", f"echo_{role}.py")]}
    if has(tap, "gjs", f"javascript-{role}"):
        found["javascript"] = ["gjs", "-m", os.path.join(EXAMPLES, "javascript", f"echo-{role}.js")]
    source = os.path.join(EXAMPLES, "c", f"echo-{role}.c")
    if has(tap, "cc", f"c-{role}") and build(tap, f"c-{role}", f"cc -o c-{role} {source} $(pkg-config --cflags --libs wsproto-1)"):
        found["c"] = [os.path.abspath(f"c-{role}")]
    source = os.path.join(EXAMPLES, "vala", f"echo-{role}.vala")
    if has(tap, "valac", f"vala-{role}") and build(tap, f"vala-{role}", f"valac -X -w --pkg wsproto-1 -o vala-{role} {source}"):
        found["vala"] = [os.path.abspath(f"vala-{role}")]
    return found


def judge_pairs(tap, clients, servers):
    for server_name, server_command in servers.items():
        with Program([*server_command, "0"], stdout=subprocess.PIPE, text=True) as server:
            port = server.stdout.readline().split()[-1]
            for client_name, client_command in clients.items():
                done = subprocess.run([*client_command, f"ws://127.0.0.1:{port}/chat"], capture_output=True, text=True,
                                      check=False, timeout=SECONDS)
                tap.point(done.returncode == 0 and done.stdout == "Hello\n" and done.stderr == "",
                          f"/installed/{client_name}-client/{server_name}-server/echo",
                          [done.stdout, done.stderr, f"status {done.returncode}"])
            server.kill()


def judge_windows(tap):
    with open("windows.c", "w", encoding="utf-8") as file:
        file.write(WINDOWS_PROGRAM)
    if build(tap, "windows", 'cc windows.c -o windows "-I$(pkg-config --variable=compatdir wsproto-win32-1)" '
                             "$(pkg-config --cflags --libs wsproto-win32-1)"):
        done = subprocess.run(["./windows"], check=False, timeout=SECONDS)
        tap.point(done.returncode == 0, "/installed/windows/runs")


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        clients, servers = programs(tap, "client"), programs(tap, "server")
        judge_pairs(tap, clients, servers)
        if has(tap, "cc", "windows"):
            judge_windows(tap)
        os.chdir("/")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
