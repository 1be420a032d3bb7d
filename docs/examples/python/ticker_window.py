#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Lists the numbers of ticker_server in a window, and connects again when it was restarted: ticker_window.py [URI]"""

import sys

import gi
gi.require_version('Gtk', '4.0')
gi.require_version('Wsp', '1')
from gi.repository import Gtk, Wsp

MAX_ROWS = 1000


class Ticker:
    def __init__(self, application: Gtk.Application, uri: str) -> None:
        self.window = Gtk.ApplicationWindow(application=application, title='Connecting', default_height=400)
        self.numbers = Gtk.StringList()
        factory = Gtk.SignalListItemFactory()
        factory.connect('setup', lambda _, row: row.set_child(Gtk.Label()))
        factory.connect('bind', lambda _, row: row.get_child().set_label(row.get_item().get_string()))
        view = Gtk.ListView(model=Gtk.NoSelection(model=self.numbers), factory=factory)
        self.window.set_child(Gtk.ScrolledWindow(child=view))
        self.reconnector = Wsp.Reconnector.new(uri)
        self.reconnector.connect('connected', self.on_connected)
        self.reconnector.connect('attempt-failed', lambda _, handshake, error: self.window.set_title(error.message))
        self.reconnector.connect('disconnected', lambda _, info: self.window.set_title(info.to_string()))
        self.reconnector.start()
        self.window.present()

    def on_connected(self, _: Wsp.Reconnector, connection: Wsp.Connection) -> None:
        self.window.set_title('Connected')
        connection.message_filter = Wsp.MessageFilter.TEXT_ONLY
        connection.set_message_func(self.on_message)

    def on_message(self, _: Wsp.Connection, message: Wsp.Message) -> None:
        n_old = max(0, self.numbers.get_n_items() + 1 - MAX_ROWS)
        self.numbers.splice(0, n_old, None)
        self.numbers.append(message.get_text())


def on_activate(application: Gtk.Application) -> None:
    application.ticker = Ticker(application, sys.argv[1] if len(sys.argv) > 1 else 'ws://localhost:8080/')


if __name__ == '__main__':
    app = Gtk.Application(application_id='org.example.Ticker')
    app.connect('activate', on_activate)
    app.run()
