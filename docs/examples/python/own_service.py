#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""An echo server whose clients come from a GSocketService of the program: own_service.py [PORT]"""

import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import Gio, GLib, Wsp


def on_incoming(service, stream, source):
    try:
        server.accept_stream(stream)
    except GLib.Error as error:         # the server is full, for example
        print(error.message, file=sys.stderr)
    return True


def on_connection(server, connection):
    connection.set_message_func(lambda connection, message: connection.queue_message(message))


server, service = Wsp.Server(), Gio.SocketService()
server.connect('connection', on_connection)
service.connect('incoming', on_incoming)
port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
try:
    if port == 0:
        port = service.add_any_inet_port(None)
    else:
        service.add_inet_port(port, None)
except GLib.Error as error:
    sys.exit(error.message)
print('port', port, flush=True)
GLib.MainLoop().run()
