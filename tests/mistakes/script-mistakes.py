#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""script-mistakes.py TABLE: makes each mistake of the table that is in Python, and compares what the override says."""

import asyncio
import configparser
import os
import sys

import gi

gi.require_version("Wsp", "1")
from gi.repository import GLib, Wsp  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True

from lib.tap import Tap  # noqa: E402

SECONDS = 60


async def connect(uri):
    async with Wsp.connect(uri):
        pass


def program_of(row):
    names = {"asyncio": asyncio, "connect": connect, "Wsp": Wsp}
    head = "def" if row.get("do") == "program" else "async def"
    exec(f"{head} make(connection, uri):\n    {row['code']}", names)    # pylint: disable=exec-used
    return names["make"]


def is_expected(error, row):
    text = error.message if isinstance(error, GLib.Error) else str(error)
    begins = row["text"].removesuffix("...")
    return type(error).__name__ == row["error"] and \
        (text.startswith(begins) if row["text"].endswith("...") else text == begins)


async def listen(connection):
    async for _ in connection:
        pass


async def make_in_loop(row):
    """The exception."""
    async with Wsp.serve(listen, "127.0.0.1") as server:
        uri = f"ws://127.0.0.1:{server.port}/"
        async with Wsp.connect(uri) as connection:
            try:
                return await asyncio.wait_for(program_of(row)(connection, uri), SECONDS)
            except Exception as error:                                  # pylint: disable=broad-except
                return error


def make(row):
    if row.get("do") != "program":
        return Wsp.run(make_in_loop(row))
    try:
        return program_of(row)(None, "ws://127.0.0.1:1/")
    except Exception as error:                                          # pylint: disable=broad-except
        return error


def main(path):
    table = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#",))
    table.read(path, encoding="utf-8")
    tap = Tap()
    for name in table.sections():
        row = table[name]
        if row["language"] == "python":
            error = make(row)
            tap.point(is_expected(error, row), f"/mistakes/scripts/{name}", [repr(error), row["text"]])
    return tap.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
