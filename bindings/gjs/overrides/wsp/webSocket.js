// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported extend */

// Wsp.WebSocket: the interface of browsers (WHATWG WebSockets 3.1). GJS 1.74 has no EventTarget, Event, Blob, DOMException
// and URL: events are plain objects, errors have the name of the DOMException, and binaryType is "arraybuffer".

const {GLib, GObject} = imports.gi;
const {calls, events, lent, reader} = imports.overrides.wsp;

const STATES = {CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3};
const SCHEMES = {ws: 'ws', wss: 'wss', http: 'ws', https: 'wss'};
const DEFAULT_PORTS = {ws: 80, wss: 443};
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const MAX_REASON = 123;

const encoder = new TextEncoder();
const sockets = Symbol('socket');
const live = new Set();         // a socket that may still have events is not collected

let Wsp;

function makeError(name, message) {
    const error = new Error(message);

    error.name = name;
    return error;
}

function parseUrl(url) {
    let uri = null;

    if (url.includes('\0'))
        throw makeError('SyntaxError', 'URL is wrong: expected text without U+0000');
    try {
        uri = GLib.Uri.parse(url, GLib.UriFlags.ENCODED | GLib.UriFlags.PARSE_RELAXED);
    } catch (error) {
        throw makeError('SyntaxError', `URL is wrong: expected ws://host/path, received ${url} (${error.message})`);
    }
    const scheme = SCHEMES[uri.get_scheme()];

    if (!scheme || !uri.get_host())
        throw makeError('SyntaxError', `URL is wrong: expected ws://host/path, received ${url}`);
    if (uri.get_fragment() !== null)
        throw makeError('SyntaxError', `URL is wrong: expected no fragment, received ${url}`);
    return [scheme, uri];
}

// The URL as browsers write it, and its origin.
function normalize(url) {
    const [scheme, uri] = parseUrl(url);
    const host = uri.get_host().toLowerCase();
    const port = [-1, DEFAULT_PORTS[scheme]].includes(uri.get_port()) ? '' : `:${uri.get_port()}`;
    const origin = `${scheme}://${host.includes(':') ? `[${host}]` : host}${port}`;
    const user = uri.get_userinfo() === null ? '' : `${uri.get_userinfo()}@`;
    const query = uri.get_query() === null ? '' : `?${uri.get_query()}`;

    return [`${origin.replace('://', `://${user}`)}${uri.get_path() || '/'}${query}`, origin];
}

function checkProtocols(protocols) {
    const isList = typeof protocols === 'object' && calls.isIterable(protocols);
    const list = isList ? Array.from(protocols, name => `${name}`) : [`${protocols}`];

    if (!list.every(name => TOKEN.test(name)) || new Set(list).size < list.length)
        throw makeError('SyntaxError', `Subprotocols are wrong: expected different tokens, received ${JSON.stringify(list)}`);
    return list;
}

// An unsigned short that is clamped; a half is rounded to the even number (Web IDL).
function clampCode(code) {
    const number = Math.min(Math.max(+code || 0, 0), 65535);
    const rounded = Math.round(number);

    return rounded - number === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

function checkClose(code, reason) {
    if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999))
        throw makeError('InvalidAccessError', `Close code is wrong: expected 1000 or 3000 to 4999, received ${code}`);
    const length = encoder.encode(reason).length;

    if (reason.includes('\0'))
        throw makeError('SyntaxError', 'Close reason is wrong: expected text without U+0000');
    if (length > MAX_REASON)
        throw makeError('SyntaxError', `Close reason is too long: expected at most ${MAX_REASON} bytes, received ${length}`);
}

// A GLib.Error is not logged: the error and close events say how the connection ended.
function logUnlessEnded(error) {
    if (!(error instanceof GLib.Error))
        logError(error);
}

function toBuffer(data) {
    const {buffer, byteOffset, byteLength} = data;

    return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}

var WebSocket = class WebSocket {
    #events = new events.Events();
    #state = STATES.CONNECTING;
    #url;
    #origin;
    #connection = null;
    #cancel = new imports.gi.Gio.Cancellable();
    #nQueued = 0;           // bytes of payload that were queued since the queue was empty
    #nOfTurn = 0;           // bytes that were queued in this turn of the main loop, counted even if they were written
    #nDropped = 0;          // bytes that were sent after the end
    #error = null;          // the error of the error event; null: no error event

    constructor(url, protocols = []) {
        if (arguments.length === 0)
            throw new TypeError('URL is missing: expected new Wsp.WebSocket (url), received nothing');
        [this.#url, this.#origin] = normalize(`${url}`);
        const list = checkProtocols(protocols);

        live.add(this);
        this.#connect(list).catch(logError);
    }

    async #connect(list) {
        try {
            const connection = await new Wsp.Client().connect_async(this.#url, list.length > 0 ? list : null, null, this.#cancel);

            this.#open(connection);
        } catch (error) {
            if (!(error instanceof GLib.Error))
                throw error;
            this.#error = error;
            this.#end(1006, '', false);
        }
    }

    #open(connection) {
        this.#connection = connection;
        connection[sockets] = this;
        GObject.signal_connect(connection, 'notify::state', () => {
            this.#state = Math.max(this.#state, STATES.CLOSING);
        });
        GObject.signal_connect(connection, 'closed', () => this.#closed(connection.close_info));
        if (this.#state !== STATES.CONNECTING) {
            this.#error = makeError('AbortError', 'Closed before the connection was open');
            connection.abort();
            return;
        }
        this.#state = STATES.OPEN;
        this.#dispatch('open');
        lent.setMessageFunc.call(connection, WebSocket.#deliver);       // starts the connection
    }

    static #deliver(connection, message) {
        connection[sockets].#receive(message);
    }

    #receive(message) {
        if (this.#state !== STATES.OPEN)
            return;
        const data = reader.toData(message);

        this.#dispatch('message', {data: typeof data === 'string' ? data : toBuffer(data), origin: this.#origin, lastEventId: '',
            source: null, ports: []});
    }

    // Broken rules, limits and failures of the network are errors; a transport that only ends is not, as in browsers.
    #closed(info) {
        const isClean = info.is_clean();
        const code = info.get_peer_code();
        const error = info.get_error();

        if (!isClean && !error?.matches(Wsp.Error, Wsp.Error.ABNORMAL_CLOSURE))
            this.#error ??= error;
        this.#end(isClean && code !== 0 ? code : 1006, isClean ? info.get_peer_reason() ?? '' : '', isClean);
    }

    #end(code, reason, wasClean) {
        this.#nDropped += this.bufferedAmount - this.#nDropped;
        this.#nQueued = this.#nOfTurn = 0;
        this.#state = STATES.CLOSED;
        live.delete(this);
        if (this.#error)
            this.#dispatch('error', {message: this.#error.message, error: this.#error});
        this.#dispatch('close', {code, reason, wasClean});
    }

    #dispatch(type, fields) {
        this.#events.dispatch(this, type, fields);
    }

    get url() {
        return this.#url;
    }

    get readyState() {
        return this.#state;
    }

    get protocol() {
        return this.#connection?.subprotocol ?? '';
    }

    get extensions() {
        return this.#connection?.extensions?.join(', ') ?? '';
    }

    get binaryType() {
        return 'arraybuffer';
    }

    // A new value has no effect: there is no Blob here, and browsers ignore unknown values.
    set binaryType(_type) {}

    // Counts payload only; the send queue also counts what each message takes beside its payload.
    get bufferedAmount() {
        const queued = this.#state === STATES.CLOSED ? 0 : this.#connection?.get_send_queue_bytes() ?? 0;

        if (queued === 0)
            this.#nQueued = this.#nOfTurn;
        return Math.max(Math.min(this.#nQueued, queued), this.#nOfTurn) + this.#nDropped;
    }

    send(data) {
        if (arguments.length === 0)
            throw new TypeError('Data are missing: expected send (data), received nothing');
        if (this.#state === STATES.CONNECTING)
            throw makeError('InvalidStateError', 'Connection is not open yet: expected send () after the open event');
        const bytes = calls.toArray(data);
        const isText = !(bytes instanceof Uint8Array) || typeof data === 'string';
        const text = isText ? `${data}` : null;
        const length = isText ? encoder.encode(text).length : bytes.length;

        if (this.#state !== STATES.OPEN) {
            this.#nDropped += length;
            return;
        }
        this.#queue(isText ? Wsp.Message.new_text_bytes(text) : Wsp.Message.new_binary(bytes), length);
    }

    // A full queue ends the connection, as in browsers, whose queues have other limits.
    #queue(message, length) {
        try {
            this.#connection.queue_message(message);
            this.#nQueued += length;
            this.#addToTurn(length);
        } catch (error) {
            this.#nDropped += length;
            this.#error ??= error;
            this.#connection.fail(error);
        }
    }

    #addToTurn(length) {
        if (this.#nOfTurn === 0) {
            GLib.idle_add(GLib.PRIORITY_HIGH, () => {
                this.#nOfTurn = 0;
                return GLib.SOURCE_REMOVE;
            });
        }
        this.#nOfTurn += length;
    }

    close(code = undefined, reason = '') {
        const clamped = code === undefined ? undefined : clampCode(code);
        const text = `${reason}`;

        checkClose(clamped, text);
        if (this.#state === STATES.CONNECTING)
            this.#cancel.cancel();
        else if (this.#state === STATES.OPEN)
            this.#connection.close(clamped ?? (text === '' ? Wsp.CloseCode.NO_STATUS : 1000), text).catch(logUnlessEnded);
        this.#state = Math.max(this.#state, STATES.CLOSING);
    }

    addEventListener(type, listener, options) {
        this.#events.addEventListener(type, listener, options);
    }

    removeEventListener(type, listener) {
        this.#events.removeEventListener(type, listener);
    }

    dispatchEvent({type, ...fields}) {
        this.#dispatch(type, fields);
        return true;
    }

    listenerProperty(type, listener) {
        if (listener !== undefined)
            this.#events.setProperty(type, listener);
        return this.#events.getProperty(type);
    }

    get [Symbol.toStringTag]() {
        return 'WebSocket';
    }
};

function extend(namespace) {
    Wsp = namespace;
    for (const [name, value] of Object.entries(STATES)) {
        Object.defineProperty(WebSocket, name, {value, enumerable: true});
        Object.defineProperty(WebSocket.prototype, name, {value, enumerable: true});
    }
    for (const type of ['open', 'message', 'error', 'close']) {
        Object.defineProperty(WebSocket.prototype, `on${type}`, {
            get() {
                return this.listenerProperty(type);
            },
            set(listener) {
                this.listenerProperty(type, listener ?? null);
            },
            enumerable: true,
            configurable: true,
        });
    }
    Wsp.WebSocket = WebSocket;
}
