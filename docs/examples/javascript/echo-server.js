// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Sends every message back: gjs -m echo-server.js [PORT]
import Wsp from 'gi://Wsp?version=1';
import {exit} from 'system';

async function echo(connection) {
    for await (const message of connection.messages())
        connection.queue_message(message);
}

async function main() {
    const server = Wsp.serve(echo, null, Number(ARGV[0] ?? 8080),
        {subprotocols: ['chat'], allowed_origins: ['https://example.org']});

    print('port', server.port);
    await server.wait_closed();
}

try {
    Wsp.run(main);
} catch (error) {
    printerr(error.message);
    exit(1);
}
