// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported MAKERS, canonical, checkCallable, checkFunction, checkInteger, checkList, checkObject, checkOption, checkSettings, checkText, className, extend, flagsOf, hintFor, isOfCall, makeConstructor, makeOwner, misspelled, nameOf, namesOf, readOptions */

// Checks the names and values of options. The texts of errors are those of the override for Python: tests/mistakes/scripts.ini
// has the texts of both. A time is in milliseconds.

const {Gio, GObject} = imports.gi;

let Wsp;

const MAX_MILLISECONDS = 0xffffffff;
// Words of `ws` and of browsers, and what to write instead.
const OF_OTHERS = {
    maxPayload: 'max_message_size',
    perMessageDeflate: 'deflate: new Wsp.DeflateOptions ()',
    handshakeTimeout: {'Wsp.connect': 'timeout', 'Wsp.serve': 'handshake_timeout'},
    closeTimeout: 'close_timeout',
    followRedirects: 'max_redirects',
    protocol: 'subprotocols', protocols: 'subprotocols', handleProtocols: 'subprotocols',
    ca: 'tls_database', rejectUnauthorized: 'tls_database', cert: 'tls_certificate', key: 'tls_certificate',
    host: 'it before the options', port: 'it before the options',
    path: "{'/path': handler} as the handler",
    verifyClient: {'Wsp.serve': 'request: only true lets a client in'},
};

function nameOf(value) {
    return value === null ? 'null' : typeof value;
}

function isObject(value) {
    return typeof value === 'object' && value !== null;
}

function canonical(name) {
    return name.replace(/_/g, '-').replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}

function plainLetters(name) {
    return name.toLowerCase().replace(/[_-]/g, '');
}

// How many letters differ, are left out, added or exchanged with the next letter.
function distance(one, other) {
    let last = [], before = [], row = Array.from({length: other.length + 1}, (_nothing, i) => i);

    for (let i = 1; i <= one.length; i++) {
        [last, before, row] = [before, row, [i]];
        for (let j = 1; j <= other.length; j++) {
            row[j] = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
            if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
                row[j] = Math.min(row[j], last[j - 2] + 1);
        }
    }
    return row[other.length];
}

// The name that was probably meant, or undefined: a short name is never corrected. If two names have the same distance, the first
// one is returned.
function misspelled(name, names) {
    const letters = plainLetters(name);
    const distances = names.map(one => distance(letters, plainLetters(one)));
    const least = Math.min(...distances);

    return least <= Math.min(2, Math.floor(letters.length / 4)) ? names[distances.indexOf(least)] : undefined;
}

function nearest(name, names) {
    const letters = plainLetters(name);
    const ends = names.filter(one => one.endsWith(`_${canonical(name).replace(/-/g, '_')}`));

    return misspelled(name, names) ?? names.find(one => letters.length >= 4 && plainLetters(one).startsWith(letters)) ??
        (ends.length === 1 ? ends[0] : undefined);
}

// The call that makes the object of a class, and the options that are no properties of the object.
var MAKERS = {};

// Whether an option of connect () or serve () has the name, which would set nothing on a client or a server.
function isOfCall(owner, name) {
    return MAKERS[owner.$gtype.name]?.options.includes(canonical(name).replace(/-/g, '_')) ?? false;
}

// The properties that can be set.
function namesOf(owner) {
    return owner.list_properties().filter(spec => spec.flags & GObject.ParamFlags.WRITABLE).map(spec => spec.name.replace(/-/g, '_'));
}

// A guess at the name that was meant, as the end of an error text.
function hintFor(name, names, where = null, owner = null) {
    const word = OF_OTHERS[name]?.[where] ?? OF_OTHERS[name];
    const near = names.find(one => word === one) ?? nearest(name, names);
    const snake = canonical(name).replace(/-/g, '_');

    if (where !== null && typeof word === 'string')
        return ` (write ${word})`;
    if (near)
        return ` (did you mean "${near}"?)`;
    const other = ['Client', 'Server'].find(kind => Wsp[kind] !== owner && namesOf(Wsp[kind]).includes(snake));

    return other ? ` (it is a property of Wsp.${other})` : '';
}

// The hint for a script that gives another value instead of options; a list of subprotocols is for `new WebSocket ()`.
const INSTEAD = {
    'Wsp.connect ()': {'a list': '{subprotocols: […]}'},
    'new Wsp.Client ()': {string: 'await Wsp.connect (uri)'},
    'new Wsp.Connection ()': {string: 'await Wsp.connect (uri)'},
    'new Wsp.Handshake ()': {string: 'Wsp.Handshake.new_client (uri)'},
    'new Wsp.Server ()': {function: 'Wsp.serve (handler, host, port)', number: 'Wsp.serve (handler, host, port)'},
};

function checkObject(options, where) {
    if (isObject(options) && !Array.isArray(options))
        return;
    const received = Array.isArray(options) ? 'a list' : nameOf(options);
    const instead = INSTEAD[where]?.[received];

    throw new TypeError(`Options of ${where} are wrong: expected an object, received ${received}${instead ? ` (write ${instead})` : ''}`);
}

// For connect (), reconnect () and serve (): `own` are the names of their own options, and `settings` the other options, which are
// properties of the `owner` that they make, of `others`, and of its limits. Returns the settings that are not undefined.
function checkSettings(where, own, owner, settings, ...others) {
    checkObject(settings, `${where} ()`);
    const owners = [owner, ...others, Wsp.Limits];
    const names = owners.flatMap(namesOf);
    const kind = owners.map(each => each.name.replace('_', '.')).join(' or ');

    for (const name of Object.keys(settings)) {
        if (!names.includes(canonical(name).replace(/-/g, '_'))) {
            throw new TypeError(`Option of ${where} () is unknown: expected ${own.length > 0 ? `${own.join(', ')} or ` : ''}a property of ${
                kind}, received "${name}"${hintFor(name, [...own, ...names], where, owner)}`);
        }
    }
    return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

// Makes the client or the server; settings that are properties of Wsp.Limits are those of its limits.
function makeOwner(where, owner, settings) {
    const known = namesOf(Wsp.Limits);
    const isLimit = ([name]) => known.includes(canonical(name).replace(/-/g, '_'));
    const limits = Object.entries(settings).filter(isLimit);
    const own = Object.fromEntries(Object.entries(settings).filter(one => !isLimit(one)));

    if (limits.length === 0)
        return new owner(own);
    if ('limits' in own) {
        throw new TypeError(`Options of ${where} () are wrong: expected limits or their properties, received both (${
            limits.map(([name]) => name).join(', ')})`);
    }
    return new owner({...own, limits: new Wsp.Limits(Object.fromEntries(limits))});
}

function isBoolean(value) {
    return typeof value === 'boolean';
}

function isTime(value) {
    return typeof value === 'number' && value >= 0 && value <= MAX_MILLISECONDS;
}

// The values that each option may have.
const OPTIONS = {
    cancellable: ['a Gio.Cancellable', value => value === null || value instanceof Gio.Cancellable],
    timeout: [`milliseconds from 0 to ${MAX_MILLISECONDS}`, isTime],
    grace: [`milliseconds from 0 to ${MAX_MILLISECONDS}`, isTime],
    lead: [`milliseconds from 0 to ${MAX_MILLISECONDS}`, isTime],
    spread: [`milliseconds from 0 to ${MAX_MILLISECONDS}`, isTime],
    urgent: ['true or false', isBoolean],
    compress: ['true or false', isBoolean],
    proxy_protocol: ['true or false', isBoolean],
    exclude: ['a Wsp.Connection or null', value => value === null || value instanceof Wsp.Connection],
};

function checkOption(name, value, where) {
    const [expected, isRight] = OPTIONS[name];
    const text = `Option ${name} of ${where} is wrong: expected ${expected}, received`;

    if (isRight(value))
        return;
    throw isRight === isTime && typeof value === 'number' ? new RangeError(`${text} ${value}`) : new TypeError(`${text} ${nameOf(value)}`);
}

// Checks and returns the options of a call: an option whose name is misspelled would have no effect.
function readOptions(options, where, names = ['cancellable']) {
    if (options === undefined || options === null)
        return {};
    checkObject(options, where);
    for (const [name, value] of Object.entries(options)) {
        if (!names.includes(name)) {
            throw new TypeError(`Option of ${where} is unknown: expected ${names.join(' or ') || 'none'}, received "${name}"${
                hintFor(name, names)}`);
        }
        if (value !== undefined)
            checkOption(name, value, where);
    }
    return options;
}

// The flags that the options of a call mean.
function flagsOf(options, where, names = ['urgent', 'compress']) {
    const {urgent = false, compress = true} = readOptions(options, where, names);

    return (urgent ? Wsp.SendFlags.URGENT : 0) | (compress ? 0 : Wsp.SendFlags.NO_COMPRESSION);
}

function checkInteger(what, value, min = -Infinity, max = Infinity) {
    const text = `${what} is wrong: expected an integer${max < Infinity ? ` from ${min} to ${max}` : ''}, received`;

    if (!Number.isInteger(value))
        throw new TypeError(`${text} ${typeof value === 'number' ? value : nameOf(value)}`);
    if (value < min || value > max)
        throw new RangeError(`${text} ${value}`);
}

// The name of a type of GObject as a script writes it.
function className(kind) {
    return kind.replace(/^Wsp/, 'Wsp.').replace(/^GBytes$/, 'GLib.Bytes').replace(/^G(?=[A-Z])(?!Lib)/, 'Gio.');
}

function checkCallable(what, value) {
    if (typeof value !== 'function')
        throw new TypeError(`${what} is wrong: expected a function, received ${nameOf(value)}`);
}

// Accepts a function, or null.
function checkFunction(what, value) {
    if (value !== null)
        checkCallable(what, value);
}

// Accepts a text, or null.
function checkText(what, value) {
    if (typeof value !== 'string' && value !== null)
        throw new TypeError(`${what} is wrong: expected a text, received ${nameOf(value)}`);
}

// Accepts a list of texts, or null.
function checkList(what, value) {
    const expected = `${what} is wrong: expected a list of texts, received`;

    if (value === null || value === undefined)
        return;
    if (!Array.isArray(value))
        throw new TypeError(`${expected} ${nameOf(value)}${typeof value === 'string' ? ` (write ['${value}'])` : ''}`);
    for (const one of value) {
        if (typeof one !== 'string')
            throw new TypeError(`${expected} a list with ${nameOf(one)}`);
    }
}

// A constructor that makes objects of the class with `make`, to which the class and the arguments are given. GJS takes the first
// constructor of C, which is another function.
function makeConstructor(owner, make) {
    const constructor = function (...args) {
        return make(owner, ...args);
    };

    Object.defineProperty(constructor, 'name', {value: owner.name});
    constructor.prototype = owner.prototype;
    owner.prototype.constructor = constructor;
    return Object.setPrototypeOf(constructor, owner);
}

function extend(namespace) {
    Wsp = namespace;
}
