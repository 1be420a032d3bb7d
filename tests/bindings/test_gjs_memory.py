#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A script in GJS does not keep what it has read or written: test_gjs_memory.py GJS"""

import asyncio
import os
import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import Wsp  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'lib'))
from tap import Tap  # noqa: E402

MIB = 1 << 20
SIZE = 96 * MIB
SECONDS = 90
# KiB: all of it, and what the last two thirds may add to what the first one took.  GJS frees in a thread of its own, which on
# a busy machine is a collection (15 MiB) or two behind; what is kept would be 96 and 64 MiB.
MAX_GROWTH, MAX_LATE_GROWTH = 48 * 1024, 32 * 1024
WAYS = 'stream', 'binary', 'text', 'messages', 'events', 'write'


async def send_much(connection):
    way = await connection.recv()
    if way == 'write':
        async for chunk in connection.stream():
            pass
    elif way == 'stream':
        async with connection.begin(Wsp.MessageType.BINARY) as out:
            for _ in range(SIZE // MIB):
                await out.write(bytes(MIB))
    else:
        data = 'x' * (MIB // 16) if way == 'text' else bytes(MIB // 16)
        for _ in range(SIZE // len(data)):
            await connection.send(data)
    async for data in connection:
        pass


async def measure(gjs, uri, way):
    """Bytes, three peaks in KiB, and what went wrong."""
    child = await asyncio.create_subprocess_exec(gjs, os.path.join(HERE, 'memory.js'), uri, way, str(SIZE),
                                                 stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    try:
        output, errors = await asyncio.wait_for(child.communicate(), SECONDS)
    except TimeoutError:
        child.kill()
        return None, 'it does not end'
    return [int(word) for word in output.split()] if child.returncode == 0 else None, errors.decode()


async def test(tap, gjs):
    async with Wsp.serve(send_much, '127.0.0.1', grace=0, limits=Wsp.Limits(max_message_size=2 * SIZE)) as server:
        for way in WAYS:
            figures, errors = await measure(gjs, f'ws://127.0.0.1:{server.port}/', way)
            name = f'/bindings/memory/gjs/{way}'
            tap.point(figures is not None and figures[0] == SIZE and errors == '', f'{name}/all-of-it', [figures, errors])
            if figures is None:
                continue
            _, before, early, late = figures
            found = [f'KiB: {before} before, {early} after a third, {late} at the end']
            tap.point(late - before <= MAX_GROWTH, f'{name}/is-released', found)
            tap.point(late - early <= MAX_LATE_GROWTH, f'{name}/does-not-grow-with-its-length', found)


def main(gjs):
    tap = Tap()
    Wsp.run(test(tap, gjs))
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
