// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported checkTexts, extend, isIterable, plain, promise, tellsEnd, toBytes, toArray, whenCancelled, withClose */

// The functions of the library with values of JavaScript: a promise where no callback is given, nulls at the end left out,
// strings and typed arrays for bytes, and no text that would be cut at a NUL.

const {GLib, GObject} = imports.gi;
const {checks, headers} = imports.overrides.wsp;

const ABNORMAL = 1006;

const encoder = new TextEncoder();

let Wsp;

function checkText(value) {
    if (typeof value === 'string' && value.includes('\0'))
        throw new TypeError('Text would end at a NUL: expected text without U+0000 (send () takes any text, and new_text_bytes () its bytes)');
    return value;
}

function checkTexts(values) {
    [values].flat().forEach(checkText);
    return values;
}

function checkList(values, name, position) {
    checks.checkList(`Argument ${position} of ${name} ()`, checkTexts(values));
    return values;
}

// The bytes of a string, an ArrayBuffer or a view of one; any other value is left to GJS, which refuses it.
function toArray(value) {
    if (typeof value === 'string')
        return encoder.encode(value);
    if (value instanceof GLib.Bytes)
        return value.toArray();
    if (value instanceof ArrayBuffer)
        return new Uint8Array(value);
    if (ArrayBuffer.isView(value) && !(value instanceof Uint8Array))
        return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return value;
}

function toBytes(value) {
    const array = value instanceof GLib.Bytes ? value : toArray(value);

    return array instanceof Uint8Array ? new GLib.Bytes(array) : array;
}

function checkHeaders(value, name, position) {
    return headers.toHeaders(value, `Argument ${position} of ${name} ()`);
}

// GJS makes 0 of null, text and NaN, and an integer of a fraction.
function checkNumber(value, name, position) {
    if (typeof value !== 'bigint')
        checks.checkInteger(`Argument ${position} of ${name} ()`, value);
    return value;
}

const CONVERT = {
    t: checkText,
    l: checkList,
    a: toArray,
    b: toBytes,
    n: checkNumber,
    h: checkHeaders,
    '.': value => value,
};

// The arguments of each function, without the callback: t text, l list of texts, a array of bytes, b GLib.Bytes, n number or
// enumeration, h headers, . any other. Arguments after | may be null, and are null if they are
// undefined or left out.
const METHODS = {
    Client: {connect_async: 't|lh.', open_async: '.|..'},
    Connection: {
        begin_message: 'n|n', close_async: 'n|t.', close_finish: '.', flush_async: '|.', flush_finish: '.', ping_async: '|b.',
        ping_finish: '.', queue_binary: 'a', queue_message: '.|n', queue_text: 't', receive_async: '|.', receive_finish: '.',
        receive_stream_async: '|.', receive_stream_finish: '.', send_from_thread: '.|n', send_message_async: '.|n.',
        send_message_finish: '.',
    },
    Group: {broadcast: '.|n.'},
    Handshake: {
        accept: '|th', dup_cookie: 't', dup_path_value: 't', dup_query_value: 't', get_request_header: 't', get_time_us: 'n', reject: 'n|hb',
        set_addresses: '|..',
    },
    Headers: {
        append: 'tt', dup_list: 't', get_name: 'n', get_one: 't', get_value: 'n', has_token: 'tt', remove: 't', replace: 'tt', write: 't',
    },
    HttpRequest: {dup_cookie: 't', dup_path_value: 't', dup_query_value: 't', respond: 'n|hb'},
    Message: {broadcast: '.|n'},
    Server: {
        accept_stream: '.|n', add_http_route: 't', add_route: 't', drain_async: 'ntnnn|.', listen: '.|n', listen_inet: 'tn|n',
        listen_socket: '.|n', remove_http_route: 't', remove_route: 't', shutdown_async: 'ntn|.',
    },
    ServerStats: {get_closed: 'n'},
    Session: {
        begin_client_handshake: '|llh', begin_server_handshake: 'tlh', complete_action: '.n', complete_receive: '.|b', end_client_handshake: 'h',
        has_pending: 'n', next_action: 'n', send: 'n|b', send_close: 'n|t', send_raw: 'n|b', set_time_us: 'n',
    },
};
const FUNCTIONS = {
    CloseCode: {describe: 'n', is_sendable: 'n'},
    Handshake: {new_client: 't|lh', new_server: 'ttth'},
    Headers: {parse: 'b'},
    Connection: {new_for_stream: '.n|tlb'},
    Message: {new_binary: 'a', new_binary_bytes: 'b', new_text: 't', new_text_bytes: 'b'},
    Reconnector: {new: 't|.'},
    Session: {new: 'n', new_established: 'n|tl'},
};
const OF_NAMESPACE = {
    accept_key_derive: 't', close_code_describe: 'n', close_code_is_sendable: 'n', headers_parse: 'b',
};

function convert(args, kinds, name, nRequired) {
    for (let i = 0; i < kinds.length && i < args.length; i++) {
        if (i >= nRequired)
            args[i] ??= null;
        if (i < nRequired || args[i] !== null)
            args[i] = CONVERT[kinds[i]](args[i], name, i + 1);
    }
}

function pad(args, nRequired, length) {
    while (args.length >= nRequired && args.length < length)
        args.push(null);
}

// Whether the error of a call says that the connection is closed or has ended.
function isClosing(error) {
    return error instanceof GLib.Error && [Wsp.Error.CLOSED, Wsp.Error.ABNORMAL_CLOSURE].some(code => error.matches(Wsp.Error, code));
}

// Whether an error says that the connection has ended: the peer has gone, broke a rule or exceeded a limit.
function tellsEnd(error, connection) {
    const own = connection.close_info?.get_error();

    return isClosing(error) || error instanceof GLib.Error && own?.domain === error.domain && own.code === error.code;
}

// The error of a call, with the code and the reason of the peer's Close if the error says that the connection is closed.
function withClose(error, connection) {
    if (connection instanceof Wsp.Connection && isClosing(error)) {
        const info = connection.close_info;

        error.close_code = info?.get_peer_code() ?? (connection.peer_close_code || ABNORMAL);
        error.close_reason = info ? info.get_peer_reason() : connection.peer_close_reason;
    }
    return error;
}

// Calls start with the arguments and a callback, and resolves with the result of finish, which the callback calls.
function promise(self, start, finish, ...args) {
    return new Promise((resolve, reject) => {
        start.call(self, ...args, (_source, result) => {
            try {
                resolve(finish.call(self, result));
            } catch (error) {
                reject(withClose(error, self));
            }
        });
    });
}

function wrapPlain(func, name, kinds, nRequired) {
    return function (...args) {
        convert(args, kinds, name, nRequired);
        pad(args, nRequired, kinds.length);
        try {
            return func.apply(this, args);
        } catch (error) {
            throw withClose(error, this);
        }
    };
}

function wrapAsync(start, finish, name, kinds, nRequired) {
    return function (...args) {
        const callback = typeof args[args.length - 1] === 'function' ? [args.pop()] : args.splice(kinds.length);

        convert(args, kinds, name, nRequired);
        pad(args, nRequired, kinds.length);
        if (args.length < kinds.length || callback.length > 0)
            return start.call(this, ...args, ...callback);
        return promise(this, start, finish, ...args);
    };
}

function extendObject(object, functions) {
    for (const [name, text] of Object.entries(functions)) {
        const kinds = text.replace('|', '');
        const nRequired = text.includes('|') ? text.indexOf('|') : kinds.length;
        const func = object[name];

        if (name.endsWith('_async')) {
            object[name] = wrapAsync(func, object[name.replace(/_async$/, '_finish')], name, kinds, nRequired);
            object[`_original_${name}`] = func;         // Gio._promisify () then leaves the function as it is
        } else {
            object[name] = wrapPlain(func, name, kinds, nRequired);
        }
    }
}

// Calls a function when the cancellable, which may be null, is cancelled, at once if it is. Returns a function that ends this.
function whenCancelled(cancellable, func) {
    const handler = cancellable ? GObject.signal_connect(cancellable, 'cancelled', func) : 0;

    if (cancellable?.is_cancelled())
        func();
    return () => handler && GObject.signal_handler_disconnect(cancellable, handler);
}

function isIterable(value) {
    return typeof value?.[Symbol.iterator] === 'function';
}

// Functions of C for the other parts, without the checks.
var plain = {};

function extend(namespace) {
    Wsp = namespace;
    plain.queue_message = Wsp.Connection.prototype.queue_message;
    plain.queue_text = Wsp.Connection.prototype.queue_text;
    Object.entries(METHODS).forEach(([name, functions]) => extendObject(Wsp[name].prototype, functions));
    Object.entries(FUNCTIONS).forEach(([name, functions]) => extendObject(Wsp[name], functions));
    extendObject(Wsp, OF_NAMESPACE);
}
