// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported extend */

// Wsp.reconnect (): a loop over the connections of a Wsp.Reconnector. for await calls return () when the loop is left.

const {GObject} = imports.gi;
const {checks, connections, preparing, reader, results} = imports.overrides.wsp;

const WHERE = 'Wsp.reconnect';
const OWN = ['client', 'headers', 'prepare', 'should_retry', 'subprotocols', 'timeout'];
const OF_CLIENT = ['client', 'headers', 'subprotocols', 'uri'];
const ENDED = {value: undefined, done: true};

let Wsp;
const waiting = new Set();      // loops that wait for a connection, which are kept from being collected

class Connections {
    constructor(reconnector, prepare, shouldRetry) {
        this.reconnector = reconnector;
        this.present = null;            // the connection of this turn
        this.opened = null;             // one that was opened for the next turn
        this.error = null;              // of the last attempt
        this.hasBegun = false;
        this.hasEnded = false;
        this.isStepping = false;        // a turn waits
        this.isPaused = false;          // an attempt waits for a turn
        this.wake = () => {};
        this.prepare = prepare;
        this.shouldRetry = shouldRetry && results.makeGuard(shouldRetry, `Option should_retry of ${WHERE} ()`);
        this.preparation = null;
        this.handlers = [];
    }

    [Symbol.asyncIterator]() {
        return this;
    }

    start() {
        const hear = (signal, handler) => this.handlers.push(GObject.signal_connect(this.reconnector, signal, handler));

        this.hasBegun = true;
        this.preparation = this.prepare && new preparing.Preparation(WHERE, this.prepare, this.reconnector.client);
        hear('connected', (_reconnector, connection) => this.take(connection));
        hear('attempt-failed', (_reconnector, handshake, error) => this.fail(handshake, error));
        hear('notify::active', () => {
            if (!this.reconnector.active && !this.isPaused)
                this.end();
        });
        hear('notify::attempt', () => this.holdAttempt());
        if (this.shouldRetry)
            hear('should-retry', () => this.shouldRetry(this.error));
        this.reconnector.start();
    }

    take(connection) {
        connection.stop_receiving();          // messages wait for recv ()
        reader.endSilently(connection);
        this.opened = connection;
        this.error = null;
        this.wake();
    }

    fail(handshake, error) {
        this.error = connections.addRefusal(error, handshake);
        if (this.preparation?.hasThrown)
            this.error.cause = this.preparation.thrown;
    }

    // Called before an attempt begins, which a turn has to wait for.
    holdAttempt() {
        const {active, connection, next_attempt_us: next} = this.reconnector;

        if (!active || connection || next !== 0 || this.isStepping && !this.opened)
            return;
        this.isPaused = true;
        this.reconnector.stop();
    }

    end() {
        this.hasEnded = true;
        this.handlers.splice(0).forEach(handler => GObject.signal_handler_disconnect(this.reconnector, handler));
        this.preparation?.end();
        this.wake();
    }

    async step() {
        await this.present?.close().catch(() => {});      // close_info has the error, which ends no loop
        this.present = null;
        if (this.isPaused && !this.opened) {
            this.isPaused = false;
            this.reconnector.retry_now();
        }
        while (!this.opened && !this.hasEnded)
            await new Promise(resolve => (this.wake = resolve));        // eslint-disable-line no-await-in-loop
        [this.present, this.opened] = [this.opened, null];
        if (this.present)
            return {value: this.present, done: false};
        const {error} = this;

        this.error = null;
        if (error)
            throw error;
        return ENDED;
    }

    async next() {
        if (this.isStepping)
            throw new Error(`Another function waits for a connection of ${WHERE} (): expected one at a time`);
        this.isStepping = true;
        waiting.add(this);
        try {
            if (!this.hasBegun)
                this.start();
            return await this.step();
        } finally {
            waiting.delete(this);
            this.isStepping = false;
        }
    }

    // Stops, and closes what is open with 1000.
    return() {
        if (this.hasBegun && !this.hasEnded) {
            this.end();
            this.reconnector.stop();
        }
        this.hasEnded = this.hasBegun = true;
        this.opened = this.error = null;
        return Promise.resolve(ENDED);
    }
}

// A loop is no promise: await gives the loop itself, which a script would use as a connection.
function refuse(prototype) {
    for (const name of ['begin', 'close', 'messages', 'ping', 'recv', 'send', 'stream']) {
        Object.defineProperty(prototype, name, {get() {
            throw new TypeError(`${WHERE} () is a loop: expected for await, received a use of "${name}" (Wsp.connect () opens one connection)`);
        }});
    }
}

// Options other than OWN are properties of the Wsp.Reconnector, or of a new Wsp.Client.
function reconnect(uri, options = {}) {
    checks.checkObject(options ?? {}, `${WHERE} ()`);
    const {subprotocols, headers, client, prepare, timeout, should_retry = null, shouldRetry = should_retry, ...others} = options ?? {};
    const settings = Object.entries(checks.checkSettings(WHERE, OWN, Wsp.Client, others, Wsp.Reconnector));
    const names = checks.namesOf(Wsp.Reconnector).filter(name => !OF_CLIENT.includes(name));
    const isOwn = ([name]) => names.includes(checks.canonical(name).replace(/-/g, '_'));

    checks.checkFunction(`Option should_retry of ${WHERE} ()`, shouldRetry);
    if (client && prepare)
        throw new TypeError(`Options of ${WHERE} () are wrong: expected a client or its settings, received both (prepare)`);
    const read = connections.readConnecting(WHERE, uri, {subprotocols, headers, client, prepare, timeout},
        Object.fromEntries(settings.filter(one => !isOwn(one))));
    const reconnector = new Wsp.Reconnector({
        ...Object.fromEntries(settings.filter(isOwn)), uri, client: read.client, subprotocols: read.subprotocols, headers: read.headers,
    });

    return new Connections(reconnector, read.prepare, shouldRetry);
}

function extend(namespace) {
    Wsp = namespace;
    refuse(Connections.prototype);
    Wsp.reconnect = reconnect;
    checks.MAKERS.WspReconnector = {call: WHERE, options: OWN};
}
