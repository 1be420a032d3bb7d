#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""script-mistakes.py TABLE: makes each mistake of the table that is in Python, and compares what the override says."""

import asyncio
import builtins
import configparser
import os
import re
import subprocess
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


class Received:
    """The texts that the server has received; a queue of asyncio is of one loop."""

    def __init__(self):
        self.queue = None

    async def listen(self, connection):
        async for data in connection:
            if data == "abort":
                connection.abort()
            elif data == "silence":
                await asyncio.Event().wait()
            else:
                self.queue.put_nowait(data)

    async def get(self):
        return await self.queue.get()


received = Received()
listen = received.listen


def listen_at(server):
    return server.listen_inet("127.0.0.1", 0, Wsp.ListenFlags.DEFAULT).get_port()


def told(status, headers, body):
    return f"{status} {headers.get('Content-Type') or '-'} {headers.get('X-A') or '-'} {body.decode().strip() or '-'}"


async def answer(on_request):
    """Status, type, X-A and body of the response that a handler of `request` makes."""
    server = Wsp.Server()
    server.connect("request", on_request)
    handshake = Wsp.Handshake.new_client(f"ws://127.0.0.1:{listen_at(server)}/")
    try:
        (await Wsp.Client().open_async(handshake)).abort()
    except GLib.Error:
        pass
    body = handshake.response_body
    return told(handshake.response_status, handshake.response_headers, body.get_data() if body is not None and body.get_size() else b"")


async def page(on_request):
    """The same of a handler of `http-request`."""
    server = Wsp.Server()
    server.connect("http-request", on_request)
    reader, writer = await asyncio.open_connection("127.0.0.1", listen_at(server))
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    first, *fields = head.decode().split("\r\n")
    return told(first.split(" ")[1], Wsp.Headers(field.split(": ", 1) for field in fields), body)


async def pair():
    """A server, its connection, and the client's."""
    server, come = Wsp.Server(), asyncio.get_running_loop().create_future()
    server.connect("connection", lambda server, connection: come.set_result(connection))
    client = await Wsp.connect(f"ws://127.0.0.1:{listen_at(server)}/")
    client.start_receiving()
    return server, await come, client


def expect_error(call):
    """The class of the exception, and "none" if there is no exception."""
    try:
        call()
    except Exception as error:                                          # pylint: disable=broad-except
        return type(error).__name__
    return "none"


def program_of(row):
    names = {"answer": answer, "asyncio": asyncio, "connect": connect, "expect_error": expect_error, "GLib": GLib, "handler": listen,
             "page": page, "pair": pair, "theirs": received.get, "Wsp": Wsp}
    head = "def" if row.get("do") == "program" else "async def"
    exec(f"{head} make(connection, uri):\n    {row['python']}", names)    # pylint: disable=exec-used
    return names["make"]


def own_words(text):
    return re.sub(r"<([^|<>]*)\|([^<>]*)>", r"\1", text)


def is_expected(error, row):
    if "result" in row:
        return error == row["result"]
    text, expected = error.message if isinstance(error, GLib.Error) else str(error), own_words(row["text"])
    begins = expected.removesuffix("...")
    return type(error).__name__ == own_words(row["error"]) and (text.startswith(begins) if expected.endswith("...") else text == begins)


async def make_in_loop(row):
    """The exception, or the result."""
    received.queue = asyncio.Queue()
    async with Wsp.serve(listen, "127.0.0.1", grace=0) as server:
        uri = f"ws://127.0.0.1:{server.port}/"
        async with Wsp.connect(uri) as connection:
            try:
                return await asyncio.wait_for(program_of(row)(connection, uri), SECONDS)
            except Exception as error:                                  # pylint: disable=broad-except
                return error


def make_without_override(row):
    """In a process that does not find the override of this checkout."""
    code = f"""
import gi
gi.require_version('Wsp', '1')
from gi.repository import Wsp
try:
    {row['python']}
except Exception as error:
    print(type(error).__name__, error, sep=': ')
"""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    name, _, text = done.stdout.strip().partition(": ")
    return getattr(builtins, name, RuntimeError)(text or done.stderr)


def make(row):
    if row.get("do") == "plain":
        return make_without_override(row)
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
        if "python" in row:
            error = make(row)
            tap.point(is_expected(error, row), f"/mistakes/{os.path.splitext(os.path.basename(path))[0]}/{name}", [repr(error), own_words(row.get("text", row.get("result")))])
    return tap.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
