// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Wsp with its override in JavaScript: message functions that throw, messages that are kept, and what a tap keeps.

imports.gi.versions.Wsp = '1';
const {GLib, GObject, Wsp} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, end, ok} = imports.tap;

begin('/bindings/overrides/gjs', 60);

const context = GLib.MainContext.default();
let nLogged = 0;        // stacks of exceptions that the test throws
const unexpected = [];

function runUntil(condition) {
    while (!condition())
        context.iteration(true);
}

function fail() {
    throw new Error('message function failed, as the test wants');
}

// Keeps the messages, and does something with the first one.
class Messages {
    constructor(action) {
        this.kept = [];
        this.func = (connection, message) => {
            this.kept.push(message);
            return this.kept.length === 1 ? action(connection, message) : null;
        };
    }

    texts() {
        System.gc();
        return this.kept.map(message => message.get_text()).join(' ');
    }
}

// A client's connection, and the server's, which is not started yet.
function makePair() {
    const server = new Wsp.Server();
    const client = new Wsp.Client();
    let accepted = null, connected = null;

    server.connect('connection', (_server, connection) => (accepted = connection));
    const port = server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port();

    client.connect_async(`ws://127.0.0.1:${port}/`, null, null, null, (_client, result) => {
        connected = client.connect_finish(result);
    });
    runUntil(() => accepted && connected);
    return [server, connected, accepted];
}

// Sends three messages to a connection with a function; returns the close info of both.
function talk(func, code) {
    const [, peer, connection] = makePair();

    connection.set_message_func(func);
    connection.start_receiving();
    ['one', 'two', 'three'].forEach(text => peer.queue_text(text));
    if (code === 1000)
        peer.close_async(code, null, null, null);
    runUntil(() => [peer, connection].every(one => one.state === Wsp.ConnectionState.CLOSED));
    return [peer.close_info, connection.close_info];
}

function isFailed(info) {
    return info.get_error()?.matches(Wsp.Error, Wsp.Error.FAILED) ?? false;
}

function replaceAndFail(connection) {
    connection.set_message_func(null);
    fail();
}

// Name, what is done with the first message, close code that the peer receives, messages that the function is given.
const CASES = [
    ['returns', () => null, 1000, 'one two three'],
    ['throws', fail, 1011, 'one'],
    ['throws-a-text', () => {
        throw 'as the test wants';      // eslint-disable-line no-throw-literal
    }, 1011, 'one'],
    ['throws-null', () => {
        throw null;                     // eslint-disable-line no-throw-literal
    }, 1011, 'one'],
    ['replaces-itself-and-throws', replaceAndFail, 1011, 'one'],
    ['is-async-and-throws', async () => fail(), 1011, 'one two three'],
    ['is-async-and-returns', async () => null, 1000, 'one two three'],
];

function testMessageFunc([name, action, code, texts]) {
    const messages = new Messages(action);

    nLogged = 0;
    const [theirs, ours] = talk(messages.func, code);
    const shown = `${theirs.to_string()}; ${ours.to_string()}; ${messages.texts()}; ${nLogged} logged`;

    ok(theirs.get_peer_code() === code, `${name}/peer-receives-${code}`, shown);
    ok(messages.texts() === texts, `${name}/messages-are-kept`, shown);
    ok(isFailed(ours) === (code === 1011), `${name}/close-info-says-so`, shown);
    ok(nLogged === (code === 1011 ? 1 : 0), `${name}/stack-is-logged-once`, shown);
}

function testSetting() {
    const [, peer, connection] = makePair();
    const received = [];
    let error = null;

    connection.set_message_func(fail);
    try {
        connection.set_message_func('no function');
    } catch (thrown) {
        error = thrown;
    }
    ok(error !== null, 'no-function-is-refused', error);
    connection.set_message_func(null);
    connection.connect('message', (_connection, message) => received.push(message.get_text()));
    connection.start_receiving();
    peer.queue_text('for the signal');
    runUntil(() => received.length);
    ok(received.join() === 'for the signal', 'null-brings-the-signal-back', received);
}

const TEXTS = ['', 'abc', 'a\0b', '\0', 'Grüße', 'Gr\0üße', '€\0', '€uro', '😀', '😀\0😀', '\ufeffa', '\ufeffa\0b', '\uffff\0'];

// By the signal, as the message that is kept, and of a message that was made here.
function testTexts() {
    const [, peer, connection] = makePair();
    const received = [], kept = [];

    connection.connect('message', (_connection, message) => {
        received.push(message.get_text());
        kept.push(message);
    });
    connection.start_receiving();
    for (const text of TEXTS) {
        const made = Wsp.Message.new_text_bytes(text);

        ok(made.get_text() === text, `text/${JSON.stringify(text)}-is-whole`, made.get_text());
        peer.queue_message(made);
    }
    runUntil(() => received.length === TEXTS.length);
    ok(received.join('|') === TEXTS.join('|'), 'text/received-is-whole', received);
    ok(kept.every((message, i) => message.get_text() === TEXTS[i]), 'text/kept-is-whole', kept);
    ok(Wsp.Message.new_binary('abc').get_text() === null, 'text/none-of-a-binary-message', '');
}

// Stats that a script makes, with the number of members.
const STATS = {ConnectionStats: 15, ServerStats: 14};

function testStats([name, nMembers]) {
    const made = Array.from({length: 100}, () => new Wsp[name]());
    const names = Object.keys(Wsp[name].prototype).filter(key => typeof made[0][key] === 'number');

    ok(names.length === nMembers && made.every(stats => names.every(key => stats[key] === 0)),
        `stats/${name}-has-all-members-and-they-are-zero`, names);
    made.forEach((stats, i) => {
        stats.bytes_sent = i;
    });
    const copies = made.map(stats => stats.copy());

    for (const stats of [...made, ...copies, ...made])
        stats.free();
    System.gc();
    ok(copies.every((copy, i) => copy.bytes_sent === i && made[i].bytes_sent === i), `stats/${name}-is-copied-and-freed`,
        copies.map(copy => copy.bytes_sent));
    copies[0].bytes_sent = 5;
    ok(made[0].bytes_sent === 0, `stats/${name}-does-not-change-with-its-copy`, made[0].bytes_sent);
}

// Keeps what it is given, and what that was during the call.
const Tap = GObject.registerClass({
    Implements: [Wsp.Tap],
}, class Tap extends GObject.Object {
    _init() {
        super._init();
        this.bytes = [];
        this.nStates = 0;
    }

    vfunc_bytes_passed(source, direction, bytes, time) {
        this.bytes.push([bytes, String.fromCharCode(...bytes.toArray()), direction, time > 0, source]);
    }

    vfunc_state_changed() {
        this.nStates++;
    }
});

const TapThatInherits = GObject.registerClass(class TapThatInherits extends Tap {});

const TapOfSubclass = GObject.registerClass({
    Implements: [Wsp.Tap],
}, class TapOfSubclass extends Tap {
    vfunc_bytes_passed(...args) {
        super.vfunc_bytes_passed(...args);
    }
});

// A class without one of the functions.
const TapOfBytes = GObject.registerClass({
    Implements: [Wsp.Tap],
}, class TapOfBytes extends GObject.Object {
    vfunc_bytes_passed(_source, _direction, bytes) {
        this.kept = [...this.kept ?? [], bytes];
    }
});

function keepOf(tap, add) {
    const [, peer, connection] = makePair();
    const other = new TapOfBytes();

    add(connection, tap);
    connection.add_tap(other);
    connection.start_receiving();
    for (let i = 0; i < 50; i++)
        peer.queue_text(`message ${i} that is long enough for memory of its own`);
    peer.close_async(1000, null, null, null);
    runUntil(() => [peer, connection].every(one => one.state === Wsp.ConnectionState.CLOSED));
    return other;
}

function testTap(name, tap) {
    const other = keepOf(tap, (connection, added) => connection.add_tap(added));

    System.gc();
    const areEqual = tap.bytes.every(([bytes, text]) => String.fromCharCode(...bytes.toArray()) === text);

    ok(tap.bytes.length > 1 && areEqual, `${name}/bytes-are-kept`, `${tap.bytes.length} pieces`);
    ok(tap.bytes.every(([,, direction, hasTime, source]) => hasTime && source instanceof Wsp.Connection &&
        Object.values(Wsp.Direction).includes(direction)) && tap.nStates > 0, `${name}/gets-the-rest-as-it-is`, tap.nStates);
    ok(other.kept.length === tap.bytes.length && other.kept.every((bytes, i) =>
        String.fromCharCode(...bytes.toArray()) === tap.bytes[i][1]), `${name}/so-does-a-class-with-one-function`, other.kept.length);
}

GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR);
GLib.log_set_writer_func((level, fields) => {
    const message = new TextDecoder().decode(fields.MESSAGE);
    const isWarning = level & (GLib.LogLevelFlags.LEVEL_CRITICAL | GLib.LogLevelFlags.LEVEL_WARNING);

    if (message.includes('as the test wants') || message === 'JS ERROR: Message function: [object Object]')
        nLogged++;
    else if (isWarning)
        unexpected.push(message);
    return GLib.LogWriterOutput.HANDLED;
});
CASES.forEach(testMessageFunc);
testSetting();
testTexts();
Object.entries(STATS).forEach(testStats);
testTap('tap-that-inherits', new TapThatInherits());
testTap('tap', new Tap());
testTap('tap-of-subclass', new TapOfSubclass());
ok(unexpected.length === 0, 'no-warning', unexpected);
end();
