#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Server of libsoup that echoes: any path but /ws is answered with 404.  Tells what it sees, a JSON object a line."""

import json

import gi

gi.require_version("Soup", "3.0")
from gi.repository import Gio, GLib, Soup


def tell(**event):
    print(json.dumps(event), flush=True)


class Peer:
    """Keeps one connection alive until it is closed."""

    alive = set()

    def __init__(self, message, connection):
        self.connection = connection
        Peer.alive.add(self)
        connection.set_max_incoming_payload_size(16 * 1024 * 1024)
        tell(event="open", protocol=connection.get_protocol(),
             header=message.get_request_headers().get_one("X-Token"))
        connection.connect("message", self.on_message)
        connection.connect("closed", self.on_closed)

    def on_message(self, connection, kind, data):
        is_text = kind == Soup.WebsocketDataType.TEXT
        tell(event="message", type="text" if is_text else "binary", hex=data.get_data().hex())
        connection.send_message(kind, data)

    def on_closed(self, connection):
        tell(event="close", code=connection.get_close_code(), reason=connection.get_close_data() or "")
        Peer.alive.discard(self)


server = Soup.Server()
server.add_websocket_handler("/ws", None, ["chat"], lambda server, message, path, connection: Peer(message, connection))
server.listen_local(0, Soup.ServerListenOptions.IPV4_ONLY)
tell(event="version", name="libsoup",
     version=f"{Soup.get_major_version()}.{Soup.get_minor_version()}.{Soup.get_micro_version()}")
tell(event="listening", port=server.get_uris()[0].get_port())
GLib.MainLoop().run()
