#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Prints the numbers of ticker_server.py, and connects again when it was restarted: ticker.py [URI]"""

import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp


def on_connected(reconnector, connection):
    print('connected', flush=True)
    connection.message_filter = Wsp.MessageFilter.TEXT_ONLY
    connection.set_message_func(lambda connection, message: print(message.get_text(), flush=True))


loop = GLib.MainLoop()
reconnector = Wsp.Reconnector.new(sys.argv[1] if len(sys.argv) > 1 else 'ws://localhost:8080/')
reconnector.connect('connected', on_connected)
reconnector.connect('attempt-failed', lambda reconnector, handshake, error: print(error.message, file=sys.stderr))
reconnector.connect('disconnected', lambda reconnector, info: print(info.to_string(), flush=True))
reconnector.connect('notify::active', lambda *_: reconnector.active or loop.quit())     # it gave up
reconnector.start()
loop.run()
