#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A page, a health check and the WebSocket that the page uses, on one port: page_server.py [PORT]"""

import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp

PAGE = b"""<!DOCTYPE html><title>Echo</title><pre></pre><script>
const socket = new WebSocket(location.href.replace('http', 'ws'));
socket.onopen = () => socket.send('Hello');
socket.onmessage = event => document.querySelector('pre').append(event.data);
</script>
"""
BODIES = {'/': ('text/html; charset=utf-8', PAGE), '/healthz': ('text/plain', b'ok\n')}


def on_http_request(server, request):
    if request.path not in BODIES:
        request.respond(404)
        return True
    content_type, body = BODIES[request.path]
    headers = Wsp.Headers.new()
    headers.append('Content-Type', content_type)
    request.respond(200, headers, GLib.Bytes.new(body))
    return True


def on_connection(server, connection):
    connection.set_message_func(lambda connection, message: connection.queue_message(message))


server = Wsp.Server()
server.connect('http-request', on_http_request)
server.connect('connection', on_connection)
try:
    server.listen_inet(None, int(sys.argv[1]) if len(sys.argv) > 1 else 8080)
except GLib.Error as error:
    sys.exit(error.message)
print('port', server.port, flush=True)
GLib.MainLoop().run()
