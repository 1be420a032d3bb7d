// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// The server and the GJS side of test_web_socket.py: web-socket.js serve | web-socket.js run BASE UNUSED

imports.gi.versions.Wsp = '1';
const {GLib, Wsp} = imports.gi;
const System = imports.system;

const loop = new GLib.MainLoop(null, false);

async function closeWith(connection, code) {
    await connection.send('a');
    await connection.send('b');
    await connection.close(code, 'enough');
}

const HANDLERS = {
    async '/echo'(connection) {
        for await (const message of connection.messages())
            await connection.send(message);
    },
    async '/sink'(connection) {
        for await (const message of connection.messages())
            message.get_size();
    },
    '/close-4001': connection => closeWith(connection, 4001),
    '/close-1001': connection => closeWith(connection, 1001),
    '/throw'() {
        throw new Error('as the test wants');
    },
    async '/abort'(connection) {
        await connection.send('a');
        await connection.flush_async();
        connection.abort();
    },
};

// A handler that throws is logged as a warning.
function serve() {
    GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR);
    const server = Wsp.serve(connection => {
        const handler = HANDLERS[connection.handshake.get_path()] ?? HANDLERS['/echo'];

        return handler(connection);
    }, '127.0.0.1', 0, {subprotocols: ['chat'], allowed_origins: ['*']});

    server.connect('request', (_server, handshake) => {
        if (handshake.get_path() !== '/refuse')
            return true;
        handshake.reject(403);
        return false;
    });
    print(`port ${server.port}`);
    loop.run();
}

function run(base, unused) {
    imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
    const cases = imports['web-socket-cases'];

    cases.runCases(Wsp.WebSocket, base, unused).then(rows => print(JSON.stringify(rows))).catch(logError).finally(() => loop.quit());
    loop.run();
}

if (ARGV[0] === 'serve')
    serve();
else
    run(...ARGV.slice(1));
