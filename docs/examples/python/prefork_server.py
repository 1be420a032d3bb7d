#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""An echo server whose clients share four processes: prefork_server.py [PORT]"""

import asyncio
import ctypes
import os
import signal
import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp

N_CHILDREN = 4


def on_message(connection: Wsp.Connection, message: Wsp.Message) -> None:
    connection.queue_message(message, Wsp.SendFlags.DEFAULT)


def on_connection(_server: Wsp.Server, connection: Wsp.Connection) -> None:
    connection.connect('message', on_message)


async def go_on() -> None:
    await asyncio.get_running_loop().create_future()


def serve_in_child() -> None:
    """The parent has no thread, and never runs a main loop: so the kernel gives each client to a child."""
    parent = os.getpid()
    if os.fork() != 0:
        return
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)      # PR_SET_PDEATHSIG: ends with the parent
    if os.getppid() == parent:
        Wsp.run(go_on())
    os._exit(0)


def main(port: str = '8080') -> None:
    server = Wsp.Server()
    server.connect('connection', on_connection)
    listener = server.listen_inet(None, int(port), Wsp.ListenFlags.DEFAULT)
    for _ in range(N_CHILDREN):
        serve_in_child()
    print('port', listener.get_port(), flush=True)
    for _ in range(N_CHILDREN):
        os.wait()


try:
    main(*sys.argv[1:])
except GLib.Error as error:
    sys.exit(error.message)
