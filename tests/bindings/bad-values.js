// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// The child of test-bad-values: tries each case, and prints whether it changed anything.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;

const INSTANCES = {
    'Connection': () => Wsp.Connection.new_for_stream(
        Gio.SimpleIOStream.new(Gio.MemoryInputStream.new(), Gio.MemoryOutputStream.new_resizable()),
        Wsp.Role.CLIENT, null, null, null),
    'Group': () => Wsp.Group.new(new Wsp.Server()),
    'Handshake': () => Wsp.Handshake.new_client('ws://a/', null, null),
    'Reconnector': () => Wsp.Reconnector.new('ws://a/', null),
    'Session': () => Wsp.Session.new(Wsp.Role.CLIENT),
};
const OBJECTS = {
    'Gio.Cancellable': () => new Gio.Cancellable(),
    'Wsp.Headers': () => Wsp.Headers.new(),
    'GLib.Bytes': () => new GLib.Bytes('abc'),
    'Handshake of a server': () => {
        const headers = Wsp.Headers.new();

        ['Host a', 'Upgrade websocket', 'Connection Upgrade', 'Sec-WebSocket-Version 13',
            'Sec-WebSocket-Key dGhlIHNhbXBsZSBub25jZQ=='].forEach(line => headers.append(...line.split(' ')));
        return Wsp.Handshake.new_server('GET', '/', '1.1', headers);
    },
};
const ANY = {
    'Message': () => Wsp.Message.new_text('a'),
    'GLib.Bytes': () => new GLib.Bytes('abc'),
    'guint64': () => 0,
    'gint64': () => 0,
    'gsize': () => 0,
};

function valueOf(coded) {
    const [[kind, value]] = Object.entries(coded);

    switch (kind) {
    case 'number':
    case 'float':
        return Number(value);
    case 'object':
        return OBJECTS[value]();
    case 'bytes':
        return new GLib.Bytes(new Uint8Array(value));
    case 'any':
        return ANY[value]?.() ?? null;
    default:
        return kind === 'nothing' ? null : value;
    }
}

function make(name) {
    return INSTANCES[name]?.() ?? new Wsp[name]();
}

// Boxed values are made anew for each reading.
function shown(value) {
    if (value instanceof Wsp.Headers)
        return value.get_length();
    if (value instanceof GLib.Bytes)
        return value.get_size();
    return value?.constructor?.name === 'Array' ? value.join() : value;
}

function stateOf(instance, {watched}) {
    return watched.map(name => shown(instance[name]));
}

// Returns the object that was made.
function attempt({how, name, ...its}, instance, values) {
    switch (how) {
    case 'property':
        instance[name] = values[0];
        return instance;
    case 'call':
        instance[name](...values);
        return instance;
    case 'make':
        return Wsp[its.class][name](...values);
    default:
        return new Wsp[its.class]({[name]: values[0]});
    }
}

function run(number, tried) {
    const isNew = !tried.instance || tried.how === 'make';
    const instance = isNew ? null : make(tried.instance);
    const before = isNew ? null : stateOf(instance, tried);
    let made = instance;

    printerr(`@case ${number}`);
    try {
        made = attempt(tried, instance, tried.arguments.map(valueOf));
    } catch (error) {
        printerr(`raised ${error}`);
    }
    if (isNew) {
        printerr(made === null || tried.how === 'make' || isUsual(made, tried) ? 'kept' : 'changed');
        return;
    }
    const after = stateOf(made, tried);

    printerr(before.every((one, i) => one === after[i]) ? 'kept' : `changed ${before} ${after}`);
}

// An object made with a bad value has the default instead.
function isUsual(made, tried) {
    const usual = new Wsp[tried.class]();
    const objects = value => (value instanceof imports.gi.GObject.Object ? value.constructor.name : value);

    return stateOf(made, tried).every((one, i) => objects(one) === objects(stateOf(usual, tried)[i]));
}

const [, cases] = GLib.file_get_contents(ARGV[0]);
JSON.parse(new TextDecoder().decode(cases)).forEach((tried, number) => run(number, tried));
