# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The mutants that a test program, and each of its points, sees while nothing is broken.

gcov counts lines and branches, and does not say whether an operand would have changed its value."""

import json
import mmap
import os
import re
import time

from programs import Limit, play

SECONDS = 600
# A point of a program of GLib's, which can run some of its points alone.
POINT = re.compile(r"ok \d+ (/.+?)(?: # .*)?$")


class Look:
    """seconds: of the whole program.  points: [path, its seconds, the longest silence that it ended].
    seen: number of a mutant -> positions in points; none if the program cannot run single ones."""

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
        """The points that saw the mutant, the shortest first."""
        return sorted((self.points[i] for i in self.seen[number]), key=lambda point: point[1])

    def seconds_of(self, number):
        points = self.points_of(number)
        return sum(point[1] for point in points) if points else self.seconds


class Watch:
    """Reads and clears, after some of its points, the file in which a running program notes what it has seen.

    The program goes on meanwhile.  The notes that are there when lines are read belong to their points, to those whose
    lines are read next, and to the point after them, which may have been under way."""

    def __init__(self, path, n_mutants):
        self.length = mmap.PAGESIZE * (1 + n_mutants // mmap.PAGESIZE)
        with open(path, "wb") as file:
            file.write(bytes(self.length))
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), self.length)
        self.points = []
        self.noted = []             # [numbers, position of the first point they belong to, position after the last]
        self.begun = self.last_point = self.last_line = time.monotonic()
        self.silence = 0

    def take_noted(self, first):
        numbers = [number for number, value in enumerate(self.memory[:]) if value]
        for number in numbers:
            self.memory[number] = 0
        for note in self.noted[-1:]:
            note[2] = len(self.points) + 1
        self.noted.append([numbers, first, len(self.points) + 1])

    def take_lines(self, lines):
        now = time.monotonic()
        silence, self.last_line = now - self.last_line, now
        self.silence = max(self.silence, silence)
        paths = [match.group(1) for match in map(POINT.match, lines) if match]
        if not paths:
            return
        first = len(self.points)
        self.points += [[path, (now - self.last_point) / len(paths), silence] for path in paths]
        self.last_point = now
        self.take_noted(first)

    def end(self):
        self.take_noted(len(self.points))
        now = time.monotonic()
        seen = {}
        for numbers, first, end in self.noted:
            for number in numbers:
                seen.setdefault(number, set()).update(range(first, min(end, len(self.points))))
        seen = {number: sorted(points) for number, points in seen.items()}
        return Look(now - self.begun, max(self.silence, now - self.last_line), self.points, seen)


def look(program, folder, path, n_mutants, variable):
    """The Look, or how the program failed."""
    watch = Watch(path, n_mutants)
    failed = play(program, folder, Limit(SECONDS, SECONDS), watch.take_lines, **{variable: path})
    os.unlink(path)
    return failed or watch.end()
