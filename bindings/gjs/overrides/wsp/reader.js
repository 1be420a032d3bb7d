// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported Reader, endLoop, endSilently, extend, keep, throwClosed, toData */

// The messages of a connection, one after the other. The message function fills a queue, which costs one call for each
// message instead of the two of receive_async (); a full queue stops the connection.

const {Gio, GLib, GObject} = imports.gi;
const {calls, garbage, lent, receivers} = imports.overrides.wsp;

const MAX_MESSAGES = 16;
const MAX_BYTES = 1 << 20;
const BOM = '\ufeff';
// A loop over messages ends after a Close with one of these codes, as with Python's `websockets`; after other codes it throws.
const PLAIN_ENDS = [1000, 1001, 1005];
const ENDED = {value: undefined, done: true};

const readers = Symbol('reader');
const decoder = new TextDecoder();

let Wsp, plainGetText;

// Keeps a byte order mark, which only some releases of GJS keep.
function decodeText(message) {
    const array = message.get_bytes().toArray();
    const hasMark = array[0] === 0xef && array[1] === 0xbb && array[2] === 0xbf;
    const text = decoder.decode(array);

    return hasMark && !text.startsWith(BOM) ? BOM + text : text;
}

// The length of a string in UTF-8.
function measure(text) {
    let size = text.length;

    for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i);

        if (unit >= 0x80)
            size += unit < 0x800 || (unit & 0xf800) === 0xd800 ? 1 : 2;
    }
    return size;
}

// A string of C ends at a NUL, so a text with a NUL is decoded from its bytes.
function getText(message) {
    const text = plainGetText.call(message);
    const size = message.get_size();

    return text === null || text.length === size || measure(text) === size ? text : decodeText(message);
}

// Returns a string for a text message, and a Uint8Array for a binary one.
function convert(message) {
    return getText(message) ?? message.get_bytes().toArray();
}

function toData(message) {
    const data = convert(message);

    garbage.count(data.length);
    return data;
}

function keep(message) {
    garbage.count(message.get_size());
    return message.ref();
}

// Each call after the end of the connection throws: with null a script would have to check each result.
function throwClosed(connection) {
    const text = `Connection is closed: ${connection.close_info.to_string()}`;

    throw calls.withClose(new GLib.Error(Wsp.Error, Wsp.Error.CLOSED, text), connection);
}

const silent = Symbol('silent');

// A loop over the messages of this connection ends silently, however the connection ends.
function endSilently(connection) {
    connection[silent] = true;
}

function endLoop(connection) {
    return connection[silent] || PLAIN_ENDS.includes(connection.close_info.get_peer_code()) ? ENDED : throwClosed(connection);
}

function makeCancelled() {
    return new GLib.Error(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED, 'Operation was cancelled');
}

function makePending() {
    return new GLib.Error(Gio.IOErrorEnum, Gio.IOErrorEnum.PENDING,
        'Another call receives from this connection: expected one at a time (receive in one function, which gives the messages to the others)');
}

// A wait for a message, which ends once: by a message, by an error, by its cancellable or by its timeout.
class Waiter {
    constructor(reader, convert, ended, resolve, reject) {
        this.reader = reader;
        this.convert = convert;
        this.ended = ended;
        this.resolve = resolve;
        this.reject = reject;
        this.cancellable = null;
        this.handler = 0;
        this.timer = 0;
    }

    limit({cancellable = null, timeout = 0}) {
        if (timeout > 0) {
            this.timer = GLib.timeout_add(GLib.PRIORITY_DEFAULT, Math.ceil(timeout), () => {
                this.timer = 0;
                this.fail(new GLib.Error(Gio.IOErrorEnum, Gio.IOErrorEnum.TIMED_OUT, `No message came in ${timeout} ms`));
                return GLib.SOURCE_REMOVE;
            });
        }
        if (cancellable) {
            this.cancellable = cancellable;
            this.handler = GObject.signal_connect(cancellable, 'cancelled', () => this.fail(makeCancelled()));
        }
    }

    release() {
        this.reader.waiter = null;
        if (this.timer)
            GLib.source_remove(this.timer);
        if (this.handler)
            GObject.signal_handler_disconnect(this.cancellable, this.handler);
    }

    take(message) {
        this.release();
        this.resolve(this.convert(message));
    }

    fail(error) {
        if (this.reader.waiter !== this)
            return;
        this.release();
        this.reject(error);
    }

    // The connection has ended: the wait gets a message that was read ahead, or else the end or the error.
    finish() {
        this.release();
        this.reader.takeRest(this.convert, this.ended).then(this.resolve, this.reject);
    }
}

function feed(connection, message) {
    connection[readers].feed(message);
}

function end(connection) {
    connection[readers].isEnded = true;
    connection[readers].waiter?.finish();
}

var Reader = class Reader {
    constructor(connection) {
        this.connection = connection;
        this.queue = [];
        this.nBytes = 0;
        this.isStarted = false;
        this.isAttached = false;
        this.waiter = null;
        this.isStreaming = false;
        this.isEnded = connection.get_state() === Wsp.ConnectionState.CLOSED;
        connection.connect('closed', end);
    }

    static of(connection) {
        if (connection[readers] === undefined)
            connection[readers] = new Reader(connection);
        return connection[readers];
    }

    // Whether recv () takes the messages.
    static isOf(connection) {
        return connection[readers]?.isAttached ?? false;
    }

    // Called when the program sets a message function of its own.
    static forget(connection) {
        const reader = connection[readers];

        if (!reader)
            return;
        reader.isAttached = false;
        reader.waiter?.fail(new GLib.Error(Wsp.Error, Wsp.Error.INVALID_OPERATION,
            'Messages go to the message function: expected recv () or a message function, received both'));
    }

    start() {
        if (!this.isAttached) {
            lent.setMessageFunc.call(this.connection, feed);
            this.isAttached = true;
        }
        if (!this.isStarted) {
            this.isStarted = true;
            this.connection.start_receiving();
        }
    }

    stop() {
        if (this.isStarted) {
            this.isStarted = false;
            this.connection.stop_receiving();
        }
    }

    feed(message) {
        if (this.waiter) {
            this.waiter.take(message);
            return;
        }
        this.queue.push(message.ref());
        this.nBytes += message.get_size();
        if (this.queue.length >= MAX_MESSAGES || this.nBytes >= MAX_BYTES)
            this.stop();
    }

    shift() {
        const message = this.queue.shift();

        this.nBytes -= message.get_size();
        return message;
    }

    // After the end of the connection: resolves with a message that C has read ahead, or else with the result of `ended`.
    async takeRest(convert, ended) {
        const {connection} = this;
        let message = null;

        try {
            message = await calls.promise(connection, connection._original_receive_async, connection.receive_finish, null);
        } catch (error) {
            if (ended !== endLoop || !connection[silent])
                throw error;
        }
        return message ? convert(message) : ended(connection);
    }

    hasMessages() {
        return this.queue.length > 0;
    }

    beginStream() {
        if (this.waiter || this.isStreaming)
            throw makePending();
        this.isStreaming = true;
        this.stop();
    }

    endStream() {
        this.isStreaming = false;
    }

    // A promise of the next message, converted, or of what `ended` gives or throws after a clean close.
    next(convert, ended, options = {}) {
        if (this.waiter || this.isStreaming)
            return Promise.reject(makePending());
        if (options.cancellable?.is_cancelled())
            return Promise.reject(makeCancelled());
        if (this.queue.length > 0)
            return Promise.resolve(convert(this.shift()));
        if (this.isEnded)
            return this.takeRest(convert, ended);
        if (!this.isAttached && receivers.hasHandler(this.connection))
            return Promise.reject(receivers.makeError());
        return new Promise((resolve, reject) => {
            this.waiter = new Waiter(this, convert, ended, resolve, reject);
            this.waiter.limit(options);
            if (!this.isStarted)
                this.start();
        });
    }
};

function extend(namespace) {
    const {prototype} = namespace.Connection;
    const setMessageFunc = prototype.set_message_func;

    Wsp = namespace;
    plainGetText = namespace.Message.prototype.get_text;
    namespace.Message.prototype.get_text = function () {
        return getText(this);
    };
    prototype.set_message_func = function (func) {
        Reader.forget(this);
        setMessageFunc.call(this, func);
    };
}
