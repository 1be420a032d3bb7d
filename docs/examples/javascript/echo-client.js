// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Says "Hello" to an echo server and prints what comes back: gjs -m echo-client.js [URI]
import Wsp from 'gi://Wsp?version=1';
import {exit} from 'system';

async function main() {
    const connection = await Wsp.connect(ARGV[0] ?? 'ws://localhost:8080/chat', {subprotocols: ['chat']});

    await connection.send('Hello');
    const echo = await connection.recv();

    print(typeof echo === 'string' ? echo : 'a binary message');
    await connection.close();
}

try {
    Wsp.run(main);
} catch (error) {
    printerr(error);
    exit(1);
}
