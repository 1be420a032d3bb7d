#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Sends every message back: echo_server.py [PORT]"""

import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp


def on_connection(server, connection):
    connection.set_message_func(lambda connection, message: connection.queue_message(message))
    connection.connect('closed', lambda connection: print('closed', connection.props.peer_close_code, flush=True))
    connection.start()


server = Wsp.Server(subprotocols=['chat'], allowed_origins=['https://example.org'])
server.connect('connection', on_connection)
try:
    port = server.add_inet_port(None, int(sys.argv[1]) if len(sys.argv) > 1 else 8080)
except GLib.Error as error:
    sys.exit(error.message)
print('port', port, flush=True)
GLib.MainLoop().run()
