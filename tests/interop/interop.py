# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""What the tests against real peers share: processes that tell what they see, one line at a time."""

import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from tap import Tap  # noqa: E402

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")
PATIENCE = 60                   # seconds; only a hang waits so long


class Program:
    """A child process whose lines are read as they come."""

    def __init__(self, command, stdin=subprocess.DEVNULL):
        environment = dict(os.environ, NODE_PATH="/usr/share/nodejs:/usr/share/node_modules")
        if not command[0].endswith("wsinspect"):
            environment.pop("G_DEBUG", None)            # warnings of others are not ours to die of
        self.process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, encoding="utf-8", env=environment)
        self.lines = []
        self.errors = []
        self.arrived = queue.Queue()
        self.readers = [threading.Thread(target=self._read, daemon=True),
                        threading.Thread(target=self._read_errors, daemon=True)]
        for reader in self.readers:
            reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.arrived.put(line.rstrip("\n"))
        self.arrived.put(None)

    def _read_errors(self):
        self.errors.extend(self.process.stderr)

    def next_line(self):
        """The next line, None at the end of the output."""
        line = self.arrived.get(timeout=PATIENCE)
        if line is not None:
            self.lines.append(line)
        return line

    def wait_for(self, pattern):
        """The match of the first line that holds the pattern."""
        while True:
            line = self.next_line()
            if line is None:
                raise AssertionError(f"ended before it said {pattern}: {self.lines[-5:]} {self.errors[-5:]}")
            match = re.search(pattern, line)
            if match:
                return match

    def wait_for_event(self, name):
        """The next event of that name, as a peer tells it."""
        while True:
            event = json.loads(self.wait_for(r"^\{").string)
            if event["event"] == name:
                return event

    def rest(self):
        while self.next_line() is not None:
            continue
        return self.lines

    def end(self):
        """Waits for the end: the exit status."""
        status = self.process.wait(timeout=PATIENCE)
        for reader in self.readers:
            reader.join(timeout=PATIENCE)
        return status

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.end()
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.end()


def node():
    """Debian's own node, not one that stands before it on the path."""
    return "/usr/bin/nodejs" if os.path.exists("/usr/bin/nodejs") else shutil.which("node")


def serve(wsinspect, *options):
    """wsinspect serve on a port that it chooses: the program and its URI."""
    program = Program([wsinspect, "serve", "--port", "0", *options])
    return program, program.wait_for(r"(ws://\S+)").group(1)


__all__ = ["PATIENCE", "PEERS", "Program", "Tap", "json", "node", "os", "serve", "subprocess", "sys", "tempfile"]
