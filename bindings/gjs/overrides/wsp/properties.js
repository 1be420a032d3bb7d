// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported extend */

// Properties refuse what GJS and GLib would change without an exception: text with a NUL is cut, a number that does not fit
// is taken modulo 2^32 or leaves the property as it is, and other types become 0.

const {Gio, GLib, GObject} = imports.gi;
const {calls, certificates, checks, databases, headers} = imports.overrides.wsp;

const CLASSES = ['Client', 'Connection', 'DeflateOptions', 'Handshake', 'HttpRequest', 'Limits', 'Reconnector', 'Server', 'Session'];
const SETTINGS = ['DeflateOptions', 'Limits'];
const GUARDED = ['Client', 'Reconnector', 'Server'];
const NUMBERS = {
    gint: ['int', -0x80000000, 0x7fffffff],
    guint: ['uint', 0, 0xffffffff],
    gint64: ['int64', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    guint64: ['uint64', 0, Number.MAX_SAFE_INTEGER],
};
const MAX_BIGINT = 2n ** 64n - 1n;              // of a guint64; a Number beyond MAX_SAFE_INTEGER is not exact
const NOT_NULL = ['limits', 'request-headers'];

function makeTypeError(spec, expected, value) {
    return new TypeError(`Property ${spec.name} is wrong: expected ${expected}, received ${checks.nameOf(value)}`);
}

// GJS does not show the range of a property: GLib moves the smallest and the largest number of the type to the ends of the range.
function rangeOf(spec) {
    const [kind, ...ends] = NUMBERS[GObject.type_name(spec.value_type)];
    const holder = new GObject.Value();

    holder.init(spec.value_type);
    return ends.map(end => {
        holder[`set_${kind}`](end);
        GObject.param_value_validate(spec, holder);
        return holder[`get_${kind}`]();
    });
}

function makeNumberCheck(spec) {
    const types = GObject.type_name(spec.value_type) === 'guint64' ? ['number', 'bigint'] : ['number'];
    let range = null;

    return value => {
        range ??= rangeOf(spec);
        const isBigInt = typeof value === 'bigint', [min, max] = range;
        const last = isBigInt && max === Number.MAX_SAFE_INTEGER ? MAX_BIGINT : max;

        if (!types.includes(typeof value))
            throw makeTypeError(spec, `an integer from ${min} to ${last}`, value);
        if (!isBigInt && !Number.isInteger(value) || value < min || value > last)
            throw new RangeError(`Property ${spec.name} is wrong: expected an integer from ${min} to ${last}, received ${value}`);
    };
}

function makeBooleanCheck(spec) {
    return value => {
        if (typeof value !== 'boolean')
            throw makeTypeError(spec, 'true or false', value);
    };
}

// GJS refuses numbers that the enumeration lacks.
function makeEnumCheck(spec) {
    return value => {
        if (typeof value !== 'number')
            throw makeTypeError(spec, `a ${checks.className(GObject.type_name(spec.value_type))}`, value);
    };
}

// GJS refuses objects of other classes.
function makeObjectCheck(spec) {
    const isBoxed = GObject.type_is_a(spec.value_type, GObject.TYPE_BOXED);

    return value => {
        const isRight = value === null ? !NOT_NULL.includes(spec.name) : isBoxed || value instanceof GObject.Object;

        if (!isRight)
            throw makeTypeError(spec, certificates.EXPECTED[spec.name] ?? `a ${checks.className(GObject.type_name(spec.value_type))}`, value);
        if (value instanceof Gio.TlsDatabase)
            databases.guard(value);
    };
}

function makeConversion(spec, convert) {
    const check = makeObjectCheck(spec);

    return value => {
        check(value);
        return convert(value);
    };
}

// A certificate or a database may also be the path of its file.
function makeFileCheck(spec) {
    const check = makeObjectCheck(spec);

    return value => {
        const read = certificates.READERS[spec.name](value);

        check(read);
        return read;
    };
}

function toBytes(spec, value) {
    const bytes = calls.toBytes(value);

    if (bytes !== null && !(bytes instanceof GLib.Bytes))
        throw makeTypeError(spec, 'Uint8Array or GLib.Bytes', value);
    return bytes;
}

// Returns a function that throws if a value is wrong, and may return another one to set.
function makeCheck(spec) {
    const type = GObject.type_name(spec.value_type);

    if (spec.name in certificates.READERS)
        return makeFileCheck(spec);
    if (type === 'gchararray')
        return value => checks.checkText(`Property ${spec.name}`, calls.checkTexts(value));
    if (type === 'GStrv')
        return value => checks.checkList(`Property ${spec.name}`, calls.checkTexts(value));
    if (type in NUMBERS)
        return makeNumberCheck(spec);
    if (GObject.type_is_a(spec.value_type, GObject.TYPE_ENUM) || GObject.type_is_a(spec.value_type, GObject.TYPE_FLAGS))
        return makeEnumCheck(spec);
    if (type === 'WspHeaders')
        return makeConversion(spec, value => headers.toHeaders(value, `Property ${spec.name}`));
    if (type === 'GBytes')
        return makeConversion(spec, value => toBytes(spec, value));
    return type === 'gboolean' ? makeBooleanCheck(spec) : makeObjectCheck(spec);
}

function spellingsOf(name) {
    return [name, name.replace(/-/g, '_'), name.replace(/-(.)/g, (_match, letter) => letter.toUpperCase())];
}

// Each spelling of a property, and its setter.
function guardProperty(prototype, name, check) {
    const spellings = spellingsOf(name);
    const setterName = `set_${spellings[1]}`, setter = prototype[setterName];

    for (const spelling of new Set(spellings)) {
        const {get, set} = Object.getOwnPropertyDescriptor(prototype, spelling) ?? {};

        if (set)
            Object.defineProperty(prototype, spelling, {get, set(value) {
                set.call(this, check(value) ?? value);
            }, configurable: true, enumerable: true});
    }
    if (setter) {
        prototype[setterName] = function (value) {
            return setter.call(this, check(value) ?? value);
        };
    }
}

function refuseProperty(owner, name) {
    const hint = checks.hintFor(name, checks.namesOf(owner)) ||
        (checks.isOfCall(owner, name) ? ` (it is an option of ${checks.MAKERS[owner.$gtype.name].call} ())` : '');

    throw new TypeError(`Property is unknown: expected a property of ${owner.name.replace('_', '.')}, received "${name}"${hint}`);
}

// Refuses a misspelled name of a property, and the name of an option of a call, which would set nothing. Other unknown names are fields of the script; objects that
// have only settings refuse them, too. The proxy is the last prototype, so it gets only names that neither the object nor its
// class has.
function guardNames(owner, hasOnlySettings) {
    const names = checks.namesOf(owner);
    const parent = Object.getPrototypeOf(owner.prototype);

    Object.setPrototypeOf(owner.prototype, new Proxy(Object.create(parent), {
        set(target, name, value, receiver) {
            const isOwn = typeof name !== 'string' || name.startsWith('_') || name in target;

            if (!isOwn && (hasOnlySettings || checks.misspelled(name, names) || checks.isOfCall(owner, name)))
                refuseProperty(owner, name);
            return Reflect.set(target, name, value, receiver);
        },
    }));
}

// Checks a property when it is set, and when the object is made.
function guardClass(owner) {
    const {prototype} = owner;
    const init = prototype._init;
    const known = new Map();

    for (const spec of owner.list_properties()) {
        const check = spec.flags & GObject.ParamFlags.WRITABLE ? makeCheck(spec) : null;

        known.set(spec.name, check);
        if (!check)
            continue;
        guardProperty(prototype, spec.name, check);
    }
    prototype.set_property = function (name, value) {
        const check = value instanceof GObject.Value ? null : known.get(checks.canonical(`${name}`));

        GObject.Object.prototype.set_property.call(this, name, check?.(value) ?? value);
    };
    prototype._init = function (properties = {}, ...more) {
        const given = {};

        checks.checkObject(properties ?? {}, `new ${owner.name.replace('_', '.')} ()`);
        for (const [name, value] of Object.entries(properties ?? {})) {
            if (!known.has(checks.canonical(name)))
                refuseProperty(owner, name);
            given[name] = known.get(checks.canonical(name))?.(value) ?? value;
        }
        return init.call(this, given, ...more);
    };
}

// Properties that are in microseconds in C, each with the value that means "unknown".
const MICROSECONDS = {Connection: ['rtt_us', -1], Reconnector: ['next_attempt_us', 0]};

function addMilliseconds(prototype, [name, unknown]) {
    const get = function () {
        return this[name] === unknown ? null : this[name] / 1000;
    };

    for (const spelling of spellingsOf(`${name.replace(/_us$/, '').replace('_', '-')}-milliseconds`).slice(1))
        Object.defineProperty(prototype, spelling, {get, configurable: true});
}

function extend(Wsp) {
    Object.entries(MICROSECONDS).forEach(([name, time]) => addMilliseconds(Wsp[name].prototype, time));
    CLASSES.forEach(name => guardClass(Wsp[name]));
    SETTINGS.forEach(name => guardNames(Wsp[name], true));
    GUARDED.forEach(name => guardNames(Wsp[name], false));
}
