// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported Chunks, Writer, extend, isBytes, sendPieces, toMessage */

// Messages in pieces: Chunks reads a message, and Writer writes one.

const {Gio, GLib, GObject} = imports.gi;
const {calls, checks, garbage, reader} = imports.overrides.wsp;

const CHUNK = 65536;

let Wsp;

function isBytes(data) {
    return data instanceof GLib.Bytes || data instanceof ArrayBuffer || ArrayBuffer.isView(data);
}

function toMessage(data) {
    if (data instanceof Wsp.Message)
        return data;
    if (typeof data !== 'string' && !isBytes(data)) {
        throw new TypeError(`Message cannot be sent: expected string, Uint8Array, GLib.Bytes or Wsp.Message, received ${
            checks.nameOf(data)}`);
    }
    return typeof data === 'string' ? Wsp.Message.new_text_bytes(data) : Wsp.Message.new_binary(data);
}

// A call of GIO as a promise. Gio._promisify () would change GIO for the whole program.
function call(object, name, ...args) {
    return calls.promise(object, object[`${name}_async`], object[`${name}_finish`], ...args);
}

const ENDED = {value: undefined, done: true};

// The chunks of a message that was read as a whole: one chunk, or none if the message is empty.
class OneChunk {
    constructor(message) {
        this.array = message?.get_size() > 0 ? message.get_bytes().toArray() : null;
    }

    next() {
        const {array} = this;

        this.array = null;
        return array ? {value: array, done: false} : ENDED;
    }
}

// The chunks of a stream of GIO. GJS 1.74 never releases a GLib.Bytes of which a method of C was called, even get_size ():
// toArray () is a function of GJS, which only passes the GLib.Bytes as an argument.
class StreamChunks {
    constructor(stream, cancellable = null) {
        Object.assign(this, {stream, cancellable});
    }

    [Symbol.asyncIterator]() {
        return this;
    }

    async next() {
        const bytes = await call(this.stream, 'read_bytes', CHUNK, GLib.PRIORITY_DEFAULT, this.cancellable);
        const array = bytes.toArray();

        garbage.count(array.length);
        return array.length > 0 ? {value: array, done: false} : ENDED;
    }
}

// The chunks of the next message, of any length. A message that the queue holds comes first, as one chunk. Calls of next ()
// wait for each other, as calls of a generator do; return () cancels the call that waits.
var Chunks = class Chunks {
    constructor(connection, {cancellable = null} = {}) {
        Object.assign(this, {connection, message_type: null, chunks: null, stream: null, isDone: false, isLeft: false});
        this.last = Promise.resolve();
        this.cancellable = new Gio.Cancellable();
        this.follow(cancellable);
    }

    [Symbol.asyncIterator]() {
        return this;
    }

    follow(cancellable) {
        this.followed = cancellable;
        if (cancellable?.is_cancelled())
            this.cancellable.cancel();
        this.handler = cancellable ? GObject.signal_connect(cancellable, 'cancelled', () => this.cancellable.cancel()) : 0;
    }

    // Calls `call` when the calls before it have ended.
    inTurn(call) {
        const turn = this.last.then(call);

        this.last = turn.catch(() => {});
        return turn;
    }

    async begin() {
        const messages = reader.Reader.of(this.connection);

        if (messages.hasMessages()) {
            const message = await messages.next(reader.keep, reader.endLoop);

            this.message_type = message.get_message_type();
            this.chunks = new OneChunk(message);
            return;
        }
        messages.beginStream();
        try {
            this.stream = await this.connection.receive_stream_async(this.cancellable);
        } finally {
            if (!this.stream)
                messages.endStream();
        }
        if (!this.stream)
            reader.endLoop(this.connection);
        this.message_type = this.stream?.message_type ?? null;
        this.chunks = this.stream ? new StreamChunks(this.stream, this.cancellable) : new OneChunk(null);
    }

    // If the stream is closed before the end of the message, the rest of the message is skipped.
    end() {
        const {stream} = this;

        this.isDone = true;
        if (this.handler)
            GObject.signal_handler_disconnect(this.followed, this.handler);
        this.handler = 0;
        this.stream = null;
        if (!stream)
            return;
        reader.Reader.of(this.connection).endStream();
        stream.close(null);
    }

    async step() {
        let result = ENDED;

        if (this.isDone)
            return ENDED;
        try {
            if (!this.chunks)
                await this.begin();
            result = await this.chunks.next();
        } catch (error) {
            if (!this.isLeft)
                throw calls.withClose(error, this.connection);
        } finally {
            if (result.done)
                this.end();
        }
        return result;
    }

    next() {
        return this.inTurn(() => this.step());
    }

    return() {
        this.isLeft = true;
        this.cancellable.cancel();
        return this.inTurn(() => {
            this.end();
            return ENDED;
        });
    }
};

function checkPiece(data) {
    if (typeof data !== 'string' && !isBytes(data))
        throw new TypeError(`Piece of a message cannot be sent: expected string, Uint8Array or GLib.Bytes, received ${checks.nameOf(data)}`);
}

const turns = Symbol('turns');

// The messages in pieces of one connection: one message is written, the others wait for its end, in the order of their calls.
// After the end of the connection a message does not wait, and gets its error when it begins. A turn holds no reference to its
// writer, so a writer that a script drops in the middle of its message is collected, which ends the connection.
class Turns {
    constructor() {
        Object.assign(this, {current: null, waiting: [], handler: 0});
    }

    static of(connection) {
        connection[turns] ??= new Turns();
        return connection[turns];
    }

    // Returns null if `turn` may write now, or a promise that resolves when `turn` may write.
    take(turn, connection, cancellable) {
        if (!this.current || connection.get_state() === Wsp.ConnectionState.CLOSED) {
            this.current = turn;
            return null;
        }
        return new Promise((resolve, reject) => {
            const one = {turn, resolve, stop: () => {}};

            this.waiting.push(one);
            this.follow(connection);
            this.limit(one, connection, cancellable, reject);
        });
    }

    limit(one, connection, cancellable, reject) {
        const end = () => {
            this.remove(one, connection);
            reject(new GLib.Error(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED, 'Operation was cancelled'));
        };

        if (!cancellable)
            return;
        if (cancellable.is_cancelled()) {
            end();
            return;
        }
        const handler = GObject.signal_connect(cancellable, 'cancelled', end);

        one.stop = () => GObject.signal_handler_disconnect(cancellable, handler);
    }

    // Connects to the signal `closed` while a message waits.
    follow(connection) {
        if (this.waiting.length > 0 && !this.handler) {
            this.handler = GObject.signal_connect(connection, 'closed', () => {
                for (const one of [...this.waiting])
                    this.wake(one, connection);
            });
        } else if (this.waiting.length === 0 && this.handler) {
            GObject.signal_handler_disconnect(connection, this.handler);
            this.handler = 0;
        }
    }

    remove(one, connection) {
        one.stop();
        this.waiting = this.waiting.filter(other => other !== one);
        this.follow(connection);
    }

    wake(one, connection) {
        this.remove(one, connection);
        one.resolve();
    }

    end(turn, connection) {
        if (this.current !== turn)
            return;
        const [first = null] = this.waiting;

        this.current = first?.turn ?? null;
        if (first)
            this.wake(first, connection);
    }
}

// One message that is written in pieces. The message begins with its first piece; before that no other message waits for it.
// A GLib.Bytes holds the memory that GIO reads.
var Writer = class Writer {
    constructor(connection, type, flags) {
        if (type !== Wsp.MessageType.TEXT && type !== Wsp.MessageType.BINARY)
            throw new TypeError(`Type of a message is wrong: expected Wsp.MessageType.TEXT or BINARY, received ${checks.nameOf(type)}`);
        Object.assign(this, {connection, message_type: type, flags, stream: null, beginning: null, hasBegun: false, nWrites: 0, turn: {}});
    }

    endTurn() {
        Turns.of(this.connection).end(this.turn, this.connection);
    }

    open() {
        try {
            this.stream = this.connection.begin_message(this.message_type, this.flags);
        } catch (error) {
            this.endTurn();
            throw error;
        }
    }

    // Not an async function: the message has begun when begin () returns, unless another message is being written.
    begin(cancellable) {
        const wait = Turns.of(this.connection).take(this.turn, this.connection, cancellable);

        if (wait)
            return wait.then(() => this.open()).finally(() => (this.beginning = null));
        this.open();
        return null;
    }

    async prepare(cancellable) {
        if (this.stream)
            return;
        this.beginning ??= this.begin(cancellable);
        await this.beginning;
    }

    // After a first write that failed: nothing of the message was written, so it begins again with the next write.
    leave() {
        const fired = new Gio.Cancellable();

        fired.cancel();
        try {
            this.stream.close(fired);
        } catch {
            // write () throws the error of the write instead.
        }
        this.stream = null;
        this.endTurn();
    }

    async writeArray(array, cancellable) {
        for (let at = 0; at < array.length;) {
            const bytes = new GLib.Bytes(array.subarray(at, at + CHUNK));

            garbage.count(CHUNK);
            // eslint-disable-next-line no-await-in-loop
            at += await call(this.stream, 'write_bytes', bytes, GLib.PRIORITY_DEFAULT, cancellable);
            this.hasBegun = true;
        }
    }

    async write(data, options = {}) {
        const {cancellable = null} = checks.readOptions(options, 'write ()');

        checkPiece(data);
        const array = calls.toArray(data);

        await this.prepare(cancellable);
        this.nWrites++;
        try {
            await this.writeArray(array, cancellable);
        } catch (error) {
            throw calls.withClose(error, this.connection);
        } finally {
            this.nWrites--;
            if (!this.hasBegun && this.nWrites === 0 && array.length > 0)
                this.leave();
        }
    }

    async close(options = {}) {
        const {cancellable = null} = checks.readOptions(options, 'close ()');

        await this.prepare(cancellable);
        this.hasBegun = true;
        try {
            await call(this.stream, 'close', GLib.PRIORITY_DEFAULT, cancellable);
        } catch (error) {
            throw calls.withClose(error, this.connection);
        } finally {
            this.endTurn();
        }
    }
};

function checkKind(isText, piece) {
    checkPiece(piece);
    if (isText !== null && isText !== (typeof piece === 'string')) {
        throw new TypeError(`Piece of a message cannot be sent: expected ${isText ? 'string' : 'bytes'} as the first one, received ${
            isText ? 'bytes' : 'string'}`);
    }
    return typeof piece === 'string';
}

// Sends a message of several pieces, which are all strings or all bytes. Without a piece nothing is sent. Pieces that were
// written cannot be taken back, so an exception fails the connection. The pieces of an array are checked before the first write.
async function sendPieces(connection, pieces, flags) {
    let writer = null, isText = null;

    if (Array.isArray(pieces))
        pieces.reduce(checkKind, null);
    try {
        for await (const piece of pieces) {
            isText = checkKind(isText, piece);
            writer ??= new Writer(connection, isText ? Wsp.MessageType.TEXT : Wsp.MessageType.BINARY, flags);
            await writer.write(piece);
        }
    } catch (error) {
        if (writer?.stream)
            connection.fail(new GLib.Error(Wsp.Error, Wsp.Error.FAILED, 'Pieces of a message ended with an exception'));
        throw error;
    }
    await writer?.close();
}

function extend(namespace) {
    Wsp = namespace;
    Wsp.MessageStream.prototype[Symbol.asyncIterator] = function () {
        return new StreamChunks(this);
    };
}
