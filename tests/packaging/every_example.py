# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""every_example.py LANGUAGE EXAMPLES: builds and starts each program of docs/examples with what is installed.

Programs are built in an empty folder with the flags of pkg-config, so nothing of
a source tree is seen.  Other tests show that they do what they say (tests/bindings/test_example_programs.py).
autopkgtest starts this script."""

import os
import re
import subprocess
import sys
import tempfile

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), *parts) for parts in ((), ("..", "lib"))]
sys.dont_write_bytecode = True

from newcomer import run, serving  # noqa: E402
from program import Program  # noqa: E402
from tap import Tap  # noqa: E402

FOLDERS = {"C": ("c", "cpp", "win32"), "Python": ("python",), "JavaScript": ("javascript", "lua"), "Vala": ("vala",)}
OF_BROWSERS = ("pages",)                # tests/bindings/test-page-reconnect.js plays their scripts
# A team of programs: tests/rooms.  Programs that need other libraries, and those that they test: tests/bindings/test_recipes.py.
# Extensions of GNOME Shell: tests/bindings/test-extension.js.
FOLDERS_OF_TESTS = ("rooms", "recipes", "extension-43", "extension-45")
FLAGS = "$(pkg-config --cflags --libs {modules})"
BUILD = {
    "c": "cc -o {stem} {paths} " + FLAGS,
    "cpp": "g++ -std=c++17 -o {stem} {paths} " + FLAGS,
    "win32": 'cc -o {stem} {paths} "-I$(pkg-config --variable=compatdir wsproto-win32-1)" $(pkg-config --cflags --libs wsproto-win32-1)',
    # The C that valac writes has warnings of its own.
    "vala": "valac -X -w {packages} -o {stem} {paths}",
}
RUN = {"python": "python3 {path}", "javascript": "gjs -m {path}", "lua": "lua5.3 {path}"}
PARTS = ("session-opening",)            # of other programs
PARTS_OF = {"session-blocking": "session-opening.c", "session-source": "session-opening.c"}
# Servers, and their arguments; each one says its port first.
SERVERS = {name: "0" for name in (
    "behind-haproxy", "behind-soup-server", "chat-server", "echo-server", "file-server", "first-server", "graceful-stop",
    "metrics-server", "own-service", "page-server", "prefork-server", "rooms-server",
    "routes-server", "slow-work", "ticker-server", "workers")} | {"members-only": "0 secret=Ann", "token-server": "0 secret"}
PEER = "wsinspect serve --port 0"
# The server of a client, what the client is given, and what it prints; the first line of those that go on.
CLIENTS = {
    "echo-client": (PEER, "{uri}chat", "Hello\n"),
    "session-blocking": (PEER, "{uri}chat", "Hello\n"),
    "session-source": (PEER, "{uri}chat", "Hello\n"),
    "sync-client": (PEER, "{uri}chat", "Hello\n"),
    "request-response": (PEER, "{uri} one two", "1 one\n2 two\n"),
    "file-upload": ("file-server", "{uri}put/copy {path}", "(\\d+ bytes sent\n)*"),
}
# Those without a server: the point, the arguments, and the text that is printed.
ALONE = {
    # It reads its authorities first; tests/bindings has a server with a certificate of its own authority.
    "private-ca": ("reads-its-authorities-and-says-that-no-server-listens", "wss://127.0.0.1:1/ /etc/ssl/certs/ca-certificates.crt",
                   r"refused: Cannot connect to 127\.0\.0\.1:1 .+\n"),
    "small-calls": ("makes-each-call", "", r"(?i)ping: true\n(.+\n)+"),
    "glib-test": ("passes", "", r"(?:TAP version \d+\n)?(?:#.*\n)*1\.\.4\n(?:#.*\n|ok \d .*\n)+"),
    "peers-in-process": ("talks-to-itself", "", "Closed cleanly by the peer with 1000, answered with 1000\n"),
}
ENDLESS = {"ticker": ("ticker-server", "{uri}", "connected\n"), "fresh-token": (PEER, "{uri} echo 1", "connected\n")}
WINDOWS = ("ticker-window",)
CONNECTED = "GET / "                    # in the listing of PEER


def is_known(file):
    """Each program has its trial; a new one fails here until it has."""
    name = file.rsplit(".", 1)[0].replace("_", "-")
    return file in FOLDERS_OF_TESTS or name in (*PARTS, *SERVERS, *CLIENTS, *ALONE, *ENDLESS, *WINDOWS)


class Example:
    def __init__(self, examples, folder, file):
        self.folder = folder
        self.path = os.path.join(examples, folder, file)
        self.name = file.rsplit(".", 1)[0].replace("_", "-")
        self.stem = f"{folder}-{self.name}"
        self.command = RUN[folder].format(path=self.path) if folder in RUN else "./" + self.stem

    def build(self, tap):
        """True where nothing has to be built."""
        if self.folder not in BUILD:
            return True
        with open(self.path, encoding="utf-8") as file:
            modules = "wsproto-1 libsoup-3.0" if re.search(r"#include <libsoup/|\bSoup\.", file.read()) else "wsproto-1"
        paths = [self.path]
        if self.name in PARTS_OF:
            paths.append(os.path.join(os.path.dirname(self.path), PARTS_OF[self.name]))
        packages = " ".join(f"--pkg {one}" for one in modules.split())
        status, shown, errors = run(BUILD[self.folder].format(stem=self.stem, paths=" ".join(paths), modules=modules, packages=packages))
        return tap.point(status == 0 and not re.search(r"\bwarning:", errors),
                         f"/every-example/{self.folder}/{self.name}/builds-without-a-warning", (shown + errors).splitlines())

    def judge(self, tap, claim, is_ok, *shown):
        tap.point(is_ok, f"/every-example/{self.folder}/{self.name}/{claim}", "".join(shown).splitlines())


def uri_in(line):
    """From the first line of a server: its address, or its port."""
    found = re.search(r"ws://\S+", line)
    return found[0] if found else "ws://localhost:{}/".format(line.split()[-1] if line.split() else "")


def command_of(examples, name):
    """A peer that is an example is of the same language, or of Python."""
    found = [one for one in examples if one.name == name]
    return f"{found[0].command} 0" if found else name


def try_server(tap, example):
    with serving(f"{example.command} {SERVERS[example.name]}") as line:
        example.judge(tap, "starts", re.fullmatch(r"port [1-9]\d*\n", line), line)


def try_client(tap, example, examples):
    peer, arguments, expected = CLIENTS[example.name]
    with serving(command_of(examples, peer)) as line:
        status, shown, errors = run(f"{example.command} {arguments.format(uri=uri_in(line), path=example.path)}")
    example.judge(tap, "talks-to-its-server", status == 0 and re.fullmatch(expected, shown), line, shown, errors)


def try_alone(tap, example):
    claim, arguments, expected = ALONE[example.name]
    status, shown, errors = run(f"{example.command} {arguments}")
    example.judge(tap, claim, status == 0 and re.fullmatch(expected, shown), shown, errors)


def try_endless(tap, example, examples):
    peer, arguments, expected = ENDLESS[example.name]
    with serving(command_of(examples, peer)) as line, \
            Program(f"exec {example.command} {arguments.format(uri=uri_in(line))}", shell=True, stdout=subprocess.PIPE,
                    text=True) as process:
        first = process.stdout.readline()
        process.kill()
    example.judge(tap, "talks-to-its-server", first == expected, line, first)


def try_window(tap, example):
    """It connects once it is shown; its server lists the request."""
    with Program(["Xvfb", "-displayfd", "1", "-nolisten", "tcp"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                 text=True) as display, \
            Program(PEER.split(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        os.environ.update(DISPLAY=":" + display.stdout.readline().strip(), GDK_BACKEND="x11", GSK_RENDERER="cairo")
        lines = [next(line for line in server.stdout if "ws://" in line)]
        with Program(f"exec {example.command} {uri_in(lines[0])}", shell=True, stdout=subprocess.PIPE) as window:
            for line in server.stdout:
                lines.append(line)
                if CONNECTED in line:
                    break
            window.kill()
        server.kill()
        display.kill()
    example.judge(tap, "talks-to-its-server", CONNECTED in lines[-1], *lines)


def try_example(tap, example, examples):
    if example.name in SERVERS:
        try_server(tap, example)
    elif example.name in CLIENTS:
        try_client(tap, example, examples)
    elif example.name in ALONE:
        try_alone(tap, example)
    elif example.name in ENDLESS:
        try_endless(tap, example, examples)
    elif example.name in WINDOWS:
        try_window(tap, example)
    else:
        example.judge(tap, "has-its-trial", False)


def main(language, source):
    tap = Tap()
    found = [Example(os.path.abspath(source), folder, file) for folder in FOLDERS[language]
             for file in sorted(os.listdir(os.path.join(source, folder))) if file not in FOLDERS_OF_TESTS]
    examples = [one for one in found if one.name not in PARTS]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        built = [one for one in examples if one.build(tap)]
        for example in built:
            try_example(tap, example, built)
        os.chdir("/")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
