// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// The child of test-calls: calls what its plan says, and says before each call which one comes.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, GObject, Wsp} = imports.gi;
const System = imports.system;

const N_VARIANTS = 4;           // usual, other, extreme, nothing
const TURNS = 20;               // of the main loop, after each object

function nothing() {
    return null;
}

function ioStream() {
    return Gio.SimpleIOStream.new(Gio.MemoryInputStream.new(), Gio.MemoryOutputStream.new_resizable());
}

function frame() {
    return new GLib.Bytes(new TextEncoder().encode('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
}

const Tap = GObject.registerClass({
    Implements: [Wsp.Tap],
}, class Tap extends GObject.Object {});

const SIMPLE = {
    'text': ['chat', '', 'ü'.repeat(200)],
    'uri': ['ws://127.0.0.1:1/chat', '', 'x'.repeat(200)],
    'number': [1, 0, -1],
    'port': [0, 0, 0],
    'flag': [true, false, true],
    'strings': [['chat', 'permessage-deflate'], [], ['']],
    'bytes': [new Uint8Array([1]), new Uint8Array(0), new Uint8Array(70000)],
    'callback': [nothing, nothing, nothing],
};
const MAKERS = {
    'GLib.Bytes': frame,
    'Gio.Cancellable': () => new Gio.Cancellable(),
    'Gio.IOStream': ioStream,
    'Gio.SocketAddress': () => Gio.InetSocketAddress.new_from_string('127.0.0.1', 0),
    'Gio.SocketConnectable': () => Gio.NetworkAddress.new('127.0.0.1', 1),
    'Gio.ProxyResolver': () => Gio.ProxyResolver.get_default(),
    'Gio.TlsDatabase': () => Gio.TlsBackend.get_default().get_default_database(),
    'GObject.Object': () => new GObject.Object(),
    'GLib.Error': () => new GLib.Error(Gio.IOErrorEnum, 1, 'no'),
    'Gio.Socket': () => Gio.Socket.new(Gio.SocketFamily.IPV4, Gio.SocketType.STREAM, Gio.SocketProtocol.TCP),
    'Gio.AsyncResult': () => Gio.Task.new(null, null, null),
    'GLib.Variant': () => new GLib.Variant('a{sv}', {}),
    'Tap': () => new Tap(),
    'Message': () => Wsp.Message.new_text('chat'),
};

// A value of the type of an argument or a property, or null if it has none.
function make(kind) {
    try {
        if (MAKERS[kind])
            return MAKERS[kind]();
        return Wsp[kind].prototype instanceof GObject.Object ? new Wsp[kind]() : Wsp[kind].new();
    } catch (error) {
        return null;
    }
}

function value(kind, variant) {
    if (variant === 3)
        return null;
    if (SIMPLE[kind])
        return SIMPLE[kind][variant];
    if (kind.startsWith('enum '))
        return [...kind.split(' ').slice(1, 3).map(Number), 77, 77][variant];
    if (kind === 'Session' && variant === 0)
        return Wsp.Session.new_established(Wsp.Role.CLIENT, null, null);
    return variant < 2 ? make(kind) : null;
}

class Child {
    constructor(plan) {
        this.plan = plan;
        this.target = plan.kind === 'namespace' ? Wsp : Wsp[plan.name];
    }

    // Returns the result of the call; null if it throws or is skipped.
    call(place, run) {
        if (this.plan.skipped.includes(place))
            return null;
        print(place);
        try {
            return run();
        } catch (error) {
            return null;
        }
    }

    callDescribed(place, owner, described, variant) {
        if (typeof owner[described.name] !== 'function')
            return null;
        const values = described.arguments.map(kind => value(kind, variant));
        return this.call(`${place}.${described.name} ${variant}`, () => owner[described.name](...values));
    }

    // In the states that a program can bring an object to without a peer, made anew for each use.
    objects() {
        if (this.plan.kind === 'namespace')
            return [];
        const makers = [['new', () => this.call('new', () => new this.target())]];
        for (const constructor of this.plan.constructors) {
            for (let variant = 0; variant < N_VARIANTS; variant++) {
                makers.push([`${constructor.name} ${variant}`,
                    () => this.callDescribed('make', this.target, constructor, variant)]);
            }
        }
        return makers;
    }

    useProperties(place, made) {
        for (const {name, type, writable} of this.plan.properties) {
            const key = name.replace(/-/g, '_');
            this.call(`${place}.${name} get`, () => made[key]);
            for (let variant = 0; writable && variant < N_VARIANTS; variant++) {
                this.call(`${place}.${name} set ${variant}`, () => {
                    made[key] = value(type, variant);
                });
            }
        }
    }

    turn(place) {
        this.call(`${place} loop`, () => {
            for (let i = 0; i < TURNS; i++)
                GLib.MainContext.default().iteration(false);
        });
    }

    // All methods of one object in each order, and each of them on an object of its own.
    use(place, maker) {
        const forwards = this.plan.methods;
        for (const methods of [forwards, [...forwards].reverse(), ...forwards.map(method => [method])]) {
            for (let variant = 0; variant < N_VARIANTS; variant++) {
                const made = maker();
                if (!made)
                    continue;
                methods.forEach(method => this.callDescribed(place, made, method, variant));
                if (methods.length > 1) {
                    this.useProperties(place, made);
                    this.turn(place);
                }
            }
        }
        this.turn(place);
        System.gc();
    }

    run() {
        for (const described of this.plan.functions) {
            for (let variant = 0; variant < N_VARIANTS; variant++)
                this.callDescribed('functions', this.target, described, variant);
        }
        this.objects().forEach(([place, maker]) => this.use(place, maker));
    }
}

const [, plan] = GLib.file_get_contents(ARGV[0]);
new Child(JSON.parse(new TextDecoder().decode(plan))).run();
print('end');
