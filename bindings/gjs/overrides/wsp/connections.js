// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported addRefusal, extend, readConnecting */

// Wsp.connect () and what a connection does through promises: recv, send, ping, close, and loops over its messages.

const {Gio, GLib, GObject} = imports.gi;
const {calls, checks, headers, preparing, reader, streams} = imports.overrides.wsp;

const DONE = Promise.resolve();
const LOOK_AFTER = 4096;
const MAX_TIMEOUT = 0x7fffffff; // of connect-timeout, in milliseconds

let Wsp;

function isClosed(connection) {
    return connection.get_state() === Wsp.ConnectionState.CLOSED;
}

function makeClosed(connection) {
    const error = connection.close_info?.get_error() ??
        new GLib.Error(Wsp.Error, Wsp.Error.CLOSED, 'Connection is closed: nothing can be sent');

    return calls.withClose(error instanceof Wsp.Error ? error :
        new GLib.Error(Wsp.Error, Wsp.Error.ABNORMAL_CLOSURE, error.message), connection);
}

// Resolves when one of the signals is emitted for the first time.
function signalled(object, ...names) {
    return new Promise(resolve => {
        const handlers = names.map(name => GObject.signal_connect(object, name, () => {
            handlers.forEach(handler => GObject.signal_handler_disconnect(object, handler));
            resolve(object);
        }));
    });
}

// A program that sends faster than the peer reads waits here for the writable signal.
async function waitUntilWritable(connection) {
    while (!connection.is_writable())
        await signalled(connection, 'writable', 'closed');          // eslint-disable-line no-await-in-loop
    if (isClosed(connection))
        throw makeClosed(connection);
}

const sent = Symbol('sent');

// Checks the send queue once for LOOK_AFTER bytes: a call into C is a large part of the cost of a short message.
function countSent(connection, length) {
    connection[sent] = (connection[sent] ?? 0) + length;
    if (connection[sent] < LOOK_AFTER)
        return DONE;
    connection[sent] = 0;
    return connection.is_writable() ? DONE : waitUntilWritable(connection);
}

function sendMessage(connection, message, flags) {
    calls.plain.queue_message.call(connection, message, flags);
    return countSent(connection, message.get_size());
}

function sendText(connection, text) {
    calls.plain.queue_text.call(connection, text);
    return countSent(connection, text.length);
}

function sendOther(connection, data, flags) {
    if (data instanceof Wsp.Message || typeof data === 'string' || flags !== 0 && streams.isBytes(data))
        return sendMessage(connection, streams.toMessage(data), flags);
    if (streams.isBytes(data)) {
        connection.queue_binary(data);
        return countSent(connection, data.byteLength ?? LOOK_AFTER);
    }
    if (data?.[Symbol.asyncIterator] || data?.[Symbol.iterator])
        return streams.sendPieces(connection, data, flags);
    throw new TypeError(`Message cannot be sent: expected string, Uint8Array, GLib.Bytes, Wsp.Message or an iterable of those, received ${
        checks.nameOf(data)}`);
}

function toResult(message) {
    return {value: reader.toData(message), done: false};
}

function keepResult(message) {
    return {value: reader.keep(message), done: false};
}

// Not an async generator, which makes more than one promise for each message. A script that leaves the loop does not close the
// connection.
class Messages {
    constructor(connection, convert) {
        this.reader = reader.Reader.of(connection);
        this.convert = convert;
    }

    [Symbol.asyncIterator]() {
        return this;
    }

    next() {
        return this.reader.next(this.convert, reader.endLoop);
    }
}

const methods = {
    messages() {
        return new Messages(this, keepResult);
    },

    async recv(options = {}) {
        const limits = checks.readOptions(options, 'recv ()', ['cancellable', 'timeout']);

        return await reader.Reader.of(this).next(reader.toData, reader.throwClosed, limits);
    },

    // Not an async function: all messages that are only queued share one promise.
    send(data, options) {
        try {
            const flags = options === undefined ? 0 : checks.flagsOf(options, 'send ()');

            return typeof data === 'string' && flags === 0 && !data.includes('\0') ? sendText(this, data) : sendOther(this, data, flags);
        } catch (error) {
            return Promise.reject(calls.withClose(error, this));
        }
    },

    // Resolves with the time of the ping in milliseconds.
    async ping(payload = null, options = {}) {
        const {cancellable = null} = checks.readOptions(options, 'ping ()');

        if (payload !== null && typeof payload !== 'string' && !streams.isBytes(payload)) {
            throw new TypeError(`Payload of a ping is wrong: expected string, Uint8Array or GLib.Bytes, received ${
                checks.nameOf(payload)}`);
        }
        return await this.ping_async(payload, cancellable) / 1000;
    },

    // Resolves when the connection has ended, with or without a closing handshake, and also if another call has closed it.
    // Aborts the connection if it is cancelled.
    async close(code = Wsp.CloseCode.NORMAL, reason = null, options = {}) {
        const {cancellable = null} = checks.readOptions(options, 'close ()');

        checks.checkInteger('Close code', code);
        checks.checkText('Close reason', reason);
        if (isClosed(this))
            return;
        const ended = signalled(this, 'closed');

        try {
            await this.close_async(code, reason, cancellable);
        } catch (error) {
            if (!calls.tellsEnd(error, this))
                throw error;
            await ended;
        }
    },

    stream(options = {}) {
        return new streams.Chunks(this, checks.readOptions(options, 'stream ()'));
    },

    begin(type = Wsp.MessageType.BINARY, options = {}) {
        return new streams.Writer(this, type, checks.flagsOf(options, 'begin ()', ['compress']));
    },
};

const OWN = ['client', 'headers', 'prepare', 'subprotocols', 'timeout', 'cancellable'];

// The error of a handshake that was refused, with the response.
function addRefusal(error, handshake) {
    if (error instanceof GLib.Error && error.matches(Wsp.Error, Wsp.Error.HANDSHAKE) && handshake) {
        error.status = handshake.get_response_status();
        error.headers = handshake.get_response_headers();
        error.body = handshake.get_response_body()?.toArray() ?? new Uint8Array();
    }
    return error;
}

// The options of connect () and reconnect (), checked; `others` are properties of a new Wsp.Client. A reconnector has no timeout of its
// own, and needs that of its client.
function readConnecting(where, uri, {subprotocols = null, headers: fields = null, client = null, prepare = null, timeout}, others) {
    const names = Object.keys(timeout === undefined || where === 'Wsp.connect' ? others : {...others, timeout});

    if (typeof uri !== 'string')
        throw new TypeError(`URI of ${where} () is wrong: expected a text, received ${checks.nameOf(uri)}`);
    checks.checkList(`Option subprotocols of ${where} ()`, subprotocols);
    checks.checkFunction(`Option prepare of ${where} ()`, prepare);
    if (client !== null && !(client instanceof Wsp.Client))
        throw new TypeError(`Option client of ${where} () is wrong: expected a Wsp.Client, received ${checks.nameOf(client)}`);
    if (client !== null && names.length > 0)
        throw new TypeError(`Options of ${where} () are wrong: expected a client or its settings, received both (${names.join(', ')})`);
    checks.readOptions({timeout}, `${where} ()`, ['timeout']);
    const given = headers.toHeaders(fields, `Option headers of ${where} ()`);
    const settings = timeout === undefined ? others : {...others, connect_timeout: Math.min(Math.ceil(timeout), MAX_TIMEOUT)};

    return {client: client ?? checks.makeOwner(where, Wsp.Client, settings), subprotocols, headers: given, prepare};
}

// Opens a connection of a client of the program, whose own connect-timeout holds as well.
async function openInTime(client, handshake, cancellable, timeout) {
    const own = new Gio.Cancellable();
    const release = calls.whenCancelled(cancellable, () => own.cancel());
    let timer = GLib.timeout_add(GLib.PRIORITY_DEFAULT, Math.ceil(timeout), () => {
        timer = 0;
        own.cancel();
        return GLib.SOURCE_REMOVE;
    });

    try {
        return await client.open_async(handshake, null, own);
    } catch (error) {
        if (timer || cancellable?.is_cancelled() || !error.matches?.(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED))
            throw error;
        throw new GLib.Error(Gio.IOErrorEnum, Gio.IOErrorEnum.TIMED_OUT, `Connection did not open in ${timeout} ms`);
    } finally {
        release();
        if (timer)
            GLib.source_remove(timer);
    }
}

// Options other than OWN are properties of a new Wsp.Client.
async function open(uri, options) {
    checks.checkObject(options, 'Wsp.connect ()');
    const {subprotocols, headers: fields, client: given, prepare: func, timeout, cancellable = null, ...others} = options;
    const settings = checks.checkSettings('Wsp.connect', OWN, Wsp.Client, others);

    checks.readOptions({cancellable}, 'Wsp.connect ()', ['cancellable']);
    const {client, prepare, ...read} = readConnecting('Wsp.connect', uri,
        {subprotocols, headers: fields, client: given, prepare: func, timeout}, settings);
    const handshake = Wsp.Handshake.new_client(uri, read.subprotocols, read.headers);
    const preparation = prepare && new preparing.Preparation('Wsp.connect', prepare, client, handshake);

    try {
        const connection = await (given && timeout > 0
            ? openInTime(client, handshake, cancellable, timeout) : client.open_async(handshake, null, cancellable));

        connection.stop_receiving();          // messages wait for recv ()
        return connection;
    } catch (error) {
        if (preparation?.hasThrown)
            error.cause = preparation.thrown;
        throw addRefusal(error, handshake);
    } finally {
        preparation?.end();
    }
}

// GObject's connect () is for signals.
function guardConnect(prototype) {
    const plain = prototype.connect;

    prototype.connect = function (signal, func, ...more) {
        if (typeof signal === 'string' && signal.includes('://') && typeof func !== 'function') {
            throw new TypeError(`Method connect () of Wsp.Client is for signals: expected a signal and a function, received ${
                'a URI (write await Wsp.connect (uri, {client}))'}`);
        }
        return plain.call(this, signal, func, ...more);
    };
}

const OF_BROWSERS = ['onclose', 'onerror', 'onmessage', 'onopen'];

// Fields of a connection that would have no effect.
function refuseEvents(prototype) {
    for (const name of OF_BROWSERS) {
        Object.defineProperty(prototype, name, {configurable: true, get: () => undefined, set() {
            throw new TypeError(`Property is unknown: expected a signal of Wsp.Connection, received "${name}" (write ${
                name === 'onmessage' ? 'for await (const data of connection)' : 'connection.connect (signal, function)'}, or use Wsp.WebSocket)`);
        }});
    }
}

// The prototype of the promise of connect (): a script that uses the promise as a connection gets an exception.
const Connecting = Object.create(Promise.prototype);

function refuseUse(name) {
    const hint = name === 'for await' ? ' (Wsp.reconnect () connects again in a loop)' : '';

    throw new TypeError(`Wsp.connect () was not awaited: expected await before it, received a use of "${name}"${hint}`);
}

function connect(uri, options = {}) {
    return Object.setPrototypeOf(open(uri, options ?? {}), Connecting);
}

function extend(namespace) {
    Wsp = namespace;
    const {prototype} = Wsp.Connection;

    Object.assign(prototype, methods);
    prototype[Symbol.asyncIterator] = function () {
        return new Messages(this, toResult);
    };
    for (const name of Object.keys(methods))
        Object.defineProperty(Connecting, name, {get: () => refuseUse(name)});
    Object.defineProperty(Connecting, Symbol.asyncIterator, {get: () => refuseUse('for await')});
    Wsp.connect = connect;
    checks.MAKERS.WspClient = {call: 'Wsp.connect', options: OWN};
    guardConnect(Wsp.Client.prototype);
    refuseEvents(prototype);
}
