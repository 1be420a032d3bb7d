#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""libwsproto as a peer; README.md in the folder above has the command line and the events."""

import functools

import gi

gi.require_version("Wsp", "1")
from gi.repository import Gio, GLib, Wsp  # noqa: E402

from peer import Options, begin, payload, tell, tell_payload  # noqa: E402

MAX_MESSAGE = 64 << 20
DEFAULT = Wsp.SendFlags.DEFAULT
words = begin()
loop = GLib.MainLoop()


class Conversation:
    """Echoes, or takes one step after the other."""

    def __init__(self, connection, options, on_end=None):
        self.connection = connection
        self.todo = list(options.steps)
        self.is_echo = not self.todo
        self.on_end = on_end
        self.expected = None
        connection.connect("message", self.on_message)
        connection.connect("closed", self.on_closed)
        tell(event="open", protocol=connection.props.subprotocol,
             extensions=", ".join(connection.props.extensions or []) or None)
        connection.start_receiving()
        if not self.is_echo:
            self.next()

    def next(self):
        if not self.todo:
            return
        kind, *words = self.todo.pop(0).split(":")
        if kind == "close":
            code = int(words[0]) if words else Wsp.CloseCode.NO_STATUS
            self.connection.close_async(code, words[1] if len(words) > 1 else None, None, None)
        elif kind == "ping":
            self.connection.ping_async(GLib.Bytes.new(words[0].encode()), None, self.on_pong)
        else:
            self.expected = payload(kind, int(words[0]))
            self.send(kind, int(words[1]) if len(words) > 1 else 1)

    def send(self, kind, n_fragments):
        if n_fragments == 1:
            make = Wsp.Message.new_binary_bytes if kind == "binary" else Wsp.Message.new_text_bytes
            self.connection.queue_message(make(GLib.Bytes.new(self.expected)), DEFAULT)
            return
        types = Wsp.MessageType
        stream = self.connection.begin_message(types.BINARY if kind == "binary" else types.TEXT, DEFAULT)
        size = -(-len(self.expected) // n_fragments)
        for i in range(n_fragments):
            stream.write_bytes(GLib.Bytes.new(self.expected[i * size:(i + 1) * size]), None)
        stream.close(None)

    def on_message(self, connection, message):
        name = "text" if message.get_message_type() == Wsp.MessageType.TEXT else "binary"
        data = message.get_bytes().get_data() or b""
        stats = connection.dup_stats()
        tell(event="wire", received=stats.bytes_received, sent=stats.bytes_sent)
        if self.is_echo:
            tell_payload("message", name, data)
            connection.queue_message(message, DEFAULT)
            return
        tell(event="echo", type=name, length=len(data), is_equal=data == self.expected)
        self.next()

    def on_pong(self, connection, result):
        round_trip = connection.ping_finish(result)
        tell(event="pong", is_equal=round_trip >= 0)
        self.next()

    def on_closed(self, connection):
        props = connection.props
        tell(event="close", code=props.peer_close_code, reason=props.peer_close_reason or "",
             is_clean=props.close_info.is_clean(), text=props.close_info.to_string())
        if self.on_end:
            self.on_end()


def deflate_options(options):
    """The options begin with the role's defaults; the parameters are changed one by one."""
    found = Wsp.DeflateOptions(threshold=0)
    for name, value in options.deflate_parameters():
        if name.endswith("no_context_takeover"):
            found.set_property(name.replace("_no_", "_"), False)
        else:
            found.set_property(name.replace("_max_", "_"), max(value or 15, 9))
    return found


def make_limits():
    return Wsp.Limits(max_message_size=MAX_MESSAGE, max_send_queue=MAX_MESSAGE)


def serve(options):
    server = Wsp.Server(subprotocols=["chat"], limits=make_limits())
    if options.deflate is not None:
        deflate = deflate_options(options)
        server.props.deflate = deflate
    if options.cert:
        certificate = Gio.TlsCertificate.new_from_files(options.cert, options.key)
        server.props.tls_certificate = certificate
    server.connect("connection", lambda server, connection: Conversation(connection, options))
    server.connect("handshake-failed", lambda server, address, handshake, error: tell(event="error", text=error.message))
    flags = Wsp.ListenFlags.TLS if options.cert else Wsp.ListenFlags.DEFAULT
    tell(event="listening", port=server.listen_inet(None, 0, flags).get_port())
    return server


# Clients that are to resume a session of another one have the same database and certificate.
database_of = functools.cache(Gio.TlsFileDatabase.new)
certificate_of = functools.cache(Gio.TlsCertificate.new_from_files)


def make_client(options):
    client = Wsp.Client(limits=make_limits())
    if options.deflate is not None:
        deflate = deflate_options(options)
        client.props.deflate = deflate
    if options.ca:
        client.props.tls_database = database_of(options.ca)
    if options.cert:
        client.props.tls_certificate = certificate_of(options.cert, options.key)
    if options.proxy:
        resolver = Gio.SimpleProxyResolver.new(options.proxy, None)
        client.props.proxy_resolver = resolver
    return client


def connect(options, n_visits):
    """Each visit has a client of its own."""
    def on_end():
        if n_visits > 1:
            connect(options, n_visits - 1)
        else:
            loop.quit()

    def on_connected(client, result):
        try:
            Conversation(client.connect_finish(result), options, on_end)
        except GLib.Error as error:
            tell(event="error", text=error.message)
            on_end()

    make_client(options).connect_async(options.uri, [options.protocol] if options.protocol else None, None, None,
                                       on_connected)


def main(words):
    options = Options(words)
    tell(event="version", name="libwsproto", version=Wsp.VERSION_STRING)
    keep = serve(options) if options.role == "server" else connect(options, options.n_visits)
    loop.run()
    del keep


main(words)
