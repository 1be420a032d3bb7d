#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The window of docs/examples/python/ticker_window.py shows what its server sends, also of one that was restarted:
test_ticker_window.py EXAMPLES, with a display"""

import asyncio
import os
import subprocess
import sys

import gi
gi.require_version('Gtk', '4.0')
gi.require_version('Wsp', '1')
from gi.repository import Gio, GLib, Gtk, Wsp

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', folder) for folder in ('', 'lib')]
from program import Program
from tap import Tap

MILLISECONDS = 30000


def labels_of(widget):
    """The texts of all labels that are shown below a widget."""
    if isinstance(widget, Gtk.Label):
        return [widget.get_label()] if widget.get_mapped() else []
    texts, child = [], widget.get_first_child()
    while child is not None:
        texts += labels_of(child)
        child = child.get_next_sibling()
    return texts


def wait_until(condition):
    """Runs the main loop, whose sources are those of the window, until the condition holds; False at the limit."""
    expired = []
    limit = GLib.timeout_add(MILLISECONDS, lambda: expired.append(True) or GLib.SOURCE_CONTINUE)
    while not expired and not condition():
        GLib.MainContext.default().iteration(True)
    GLib.source_remove(limit)
    return not expired


def start_server(examples, port):
    server = Program([sys.executable, os.path.join(examples, 'ticker_server.py'), str(port)], stdout=subprocess.PIPE,
                     text=True)
    return server, int(server.stdout.readline().split()[1])


def stop(server):
    server.kill()
    server.wait(30)
    server.stdout.close()


def try_window(tap, examples):
    sys.path.insert(0, examples)
    from ticker_window import MAX_ROWS, Ticker

    server, port = start_server(examples, 0)
    app = Gtk.Application(application_id='org.example.TickerTest')
    app.register(None)
    ticker = Ticker(app, f'ws://localhost:{port}/')
    window = ticker.window
    shown = wait_until(lambda: len([text for text in labels_of(window.get_child()) if text.isdigit()]) >= 3)
    tap.point(shown and window.get_title() == 'Connected', '/examples/python-ticker-window/shows-the-numbers',
              [window.get_title(), str(labels_of(window))])
    stop(server)
    ended = wait_until(lambda: window.get_title() != 'Connected')
    tap.point(ended and 'abnormally' in window.get_title(), '/examples/python-ticker-window/says-that-its-server-ended',
              [window.get_title()])
    n_before = ticker.numbers.get_n_items()
    server, _ = start_server(examples, port)
    again = wait_until(lambda: window.get_title() == 'Connected' and ticker.numbers.get_n_items() > n_before)
    tap.point(again, '/examples/python-ticker-window/goes-on-with-the-next-server', [window.get_title()])
    ticker.numbers.splice(0, ticker.numbers.get_n_items(), [str(i) for i in range(MAX_ROWS)])
    wait_until(lambda: ticker.numbers.get_string(0) != '0')
    n_new = int(ticker.numbers.get_string(0))           # a busy machine shows more than one at once
    tap.point(ticker.numbers.get_n_items() == MAX_ROWS and ticker.numbers.get_string(MAX_ROWS - 1 - n_new) == str(MAX_ROWS - 1),
              '/examples/python-ticker-window/keeps-as-many-rows-as-it-says', [str(ticker.numbers.get_n_items()), n_new])
    stop(server)


def try_coroutines(tap):
    """Coroutines run while GTK iterates the main context."""
    async def use(app):
        async with Wsp.serve(lambda connection: connection.send('sent'), '127.0.0.1') as server:
            received.append(await (await Wsp.connect(f'ws://127.0.0.1:{server.port}/')).recv(timeout=MILLISECONDS / 1000))
        app.quit()

    def on_activate(app):
        window = Gtk.ApplicationWindow(application=app)
        window.present()
        tasks.append(asyncio.get_event_loop().create_task(use(app)))

    asyncio.set_event_loop_policy(Wsp.EventLoopPolicy())
    for name, run in {'wsp-run': Wsp.run, 'policy': Gtk.Application.run}.items():
        received, tasks = [], []
        app = Gtk.Application(application_id='org.example.CoroutinesTest', flags=Gio.ApplicationFlags.NON_UNIQUE)
        app.connect('activate', on_activate)
        limit = GLib.timeout_add(MILLISECONDS, app.quit)
        status = run(app)
        GLib.source_remove(limit)
        tap.point(status == 0 and received == ['sent'], f'/bindings/coroutines/python/gtk/{name}', [status, received, tasks])


if __name__ == '__main__':
    test = Tap()
    if Gtk.init_check():
        try_window(test, sys.argv.pop())
        try_coroutines(test)
    else:
        test.skip('/examples/python-ticker-window', 'there is no display')
    sys.exit(test.end())
