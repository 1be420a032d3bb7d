# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A program of a TLS library that sends its standard input and prints what it receives."""

import subprocess
import threading

from lib.program import Program

PATIENCE = 60                   # seconds; only a hang takes this long


class Console:
    """printed: all bytes of its output and of its errors."""

    def __init__(self, *command, environment=None):
        self.name = command[:2]
        self.process = Program(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
        self.printed = b""
        self.has_ended = False
        self.changed = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while not self.has_ended:
            piece = self.process.stdout.read1(65536)
            with self.changed:
                self.printed += piece
                self.has_ended = not piece
                self.changed.notify_all()

    def write(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def wait_for(self, data, begin=0):
        """Waits until these bytes are printed after the position, and returns the position after them."""
        with self.changed:
            self.changed.wait_for(lambda: self.printed.find(data, begin) >= 0 or self.has_ended, PATIENCE)
            at = self.printed.find(data, begin)
            if at < 0:
                raise AssertionError(f"{self.name} did not print {data}: {self.printed[begin:][-800:]}")
            return at + len(data)

    def end(self):
        """Ends its input, and waits for its end."""
        self.process.stdin.close()
        return self.process.wait(PATIENCE)

    def stop(self):
        self.process.kill()
        self.process.wait(PATIENCE)
