// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// A program that ends in the middle of something: endings.js SITUATION exit|return|throw

imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;
const System = imports.system;

const loop = new GLib.MainLoop(null, false);
const kept = [];

async function echo(connection) {
    for await (const data of connection)
        await connection.send(data);
}

function serve(handler = echo) {
    const server = Wsp.serve(handler, '127.0.0.1', 0);

    kept.push(server);
    return `ws://127.0.0.1:${server.port}/`;
}

async function connect(handler) {
    const connection = await Wsp.connect(serve(handler));

    kept.push(connection);
    return connection;
}

const SITUATIONS = {
    'open': connect,
    'recv-waits': async () => {
        (await connect()).recv();
    },
    'loop-waits': async () => {
        echo(await connect());
    },
    'handshake': async () => {
        const listener = new Gio.SocketListener();
        const port = listener.add_any_inet_port(null);

        kept.push(listener, Wsp.connect(`ws://127.0.0.1:${port}/`));
    },
    'stream-half-read': async () => {
        const connection = await connect(async peer => {
            await peer.send(new Uint8Array(1 << 20));
            await peer.recv();
        });

        for await (const chunk of connection.stream()) {
            kept.push(chunk);
            return;
        }
    },
    'stream-in-a-chunk': async () => {
        const connection = await connect();
        const chunks = connection.stream();

        kept.push(chunks, chunks.next());
    },
    'message-half-written': async () => {
        const out = (await connect()).begin();

        await out.write('a'.repeat(100000));
        kept.push(out);
    },
    'send-waits': async () => {
        const connection = await connect(() => new Promise(() => {}));

        connection.send(new Uint8Array(4 << 20));
    },
    'web-socket': async () => {
        const socket = new Wsp.WebSocket(serve());

        await new Promise(resolve => (socket.onopen = resolve));
    },
    'web-socket-connects': async () => {
        kept.push(new Wsp.WebSocket(serve()));
    },
    'in-a-message-function': async () => {
        const connection = await connect();

        await new Promise(resolve => {
            connection.set_message_func(resolve);
            connection.start_receiving();
            connection.queue_text('a');
        });
    },
    'server-closes': async () => {
        await connect();
        kept[0].close();
    },
};

const [situation, way] = ARGV;

SITUATIONS[situation]().then(() => {
    if (way === 'exit')
        GLib.idle_add(GLib.PRIORITY_HIGH, () => System.exit(3));
    else
        loop.quit();
}).catch(logError);
// GJS logs an exception as a critical.
GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR);
loop.run();
if (way === 'throw')
    throw new Error('as the test wants');
