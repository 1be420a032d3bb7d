// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// The shortest programs in JavaScript, as the API is meant to be used; each runs against a real peer.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, end, ok} = imports.tap;

begin('/bindings/programs/gjs', 60);

Gio._promisify(Wsp.Client.prototype, 'connect_async', 'connect_finish');
Gio._promisify(Wsp.Connection.prototype, 'receive_async', 'receive_finish');

const loop = new GLib.MainLoop(null, false);

function serve() {
    const server = new Wsp.Server({subprotocols: ['chat']});

    server.connect('connection', (_server, connection) => {
        connection.set_message_func((self, message) => self.queue_message(message, Wsp.SendFlags.DEFAULT));
        connection.start_receiving();
    });
    return server;
}

async function talk(uri) {
    const client = new Wsp.Client({connectTimeout: 5000});
    const peer = await client.connect_async(uri, ['chat'], null, null);

    peer.queue_text('Hello');
    const message = await peer.receive_async(null);

    ok(message?.get_text() === 'Hello' && peer.subprotocol === 'chat', 'await', message);
    peer.close_async(1000, null, null, null);
    const end = await peer.receive_async(null);

    ok(end === null && peer.peer_close_code === 1000, 'end-is-null', peer.peer_close_code);
}

// The server refuses for good: the reconnector gives up, and says so.
function keep(uri) {
    const keeper = Wsp.Reconnector.new(uri, null);
    let nConnected = 0;

    keeper.connect('connected', (_keeper, connection) => {
        nConnected++;
        connection.start_receiving();
        connection.close_async(1000, null, null, null);
    });
    keeper.connect('should-retry', () => false);
    keeper.connect('notify::active', () => keeper.active || loop.quit());
    keeper.start();
    loop.run();
    ok(!keeper.active && nConnected <= 1, 'reconnector-gives-up', nConnected);
}

const server = serve();
const port = server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port();

talk(`ws://127.0.0.1:${port}/`).catch(error => ok(false, 'no-error', error)).finally(() => loop.quit());
loop.run();

const refusing = new Wsp.Server();

refusing.connect('request', (_server, handshake) => {
    handshake.reject(404, null, null);
    return false;
});
keep(`ws://127.0.0.1:${refusing.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port()}/`);
end();
