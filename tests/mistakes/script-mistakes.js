// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// script-mistakes.js TABLE: makes each mistake, or use, of the table that is in JavaScript, and compares what the override says, or gives.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;
const System = imports.system;

const AsyncFunction = (async () => {}).constructor;
const SECONDS = 60;
let nPoints = 0, nFailed = 0;

function ok(verdict, name, diagnosis) {
    nPoints++;
    nFailed += verdict ? 0 : 1;
    print(`${verdict ? 'ok' : 'not ok'} ${nPoints} - /mistakes/${name}`);
    if (!verdict)
        print(`#   ${diagnosis}`);
}

function nameOf(error) {
    if (!(error instanceof GLib.Error))
        return error?.name;
    const nicks = {[Wsp.Error.quark()]: 'WSP_ERROR', [Gio.io_error_quark()]: 'G_IO_ERROR'};
    const domain = error.domain === Gio.io_error_quark() ? Gio.IOErrorEnum : Wsp.Error;

    return `${nicks[error.domain]}_${Object.keys(domain).find(key => domain[key] === error.code)}`;
}

function ownWords(text) {
    return text.replace(/<([^|<>]*)\|([^<>]*)>/g, '$2');
}

let received = [], waiting = null;

async function listen(peer) {
    for await (const data of peer) {
        if (data === 'abort')
            peer.abort();
        else if (data === 'silence')
            await new Promise(() => {});
        else
            received.push(data);
        waiting?.();
    }
}

// The next text that the server has received.
async function theirs() {
    if (received.length === 0)
        await new Promise(resolve => (waiting = resolve));
    return received.shift();
}

function told(status, headers, body) {
    return `${status} ${headers.get('Content-Type') ?? '-'} ${headers.get('X-A') ?? '-'} ${new TextDecoder().decode(body).trim() || '-'}`;
}

function listenAt(server) {
    return server.listen_inet('127.0.0.1', 0).get_port();
}

// Status, type, X-A and body of the response that a handler of `request` makes.
async function answer(onRequest) {
    const server = new Wsp.Server();

    server.connect('request', (...args) => onRequest(...args) ?? true);
    const handshake = Wsp.Handshake.new_client(`ws://127.0.0.1:${listenAt(server)}/`);

    await new Wsp.Client().open_async(handshake).then(connection => connection.abort(), () => {});
    return told(handshake.response_status, handshake.response_headers, handshake.response_body?.toArray() ?? new Uint8Array());
}

function call(object, name, ...args) {
    return new Promise((resolve, reject) => object[`${name}_async`](...args, (_source, result) => {
        try {
            resolve(object[`${name}_finish`](result));
        } catch (error) {
            reject(error);
        }
    }));
}

// The same of a handler of `http-request`.
async function page(onRequest) {
    const server = new Wsp.Server();

    server.connect('http-request', onRequest);
    const stream = await call(new Gio.SocketClient(), 'connect_to_host', '127.0.0.1', listenAt(server), null);
    let text = '', array = null;

    stream.get_output_stream().write_all('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', null);
    do {
        array = (await call(stream.get_input_stream(), 'read_bytes', 65536, GLib.PRIORITY_DEFAULT, null)).toArray();
        text += new TextDecoder().decode(array);
    } while (array.length > 0);
    const [head, body] = text.split('\r\n\r\n');
    const [line, ...fields] = head.split('\r\n');

    return told(line.split(' ')[1], new Wsp.Headers(fields.map(field => field.split(': '))), new TextEncoder().encode(body));
}

// A server, its connection, and the client's.
async function pair() {
    const server = new Wsp.Server(), come = new Promise(resolve => server.connect('connection', (_server, connection) => resolve(connection)));
    const client = await Wsp.connect(`ws://127.0.0.1:${listenAt(server)}/`);

    client.start_receiving();
    return [server, await come, client];
}

function expectError(call) {
    try {
        call();
    } catch (error) {
        return nameOf(error);
    }
    return 'none';
}

const NAMES = {GLib, Wsp, answer, expectError, handler: listen, page, pair, theirs};

async function errorOf(code) {
    const server = Wsp.serve(listen, '127.0.0.1', 0);
    const uri = `ws://127.0.0.1:${server.port}/`;
    const connection = await Wsp.connect(uri);
    let result = null;

    received = [];
    try {
        result = await new AsyncFunction('connection', 'uri', ...Object.keys(NAMES), code)(connection, uri, ...Object.values(NAMES));
    } catch (error) {
        result = error;
    }
    connection.abort();
    server.close(1001, null, {grace: 1}).catch(() => {});
    return result;
}

// Without the files of the override.
const PLAIN = `imports.overrides.searchPath = imports.overrides.searchPath.filter(path => path.startsWith('resource:'));
imports.gi.versions.Wsp = '1';
const {Wsp} = imports.gi;

try {
    CODE
} catch (error) {
    print(JSON.stringify([error.name, error.message]));
}`;

function makePlain(code) {
    const [, output] = GLib.spawn_sync(null, ['gjs', '-c', PLAIN.replace('CODE', code)], null,
        GLib.SpawnFlags.SEARCH_PATH, null);
    const [name, message] = JSON.parse(new TextDecoder().decode(output));

    return {name, message};
}

// The error, or the result.
function make(code, kind) {
    if (kind === 'plain')
        return makePlain(code);
    try {
        return kind === 'program' ? new Function('Wsp', code)(Wsp) : Wsp.run(errorOf(code));
    } catch (error) {
        return error;
    }
}

function main(path) {
    const table = new GLib.KeyFile();
    const tableName = GLib.path_get_basename(path).replace('.ini', '');

    table.load_from_file(path, GLib.KeyFileFlags.NONE);
    for (const name of table.get_groups()[0]) {
        const keys = table.get_keys(name)[0];

        if (!keys.includes('javascript'))
            continue;
        const given = make(table.get_value(name, 'javascript'), keys.includes('do') ? table.get_value(name, 'do') : '');
        const hasResult = keys.includes('result');
        const shown = hasResult ? given : `${nameOf(given)}: ${given?.message}`;
        const expected = hasResult ? table.get_value(name, 'result')
            : ownWords(`${table.get_value(name, 'error')}: ${table.get_value(name, 'text')}`);

        ok(shown === expected, `${tableName}/${name}`, `${shown}\n#   ${expected}`);
    }
    print(`1..${nPoints}`);
}

GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, SECONDS, () => System.exit(1));
main(ARGV[0]);
System.exit(nFailed === 0 ? 0 : 1);
