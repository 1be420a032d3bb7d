// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// A connection that has ended holds nothing of the script, and the script's reader nothing of it. GJS 1.74 never releases
// what a WeakRef was asked for: memory tells. The program has no writer for the log, which would keep each message.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, end, errorOf, ok, run} = imports.tap;

begin('/bindings/references/gjs', 150);

const N_CONNECTIONS = 100;
const MAX_GROWTH = 250;                 // KiB; a connection with its peer takes more than three, a chunk of a stream 64

function residentKib() {
    const [, text] = GLib.file_get_contents('/proc/self/status');

    return Number(/VmRSS:\s+(\d+)/.exec(new TextDecoder().decode(text))[1]);
}

async function echo(connection) {
    for await (const message of connection.messages())
        await connection.send(message);
}

const USES = {
    'nothing-was-called': async () => {},
    recv: connection => connection.recv(),
    'recv-that-was-cancelled': async connection => {
        await connection.recv();
        await errorOf(connection.recv({cancellable: new Gio.Cancellable(), timeout: 1}));
    },
    'recv-that-waits': async connection => {
        await connection.recv();
        errorOf(connection.recv());
    },
    'loop-left-early': async connection => {
        for await (const message of connection) {
            if (message)
                break;
        }
    },
    stream: async connection => {
        for await (const chunk of connection.stream())
            connection.send(chunk);
    },
    'handler-and-function': async connection => {
        connection.connect('closed', self => self.abort());
        connection.set_message_func(self => self.abort());
        connection.start_receiving();
    },
};

async function talk(use) {
    const server = Wsp.serve(echo, '127.0.0.1', 0);

    for (let i = 0; i < N_CONNECTIONS; i++) {
        const connection = await Wsp.connect(`ws://127.0.0.1:${server.port}/`);

        await connection.send('x'.repeat(1000));
        await use(connection);
        connection.abort();
        if (i % 50 === 0)
            System.gc();
    }
    await server.close();
    System.gc();
    return residentKib();
}

async function main() {
    if (GLib.getenv('LD_PRELOAD')?.includes('asan')) {
        ok(true, 'none # SKIP the sanitizer keeps freed memory');
        return;
    }
    for (const [name, use] of Object.entries(USES)) {
        const sizes = [];

        while (sizes.length < 4)
            sizes.push(await talk(use));
        // A leak grows in each round, the heap of the script in some.
        const growth = Math.min(...sizes.slice(1).map((size, i) => size - sizes[i]));

        ok(growth < MAX_GROWTH, name, `${growth} KiB in ${N_CONNECTIONS} connections: ${sizes}`);
    }
}

run(main);
end();
