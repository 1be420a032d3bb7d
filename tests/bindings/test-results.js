// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Results of handlers that are asked for a boolean: gjs test-results.js GIR. test_results.py is the same in Python.
// The signals and callbacks are those of the GIR: one without an entry in ASKED fails.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, GObject, Wsp} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, call, end, ok, run} = imports.tap;

begin('/bindings/results/gjs', 60);

const lines = [];               // of the log

function turn() {
    return new Promise(resolve => GLib.idle_add(GLib.PRIORITY_LOW, () => {
        resolve();
        return GLib.SOURCE_REMOVE;
    }));
}

async function settle() {
    for (let i = 0; i < 3; i++)
        await turn();                   // eslint-disable-line no-await-in-loop
}

function fail() {
    throw new Error('as the test wants');
}

async function later(get) {
    await turn();
    return get();
}

// Results of a handler.
const RESULTS = {
    'true': () => true,
    'false': () => false,
    'nothing': () => {},
    'null': () => null,
    'throws': fail,
    'object': () => Wsp.Headers.new(),
    'number': () => 1,
    'zero': () => 0,
    'nan': () => NaN,
    'fraction': () => 0.5,
    'infinity': () => Infinity,
    'bigint': () => 1n,
    'text': () => 'true',
    'empty-text': () => '',
    'plain-object': () => ({}),
    'array': () => [],
    'boolean-object': () => new Boolean(true),
    'function': () => () => true,
    'symbol': () => Symbol('true'),
    'async-text': () => later(() => ''),
    'async-nan': () => later(() => NaN),
    'async-true': () => later(() => true),
    'async-false': () => later(() => false),
    'async-nothing': () => later(() => {}),
    'async-throws': () => later(fail),
    'async-object': () => later(() => Wsp.Headers.new()),
    'async-number': () => later(() => 1),
    'thenable': () => ({then: resolve => resolve(true)}),
    'thenable-that-throws': () => ({then: fail}),
};
const AWAITED = ['async-true', 'thenable'];
const PLAIN_NO = ['false', 'nothing', 'null'];

// The status of the response.
async function askUpgrade(server, path = '/') {
    const handshake = Wsp.Handshake.new_client(`ws://127.0.0.1:${server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port()}${path}`);

    try {
        (await new Wsp.Client().open_async(handshake)).abort();
    } catch (error) {
        if (!(error instanceof GLib.Error))
            throw error;
    }
    return handshake.response_status;
}

async function askPage(server) {
    const client = new Gio.SocketClient();
    const stream = await call(client, 'connect_to_host', '127.0.0.1', server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port(), null);

    stream.get_output_stream().write_all('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', null);
    const bytes = await call(stream.get_input_stream(), 'read_bytes', 4096, GLib.PRIORITY_DEFAULT, null);

    stream.close(null);
    return Number(new TextDecoder().decode(bytes.toArray()).split(' ')[1]);
}

function serverOf(place, handler) {
    const server = new Wsp.Server();

    server.connect(place, handler);
    return server;
}

// Whether the request is repeated.
async function askAuthenticate(handler) {
    const client = new Wsp.Client();
    let nRequests = 0;
    const server = serverOf('request', (_server, handshake) => {
        nRequests++;
        handshake.reject(401);
    });

    client.connect('authenticate', (_client, handshake, isRetry) => {
        const headers = Wsp.Headers.new();

        if (isRetry)
            return false;
        headers.append('Authorization', 'Basic abc');
        handshake.request_headers = headers;
        return handler();
    });
    const handshake = Wsp.Handshake.new_client(`ws://127.0.0.1:${server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port()}/`);

    await client.open_async(handshake).catch(() => {});
    return nRequests === 2;
}

function makeCertificate() {
    const folder = GLib.Dir.make_tmp(null);
    const [key, certificate] = ['key', 'certificate'].map(name => GLib.build_filenamev([folder, name]));

    Gio.Subprocess.new(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
        '-subj', '/CN=stranger', '-keyout', key, '-out', certificate], Gio.SubprocessFlags.STDERR_SILENCE).wait_check(null);
    const made = Gio.TlsCertificate.new_from_files(certificate, key);

    [key, certificate, folder].forEach(path => Gio.File.new_for_path(path).delete(null));
    return made;
}

const certificate = makeCertificate();

async function askAcceptCertificate(handler) {
    const server = new Wsp.Server({tls_certificate: certificate});
    const client = new Wsp.Client();

    client.connect('accept-certificate', handler);
    try {
        (await client.connect_async(`wss://127.0.0.1:${server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.TLS).get_port()}/`)).abort();
    } catch (error) {
        return false;
    }
    return true;
}

// Whether another attempt follows.
function askShouldRetry(handler) {
    const reconnector = Wsp.Reconnector.new('ws://127.0.0.1:1/', null);
    let isAsked = false;

    reconnector.connect('should-retry', () => {
        isAsked = true;
        return handler();
    });
    return new Promise(resolve => {
        for (const name of ['active', 'next-attempt-us']) {
            reconnector.connect(`notify::${name}`, () => {
                if (!isAsked || reconnector.next_attempt_us === 0 && reconnector.active)
                    return;
                resolve(reconnector.active);
                reconnector.stop();
            });
        }
        reconnector.start();
    });
}

function decides(name) {
    return name === 'true' || AWAITED.includes(name) ? 101 : 500;
}

function responds(name) {
    return PLAIN_NO.includes(name) ? 426 : 500;
}

function saysYes(name) {
    return name === 'true';
}

// Each signal and callback that is asked for a boolean: how to ask it, and what follows from a result.
const ASKED = {
    'Client::accept-certificate': [askAcceptCertificate, saysYes],
    'Client::authenticate': [askAuthenticate, saysYes],
    'Reconnector::should-retry': [askShouldRetry, saysYes],
    'Server::http-request': [handler => askPage(serverOf('http-request', handler)), responds],
    'Server::request': [handler => askUpgrade(serverOf('request', handler)), decides],
};

// Signals and callbacks of the GIR with a boolean result.
function askedOf(gir) {
    const [, contents] = GLib.file_get_contents(gir);
    const text = new TextDecoder().decode(contents);
    const found = [];
    let owner = null;

    for (const [, kind, name, body] of text.matchAll(/<(class|interface|record|glib:signal|callback) name="([\w-]+)"((?:.(?!<\/glib:signal>|<\/callback>|<(?:class|interface|record|glib:signal|callback) ))*)/gs)) {
        const [, result] = /<return-value[^>]*>.*?<type name="([\w.]+)"/s.exec(body) ?? [];

        if (!['glib:signal', 'callback'].includes(kind))
            owner = name;
        else if (result === 'gboolean')
            found.push(kind === 'callback' ? name : `${owner}::${name}`);
    }
    return found.sort();
}

async function testResults() {
    const found = askedOf(ARGV[0]);

    ok(`${found}` === `${Object.keys(ASKED).sort()}`, 'each-that-the-gir-has-is-asked', found);
    for (const [place, [ask, expected]] of Object.entries(ASKED)) {
        for (const [name, give] of Object.entries(RESULTS)) {
            lines.length = 0;
            const got = await ask(() => give());

            await settle();
            const isTold = got === 500 || expected === saysYes && name !== 'true' && !PLAIN_NO.includes(name);

            // GJS tells of a promise that is not awaited as well.
            const nMore = expected === saysYes && name === 'async-throws' ? 1 : 0;

            ok(got === expected(name), `${place}/${name}`, got, lines);
            ok(lines.length >= Number(isTold) && lines.length <= Number(isTold) + nMore, `${place}/${name}-is-logged-once-if-it-is-a-fault`, lines.join('\n'));
        }
    }
}

async function rejectLater(_server, handshake) {
    await turn();
    handshake.reject(403);
}

async function acceptLater(_server, handshake) {
    await turn();
    handshake.accept();
}

async function rejectAndThrow(server, handshake) {
    await rejectLater(server, handshake);
    fail();
}

// It has decided: what it returns does not count.
function push(_server, handshake) {
    handshake.reject(403);
    return [handshake];
}

async function respondLater(_server, request) {
    await turn();
    request.respond(200, null, 'ok');
}

async function respondTwice(_server, request) {
    await turn();
    request.respond(404);
    request.respond(200);
}

async function respondAndThrow(server, request) {
    await respondLater(server, request);
    fail();
}

async function respondWithTooMuch(_server, request) {
    await turn();
    request.respond(200, null, new Uint8Array((1 << 20) + 1));
}

function respondAndPush(_server, request) {
    request.respond(404);
    return [request];
}

function respondAndThrowNow(_server, request) {
    request.respond(404);
    fail();
}

function deferAndDrop(_server, request) {
    request.defer();
    return true;
}

function never() {
    return new Promise(() => {});
}

// A handler that calls the handshake itself: where, status, lines of the log.
const DECIDED = {
    'async-that-rejects': [rejectLater, ['request'], 403, 0],
    'async-that-accepts': [acceptLater, ['request'], 101, 0],
    'async-that-rejects-and-throws': [rejectAndThrow, ['request'], 403, 1],
    'object-after-a-decision': [push, ['request'], 403, 0],
    'async-that-responds': [respondLater, ['http-request'], 200, 0],
    'async-that-responds-twice': [respondTwice, ['http-request'], 404, 0],
    'async-that-responds-and-throws': [respondAndThrow, ['http-request'], 200, 1],
    'async-that-responds-with-too-much': [respondWithTooMuch, ['http-request'], 500, 1],
    'object-after-a-response': [respondAndPush, ['http-request'], 404, 0],
    'exception-after-a-response': [respondAndThrowNow, ['http-request'], 404, 1],
    'deferred-and-dropped': [deferAndDrop, ['http-request'], 503, 0],
    'async-that-takes-too-long': [never, ['request', 'http-request'], 503, 0],
};

async function testDecided() {
    for (const [name, [handler, places, status, nLines]] of Object.entries(DECIDED)) {
        for (const place of places) {
            const server = serverOf(place, handler);

            if (status === 503)
                server.limits.handshake_timeout = 200;
            lines.length = 0;
            const got = await (place === 'http-request' ? askPage(server) : askUpgrade(server));

            await settle();
            ok(got === status && lines.length === nLines, `${place}/${name}`, got, lines.join('\n'));
        }
    }
}

// Routes after an async handler of `request` has returned true, and details of signals.
async function testRoutes() {
    const server = serverOf('request', () => later(() => true));
    const taken = [];

    server.add_route('/chat');
    server.connect('connection::/chat', (_server, connection) => taken.push(connection.route));
    for (const [path, status] of [['/chat', 101], ['/other', 404]]) {
        const got = await askUpgrade(server, path);

        ok(got === status, `request/route-behind-an-async-handler-${status}`, got);
    }
    await settle();
    ok(`${taken}` === '/chat', 'connection/the-route-is-the-detail', taken);
}

// The values that a client has written into its request.
async function testValues() {
    const server = new Wsp.Server(), found = [];
    const read = (handshake, name) => found.push([handshake.path_value(name), handshake.query_value('a'), handshake.query_value('none')]) > 0;

    server.add_route('/rooms/{room}');
    server.connect('request', (_server, handshake) => read(handshake, 'room'));
    await askUpgrade(server, '/rooms/t%C3%A9?a=b+c');
    const request = Wsp.Handshake.new_server('GET', '/', '1.1', {
        Host: 'localhost', Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', Cookie: 'x=y; session="1"; session=2',
    });

    ok(JSON.stringify(found) === '[["t\xe9","b c",null]]', 'request/values-of-path-and-query', JSON.stringify(found));
    ok(request.cookie('session') === '"1"' && request.cookie('none') === null, 'request/value-of-a-cookie', request.cookie('session'));
    const page = new Wsp.HttpRequest();

    ok(page.path_value('a') === null && page.query_value('a') === null && page.cookie('a') === null, 'http-request/values-of-none');
}

// An async handler of one route of `http-request` is awaited, like that of all.
async function testPageOfRoute() {
    for (const [name, handler, status] of [['responds', respondLater, 200], ['throws', () => later(fail), 500]]) {
        const server = new Wsp.Server();

        server.add_route('/');
        server.connect('http-request::/', handler);
        const got = await askPage(server);

        await settle();
        ok(got === status, `http-request/of-a-route-that-${name}`, got);
    }
}

// Ways to connect a handler: each that this GJS has is one of them.
const CONNECTED = {
    connect: (server, func) => server.connect('request', func),
    connect_after: (server, func) => server.connect_after('request', func),
    connect_data: (server, func) => server.connect_data('request', func, 0),
    connect_object: (server, func) => server.connect_object('request', func, server, 0),
};

function no() {
    return false;
}

async function testConnected() {
    const names = Object.getOwnPropertyNames(GObject.Object.prototype).filter(name => name.startsWith('connect'));

    for (const name of names) {
        const server = new Wsp.Server();
        let given = null;

        CONNECTED[name](server, async (...args) => {
            given = args;
        });
        const status = await askUpgrade(server);

        ok(status === 500 && given[1] instanceof Wsp.Handshake, `${name.replace(/_/g, '-')}/is-awaited`, status, given);
    }
    ok(await askPage(serverOf('http_request', async () => {})) === 500, 'connect/a-name-with-underscores-is-awaited');
    const server = serverOf('request', no);

    server.connect('connection', no);
    const counts = [GObject.signal_handlers_block_by_func(server, no)];
    const statuses = [await askUpgrade(server)];

    counts.push(GObject.signal_handlers_unblock_by_func(server, no));
    statuses.push(await askUpgrade(server));
    const found = GObject.signal_handler_find(server, {func: no});

    counts.push(GObject.signal_handlers_disconnect_by_func(server, no));
    statuses.push(await askUpgrade(server));
    ok(`${counts}` === '2,2,2' && `${statuses}` === '101,500,101' && found > 0, 'connect/a-function-is-found-again', counts, statuses, found);
}

async function main() {
    for (const test of [testResults, testDecided, testRoutes, testValues, testPageOfRoute, testConnected])
        await test();
}

GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR);
GLib.log_set_writer_func((level, fields) => {
    if (level <= GLib.LogLevelFlags.LEVEL_MESSAGE)
        lines.push(new TextDecoder().decode(fields.MESSAGE));
    return GLib.LogWriterOutput.HANDLED;
});
run(main);
end();
