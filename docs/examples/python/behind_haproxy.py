#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""An echo server behind a load balancer, which drains at SIGTERM: behind_haproxy.py [PORT [LEAD [SPREAD [GRACE]]]]

The times are milliseconds.  haproxy.cfg has the load balancer."""

import signal
import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp

TIMES = 1000, 4000, 5000        # lead, spread and grace


def on_health_check(server, request):
    request.respond(404 if server.props.draining else 200)
    return True


def on_connection(server, connection):
    connection.connect('message', lambda connection, message: connection.queue_message(message))


def main(port=8081, *times):
    loop = GLib.MainLoop()
    server = Wsp.Server()

    def on_signal():
        lead, spread, grace = map(int, times or TIMES)
        server.drain_async(1001, 'restart', lead, spread, grace, None, on_drained)
        return GLib.SOURCE_REMOVE

    def on_drained(server, result):
        server.drain_finish(result)
        loop.quit()

    server.connect('http-request', on_health_check)
    server.connect('connection', on_connection)
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, on_signal)
    listener = server.listen_inet('127.0.0.1', int(port), Wsp.ListenFlags.PROXY_PROTOCOL)
    print('port', listener.get_port(), flush=True)
    loop.run()
    print('drained')


try:
    main(*sys.argv[1:])
except GLib.Error as error:
    sys.exit(error.message)
