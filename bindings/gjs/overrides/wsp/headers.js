// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported extend, toHeaders */

// Wsp.Headers of values of JavaScript, and as scripts read them. The case of names is ignored.

const {checks} = imports.overrides.wsp;

let Wsp;

function isIterable(value) {
    return typeof value?.[Symbol.iterator] === 'function';
}

// An object of a class, as a promise or a GLib.Bytes, has no fields.
function isPlainObject(value) {
    return typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

function pairsOf(headers, what) {
    const expected = `${what} is wrong: expected an object, pairs or Wsp.Headers, received`;

    if (typeof headers === 'string' || !isIterable(headers) && !isPlainObject(headers))
        throw new TypeError(`${expected} ${checks.nameOf(headers)}`);
    if (!isIterable(headers))
        return Object.entries(headers);
    const pairs = [...headers];

    for (const pair of pairs) {
        if (!Array.isArray(pair) || pair.length !== 2)
            throw new TypeError(`${expected} a list with ${Array.isArray(pair) ? `one of ${pair.length}` : checks.nameOf(pair)}`);
    }
    return pairs;
}

function makeHeaders(headers, what) {
    const made = Wsp.Headers.new();

    for (const [name, value] of pairsOf(headers, what)) {
        if (typeof name !== 'string')
            throw new TypeError(`Header name is wrong: expected a text, received ${checks.nameOf(name)}`);
        if (typeof value !== 'string' && !Number.isInteger(value))
            throw new TypeError(`Header ${name} is wrong: expected a text or an integer, received ${checks.nameOf(value)}`);
        made.append(name, String(value));
    }
    return made;
}

// Null stays null; `what` is the name of the value in errors.
function toHeaders(headers, what) {
    return headers === null || headers === undefined || headers instanceof Wsp.Headers ? headers : makeHeaders(headers, what);
}

const methods = {
    // The values of all fields of this name, joined with commas; null if there is none.
    get(name) {
        return this.dup_list(name);
    },

    has(name) {
        return this.dup_list(name) !== null;
    },

    // The name and the value of each field.
    *[Symbol.iterator]() {
        for (let i = 0; i < this.get_length(); i++)
            yield [this.get_name(i), this.get_value(i)];
    },
};

// The values of a request: null if there is none.
const ofRequest = {
    cookie(name) {
        return this.dup_cookie(name);
    },

    query_value(name) {
        return this.dup_query_value(name);
    },

    path_value(name) {
        return this.dup_path_value(name);
    },
};

function extend(namespace) {
    Wsp = namespace;
    Object.assign(Wsp.Handshake.prototype, ofRequest);
    Object.assign(Wsp.HttpRequest.prototype, ofRequest);
    Object.assign(Wsp.Headers.prototype, methods);
    Wsp.Headers = checks.makeConstructor(Wsp.Headers, (Headers, headers = null) =>
        headers === null ? Headers.new() : makeHeaders(headers, 'Argument of new Wsp.Headers ()'));
}
