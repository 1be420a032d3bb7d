// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Wsp with its override in JavaScript: message functions that throw, and messages that are kept.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;
const System = imports.system;

const SECONDS = 60;
const context = GLib.MainContext.default();
let nPoints = 0, nFailed = 0;
let nLogged = 0;        // stacks of exceptions that the test throws
const unexpected = [];

function ok(verdict, claim, diagnosis) {
    nPoints++;
    nFailed += verdict ? 0 : 1;
    print(`${verdict ? 'ok' : 'not ok'} ${nPoints} - /bindings/overrides/gjs/${claim}`);
    if (!verdict)
        print(`#   ${diagnosis}`);
}

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
    const port = server.add_inet_port('127.0.0.1', 0);

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
    connection.start();
    ['one', 'two', 'three'].forEach(text => peer.queue_text(text));
    if (code === 1000)
        peer.close_async(code, null, null, null);
    runUntil(() => [peer, connection].every(one => one.state === Wsp.ConnectionState.CLOSED));
    return [peer.close_info, connection.close_info];
}

function isFailed(info) {
    return info.get_error()?.matches(Wsp.SessionError, Wsp.SessionError.FAILED) ?? false;
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

    connection.connect('message', (_connection, message) => received.push(message.get_text()));
    connection.set_message_func(fail);
    try {
        connection.set_message_func('no function');
    } catch (thrown) {
        error = thrown;
    }
    ok(error !== null, 'no-function-is-refused', error);
    connection.set_message_func(null);
    connection.start();
    peer.queue_text('for the signal');
    runUntil(() => received.length);
    ok(received.join() === 'for the signal', 'null-brings-the-signal-back', received);
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
GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, SECONDS, () => {
    print('Bail out! the time is over');
    System.exit(1);
    return GLib.SOURCE_REMOVE;
});
CASES.forEach(testMessageFunc);
testSetting();
ok(unexpected.length === 0, 'no-warning', unexpected);
print(`1..${nPoints}`);
System.exit(nFailed === 0 ? 0 : 1);
