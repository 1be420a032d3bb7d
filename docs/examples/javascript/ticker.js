// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Prints the numbers of ticker-server, and connects again when it was restarted: gjs -m ticker.js [URI]
import GLib from 'gi://GLib';
import Wsp from 'gi://Wsp?version=1';

const loop = new GLib.MainLoop(null, false);
const reconnector = new Wsp.Reconnector(ARGV[0] ?? 'ws://localhost:8080/');

reconnector.connect('connected', async (_reconnector, connection) => {
    print('connected');
    connection.message_filter = Wsp.MessageFilter.TEXT_ONLY;
    try {
        for await (const number of connection)
            print(number);
    } catch (error) {
        // The reconnector reports it.
    }
});
reconnector.connect('attempt-failed', (_reconnector, _handshake, error) => printerr(error.message));
reconnector.connect('disconnected', (_reconnector, info) => print(info.to_string()));
reconnector.connect('notify::active', () => reconnector.active || loop.quit());   // it gave up
reconnector.start();
loop.run();
