// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// mistakes.js TABLE NAME PORT FOLDER: makes one mistake of the table, and prints the text for the program.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;
const System = imports.system;
const ByteArray = imports.byteArray;

const [path, name, port, folder] = ARGV;
const table = new GLib.KeyFile();
table.load_from_file(path, GLib.KeyFileFlags.NONE);
const loop = new GLib.MainLoop(null, false);
const kept = [];

function read(key) {
    if (!table.get_keys(name)[0].includes(key))
        return null;
    return table.get_value(name, key).replaceAll('PORT', port);
}

function readList(key) {
    const text = read(key);
    return text === null ? null : text.split(';');
}

function say(word, text) {
    print(`${word} ${text}`);
}

function makePath(file) {
    return GLib.build_filenamev([folder, file]);
}

function makeClient() {
    const client = new Wsp.Client({subprotocol_required: read('required') !== null});
    if (read('timeout') !== null)
        client.connect_timeout = Number(read('timeout'));
    if (read('proxy') !== null)
        client.proxy_resolver = Gio.SimpleProxyResolver.new(read('proxy'), null);
    if (read('trust') !== null)
        client.tls_database = Gio.TlsFileDatabase.new(makePath(read('trust')));
    kept.push(client);
    return client;
}

function makeServer() {
    const server = new Wsp.Server();
    kept.push(server);
    server.allowed_origins = readList('origins');
    server.allowed_hosts = readList('hosts');
    server.trusted_proxies = readList('proxies');
    server.subprotocols = readList('supports');
    if (read('certificate') !== null) {
        server.tls_certificate = Gio.TlsCertificate.new_from_files(
            makePath(`${read('certificate')}.pem`), makePath(read('key') ?? 'key'));
    }
    return server;
}

// Without flags in the row, a server with a certificate uses TLS.
function beginListen(server) {
    const flags = Number(read('flags') ?? (read('certificate') === null ? 0 : 1));

    return server.listen_inet(read('address'), 0, flags);
}

function makeHeaders() {
    if (read('header') === null)
        return null;
    const headers = Wsp.Headers.new();
    const [field, value] = read('header').split(': ');
    headers.append(field, value);
    return headers;
}

function drop() {
    // The collector runs when nothing on the stack holds the connection any more.
    GLib.timeout_add(GLib.PRIORITY_DEFAULT, 10, () => {
        System.gc();
        loop.quit();
        return GLib.SOURCE_REMOVE;
    });
}

function setTwoReceivers(connection) {
    if (read('do') === 'handler')
        connection.set_message_func(() => {});
    connection.connect('message', () => {});
    if (read('do') === 'function')
        connection.set_message_func(() => {});
    connection.start_receiving();
}

function onConnected(client, result) {
    let connection = null;
    try {
        connection = client.connect_finish(result);
    } catch (error) {
        say('text', error.message);
        loop.quit();
        return;
    }
    if (['function', 'handler'].includes(read('do'))) {
        try {
            setTwoReceivers(connection);
        } catch (error) {
            printerr(error.message);
        }
    }
    if (read('do') === 'forget')
        kept.push(connection);
    else
        drop();
}

function connect() {
    let headers = null;
    try {
        headers = makeHeaders();
        makeClient().connect_async(read('uri'), readList('subprotocols'), headers, null, onConnected);
    } catch (error) {
        say('text', error.message);
    }
}

function accept(server, handshake) {
    try {
        handshake.accept(read('selects'), null);
    } catch (error) {
        say('text', error.message);
    }
    return false;
}

function serve() {
    const server = makeServer();
    server.connect('handshake-failed', (_server, _address, _handshake, error) => {
        if (read('selects') === null)
            say('text', error.message);
        loop.quit();
    });
    if (read('selects') !== null)
        server.connect('request', accept);
    say('port', beginListen(server).get_port());
}

function skip() {
    const server = makeServer();
    server.connect('connection', () => {
        // The client does not read, so each message stays in the queue.
        const message = Wsp.Message.new_text('x'.repeat(256 * 1024));
        for (let i = 0; i < 100; i++)
            server.broadcast(message);
        loop.quit();
    });
    const uri = `ws://127.0.0.1:${beginListen(server).get_port()}/`;
    makeClient().connect_async(uri, null, null, null, null);
}

function listen() {
    try {
        beginListen(makeServer());
    } catch (error) {
        say('text', error.message);
    }
}

function refuse() {
    const headers = Wsp.Headers.new();
    const fields = {
        'Host': 'a', 'Upgrade': 'websocket', 'Connection': 'Upgrade', 'Sec-WebSocket-Key': 'MDEyMzQ1Njc4OWFiY2RlZg==',
        'Sec-WebSocket-Version': '13',
    };
    for (const [name, value] of Object.entries(fields))
        headers.append(name, value);
    const handshake = Wsp.Handshake.new_server('GET', '/', '1.1', headers);
    handshake.reject(Number(read('status')), null, new GLib.Bytes('x'.repeat(Number(read('length')))));
}

if (read('do') === 'set') {
    makeServer();
} else if (['listen', 'plain'].includes(read('do'))) {
    listen();
} else if (read('do') === 'refuse') {
    refuse();
} else {
    (({serve, skip, accept: serve})[read('do')] ?? connect)();
    loop.run();
}
