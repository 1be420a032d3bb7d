# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The operands that a test program, and each of its points, sees while nothing is broken."""

import json
import mmap
import os
import re
import time

from programs import Limit, play

SECONDS = 600
# A point of a program of GLib's, which can run some of its points alone.
POINT = re.compile(r"ok \d+ (/\S+)")


class Look:
    """seconds: of the whole program.  points: [path, its seconds, the longest silence that it ended].
    seen: number of a condition -> positions in points; none if the program cannot run single ones."""

    def __init__(self, seconds, silence, points, seen):
        self.seconds = seconds
        self.silence = silence
        self.points = points
        self.seen = seen

    def save(self, path, stamp):
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"stamp": stamp, "seconds": self.seconds, "silence": self.silence, "points": self.points,
                       "seen": self.seen}, file)

    @classmethod
    def load(cls, path, stamp):
        """None if it belongs to another tree."""
        try:
            with open(path, encoding="utf-8") as file:
                notes = json.load(file)
        except (OSError, ValueError):
            return None
        if notes["stamp"] != stamp:
            return None
        seen = {int(number): points for number, points in notes["seen"].items()}
        return cls(notes["seconds"], notes["silence"], notes["points"], seen)

    def points_of(self, number):
        """The points that saw the condition, the shortest first."""
        return sorted((self.points[i] for i in self.seen[number]), key=lambda point: point[1])

    def seconds_of(self, number):
        points = self.points_of(number)
        return sum(point[1] for point in points) if points else self.seconds


class Watch:
    """Reads and clears, after each point, the file in which a running program notes what it has seen."""

    def __init__(self, path, n_conditions):
        self.length = mmap.PAGESIZE * (1 + n_conditions // mmap.PAGESIZE)
        with open(path, "wb") as file:
            file.write(bytes(self.length))
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), self.length)
        self.points = []
        self.seen = {}
        self.begun = self.last_point = self.last_line = time.monotonic()
        self.silence = self.point_silence = 0

    def take_noted(self):
        numbers = [number for number, value in enumerate(self.memory[:]) if value]
        for number in numbers:
            self.memory[number] = 0
        # The program has gone on meanwhile: some of it may belong to the next point.
        own = [i for i in (len(self.points) - 1, len(self.points)) if i >= 0]
        for number in numbers:
            self.seen.setdefault(number, set()).update(own)

    def take_line(self, line):
        now = time.monotonic()
        self.point_silence = max(self.point_silence, now - self.last_line)
        self.last_line = now
        point = POINT.match(line)
        if point:
            self.points.append([point.group(1), now - self.last_point, self.point_silence])
            self.take_noted()
            self.silence = max(self.silence, self.point_silence)
            self.last_point, self.point_silence = now, 0

    def end(self):
        self.take_noted()
        now = time.monotonic()
        silence = max(self.silence, self.point_silence, now - self.last_line)
        n = len(self.points)
        seen = {number: sorted(i for i in own if i < n) for number, own in self.seen.items()}
        return Look(now - self.begun, silence, self.points, seen)


def look(program, folder, path, n_conditions, variable):
    """The Look, or how the program failed."""
    watch = Watch(path, n_conditions)
    failed = play(program, folder, Limit(SECONDS, SECONDS), watch.take_line, **{variable: path})
    os.unlink(path)
    return failed or watch.end()
