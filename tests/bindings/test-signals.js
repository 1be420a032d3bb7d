// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// The handshakes that signals name, in JavaScript: whose certificate a handler is asked about, and what of a request that has failed, or
// of an attempt of a reconnector, is known.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;
const System = imports.system;

const SECONDS = 60;
const HOST = 'Host: localhost\r\n';
const WEBSOCKET = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
    'Sec-WebSocket-Version: 13\r\n';
const context = GLib.MainContext.default();
let nPoints = 0, nFailed = 0;

function ok(found, expected, claim) {
    const verdict = JSON.stringify(found) === JSON.stringify(expected);

    nPoints++;
    nFailed += verdict ? 0 : 1;
    print(`${verdict ? 'ok' : 'not ok'} ${nPoints} - /bindings/signals/gjs/${claim}`);
    if (!verdict)
        print(`#   ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
}

function runUntil(isTrue) {
    while (!isTrue())
        context.iteration(true);
}

function makeCertificate(subject) {
    const folder = GLib.Dir.make_tmp(null);
    const [key, certificate] = ['key', 'certificate'].map(name => GLib.build_filenamev([folder, name]));
    const process = Gio.Subprocess.new(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
        'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${subject}`, '-keyout', key,
        '-out', certificate], Gio.SubprocessFlags.STDERR_SILENCE);

    process.wait_check(null);
    const made = Gio.TlsCertificate.new_from_files(certificate, key);

    [key, certificate, folder].forEach(path => Gio.File.new_for_path(path).delete(null));
    return made;
}

function serve(settings) {
    const server = new Wsp.Server(settings);
    const flags = settings.tls_certificate ? Wsp.ListenFlags.TLS : Wsp.ListenFlags.DEFAULT;

    return [server, server.listen_inet('127.0.0.1', 0, flags).get_port()];
}

// Name, URIs, and what is asked: the URI of the handshake, the peer and whether it is accepted. A and B are ports; A redirects /to-b, and
// the handler accepts the certificate of A for the peer 127.0.0.1:A.
const CERTIFICATES = [
    ['two-calls', ['wss://127.0.0.1:A/', 'wss://127.0.0.1:B/'],
        ['wss://127.0.0.1:A/ 127.0.0.1:A true', 'wss://127.0.0.1:B/ 127.0.0.1:B false']],
    ['redirect', ['wss://127.0.0.1:A/to-b'],
        ['wss://127.0.0.1:A/to-b 127.0.0.1:A true', 'wss://127.0.0.1:A/to-b 127.0.0.1:B false']],
    ['name', ['wss://localhost:A/'], ['wss://localhost:A/ localhost:A false']],
];

function testAcceptCertificate() {
    const certificates = ['a', 'b'].map(makeCertificate);
    const [[a, portA], [b, portB]] = certificates.map(one => serve({tls_certificate: one}));
    const withPorts = text => text.replaceAll(':A', `:${portA}`).replaceAll(':B', `:${portB}`);

    a.connect('request', (_server, handshake) => {
        if (handshake.path === '/to-b') {
            const headers = Wsp.Headers.new();

            headers.append('Location', withPorts('wss://127.0.0.1:B/'));
            handshake.reject(302, headers, null);
        }
        return true;
    });
    for (const [name, uris, expected] of CERTIFICATES) {
        const client = new Wsp.Client({max_redirects: 1});
        const asked = [], places = new Set(), results = [], errors = [];

        client.connect('accept-certificate', (_client, handshake, peer, certificate) => {
            const place = `${peer.get_hostname()}:${peer.get_port()}`;
            const isKnown = place === `127.0.0.1:${portA}` && certificate.is_same(certificates[0]);

            asked.push(`${handshake.uri} ${place} ${isKnown}`);
            return isKnown;
        });
        client.connect('event', (_client, handshake, event, place, _stream) => {
            if (event === Gio.SocketClientEvent.RESOLVING)
                places.add(`${handshake.uri} ${place instanceof Gio.NetworkAddress}`);
        });
        for (const uri of uris)
            client.connect_async(withPorts(uri), null, null, null, (_client, result) => results.push(result));
        runUntil(() => results.length === uris.length);
        for (const result of results) {
            try {
                client.connect_finish(result).abort();
            } catch (error) {
                errors.push(error.matches(Gio.TlsError, Gio.TlsError.BAD_CERTIFICATE));
            }
        }
        ok(asked.sort(), expected.map(withPorts).sort(), `accept-certificate/${name}`);
        ok(errors, [true], `accept-certificate/${name}/refused`);
        ok([...places].sort(), uris.map(uri => `${withPorts(uri)} true`).sort(), `event/${name}`);
    }
    void b;
}

// Name, what the client sends before it closes its output, and what the handshake has: method, path, Host and status; null: no handshake.
const FAILURES = [
    ['nothing', '', null],
    ['half-a-line', 'GET /a HT', null],
    ['tls', '\x16\x03\x01\x02\x05\x01', null],
    ['half-a-head', `GET /a HTTP/1.1\r\n${HOST}Upgr`, ['GET', '/a', 'localhost', 0]],
    ['404', `GET /nope HTTP/1.1\r\n${HOST}${WEBSOCKET}\r\n`, ['GET', '/nope', 'localhost', 404]],
    ['431', `GET /a HTTP/1.1\r\n${HOST}${'X: y\r\n'.repeat(101)}\r\n`, ['GET', '/a', 'localhost', 431]],
    ['plain-get', `GET /a HTTP/1.1\r\n${HOST}\r\n`, ['GET', '/a', 'localhost', 426]],
];

function isAccepted(handshake) {
    try {
        return handshake !== null && handshake.accept(null, null);
    } catch (error) {
        return false;
    }
}

function testHandshakeFailed() {
    const [server, port] = serve({});
    const failures = [];

    server.add_route('/a');
    server.connect('handshake-failed', (_server, address, handshake, error) => failures.push([
        address instanceof Gio.InetSocketAddress, isAccepted(handshake), error.message.length > 0, handshake && [
            handshake.method, handshake.path, handshake.get_request_header('Host'), handshake.response_status,
        ],
    ]));
    for (const [name, sent, expected] of FAILURES) {
        const stream = new Gio.SocketClient().connect_to_host('127.0.0.1', port, null);

        failures.length = 0;
        if (sent)
            stream.get_output_stream().write_all(sent, null);
        stream.get_socket().shutdown(false, true);
        runUntil(() => failures.length > 0);
        ok(failures, [[true, false, true, expected]], `handshake-failed/${name}`);
        stream.close(null);
    }
}

// Name, URI with the port A, subprotocols, and what both handlers learn: the status and the body; null: no handshake.
const ATTEMPTS = [
    ['refused', 'ws://127.0.0.1:A/', null, [404, 'no such page']],
    ['no-response', 'ws://127.0.0.1:1/', null, [0, null]],
    ['bad-subprotocol', 'ws://127.0.0.1:A/', ['a b'], null],
];

function learn(handshake) {
    const body = handshake?.get_response_body();

    return handshake && [handshake.response_status, body ? new TextDecoder().decode(body.get_data()) : null];
}

function testReconnector() {
    const [server, port] = serve({});

    server.connect('request', (_server, handshake) => {
        handshake.reject(404, null, new GLib.Bytes(new TextEncoder().encode('no such page')));
        return true;
    });
    for (const [name, uri, subprotocols, expected] of ATTEMPTS) {
        const reconnector = new Wsp.Reconnector({uri: uri.replace(':A', `:${port}`), subprotocols});
        const told = [], asked = [];

        reconnector.connect('attempt-failed', (_reconnector, handshake, _error) => told.push(learn(handshake)));
        reconnector.connect('should-retry', (_reconnector, handshake, _error) => {
            asked.push(learn(handshake));
            return false;
        });
        reconnector.start();
        runUntil(() => asked.length > 0);
        ok([told, asked], [[expected], [expected]], `attempt-failed/${name}`);
    }
}

GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, SECONDS, () => {
    print('Bail out! the time is over');
    System.exit(1);
    return GLib.SOURCE_REMOVE;
});
testAcceptCertificate();
testHandshakeFailed();
testReconnector();
print(`1..${nPoints}`);
System.exit(nFailed === 0 ? 0 : 1);
