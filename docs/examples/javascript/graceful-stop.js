// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// An echo server that closes all connections with 1001 at SIGTERM: gjs -m graceful-stop.js [PORT]
import GLib from 'gi://GLib';
import Wsp from 'gi://Wsp?version=1';
import {exit} from 'system';

const SIGTERM = 15;

async function echo(connection) {
    for await (const data of connection)
        await connection.send(data);
}

// Debian 13 has it in a namespace of its own.
function findSignals() {
    return import('gi://GLibUnix').then(({default: unix}) => unix.signal_add ?? unix.signal_add_full, () => GLib.unix_signal_add);
}

async function main() {
    const server = Wsp.serve(echo, null, Number(ARGV[0] ?? 8080));

    (await findSignals())(GLib.PRIORITY_DEFAULT, SIGTERM, () => {
        server.close(Wsp.CloseCode.GOING_AWAY, 'restart');
        return GLib.SOURCE_REMOVE;
    });
    print('port', server.port);
    await server.wait_closed();
    print('stopped');
}

try {
    Wsp.run(main);
} catch (error) {
    printerr(error.message);
    exit(1);
}
