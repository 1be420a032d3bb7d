# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The measured work: a cell is a line of words, such as "100c 20B d1".

  echo        100c 1024B d16 [binary|ascii|mixed|json] [deflate] [tls]     d messages in flight on each
  TLS         handshakes 16 tls [resumed] | idle 2000 1024B tls | honest 250 silent|half|whole (of a ClientHello)
              descriptors 1500 | rush 32 rsa (an echo next to handshakes)
  as a client connects [tls|system] [resumed] | client 100c 20B d16 [tls] | hold 100 tls|system | standstill system
              ("system": with the system's authorities, else with one); honest 0 [gnutls] [resumed] [delayed]
  few         10 of 4000 [20B d1]                                        connections that echo, of all
  others      handshakes 64 | idle 10000 1024B [deflate] [paused] | keepalive 10000 | latency | broadcast 1000c 20B
              calls 100c 20B d1 | allocations 100c 20B d1 | zlib 10c 4096B level 1 window 15 memory 8"""

import re

KINDS = ("binary", "ascii", "mixed", "json")
HELLOS = ("silent", "half", "whole")
TLS_RUNS = ("honest", "descriptors", "rush")
CLIENT_RUNS = ("client", "connects", "hold", "standstill")
RUNS = ("handshakes", "idle", "keepalive", "latency", "broadcast", "calls", "allocations", "zlib", *TLS_RUNS,
        *CLIENT_RUNS)
FLAGS = ("deflate", "tls", "resumed", "rsa", "system", "delayed", "gnutls", "paused")
NUMBER_AFTER = {"handshakes": "parallel", "idle": "connections", "keepalive": "connections", "hold": "connections",
                "honest": "others", "descriptors": "others", "rush": "parallel",
                "level": "level", "window": "window", "memory": "memory_level"}


class CellError(Exception):
    pass


class Cell:
    """One line of words, taken apart; equal lines are equal cells."""

    def __init__(self, text):
        self.name = " ".join(text.split())
        self.run = "echo"
        self.kind = "binary"
        self.hello = "silent"
        for name in FLAGS:
            setattr(self, name, False)
        self.numbers = {"connections": 1, "size": 20, "depth": 1}
        words = self.name.split()
        while words:
            self._take(words)
        self.tls = self.tls or self.resumed or self.rsa or self.system or self.run in TLS_RUNS
        if self.run == "latency":
            self.numbers["connections"] = 100
        if self.kind == "binary" and self.deflate and self.run == "echo":
            self.kind = "json"

    def _take(self, words):
        word = words.pop(0)
        match = re.fullmatch(r"(\d+)(c|B)|(d)(\d+)", word)
        if match:
            name = {"c": "connections", "B": "size", "d": "depth"}[match.group(2) or match.group(3)]
            self.numbers[name] = int(match.group(1) or match.group(4))
        elif word in KINDS:
            self.kind = word
        elif word in HELLOS:
            self.hello = word
        elif word in FLAGS:
            setattr(self, word, True)
        elif word.isdigit() and len(words) >= 2 and words[0] == "of":
            words.pop(0)
            self.numbers["active"] = int(word)
            self.numbers["connections"] = int(words.pop(0))
        elif word in RUNS or word in NUMBER_AFTER:
            if word in RUNS:
                self.run = word
            if word in NUMBER_AFTER and words and words[0].isdigit():
                self.numbers[NUMBER_AFTER[word]] = int(words.pop(0))
        else:
            raise CellError(f'"{self.name}": there is no "{word}"')

    def __eq__(self, other):
        return self.name == other.name

    def __hash__(self):
        return hash(self.name)

    @property
    def variant(self):
        """The options with which the server must have been started."""
        if self.run in ("broadcast", "descriptors"):
            return self.run
        return next((name for name in ("deflate", "resumed", "rsa", "tls") if getattr(self, name)), "plain")

    @property
    def is_of_client(self):
        """Whether a client is measured, not a server."""
        return self.run in CLIENT_RUNS

    @property
    def needs_fresh_server(self):
        return self.run in ("idle", "keepalive", "allocations", "descriptors")

    def load_arguments(self, seconds):
        run = {"calls": "echo", "allocations": "echo"}.get(self.run, self.run)
        arguments = [run, "--kind", self.kind, "--hello", self.hello, "--seconds", str(seconds),
                     "--warm-up", str(min(0.2, seconds / 3))]
        for name, number in self.numbers.items():
            arguments += [f"--{name.replace('_', '-')}", str(number)]
        return arguments + [f"--{name}" for name in ("deflate", "tls", "resumed", "delayed", "paused") if getattr(self, name)]


def parse(texts):
    return [Cell(text) for text in texts]
