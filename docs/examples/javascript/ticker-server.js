// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Sends a number to every client, ten times a second: gjs -m ticker-server.js [PORT]
import GLib from 'gi://GLib';
import Wsp from 'gi://Wsp?version=1';
import {exit} from 'system';

async function main() {
    const server = Wsp.serve(connection => connection.recv(), null, Number(ARGV[0] ?? 8080));
    let number = 0;

    GLib.timeout_add(GLib.PRIORITY_DEFAULT, 100, () => {
        server.broadcast(String(number++));
        return GLib.SOURCE_CONTINUE;
    });
    print('port', server.port);
    await server.wait_closed();
}

try {
    Wsp.run(main);
} catch (error) {
    printerr(error.message);
    exit(1);
}
