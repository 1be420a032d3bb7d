// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Handlers of a client in JavaScript that throw, or return nothing: the certificate is refused, the request not repeated.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, end, ok} = imports.tap;

begin('/bindings/refused/gjs', 60);

const context = GLib.MainContext.default();
const unexpected = [], kept = [];       // criticals; streams of the proxy
let nThrown = 0;

function fail() {
    throw new Error('handler failed, as the test wants');
}

// Name, result of the handler, whether it means yes. GIO shares TLS sessions between clients, not what one has accepted:
// after the first yes the sessions are resumed.
const CASES = [
    ['throws', fail, false],
    ['returns-nothing', () => {}, false],
    ['returns-false', () => false, false],
    ['returns-a-promise-of-no', async () => false, true],       // any object is TRUE
    ['returns-true', () => true, true],
    ['throws-again', fail, false],
];

// Returns the error of a connection that fails, or null.
function connect(client, uri) {
    let result = null;

    client.connect_async(uri, null, null, null, (_client, taken) => (result = taken));
    while (!result)
        context.iteration(true);
    try {
        client.connect_finish(result).abort();
    } catch (error) {
        return error;
    }
    return null;
}

function makeCertificate() {
    const folder = GLib.Dir.make_tmp(null);
    const [key, certificate] = ['key', 'certificate'].map(name => GLib.build_filenamev([folder, name]));
    const process = Gio.Subprocess.new(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
        'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=stranger', '-keyout', key,
        '-out', certificate], Gio.SubprocessFlags.STDERR_SILENCE);

    process.wait_check(null);
    const made = Gio.TlsCertificate.new_from_files(certificate, key);

    [key, certificate, folder].forEach(path => Gio.File.new_for_path(path).delete(null));
    return made;
}

function testAcceptCertificate(certificate) {
    const server = new Wsp.Server({tls_certificate: certificate});
    let nRequests = 0;

    server.connect('request', () => {
        nRequests++;
        return true;
    });
    const uri = `wss://127.0.0.1:${server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.TLS).get_port()}/`;

    for (const [name, handler, isYes] of CASES) {
        const client = new Wsp.Client();
        let nAsked = 0;

        nRequests = nThrown = 0;
        client.connect('accept-certificate', () => {
            nAsked++;
            return handler();
        });
        const error = connect(client, uri);
        const isRefused = error?.matches(Gio.TlsError, Gio.TlsError.BAD_CERTIFICATE) ?? false;

        ok(nAsked === 1 && isRefused === !isYes && nRequests === Number(isYes) && nThrown === Number(handler === fail),
            `accept-certificate/${name}`, `${error}; asked ${nAsked}, thrown ${nThrown}, ${nRequests} requests`);
    }
}

function makeLoginServer() {
    const server = new Wsp.Server();
    const seen = {peer: server, nRequests: 0};

    server.connect('request', (_server, handshake) => {
        seen.nRequests++;
        handshake.reject(401, null, null);
        return false;
    });
    seen.port = server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT).get_port();
    return seen;
}

function makeLoginProxy() {
    const service = new Gio.SocketService();
    const seen = {peer: service, nRequests: 0};

    service.connect('incoming', (_service, stream) => {
        kept.push(stream);
        stream.get_input_stream().read_bytes_async(4096, GLib.PRIORITY_DEFAULT, null, (source, result) => {
            source.read_bytes_finish(result);
            seen.nRequests++;
            stream.get_output_stream().write_all('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n' +
                'Proxy-Authenticate: Basic realm="a"\r\nConnection: close\r\n\r\n', null);
            stream.close(null);
        });
        return true;
    });
    seen.port = service.add_any_inet_port(null);
    return seen;
}

// The program sets credentials, and does not say yes then.
function testAuthenticate(where, status, header, make) {
    const seen = make();
    const uri = where === 'proxy' ? 'ws://example.org/' : `ws://127.0.0.1:${seen.port}/`;

    for (const [name, handler, isYes] of CASES) {
        const client = new Wsp.Client();
        const statuses = [];

        seen.nRequests = nThrown = 0;
        if (where === 'proxy')
            client.proxy_resolver = Gio.SimpleProxyResolver.new(`http://127.0.0.1:${seen.port}`, null);
        client.connect('authenticate', (_client, handshake, isRetry) => {
            const headers = Wsp.Headers.new();

            statuses.push(handshake.response_status);
            if (isRetry)        // the server refuses for good
                return false;
            headers.append(header, 'Basic abc');
            handshake.request_headers = headers;
            return handler();
        });
        const error = connect(client, uri);

        ok(error !== null && seen.nRequests === 1 + isYes && statuses.length === 1 + isYes &&
            statuses.every(one => one === status) && nThrown === Number(handler === fail),
        `authenticate/${where}-${name}`, `${error}; ${statuses}; thrown ${nThrown}, ${seen.nRequests} requests`);
    }
}

// GJS logs an exception as a critical; any other one fails.
GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR);
GLib.log_set_writer_func((level, fields) => {
    const message = new TextDecoder().decode(fields.MESSAGE);

    if (message.includes('as the test wants'))
        nThrown++;
    else if (level & GLib.LogLevelFlags.LEVEL_CRITICAL)
        unexpected.push(message);
    else if (level & GLib.LogLevelFlags.LEVEL_ERROR)
        printerr(message);      // GLib aborts the program after it
    return GLib.LogWriterOutput.HANDLED;
});testAcceptCertificate(makeCertificate());
testAuthenticate('server', 401, 'Authorization', makeLoginServer);
testAuthenticate('proxy', 407, 'Proxy-Authorization', makeLoginProxy);
ok(unexpected.length === 0, 'no-critical', unexpected);
end();
