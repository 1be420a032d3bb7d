// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported extend */

// Wsp.connect () and what a connection does through promises: recv, send, ping, close, and loops over its messages.

const {GLib, GObject} = imports.gi;
const {calls, properties, reader, streams} = imports.overrides.wsp;

const DONE = Promise.resolve();
const LOOK_AFTER = 4096;

let Wsp;

function isClosed(connection) {
    return connection.get_state() === Wsp.ConnectionState.CLOSED;
}

function makeClosed(connection) {
    const text = 'Connection is closed: nothing can be sent';

    return connection.close_info?.get_error() ?? new GLib.Error(Wsp.SessionError, Wsp.SessionError.CLOSED, text);
}

// Resolves with the first of these signals.
function signalled(object, ...names) {
    return new Promise(resolve => {
        const handlers = names.map(name => GObject.signal_connect(object, name, () => {
            handlers.forEach(handler => GObject.signal_handler_disconnect(object, handler));
            resolve(object);
        }));
    });
}

// Queues the data; a program that sends faster than the peer reads waits for the writable signal.
async function waitUntilWritable(connection) {
    while (connection.get_send_queue_bytes() > connection.get_limits().high_water_mark) {
        if (isClosed(connection))
            throw makeClosed(connection);
        await signalled(connection, 'writable', 'closed');          // eslint-disable-line no-await-in-loop
    }
}

const sent = Symbol('sent');

// The queue is looked at once for some data: a call into C is a large part of what a short message costs.
function countSent(connection, length) {
    connection[sent] = (connection[sent] ?? 0) + length;
    if (connection[sent] < LOOK_AFTER)
        return DONE;
    connection[sent] = 0;
    return connection.get_send_queue_bytes() > connection.get_limits().high_water_mark ? waitUntilWritable(connection) : DONE;
}

function sendText(connection, text) {
    if (text.includes('\0'))
        connection.queue_message(Wsp.Message.new_text_bytes(text));
    else
        calls.plain.queue_text.call(connection, text);
    return countSent(connection, text.length);
}

function sendOther(connection, data) {
    if (data instanceof Wsp.Message) {
        connection.queue_message(data);
        return countSent(connection, data.get_size());
    }
    if (streams.isBytes(data)) {
        connection.queue_binary(data);
        return countSent(connection, data.byteLength ?? LOOK_AFTER);
    }
    if (data?.[Symbol.asyncIterator] || data?.[Symbol.iterator])
        return streams.sendPieces(connection, data);
    throw new TypeError(`Message cannot be sent: expected string, Uint8Array, GLib.Bytes, Wsp.Message or an iterable of those, received ${
        data === null ? 'null' : typeof data}`);
}

function toResult(message) {
    return {value: reader.toData(message), done: false};
}

function keepResult(message) {
    return {value: reader.keep(message), done: false};
}

// No async generator: one promise for each message. Leaving the loop closes nothing.
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
        const limits = calls.readOptions(options, 'recv ()', ['cancellable', 'timeout']);

        return await reader.Reader.of(this).next(reader.toData, reader.throwClosed, limits);
    },

    // No async function: one promise for all messages that are only queued.
    send(data) {
        try {
            return typeof data === 'string' ? sendText(this, data) : sendOther(this, data);
        } catch (error) {
            return Promise.reject(error);
        }
    },

    // Milliseconds.
    async ping(payload = null, options = {}) {
        const {cancellable = null} = calls.readOptions(options, 'ping ()');

        return await this.ping_async(payload, cancellable) / 1000;
    },

    // A second call joins the first.
    async close(code = Wsp.CloseCode.NORMAL, reason = null, options = {}) {
        const {cancellable = null} = calls.readOptions(options, 'close ()');

        await this.close_async(code, reason, cancellable);
    },

    stream(options = {}) {
        return new streams.Chunks(this, calls.readOptions(options, 'stream ()'));
    },

    begin(type = Wsp.MessageType.BINARY) {
        return new streams.Writer(this, type);
    },
};

function toHeaders(headers) {
    if (headers === null || headers instanceof Wsp.Headers)
        return headers;
    if (typeof headers !== 'object')
        throw new TypeError(`Headers are wrong: expected an object, pairs or Wsp.Headers, received ${typeof headers}`);
    const made = Wsp.Headers.new();

    for (const [name, value] of calls.isIterable(headers) ? headers : Object.entries(headers)) {
        if (typeof value !== 'string' && typeof value !== 'number')
            throw new TypeError(`Header ${String(name)} is wrong: expected a string or number, received ${calls.nameOf(value)}`);
        made.append(name, String(value));
    }
    return made;
}

// Options that are not the connection's are properties of the Wsp.Client.
async function connect(uri, {subprotocols = null, headers = null, client = null, cancellable = null, ...settings} = {}) {
    const dialer = client ?? new Wsp.Client();

    if (!(dialer instanceof Wsp.Client))
        throw new TypeError(`Option client of Wsp.connect () is wrong: expected a Wsp.Client, received ${typeof client}`);
    properties.setProperties(dialer, settings, 'Wsp.connect ()');
    return await dialer.connect_async(uri, typeof subprotocols === 'string' ? [subprotocols] : subprotocols, toHeaders(headers),
        cancellable);
}

function extend(namespace) {
    Wsp = namespace;
    const {prototype} = Wsp.Connection;

    Object.assign(prototype, methods);
    prototype[Symbol.asyncIterator] = function () {
        return new Messages(this, toResult);
    };
    Wsp.connect = connect;
}
