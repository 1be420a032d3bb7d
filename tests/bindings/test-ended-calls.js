// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Calls of a connection that ends, or has ended, fail in one domain: the table of test_ended_calls.py, in JavaScript.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, end: endTest, ok, run} = imports.tap;

begin('/bindings/ended-calls/gjs', 60);

const HALF_MESSAGE = [0x01, 0x81, 0, 0, 0, 0, 0x61];
const CLOSE = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8];
const BAD_FRAME = [0xc1, 0x81, 0, 0, 0, 0, 0x61];
const ENDS = {
    reset: Wsp.Error.ABNORMAL_CLOSURE,
    eof: Wsp.Error.ABNORMAL_CLOSURE,
    'tls-cut': Wsp.Error.ABNORMAL_CLOSURE,
    keepalive: Wsp.Error.ABNORMAL_CLOSURE,
    1002: Wsp.Error.INVALID_FORMAT,
    close: Wsp.Error.CLOSED,
};
// After a closing handshake there is no next message, and nothing more to close. close () resolves however the connection ends.
const WITHOUT_ERROR = ['close/receive', 'close/receive-stream', 'close/close',
    ...Object.keys(ENDS).flatMap(how => [`${how}/close-normal`, `${how}/close-away`])];
const PRIORITY = GLib.PRIORITY_DEFAULT;

// The error of an asynchronous call, or null.
function call(object, name, ...args) {
    return new Promise(resolve => object[`${name}_async`](...args, (source, result) => {
        try {
            source[`${name}_finish`](result);
            resolve(null);
        } catch (error) {
            resolve(error);
        }
    }));
}

function write(peer, bytes) {
    peer.get_output_stream().write_all(new Uint8Array(bytes), null);
}

// A server on a port of its own, for a peer of raw bytes: the listener gives both ends of a TCP connection.
async function makeTalk(how) {
    const listener = new Gio.SocketListener();
    const port = listener.add_any_inet_port(null);
    const base = new Gio.SocketClient().connect_to_host('127.0.0.1', port, null);
    const [near] = listener.accept(null);
    const hasTls = how === 'tls-cut';
    const peer = hasTls ? Gio.TlsClientConnection.new(base, null) : base;
    const stream = hasTls ? Gio.TlsServerConnection.new(near, certificate) : near;
    const connection = Wsp.Connection.new_for_stream(stream, Wsp.Role.SERVER, null, null, null);

    connection.limits = new Wsp.Limits({close_timeout: 50, keepalive_interval: how === 'keepalive' ? 300 : 0, keepalive_timeout: 10});
    listener.close();
    if (hasTls) {
        peer.connect('accept-certificate', () => true);
        const error = await call(peer, 'handshake', PRIORITY, null);

        if (error)
            throw error;
    }
    return {connection, peer, socket: base.get_socket()};
}

const CALLS = {
    'receive': ({connection}) => call(connection, 'receive', null),
    'receive-stream': ({connection}) => call(connection, 'receive_stream', null),
    'send': ({connection}) => call(connection, 'send_message', Wsp.Message.new_text('a'), Wsp.SendFlags.DEFAULT, null),
    'flush': ({connection}) => call(connection, 'flush', null),
    'ping': ({connection}) => call(connection, 'ping', null, null),
    'close': ({connection}) => call(connection, 'close', 1000, null, null),
    'close-normal': ({connection}) => connection.close().then(() => null, error => error),
    'close-away': ({connection}) => connection.close(1001).then(() => null, error => error),
    'read-part': ({input}) => call(input, 'read_bytes', 8, PRIORITY, null),
    'write-part': ({output}) => call(output, 'write_bytes', new GLib.Bytes([0x61]), PRIORITY, null),
};
// Output that waits is only in the test in C.
const WAITING = ['receive', 'receive-stream', 'ping', 'close', 'close-normal', 'close-away', 'read-part'];

async function prepare(talk, name) {
    if (name === 'read-part') {
        const stream = new Promise(resolve => talk.connection.receive_stream_async(null, (connection, result) => {
            resolve(connection.receive_stream_finish(result));
        }));

        write(talk.peer, HALF_MESSAGE);
        talk.input = await stream;
        talk.input.read_bytes(1, null);
    }
    if (name === 'write-part')
        talk.output = talk.connection.begin_message(Wsp.MessageType.BINARY, Wsp.SendFlags.DEFAULT);
}

function end(talk, how) {
    const closed = new Promise(resolve => talk.connection.connect('closed', resolve));
    if (how === 'reset') {
        talk.connection.ping_async(null, null, null);   // only a peer that has not read all makes the system reset the connection
        while (!talk.socket.condition_check(GLib.IOCondition.IN))
            GLib.MainContext.default().iteration(false);
        talk.peer.close(null);
    } else if (how !== 'keepalive') {
        if (how !== 'tls-cut')                          // without close_notify
            write(talk.peer, {1002: BAD_FRAME, close: CLOSE, eof: []}[how]);
        talk.socket.shutdown(false, true);
    }
    return closed;
}

async function testCall(how, name, isLate) {
    const talk = await makeTalk(how);
    const claim = `${how}/${name}/${isLate ? 'is-late' : 'waits'}`;

    await prepare(talk, name);
    const begun = isLate ? null : CALLS[name](talk);

    await end(talk, how);
    const error = await (begun ?? CALLS[name](talk));

    if (WITHOUT_ERROR.includes(`${how}/${name}`))
        ok(error === null, claim, `expected no error, received ${error}`);
    else
        ok(error?.matches?.(Wsp.Error, ENDS[how]), claim, `expected code ${ENDS[how]}, received ${error} ${error?.code}`);
}

function makeCertificate() {
    const folder = GLib.Dir.make_tmp(null);
    const [key, path] = [`${folder}/key`, `${folder}/certificate`];
    const command = ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
        '-subj', '/CN=a', '-keyout', key, '-out', path];

    Gio.Subprocess.new(command, Gio.SubprocessFlags.STDERR_SILENCE).wait(null);
    const made = Gio.TlsCertificate.new_from_files(path, key);

    [key, path, folder].forEach(name => Gio.File.new_for_path(name).delete(null));
    return made;
}

const certificate = makeCertificate();

async function test() {
    for (const how in ENDS) {
        for (const name in CALLS) {
            await testCall(how, name, true);            // eslint-disable-line no-await-in-loop
            if (WAITING.includes(name))
                await testCall(how, name, false);       // eslint-disable-line no-await-in-loop
        }
    }
}

run(test);
endTest();
