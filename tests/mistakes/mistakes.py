#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""mistakes.py TABLE NAME PORT FOLDER: makes one mistake of the table, and prints the text for the program."""

import configparser
import os
import sys

import gi

gi.require_version("Wsp", "1")
from gi.repository import Gio, GLib, Wsp  # noqa: E402


class Mistake:
    def __init__(self, path, name, port, folder):
        table = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#",))
        table.read(path, encoding="utf-8")
        self.row = {key: value.replace("PORT", port) for key, value in table[name].items()}
        self.folder = folder
        self.loop = GLib.MainLoop()
        self.kept = []

    def list(self, key):
        return self.row[key].split(";") if key in self.row else None

    def path(self, name):
        return os.path.join(self.folder, name)

    def make_client(self):
        row = self.row
        client = Wsp.Client(subprotocol_required="required" in row)
        if "timeout" in row:
            client.set_connect_timeout(int(row["timeout"]))
        if "proxy" in row:
            client.props.proxy_resolver = Gio.SimpleProxyResolver.new(row["proxy"], None)
        if "trust" in row:
            client.props.tls_database = Gio.TlsFileDatabase.new(self.path(row["trust"]))
        self.kept.append(client)
        return client

    def make_server(self):
        server = Wsp.Server()
        self.kept.append(server)
        server.props.allowed_origins = self.list("origins")
        server.props.allowed_hosts = self.list("hosts")
        server.props.trusted_proxies = self.list("proxies")
        server.props.subprotocols = self.list("supports")
        if "certificate" in self.row:
            server.props.tls_certificate = Gio.TlsCertificate.new_from_files(
                self.path(self.row["certificate"] + ".pem"), self.path(self.row.get("key", "key")))
        return server

    def begin_listen(self, server):
        """Without flags in the row, a server with a certificate uses TLS."""
        flags = int(self.row.get("flags", "certificate" in self.row))
        return server.listen_inet(self.row.get("address"), 0, Wsp.ListenFlags(flags))

    def set_two_receivers(self, connection):
        if self.row["do"] == "handler":
            connection.set_message_func(lambda connection, message: None)
        connection.connect("message", lambda connection, message: None)
        if self.row["do"] == "function":
            connection.set_message_func(lambda connection, message: None)
        connection.start_receiving()

    def on_connected(self, client, result):
        try:
            connection = client.connect_finish(result)
        except GLib.Error as error:
            print("text", error.message, flush=True)
        else:
            if self.row["do"] == "forget":
                self.kept.append(connection)
                return
            if self.row["do"] in ("function", "handler"):
                try:
                    self.set_two_receivers(connection)
                except GLib.Error as error:
                    print(error.message, file=sys.stderr, flush=True)
            del connection
        self.loop.quit()

    def connect(self):
        headers = None
        if "header" in self.row:
            headers = Wsp.Headers.new()
            headers.append(*self.row["header"].split(": ", 1))
        self.make_client().connect_async(self.row["uri"], self.list("subprotocols"), headers, None, self.on_connected)

    def on_handshake_failed(self, server, address, handshake, error):
        print("text", error.message, flush=True)
        self.loop.quit()

    def on_request(self, server, handshake):
        try:
            handshake.accept(self.row["selects"], None)
        except GLib.Error as error:
            print("text", error.message, flush=True)
        self.loop.quit()
        return False

    def serve(self):
        server = self.make_server()
        if "selects" in self.row:
            server.connect("request", self.on_request)
        else:
            server.connect("handshake-failed", self.on_handshake_failed)
        print("port", self.begin_listen(server).get_port(), flush=True)

    def on_connection(self, server, connection):
        """The client does not read, so each message stays in the queue."""
        message = Wsp.Message.new_text("x" * 256 * 1024)
        for _ in range(100):
            server.broadcast(message)
        self.loop.quit()

    def skip(self):
        server = self.make_server()
        server.connect("connection", self.on_connection)
        uri = f"ws://127.0.0.1:{self.begin_listen(server).get_port()}/"
        self.make_client().connect_async(uri, None, None, None, None)

    def listen(self):
        try:
            self.begin_listen(self.make_server())
        except GLib.Error as error:
            print("text", error.message, flush=True)

    def refuse(self):
        headers = Wsp.Headers.new()
        for name, value in (("Host", "a"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                            ("Sec-WebSocket-Key", "MDEyMzQ1Njc4OWFiY2RlZg=="), ("Sec-WebSocket-Version", "13")):
            headers.append(name, value)
        handshake = Wsp.Handshake.new_server("GET", "/", "1.1", headers)
        handshake.reject(int(self.row["status"]), None, GLib.Bytes.new(bytes(int(self.row["length"]))))

    def make(self):
        what = self.row["do"]
        if what == "set":
            self.make_server()
            return
        if what in ("listen", "plain", "refuse"):
            getattr(self, "refuse" if what == "refuse" else "listen")()
            return
        {"serve": self.serve, "accept": self.serve, "skip": self.skip}.get(what, self.connect)()
        self.loop.run()


Mistake(*sys.argv[1:]).make()
