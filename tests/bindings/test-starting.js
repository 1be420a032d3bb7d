// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// A connection with a receiver of messages starts by itself: also if the receiver is set behind an `await`, which runs after the
// callback that was given the connection.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, end, ok, run} = imports.tap;

begin('/bindings/starting/gjs', 60);

const QUIET = 50;       // milliseconds: a message that must wait has been received long before

function sleep() {
    return new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_DEFAULT, QUIET, () => {
        resolve();
        return GLib.SOURCE_REMOVE;
    }));
}

async function until(isTrue) {
    while (!isTrue())
        await sleep();          // eslint-disable-line no-await-in-loop
}

const FIELDS = {
    'Host': 'localhost', 'Upgrade': 'websocket', 'Connection': 'Upgrade', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
};

// A connection that the program is given, and its peer, which has sent a message.
class Scene {
    constructor(receiver, setAtOnce) {
        this.receiver = receiver;
        this.setAtOnce = setAtOnce;
        this.words = [];
        this.connection = this.peer = null;
        this.server = new Wsp.Server();
        this.client = new Wsp.Client();
    }

    setReceiver(connection) {
        if (['function', 'both'].includes(this.receiver))
            connection.set_message_func(() => this.words.push('function'));
        if (!['handler', 'both'].includes(this.receiver))
            return;
        try {
            connection.connect('message', () => this.words.push('handler'));
        } catch (error) {
            this.words.push(error.matches(Wsp.Error, Wsp.Error.INVALID_OPERATION) ? 'refused' : `${error}`);
        }
    }

    take(connection) {
        if (this.setAtOnce)
            this.setReceiver(connection);
        this.connection = connection;
    }

    takePeer(peer) {
        peer.start_receiving();
        peer.queue_text('one');
        this.peer = peer;
    }

    listen(take) {
        this.server.connect('connection', (_server, connection) => this[take](connection));
        return `ws://127.0.0.1:${this.server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port()}/`;
    }

    dial(uri, take) {
        this.client.connect_async(uri, null, null, null, (client, result) => this[take](client.connect_finish(result)));
    }

    server_() {
        this.dial(this.listen('take'), 'takePeer');
    }

    client_() {
        this.dial(this.listen('takePeer'), 'take');
    }

    reconnector_() {
        this.reconnector = new Wsp.Reconnector({client: this.client, uri: this.listen('takePeer')});
        this.reconnector.connect('connected', (_reconnector, connection) => this.take(connection));
        this.reconnector.start();
    }

    // A pair of sockets from a listener of GIO.
    adopt_() {
        const listener = new Gio.SocketListener();
        const port = listener.add_any_inet_port(null);
        const far = new Gio.SocketClient().connect_to_host('127.0.0.1', port, null);
        const near = listener.accept(null)[0];
        const headers = Wsp.Headers.new();

        Object.entries(FIELDS).forEach(([name, value]) => headers.append(name, value));
        this.server.connect('connection', (_server, connection) => this.take(connection));
        this.takePeer(Wsp.Connection.new_for_stream(far, Wsp.Role.CLIENT));
        this.server.adopt(Wsp.Handshake.new_server('GET', '/', '1.1', headers), near);
        listener.close();
    }

    async run(giver) {
        this[`${giver}_`]();
        await until(() => this.connection && this.peer);
        if (!this.setAtOnce)
            this.setReceiver(this.connection);
        if (this.receiver === 'none')
            this.words.push(`recv ${await this.connection.recv()}`);
        await until(() => this.words.some(word => word !== 'refused'));
        this.reconnector?.stop();
        this.peer.abort();
        this.connection.abort();
        return this.words.join();
    }
}

const EXPECTED = {handler: 'handler', function: 'function', both: 'refused,function', none: 'recv one'};

async function testGivers() {
    for (const giver of ['server', 'client', 'reconnector', 'adopt']) {
        for (const [receiver, expected] of Object.entries(EXPECTED)) {
            for (const setAtOnce of [true, false]) {
                const words = await new Scene(receiver, setAtOnce).run(giver);          // eslint-disable-line no-await-in-loop

                ok(words === expected, `${giver}/${setAtOnce ? 'callback' : 'await'}/${receiver}`, words);
            }
        }
    }
}

// The messages of Wsp.connect () wait for recv () or start ().
async function testConnect() {
    const words = [];
    const server = Wsp.serve(async connection => {
        await connection.send('one');
        await connection.recv();
    });
    const connection = await Wsp.connect(`ws://127.0.0.1:${server.port}/`);

    connection.connect('message', (_connection, message) => words.push(message.get_text()));
    await until(() => connection.dup_stats().messages_received > 0);
    await sleep();
    ok(words.length === 0, 'connect/waits', words);
    connection.start_receiving();
    await until(() => words.length > 0);
    ok(words.join() === 'one', 'connect/started', words);
    await connection.send('two');
    await connection.close();
    await server.close();
}

// A logger beside Wsp.serve () takes nothing: recv () is refused.
async function testServe() {
    const logged = [], results = [];
    const server = new Wsp.Server();

    server.connect('connection', (_server, connection) => {
        connection.connect('message', (_connection, message) => logged.push(message.get_text()));
    });
    Wsp.serve(async connection => {
        await sleep();
        try {
            results.push(await connection.recv());
        } catch (error) {
            results.push(error.message);
        }
    }, '127.0.0.1', 0, {server});
    const connection = await Wsp.connect(`ws://127.0.0.1:${server.port}/`);

    await connection.send('one');
    await until(() => results.length > 0);
    ok(logged.length === 0 && results[0].startsWith('Messages go to handlers of message: '), 'serve/logger-takes-nothing',
        [...logged, ...results]);
    connection.abort();
    await server.close();
}

run(() => testGivers().then(testConnect).then(testServe));
end();
