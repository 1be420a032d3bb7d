#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""libsoup as a peer; README.md in the folder above has the command line and the events."""

import gi

gi.require_version("Soup", "3.0")
from gi.repository import Gio, GLib, Soup  # noqa: E402

from peer import Options, begin, payload, tell, tell_payload  # noqa: E402

MAX_MESSAGE = 64 << 20
words = begin()
loop = GLib.MainLoop()
PROTOCOLS = ["chat"]


class Peer:
    """Keeps one connection alive until it is closed, and echoes or takes one step after the other."""

    alive = set()

    def __init__(self, connection, options, on_end):
        self.connection = connection
        self.todo = list(options.steps)
        self.is_echo = not self.todo
        self.expected = None
        self.on_end = on_end
        Peer.alive.add(self)
        connection.set_max_incoming_payload_size(MAX_MESSAGE)
        connection.connect("message", self.on_message)
        connection.connect("pong", self.on_pong)
        connection.connect("closed", self.on_closed)
        connection.connect("error", lambda _, error: tell(event="error", text=error.message))
        if not self.is_echo:
            self.next()

    def next(self):
        if not self.todo:
            return
        kind, *words = self.todo.pop(0).split(":")
        if kind == "close":
            self.connection.close(int(words[0]) if words else Soup.WebsocketCloseCode.NO_STATUS,
                                  words[1] if len(words) > 1 else None)
        else:
            self.expected = payload(kind, int(words[0]))
            self.send(kind, self.expected)

    def send(self, kind, data):
        types = Soup.WebsocketDataType
        self.connection.send_message(types.BINARY if kind == "binary" else types.TEXT, GLib.Bytes.new(data))

    def on_message(self, connection, kind, data):
        name = "text" if kind == Soup.WebsocketDataType.TEXT else "binary"
        data = data.get_data() or b""
        if self.is_echo:
            tell_payload("message", name, data)
            if connection.get_state() == Soup.WebsocketState.OPEN:
                self.send(name, data)
            return
        tell(event="echo", type=name, length=len(data), is_equal=data == self.expected)
        self.next()

    def on_pong(self, connection, data):
        tell(event="pong", hex=(data.get_data() or b"").hex(), is_equal=True)

    def on_closed(self, connection):
        tell(event="close", code=connection.get_close_code(), reason=connection.get_close_data() or "")
        Peer.alive.discard(self)
        if self.on_end:
            self.on_end()


def on_connection(message, connection, options, on_end=None):
    tell(event="open", protocol=connection.get_protocol(), extensions=message.get_response_headers().get_one("Sec-WebSocket-Extensions"),
         header=message.get_request_headers().get_one("X-Token"))
    Peer(connection, options, on_end)


def serve(options):
    server = Soup.Server()
    if options.cert:
        server.set_tls_certificate(Gio.TlsCertificate.new_from_files(options.cert, options.key))
    if options.deflate is None:
        server.remove_websocket_extension(Soup.WebsocketExtensionDeflate)

    def on_request(server, message, path, connection):
        on_connection(message, connection, options)

    def refuse(server, message, *_):
        message.set_status(403, None)

    server.add_handler("/refused", refuse)
    server.add_websocket_handler("/", None, PROTOCOLS, on_request)
    listen = Soup.ServerListenOptions
    server.listen_local(0, listen.IPV4_ONLY | listen.HTTPS if options.cert else listen.IPV4_ONLY)
    tell(event="listening", port=server.get_uris()[0].get_port())
    return server


class Client:
    def __init__(self, options):
        self.options = options
        self.n_visits = options.n_visits
        self.session = Soup.Session(timeout=0, idle_timeout=0, max_conns=1000, max_conns_per_host=1000)
        if options.ca:
            self.session.set_tls_database(Gio.TlsFileDatabase.new(options.ca))
        if options.deflate is not None:
            self.session.add_feature_by_type(Soup.WebsocketExtensionManager)

    def on_end(self):
        self.n_visits -= 1
        if self.n_visits > 0:
            self.connect(self.options.uri)
        else:
            loop.quit()

    def connect(self, uri):
        message = Soup.Message.new("GET", uri)
        # an empty list would be an empty header field
        protocols = [self.options.protocol] if self.options.protocol else None
        self.session.websocket_connect_async(message, None, protocols, 0, None, self.on_connected, message)

    def on_connected(self, session, result, message):
        try:
            on_connection(message, session.websocket_connect_finish(result), self.options,
                          self.on_end if self.options.uri else None)
        except GLib.Error as error:
            tell(event="error", text=error.message)
            if not self.options.is_echo:
                loop.quit()


def read_uris(client):
    """Reads one line of standard input at a time; the channel must not buffer lines that are not
    processed."""
    stream = Gio.DataInputStream.new(Gio.UnixInputStream.new(0, False))

    def on_line(stream, result):
        line, _ = stream.read_line_finish_utf8(result)
        if line is not None:
            client.connect(line)
            stream.read_line_async(GLib.PRIORITY_DEFAULT, None, on_line)

    stream.read_line_async(GLib.PRIORITY_DEFAULT, None, on_line)


def main(words):
    options = Options(words)
    tell(event="version", name="libsoup",
         version=f"{Soup.get_major_version()}.{Soup.get_minor_version()}.{Soup.get_micro_version()}")
    if options.role == "server":
        keep = serve(options)
    else:
        keep = Client(options)
        if options.is_echo:
            read_uris(keep)
        else:
            keep.connect(options.uri)
    loop.run()
    del keep


main(words)
