#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Says "Hello" to an echo server and prints what comes back, without a loop: sync_client.py [URI]"""

import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp


def talk(uri: str) -> None:
    with Wsp.connect_sync(uri, subprotocols=['chat']) as connection:
        connection.send('Hello')
        print(connection.recv(timeout=20))


try:
    talk(sys.argv[1] if len(sys.argv) > 1 else 'ws://localhost:8080/chat')
except GLib.Error as error:
    sys.exit(error.message)
