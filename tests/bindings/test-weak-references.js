// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Nothing is left of what has ended, nor of the functions that a script gave to it, once GJS has collected.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, GObject, Wsp} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, end, ok, run} = imports.tap;

begin('/bindings/references/gjs', 60);

const ROUNDS = 20;
const MIB = 1 << 20;

// GJS 1.74 never releases what a WeakRef was made of. A GObject.BindingGroup has a weak reference to its source; to ask for it
// keeps the source, so that is done once, at the end.
class Weak {
    constructor(name, object) {
        this.name = name;
        this.group = new GObject.BindingGroup();
        this.group.set_source(object);
    }

    isGone() {
        return this.group.dup_source() === null;
    }
}

function later(ms = 0) {
    return new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_LOW, ms, () => {
        resolve();
        return GLib.SOURCE_REMOVE;
    }));
}

async function ignore(promise) {
    try {
        await promise;
    } catch (error) {
        if (!(error instanceof GLib.Error))
            throw error;
    }
}

async function echo(connection) {
    for await (const message of connection.messages())
        await connection.send(message);
}

// A server, and weak references to all that a case makes, also to objects that only a function or a plain object holds.
class Case {
    constructor(handler = echo) {
        this.weak = [];
        this.server = Wsp.serve(handler, '127.0.0.1', 0);
        this.uri = `ws://127.0.0.1:${this.server.port}/`;
        this.watch('server', this.server);
        this.server.connect('connection', (_server, connection) => this.watch('accepted', connection));
    }

    watch(name, object) {
        this.weak.push(new Weak(name, object));
        return object;
    }

    held(name) {
        return this.watch(name, new Gio.Cancellable());
    }

    async connect() {
        return this.watch('connection', await Wsp.connect(this.uri));
    }

    async end() {
        await this.server.close(1001, null, {grace: 1});
        this.server = null;
    }
}

const sendLarge = async connection => {
    await connection.send(new Uint8Array(MIB));
    await ignore(connection.recv());
};

// Name, what uses a case, the handler of its server.
const CASES = [
    ['close', async one => {
        const connection = await one.connect();

        await connection.send('a');
        await connection.recv();
        await connection.ping();
        await connection.close();
    }],
    ['abort', async one => (await one.connect()).abort()],
    ['handlers-of-signals', async one => {
        const connection = await one.connect(), held = one.held('handler');

        for (const name of ['closed', 'message', 'notify::state', 'pong', 'writable'])
            connection.connect(name, () => held.reset());
        connection.start_receiving();
        await connection.close();
    }],
    ['message-function', async one => {
        const connection = await one.connect(), held = one.held('function');

        connection.set_message_func(() => held.reset());
        connection.start_receiving();
        await connection.close();
    }],
    ['recv-that-waits', async one => {
        const connection = await one.connect(), held = one.held('promise');
        const waiting = ignore(connection.recv()).then(() => held.reset());

        await connection.close();
        await waiting;
    }],
    ['recv-that-was-cancelled', async one => {
        const connection = await one.connect(), cancellable = one.held('cancellable');
        const waiting = ignore(connection.recv({cancellable}));

        cancellable.cancel();
        await waiting;
        await ignore(connection.recv({timeout: 1}));
        connection.abort();
    }],
    ['loop-that-is-left', async one => {
        const connection = await one.connect();

        await connection.send('a');
        for await (const data of connection) {
            if (data === 'a')
                break;
        }
        await connection.close();
    }],
    ['stream', async one => {
        const connection = await one.connect(), chunks = connection.stream();

        chunks.held = one.held('stream');
        await connection.send('a');
        for await (const chunk of chunks)
            chunks.seen = chunk.length;
        await connection.close();
    }],
    ['stream-half-read', async one => {
        const connection = await one.connect(), chunks = connection.stream();

        chunks.held = one.held('stream');
        await chunks.next();
        connection.abort();
    }, sendLarge],
    ['writer', async one => {
        const connection = await one.connect(), out = connection.begin();

        out.held = one.held('writer');
        await out.write('a');
        await out.close();
        await connection.close();
    }],
    ['writer-half-written', async one => {
        const connection = await one.connect(), out = connection.begin();

        out.held = one.held('writer');
        await out.write('a');
        connection.abort();
    }],
    ['web-socket', async one => {
        const socket = new Wsp.WebSocket(one.uri), held = one.held('listener');

        socket.held = one.held('socket');
        await new Promise(resolve => {
            socket.onopen = () => socket.send('a');
            socket.addEventListener('message', () => held && socket.close());
            socket.onclose = resolve;
        });
    }],
    ['web-socket-that-does-not-open', async one => {
        const socket = new Wsp.WebSocket(one.uri);

        socket.held = one.held('socket');
        await new Promise(resolve => {
            socket.onclose = resolve;
            socket.close();
        });
    }],
    ['handler-that-throws', async one => ignore((await one.connect()).recv()), () => {
        throw new Error('as the test wants');
    }],
    ['broadcast', async one => {
        const connection = await one.connect();

        Wsp.broadcast(one.server.connections, 'a');
        await connection.recv();
        await connection.close();
    }],
    ['client-and-its-handlers', async one => {
        const client = one.watch('client', new Wsp.Client()), held = one.held('handler');

        client.connect('accept-certificate', () => Boolean(held));
        (await Wsp.connect(one.uri, {client})).abort();
    }],
    ['reconnector', async one => {
        const reconnector = one.watch('reconnector', Wsp.Reconnector.new(one.uri, null)), held = one.held('handler');

        await new Promise(resolve => {
            reconnector.connect('connected', () => resolve(held));
            reconnector.start();
        });
        reconnector.stop();
    }],
    ['reconnect', async one => {
        const held = one.held('prepare');
        const connections = Wsp.reconnect(one.uri, {min_delay: 1, prepare: () => void held, shouldRetry: () => Boolean(held)});
        let n = 0;

        one.watch('reconnector', connections.reconnector);
        for await (const connection of connections) {
            one.watch(`turn-${n}`, connection);
            if (n++ === 1)
                break;
        }
    }],
    ['connect-that-prepares', async one => {
        const held = one.held('prepare');

        await ignore(Wsp.connect(one.uri, {prepare: async handshake => {
            one.watch('handshake', handshake);
            await later();
            handshake.reject(held ? 503 : 500);
        }}));
    }],
];

async function use([, action, handler]) {
    const one = new Case(handler);

    await action(one);
    await one.end();
    return one.weak;
}

async function main() {
    const all = [];
    const kept = new Gio.Cancellable(), seen = new Weak('kept', kept);

    for (const row of CASES)
        all.push([row[0], await use(row)]);     // eslint-disable-line no-await-in-loop
    for (let i = 0; i < ROUNDS; i++) {
        System.gc();
        await later(1);                         // eslint-disable-line no-await-in-loop
    }
    for (const [name, weak] of all) {
        const left = weak.filter(one => !one.isGone()).map(one => one.name);

        ok(left.length === 0 && weak.length > 1, `${name}-leaves-nothing`, `left: ${left} of ${weak.length}`);
    }
    ok(!seen.isGone(), 'what-is-kept-is-seen', kept);
}

// GJS logs an exception as a critical.
GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR);
run(main);
end();
