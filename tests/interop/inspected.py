# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""wsinspect proxy between two programs, and what wsinspect read says of the file that it has written."""

import json
import os
import subprocess

from interop import PATIENCE, Program


class Inspected:
    """A proxy in front of a port, and its file in a folder."""

    def __init__(self, wsinspect, folder, port):
        self.wsinspect = wsinspect
        self.file = os.path.join(folder, "session.wsinspect")
        self.program = Program([wsinspect, "proxy", "-T", "jsonl", "--lossless", "--redact=none", "-w", self.file, "0", f"ws://127.0.0.1:{port}"])
        self.uri = json.loads(self.program.next_line())["uri"]
        self.port = int(self.uri.rstrip("/").split(":")[-1])

    def stop(self):
        self.program.stop()
        self.program.rest()

    def lines(self, *options):
        done = subprocess.run([self.wsinspect, "read", "--redact=none", *options, self.file], capture_output=True, timeout=PATIENCE, check=False)
        return done.stdout.decode().splitlines()

    def rows(self, *options):
        return [json.loads(line) for line in self.lines("-T", "jsonl", *options)]
