#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Says "Hello" to an echo server and prints what comes back: echo_client.py [URI]"""

import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp

loop, client, failures = GLib.MainLoop(), Wsp.Client(), []


def on_message(connection, message):
    print(message.get_text())
    connection.close_async(Wsp.CloseCode.NORMAL, None)


def on_connected(client, result):
    try:
        connection = client.connect_finish(result)
    except GLib.Error as error:
        failures.append(error.message)
        loop.quit()
        return
    connection.connect('message', on_message)
    connection.connect('closed', lambda connection: loop.quit())
    connection.start()
    connection.queue_text('Hello')


uri = sys.argv[1] if len(sys.argv) > 1 else 'ws://localhost:8080/chat'
client.connect_async(uri, ['chat'], None, None, on_connected)
loop.run()
sys.exit(failures[0] if failures else 0)
