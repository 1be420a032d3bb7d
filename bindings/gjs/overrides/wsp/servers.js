// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported extend */

// Wsp.serve (), which calls a handler for each connection, and Wsp.broadcast ().

const {Gio, GLib} = imports.gi;
const {calls, checks, lent, places, routes, streams} = imports.overrides.wsp;

const GRACE = 5000;
const LEAD = 1000;
const SPREAD = 4000;
const OWN = ['fds', 'http_request', 'proxy_protocol', 'request', 'server', 'sockets', 'unix'];

let Wsp;

// Whether the handler threw the error that ended its connection, which is not a fault of the handler. If the connection is
// open, the error is that of another connection.
function isEnd(connection, thrown) {
    return connection.get_state() !== Wsp.ConnectionState.OPEN && lent.isInstance(thrown, GLib.Error) && calls.tellsEnd(thrown, connection);
}

// The connection is closed when its handler has ended: with 1000, or with 1011 if the handler threw.
async function handle(handler, connection) {
    try {
        await handler(connection);
        if (connection.get_state() === Wsp.ConnectionState.OPEN)
            await connection.close();
    } catch (thrown) {
        if (!isEnd(connection, thrown))
            lent.fail(connection, thrown, 'Handler of the server');
    }
}

function itemsOf(model) {
    return Array.from({length: model.get_n_items()}, (_nothing, i) => model.get_item(i));
}

// The shutdown that all calls of close () wait for. Each of them may cancel it, which aborts all connections.
class Shutdown {
    constructor() {
        this.cancellable = new Gio.Cancellable();
        this.promise = null;
    }

    async wait(server, code, reason, grace, cancellable) {
        const release = calls.whenCancelled(cancellable, () => this.cancellable.cancel());

        try {
            this.promise ??= server.shutdown_async(code, reason, grace, this.cancellable);
            await this.promise;
        } catch (error) {
            if (!this.cancellable.is_cancelled())
                throw error;
        } finally {
            release();
        }
    }
}

class Closing {
    constructor() {
        this.promise = new Promise(resolve => (this.resolve = resolve));
    }
}

const closings = Symbol('closing');
const shutdowns = Symbol('shutdown');
const added = Symbol('added');  // what serve () has added
const serving = new Set();      // keeps servers from being collected

// The port of the first listener on TCP; 0: there is none.
function findPort() {
    return itemsOf(this.get_listeners()).map(listener => listener.get_port()).find(port => port !== 0) ?? 0;
}

const methods = {
    // Closes all connections and resolves when no connection is left. A second call waits for the same shutdown. A call that is
    // cancelled aborts all connections.
    async close(code = Wsp.CloseCode.GOING_AWAY, reason = null, options = {}) {
        const {grace = GRACE, cancellable = null} = checks.readOptions(options, 'close ()', ['grace', 'cancellable']);

        try {
            this[shutdowns] ??= new Shutdown();
            await this[shutdowns].wait(this, code, reason, grace, cancellable);
        } finally {
            this[shutdowns] = null;
        }
        serving.delete(this);
        routes.remove(this, this[added] ?? []);
        this[added] = null;
        this[closings]?.resolve();
        cancellable?.set_error_if_cancelled();
    },

    // Sends the clients to other servers, one after the other, and then ends as close ().
    async drain(code = Wsp.CloseCode.GOING_AWAY, reason = null, options = {}) {
        const {lead = LEAD, spread = SPREAD, grace = GRACE, cancellable = null} =
            checks.readOptions(options, 'drain ()', ['lead', 'spread', 'grace', 'cancellable']);

        try {
            await this.drain_async(code, reason, lead, spread, grace, cancellable);
        } catch (error) {
            if (cancellable?.is_cancelled())
                await this.close(code, null, {cancellable});
            throw error;
        }
        await this.close(code, reason, {grace});
    },

    start_workers() {
        throw new TypeError('Server cannot start workers: expected a program in C, Vala or Rust, received a call from JavaScript ' +
            '(a Gio.Subprocess runs slow work)');
    },

    // Resolves when close () has ended.
    wait_closed() {
        this[closings] ??= new Closing();
        return this[closings].promise;
    },
};

// A server that is given the CAs of its clients needs their certificates, unless the program says another mode.
function makeNew(settings) {
    const {NONE, REQUIRED} = Gio.TlsAuthenticationMode;
    const given = Object.fromEntries(Object.entries(settings).map(([name, value]) => [checks.canonical(name), value]));
    const mode = (given['tls-database'] ?? null) !== null && !('tls-authentication-mode' in given) ? {tls_authentication_mode: REQUIRED} : {};
    const server = checks.makeOwner('Wsp.serve', Wsp.Server, {...settings, ...mode});

    if ((given['tls-certificate'] ?? null) === null && server.tls_authentication_mode !== NONE) {
        throw new TypeError('Options of Wsp.serve () are wrong: expected tls_certificate beside those for certificates of clients, received ' +
            'none (a server without a certificate does not use TLS)');
    }
    return server;
}

// Makes a server, or checks a server of the program, which has its settings already.
function makeServer(server, settings) {
    const names = Object.keys(settings);

    if (server === null)
        return makeNew(settings);
    if (!(server instanceof Wsp.Server))
        throw new TypeError(`Option server of Wsp.serve () is wrong: expected a Wsp.Server, received ${checks.nameOf(server)}`);
    if (names.length > 0)
        throw new TypeError(`Options of Wsp.serve () are wrong: expected a server or its settings, received both (${names.join(', ')})`);
    if (server[added])
        throw new Error('Server has a handler: expected a server that is served once (close it first, or add ports to it)');
    return server;
}

// handler: a function, or an object or a Map with one for each route and page. Options other than OWN are properties of a new Wsp.Server.
function serve(handler, host = null, port = null, options = {}) {
    checks.checkObject(options ?? {}, 'Wsp.serve ()');
    const {unix, sockets, fds, proxy_protocol, proxyProtocol = proxy_protocol, request, http_request, httpRequest = http_request,
        server: given = null, ...others} = options ?? {};
    const settings = checks.checkSettings('Wsp.serve', OWN, Wsp.Server, others);
    const site = new routes.Routes('Wsp.serve', handler, {request, http_request: httpRequest});
    const where = new places.Places(host, port, {unix, sockets, fds, isProxied: proxyProtocol});
    const server = makeServer(given, settings);

    server[closings] = new Closing();
    server[added] = site.add(server, (connection, func) => {
        connection.stop_receiving();      // messages wait for recv ()
        handle(func, connection);
    });
    try {
        where.listen(server, given === null);
    } catch (error) {
        routes.remove(server, server[added]);
        server[added] = null;
        throw error;
    }
    serving.add(server);
    return server;
}

// Sends a message to some connections, an iterable or a list model. The message is framed and compressed once.
function broadcast(connections, data, options) {
    const expected = 'Wsp.broadcast () sends to connections only: expected an iterable of Wsp.Connection, received';
    const message = streams.toMessage(data);
    const flags = checks.flagsOf(options, 'Wsp.broadcast ()');

    if (!(connections instanceof Gio.ListModel) && !calls.isIterable(connections))
        throw new TypeError(`${expected} ${checks.nameOf(connections)}`);
    const list = connections instanceof Gio.ListModel ? itemsOf(connections) : [...connections];
    const wrong = list.find(one => !(one instanceof Wsp.Connection));

    if (wrong !== undefined)
        throw new TypeError(`${expected} one with ${checks.nameOf(wrong)}`);
    return message.broadcast(list, flags);
}

function extend(namespace) {
    Wsp = namespace;
    const plain = Wsp.Server.prototype.broadcast;

    Object.assign(Wsp.Server.prototype, methods);
    Object.defineProperty(Wsp.Server.prototype, 'port', {get: findPort});
    Wsp.Server.prototype.broadcast = function (data, options) {
        const flags = checks.flagsOf(options, 'broadcast ()', ['exclude', 'urgent', 'compress']);

        return plain.call(this, streams.toMessage(data), flags, options?.exclude ?? null);
    };
    Wsp.serve = serve;
    checks.MAKERS.WspServer = {call: 'Wsp.serve', options: OWN};
    Wsp.broadcast = broadcast;
}
