// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// reject (), accept () and respond () with values of JavaScript: headers as an object, pairs, a Map or Wsp.Headers, a body as text or bytes.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, call, end, ok, run} = imports.tap;

begin('/bindings/answers/gjs', 60);

const UPGRADE = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';
const TEXT = 'text/plain; charset=utf-8';

// The response: its status, its fields by their names in small letters, and its body.
async function ask(server, isUpgrade) {
    const port = server.listen_inet('127.0.0.1', 0).get_port();
    const stream = await call(new Gio.SocketClient(), 'connect_to_host', '127.0.0.1', port, null);
    const parts = [];

    stream.get_output_stream().write_all(`GET / HTTP/1.1\r\nHost: localhost\r\n${isUpgrade ? UPGRADE : ''}\r\n`, null);
    for (;;) {
        const array = (await call(stream.get_input_stream(), 'read_bytes', 65536, GLib.PRIORITY_DEFAULT, null)).toArray();

        parts.push(String.fromCharCode(...array));
        if (array.length === 0 || parts.join('').startsWith('HTTP/1.1 101') && parts.join('').includes('\r\n\r\n'))
            break;
    }
    stream.close(null);
    const [head, body] = parts.join('').split(/\r\n\r\n([^]*)/);
    const [line, ...fields] = head.split('\r\n');

    return {status: Number(line.split(' ')[1]), body,
        fields: Object.fromEntries(fields.map(field => field.split(': ')).map(([name, value]) => [name.toLowerCase(), value]))};
}

function makeHeaders() {
    const headers = Wsp.Headers.new();

    headers.append('X-A', 'b');
    return headers;
}

// Values for headers of which each has the field X-A: b.
const HEADERS = {
    'object': () => ({'X-A': 'b'}),
    'object-with-a-number': () => ({'X-A': 'b', 'Retry-After': 5}),
    'pairs': () => [['X-A', 'b']],
    'generator': function* () {
        yield ['X-A', 'b'];
    },
    'map': () => new Map([['X-A', 'b']]),
    'headers': makeHeaders,
    'new-headers': () => new Wsp.Headers({'X-A': 'b'}),
    'object-without-prototype': () => Object.assign(Object.create(null), {'X-A': 'b'}),
};
// Values for headers that are refused, and what the error says.
const WRONG = {
    'text': ['X-A: b', 'expected an object, pairs or Wsp.Headers, received string'],
    'number': [5, 'expected an object, pairs or Wsp.Headers, received number'],
    'promise': [Promise.resolve({'X-A': 'b'}), 'expected an object, pairs or Wsp.Headers, received object'],
    'bytes': [new GLib.Bytes('X-A: b'), 'expected an object, pairs or Wsp.Headers, received'],
    'array-of-bytes': [new Uint8Array(2), 'received a list with number'],
    'function': [() => {}, 'expected an object, pairs or Wsp.Headers, received function'],
    'list-of-texts': [['X-A'], 'expected an object, pairs or Wsp.Headers, received a list with string'],
    'short-pair': [[['X-A']], 'received a list with one of 1'],
    'null-value': [{'X-A': null}, 'Header X-A is wrong: expected a text or an integer, received null'],
    'fraction': [{'X-A': 0.5}, 'Header X-A is wrong: expected a text or an integer, received number'],
    'line-end': [{'X-A': 'b\r\nX-C: d'}, 'received'],
    'nul': [{'X-A': 'b\0c'}, 'U+0000'],
    'name-with-a-blank': [{'X A': 'b'}, 'token'],
};
// Bodies, each with its bytes and the type of its content.
const BODIES = {
    'text': ['go away', 'go away', TEXT],
    'text-in-unicode': ['ü€', '\xc3\xbc\xe2\x82\xac', TEXT],
    'text-with-a-nul': ['a\0b', 'a\0b', TEXT],
    'empty-text': ['', '', undefined],
    'array': [new Uint8Array([1, 255]), '\x01\xff', TEXT],
    'array-of-16-bits': [new Uint16Array([0x4142]), 'BA', TEXT],
    'buffer': [new Uint8Array([65]).buffer, 'A', TEXT],
    'bytes': [new GLib.Bytes(new Uint8Array([65, 66])), 'AB', TEXT],
    'null': [null, undefined, undefined],
};

function serverOf(name, answer, errors) {
    const server = new Wsp.Server();

    server.connect(name, (_server, request) => {
        try {
            answer(request);
        } catch (error) {
            errors.push(error.message);
            throw error;
        }
        return true;
    });
    return server;
}

// Name, signal, how to answer with headers and a body, the status.
const ANSWERS = [
    ['reject', 'request', (handshake, headers, body) => handshake.reject(403, headers, body), 403],
    ['respond', 'http-request', (request, headers, body) => request.respond(200, headers, body), 200],
    ['accept', 'request', (handshake, headers) => handshake.accept(null, headers), 101],
];

async function testHeaders() {
    for (const [name, signal, answer, status] of ANSWERS) {
        for (const [kind, make] of Object.entries(HEADERS)) {
            const errors = [];
            const response = await ask(serverOf(signal, request => answer(request, make()), errors), signal === 'request');

            ok(response.status === status && response.fields['x-a'] === 'b', `${name}/headers/${kind}`, response, errors);
        }
        for (const [kind, [value, text]] of Object.entries(WRONG)) {
            const errors = [];
            const response = await ask(serverOf(signal, request => answer(request, value), errors), signal === 'request');

            ok(response.status === 500 && errors.length === 1 && errors[0].includes(text), `${name}/headers/${kind}-is-refused`, response, errors);
        }
    }
}

async function testBodies() {
    for (const [name, signal, answer, status] of ANSWERS.slice(0, 2)) {
        for (const [kind, [body, sent, type]] of Object.entries(BODIES)) {
            const errors = [];
            let response = await ask(serverOf(signal, request => answer(request, null, body), errors), signal === 'request');
            // Without a body a rejection has the text of its status.
            const isPlain = sent === undefined || response.body === sent;

            ok(response.status === status && isPlain && (sent === undefined || response.fields['content-type'] === type), `${name}/body/${kind}`,
                response, errors);
            response = await ask(serverOf(signal, request => answer(request, {'content-type': 'application/json'}, body), errors), signal === 'request');
            ok(response.status === status && isPlain && (!sent || response.fields['content-type'] === 'application/json'),
                `${name}/body/${kind}-of-another-type`, response, errors);
        }
        for (const [kind, body] of Object.entries({number: 5, object: {}, 'array-of-numbers': [1, 2], 'function': () => {}})) {
            const errors = [];
            const response = await ask(serverOf(signal, request => answer(request, null, body), errors), signal === 'request');

            ok(response.status === 500 && errors.length === 1, `${name}/body/${kind}-is-refused`, response, errors);
        }
    }
}

// The same values for requests.
async function testRequests() {
    for (const [kind, make] of Object.entries(HEADERS)) {
        const seen = [];
        const server = serverOf('request', handshake => seen.push(handshake.request_headers.get('x-a')), []);
        const uri = `ws://127.0.0.1:${server.listen_inet('127.0.0.1', 0).get_port()}/`;
        const changed = Wsp.Handshake.new_client(uri);
        const reconnector = new Wsp.Reconnector(uri, {headers: make()});

        changed.request_headers = make();
        (await Wsp.connect(uri, {headers: make()})).abort();
        (await new Wsp.Client().connect_async(uri, null, make())).abort();
        (await new Wsp.Client().open_async(Wsp.Handshake.new_client(uri, null, make()))).abort();
        (await new Wsp.Client().open_async(changed)).abort();
        await new Promise(resolve => {
            reconnector.connect('connected', resolve);
            reconnector.start();
        });
        reconnector.stop();
        ok(`${seen}` === 'b,b,b,b,b', `request/headers/${kind}`, seen);
    }
}

async function main() {
    for (const test of [testHeaders, testBodies, testRequests])
        await test();
}

GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR);
GLib.log_set_writer_func(() => GLib.LogWriterOutput.HANDLED);
try {
    Wsp.run(main);
} catch (error) {
    ok(false, 'runs-to-its-end', `${error}\n${error.stack}`);
}
end();
