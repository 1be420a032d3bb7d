// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Results of Wsp.Server::request and http-request handlers and of route functions in JavaScript, and the result of the request.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, end, ok, run} = imports.tap;

begin('/bindings/gjs/server', 60);

let log = '';
const criticals = [];

function fail() {
    throw new Error('handler failed, as the test wants');
}

function decide(handshake, status) {
    if (status === 101)
        handshake.accept(null, null);
    else
        handshake.reject(status, null, null);
}

function defer(server, handshake) {
    handshake.defer();
    GLib.idle_add(GLib.PRIORITY_DEFAULT_IDLE, () => {
        decide(handshake, Number(handshake.get_path().slice(1)));
        return GLib.SOURCE_REMOVE;
    });
}

// Claim, handler, path, status, lines of the log that tell of a 500.
const CASES = [
    ['throws-is-500', fail, '/', 500, 1],
    ['false-is-500', () => false, '/', 500, 1],
    ['nothing-is-500', () => {}, '/', 500, 1],
    ['true-is-yes', () => true, '/', 101, 0],
    ['deferred-then-accepted', defer, '/101', 101, 0],
    ['deferred-then-rejected', defer, '/403', 403, 0],
];

async function ask([claim, handler, path, expected, nLines]) {
    const server = new Wsp.Server();
    server.connect('request', handler);
    const port = server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port();
    const handshake = Wsp.Handshake.new_client(`ws://127.0.0.1:${port}${path}`, null, null);

    log = '';
    try {
        (await new Wsp.Client().open_async(handshake, null, null)).abort();
    } catch (error) {
        if (!(error instanceof GLib.Error))
            throw error;
    }
    const status = handshake.response_status;
    const nTold = log.split('answered with 500').length - 1;
    ok(status === expected && nTold === nLines, `request/${claim}`, `status ${status}, log: ${log}`);
}

function respond(server, request) {
    request.respond(200, null, new GLib.Bytes('ok'));
}

// Claim, handler of http-request, status.
const HTTP_CASES = [
    ['throws-is-426', fail, 426],
    ['nothing-is-426', () => {}, 426],
    ['true-only-is-500', () => true, 500],
    ['response-and-nothing-is-200', respond, 200],
];

async function askForPage([claim, handler, expected]) {
    const server = new Wsp.Server();
    server.connect('http-request', handler);
    const port = server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port();
    const stream = await new Gio.SocketClient().connect_to_host_async('127.0.0.1', port, null);

    stream.get_output_stream().write_all('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', null);
    const bytes = await stream.get_input_stream().read_bytes_async(4096, GLib.PRIORITY_DEFAULT, null);
    const response = new TextDecoder().decode(bytes.toArray());
    ok(response.startsWith(`HTTP/1.1 ${expected} `), `http-request/${claim}`, response);
}

async function main() {
    for (const row of HTTP_CASES)
        await askForPage(row);          // eslint-disable-line no-await-in-loop
    for (const row of CASES)
        await ask(row);         // eslint-disable-line no-await-in-loop
}

Gio._promisify(Wsp.Client.prototype, 'open_async');
Gio._promisify(Gio.SocketClient.prototype, 'connect_to_host_async');
Gio._promisify(Gio.InputStream.prototype, 'read_bytes_async');
// GJS tells of an exception by a critical; any other one fails.
GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR);
GLib.log_set_writer_func((level, fields) => {
    const message = new TextDecoder().decode(fields.MESSAGE);
    log += `${message}\n`;
    if (level & GLib.LogLevelFlags.LEVEL_CRITICAL && !message.includes('as the test wants'))
        criticals.push(message);
    return GLib.LogWriterOutput.HANDLED;
});
run(main);
ok(criticals.length === 0, 'no-critical', criticals);
end();
