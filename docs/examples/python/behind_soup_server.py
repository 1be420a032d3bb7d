#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Pages and a WebSocket on one port: SoupServer speaks HTTP and hands the stream over once it has
written the 101: behind_soup_server.py [PORT]"""

import sys

import gi
gi.require_version('Soup', '3.0')
gi.require_version('Wsp', '1')
from gi.repository import GLib, Soup, Wsp

PAGE = b'<!doctype html><title>Echo</title><p>The WebSocket is at this address, too.'


def on_connection(server, connection):
    """The server emits this for adopted connections too."""
    connection.set_message_func(lambda connection, message: connection.queue_message(message, Wsp.SendFlags.DEFAULT))


def read_request(message):
    headers = Wsp.Headers.new()
    message.get_request_headers().foreach(headers.append)
    version = '1.1' if message.get_http_version() == Soup.HTTPVersion.HTTP_1_1 else '1.0'
    target = message.get_uri().to_string_partial(GLib.UriHideFlags.FRAGMENT)
    return Wsp.Handshake.new_server(message.get_method(), target, version, headers)


def switch_protocols(message, handshake):
    def on_answer_written(message):
        server.adopt(handshake, message.steal_connection())

    headers = handshake.get_response_headers()
    for i in range(headers.get_length()):
        message.get_response_headers().append(headers.get_name(i), headers.get_value(i))
    message.connect('wrote-informational', on_answer_written)
    message.set_status(Soup.Status.SWITCHING_PROTOCOLS, None)


def answer(message, handshake):
    """The server decides as for a port of its own: pages of other sites can reach this port as well."""
    handshake.set_addresses(message.get_local_address(), message.get_remote_address())
    try:
        server.process_handshake(handshake)
    except GLib.Error:
        message.set_status(handshake.get_response_status(), None)
        message.set_response('text/plain; charset=utf-8', Soup.MemoryUse.COPY, handshake.get_response_body().get_data())
    else:
        switch_protocols(message, handshake)


def on_health(http, message, path, query):
    message.set_status(Soup.Status.OK, None)
    message.set_response('text/plain', Soup.MemoryUse.COPY, b'ok\n')


def on_page(http, message, path, query):
    try:
        answer(message, read_request(message))
    except GLib.Error as error:
        if error.matches(Wsp.Error.quark(), Wsp.Error.NOT_WEBSOCKET):
            message.set_status(Soup.Status.OK, None)
            message.set_response('text/html', Soup.MemoryUse.COPY, PAGE)
        else:
            message.set_status(Soup.Status.BAD_REQUEST, None)


server = Wsp.Server()
server.connect('connection', on_connection)
http = Soup.Server()
http.add_handler('/health', on_health)
http.add_handler(None, on_page)
try:
    http.listen_local(int(sys.argv[1]) if len(sys.argv) > 1 else 8080, Soup.ServerListenOptions.IPV4_ONLY)
except GLib.Error as error:
    sys.exit(error.message)
print('port', http.get_uris()[0].get_port(), flush=True)
GLib.MainLoop().run()
