#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Replies of coroutines and promises, which leave in one write when the loop goes on: none is lost where a program ends instead.

Each program connects to a peer of plain bytes, which sends three messages in one write, and then notes what it gets:
test_replies.py python|gjs INTERPRETER"""

import contextlib
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from lib.program import LIMIT_SECONDS  # noqa: E402
from lib.raw_peer import Peer  # noqa: E402
from lib.tap import Tap  # noqa: E402

PYTHON = '''
import asyncio, os, sys, threading, gi
gi.require_version('Wsp', '1')
from gi.repository import Gio, GLib, Wsp

kept = []

async def reply():
    connection = await Wsp.connect(sys.argv[1])
    kept.append(connection)
    for _ in range(3):
        await connection.send(await connection.recv())
    return connection
'''
GJS = '''
imports.gi.versions.Wsp = '1';
const {GLib, Wsp} = imports.gi;
const System = imports.system;
const kept = [];

async function reply() {
    const connection = await Wsp.connect(ARGV[0]);

    kept.push(connection);
    for (let i = 0; i < 3; i++)
        await connection.send(await connection.recv());
    return connection;
}
'''
# Name, program, its status.
PROGRAMS = {
    'python': (
        ('returns', 'Wsp.run(reply())', 0),
        ('exits', 'async def main():\n    await reply()\n    sys.exit(3)\nWsp.run(main())', 3),
        ('waits-for-the-loop', 'async def main():\n    connection = await reply()\n    sys.exit(5 if connection.props.send_queue_bytes > 0 else 6)\n'
         'Wsp.run(main())', 5),
        ('leaves-at-once-in-a-main-loop', 'loop = Wsp.EventLoop()\nasync def main():\n    connection = await reply()\n'
         '    os._exit(5 if connection.props.send_queue_bytes > 0 else 6)\nloop.create_task(main())\nGLib.MainLoop().run()', 6),
        ('raises', 'async def main():\n    await reply()\n    raise KeyError\nWsp.run(main())', 1),
        ('drops-the-connection', 'async def main():\n    await reply()\n    kept.clear()\nWsp.run(main())', 0),
        ('closes', 'async def main():\n    await (await reply()).close()\nWsp.run(main())', 0),
        ('loop-without-run', 'Wsp.EventLoop().run_until_complete(reply())', 0),
        ('exits-at-once-behind-the-loop', 'Wsp.EventLoop().run_until_complete(reply())\nos._exit(4)', 4),
        ('stopped-loop-never-goes-on', 'loop = Wsp.EventLoop()\nasync def main():\n    await reply()\n    loop.stop()\n'
         'loop.create_task(main())\nloop.run_forever()\nos._exit(4)', 4),
        ('in-a-thread', 'thread = threading.Thread(target=lambda: Wsp.run(reply()))\nthread.start()\nthread.join(60)', 0),
        ('in-a-main-loop', 'loop = Wsp.EventLoop()\nouter = GLib.MainLoop()\nasync def main():\n    await reply()\n    outer.quit()\n'
         'loop.create_task(main())\nouter.run()\nos._exit(4)', 4),
    ),
    'gjs': (
        ('returns', 'Wsp.run(reply);', 0),
        ('exits', 'Wsp.run(async () => { await reply(); System.exit(3); });', 3),
        ('waits-for-the-loop', 'Wsp.run(async () => { const connection = await reply(); System.exit(connection.send_queue_bytes > 0 ? 5 : 6); });', 5),
        ('leaves-at-once-in-a-main-loop', 'reply().then(connection => System.exit(connection.send_queue_bytes > 0 ? 5 : 6)); '
         'new GLib.MainLoop(null, false).run();', 6),
        ('throws', 'try { Wsp.run(async () => { await reply(); throw new Error(); }); } catch (_error) { System.exit(4); }', 4),
        ('drops-the-connection', 'Wsp.run(async () => { await reply(); kept.pop(); System.gc(); });', 0),
        ('closes', 'Wsp.run(async () => { await (await reply()).close(); });', 0),
        ('exits-behind-the-loop', 'Wsp.run(reply); System.exit(3);', 3),
        ('in-a-main-loop', 'const loop = new GLib.MainLoop(null, false); reply().then(() => loop.quit()); loop.run(); System.exit(3);', 3),
        ('in-a-main-loop-after-run', 'Wsp.run(async () => 0); const loop = new GLib.MainLoop(null, false); '
         'reply().then(() => loop.quit()); loop.run(); System.exit(3);', 3),
    ),
}
TEXTS = [b'a', b'b', b'c']
# More than a coroutine has ready, and than is read ahead: the peer waits for all replies before it closes.
ECHOES = {
    'python': '''
async def main():
    async with await Wsp.connect(sys.argv[1], limits=Wsp.Limits(keepalive_interval_seconds=0)) as connection:
        async for text in connection:
            await connection.send(text)
Wsp.run(main())
''',
    'gjs': '''
Wsp.run(async () => {
    const connection = await Wsp.connect(ARGV[0], {limits: new Wsp.Limits({keepalive_interval: 0})});

    for await (const text of connection)
        await connection.send(text);
});
''',
}
NUMBERS = (17, 20, 70, 300)


def play_all(n):
    def play_some(peer):
        peer.upgrade()
        peer.write(bytes([0x81, 1, ord('a')]) * n)
        for _ in range(n):
            peer.read_frame()
        peer.write(bytes([0x88, 2, 0x03, 0xE8]))
        peer.read_frame()
    return play_some


def play(peer):
    peer.upgrade()
    peer.write(b''.join(bytes([0x81, len(text)]) + text for text in TEXTS))
    with contextlib.suppress(OSError, ValueError):              # the end of the stream
        while True:
            peer.read_frame()


def run_program(command, head, text, play_peer=play):
    """The status, the texts that the peer got, and the log."""
    with tempfile.NamedTemporaryFile('w', encoding='utf-8') as file, Peer(play_peer) as peer:
        file.write(head + text)
        file.flush()
        done = subprocess.run([command, file.name, peer.uri], stderr=subprocess.PIPE, text=True, timeout=LIMIT_SECONDS, check=False)
    return done.returncode, [payload for first, payload in peer.came if first == 0x81], done.stderr


def main(language, command):
    tap = Tap()
    head = {'python': PYTHON, 'gjs': GJS}[language]
    for name, text, status in PROGRAMS[language]:
        found = run_program(command, head, text)
        tap.point(found[:2] == (status, TEXTS), f'/bindings/replies/{language}/{name}', [repr(one) for one in found])
    for n in NUMBERS:
        found = run_program(command, head, ECHOES[language], play_all(n))
        tap.point(found[:2] == (0, [b'a'] * n), f'/bindings/replies/{language}/all-of-{n}', [repr(one) for one in found])
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
