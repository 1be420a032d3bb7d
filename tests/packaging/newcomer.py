# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""newcomer.py LANGUAGE TOP: follows README.md, the guide and the page of the inspector in an empty folder, without a build tree.

It runs the documents: code blocks are copied into files with the names that the documents give them, and
commands are taken from the text.  Ports are those of the documents, so it runs in a network of
its own (tests/runner/without-network).  autopkgtest starts this script, and runs no commands of a page."""

import contextlib
import os
import re
import subprocess
import sys
import tempfile

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
sys.dont_write_bytecode = True

from program import Program  # noqa: E402
from tap import Tap  # noqa: E402

SECONDS = 60
PAGES = ("README.md", "docs/guides/getting-started.md", "tools/ws-inspector/README.md")
BLOCK = re.compile(r"^<!-- (docs/examples/\S+) -->\n```(\w+)\n(.*?)^```$", re.M | re.S)
# How a program of the guide is run once it is built, where the text says nothing of it.
RUN = {"C": "./{stem}", "Vala": "./{stem}", "Python": "python3 {name}", "JavaScript": "gjs -m {name}"}
BUILT = ("C", "Vala")
# Commands that a user without a network or more rights cannot follow.
NOT_HERE = (("example.org", "there is no network"), ("other.example", "it shows a refusal of that server"),
            ("wsinspect capture", "dumpcap would need rights"))
# The capture of a conversation, as the commands of the inspector's page call it, in place of dumpcap's.
MAKE_CAPTURE = ("wsinspect connect --send hello --count 1 --write made.wsinspect ws://127.0.0.1:8080/ && "
                "wsinspect convert made.wsinspect capture.pcapng")

TAP = Tap()


def point(is_ok, name, diagnosis=""):
    return TAP.point(is_ok, "/newcomer/" + name, diagnosis.splitlines())


def read(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read()


def copy_blocks(text, language):
    """The files of a language: what a person makes of the code blocks."""
    names = []
    for path, _, code in BLOCK.findall(text):
        if path.split("/")[2].lower() == language.lower():
            name = os.path.basename(path)
            with open(name, "w", encoding="utf-8") as file:
                file.write(code)
            names.append(name)
    return names


def section_of(guide, language):
    found = re.search(rf"^## {language}$(.*?)(?=^## |\Z)", guide, re.M | re.S)
    return found[1] if found else ""


def commands_in(text, word):
    """Inline code, and lines of blocks of sh, that begin with the word."""
    inline = re.findall(rf"`({word} [^`]+)`", text)
    for block in re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S):
        inline += [line.split("  #")[0].strip() for line in block.splitlines() if line.startswith(word + " ")]
    return inline


def run(command):
    try:
        done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, timeout=SECONDS,
                              stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as expired:
        return 124, str(expired.stdout), str(expired)
    return done.returncode, done.stdout, done.stderr


def build(language, section, names):
    """The command for one file serves for its sibling."""
    if language not in BUILT:
        return True
    commands = commands_in(section, {"C": "cc", "Vala": "valac"}[language])
    if not point(bool(commands), f"{language}/{names[0]}/the-page-says-how-to-build", section):
        return False
    is_built = True
    for name in names:
        stem = name.split(".")[0]
        said = [command for command in commands if name in command]
        command = said[0] if said else re.sub(r"\becho-\w+", stem, commands[0])
        status, shown, errors = run(command)
        # The C that valac writes has warnings of its own: only those about lines of the program count.
        complaints = re.findall(r"\.vala:\d+\.\d+.*", errors) if language == "Vala" else errors
        is_built = point(status == 0 and not complaints, f"{language}/{name}/builds-without-a-warning", command + "\n" + shown + errors) \
            and is_built
    return is_built


@contextlib.contextmanager
def serving(command):
    """A server of the documents; it is there once it has printed its first line."""
    with Program("exec " + command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                 stdin=subprocess.DEVNULL) as server:
        try:
            line = server.stdout.readline()
            while line and not re.search(r"port|ws://", line):
                line = server.stdout.readline()
            yield line
        finally:
            server.kill()


def try_client(name, client, server):
    with serving(server) as line:
        status, shown, errors = run(client)
        point(bool(line) and status == 0 and shown == "Hello\n" and errors == "", name,
              f"{server}: {line}\n{client}: status {status}\n{shown}{errors}")


def try_language(language, readme, guide):
    section = section_of(guide, language)
    names = copy_blocks(section, language)
    clients = [name for name in names if "client" in name]
    servers = [name for name in names if "server" in name]
    if not point(bool(clients and servers), f"{language}/the-guide-has-a-client-and-a-server", str(names)):
        return
    peers = commands_in(guide, "wsinspect serve")
    point(bool(peers), "the-guide-names-a-server-to-try", guide)
    if not build(language, section, names):
        return
    client, server = (RUN[language].format(name=one, stem=one.split(".")[0]) for one in (clients[0], servers[0]))
    for peer in peers[:1]:
        try_client(f"{language}/client/{peer.replace(' ', '-')}/hello", client, peer)
    try_client(f"{language}/client/{servers[0]}/hello", client, server)
    for name in copy_blocks(readme, language):
        if build(language, readme, [name]):
            command = RUN[language].format(name=name, stem=name.split(".")[0])
            try_client(f"readme/{name}/hello", *((client, command) if "server" in name else (command, peers[0])))


def try_command(command, peer):
    name = f"inspector/{re.sub(r'[^a-z0-9]+', '-', command.lower()).strip('-')}"
    for word, reason in NOT_HERE:
        if word in command:
            TAP.skip("/newcomer/" + name, reason)
            return
    if command.endswith(" -"):
        status, shown, errors = run("cat capture.pcapng | " + command)
    elif "127.0.0.1:8080" in command or "localhost:8080" in command:
        with serving(peer):
            status, shown, errors = run(command)
    elif command == "wsinspect attach":
        with serving("env WSP_ATTACH=1 " + peer):
            status, shown, errors = run(command)
        status = status if "wsinspect: " in shown else 1
    elif " serve" in command:
        with serving(command) as line:
            status, shown, errors = (0 if "ws://" in line else 1), line, ""
    else:
        status, shown, errors = run(command)
    # A filter that nothing passes prints nothing.
    point(status == 0 and errors == "", name, f"{command}: status {status}\n{shown}{errors}")


def try_inspector(page, guide):
    """Its commands of wsinspect, in blocks and in the table of questions."""
    commands = commands_in(page, "wsinspect")
    commands += [row.replace(r"\|", "|") for row in re.findall(r"^\|[^|]+\| `([^`]*wsinspect[^`]*)` \|$", page, re.M)]
    peer = commands_in(guide, "wsinspect serve")[0]
    with serving(peer):
        status, shown, errors = run(MAKE_CAPTURE)
    point(status == 0, "inspector/a-conversation-becomes-a-capture", shown + errors)
    for command in dict.fromkeys(commands):
        # One with a word to replace is no command yet.
        if not re.search(r"[A-Z]{3,}", command):
            try_command(command, peer)


def main(language, top):
    readme, guide, inspector = (read(top, path) for path in PAGES)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder          # as a login sets it
        os.chdir(folder)
        try_language(language, readme, guide)
        if language == "Python":
            try_inspector(inspector, guide)
        os.chdir("/")
    return TAP.end()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
