// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// A program against Wsp.d.ts: compiled by tsc --strict, then run by GJS. Lines that are wrong must be errors.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import Wsp from 'gi://Wsp?version=1';

async function echo(connection: Wsp.Connection): Promise<void> {
    for await (const message of connection.messages())
        await connection.send(message);
}

function sizeOf(data: string | Uint8Array): number {
    return data.length;
}

async function callPlain(connection: Wsp.Connection): Promise<string | null> {
    await connection.send_message_async(Wsp.Message.new_text('plain'));
    connection.queue_message(Wsp.Message.new_text('urgent'), Wsp.SendFlags.URGENT);
    const message: Wsp.Message | null = await connection.receive_async();
    const microseconds: number = await connection.ping_async('payload');

    connection.receive_async(null, (source, result) => source.receive_finish(result));
    return microseconds >= 0 && message ? message.get_text() : null;
}

async function readStream(connection: Wsp.Connection): Promise<number> {
    const out = connection.begin(Wsp.MessageType.BINARY);
    let size = 0;

    await out.write(new Uint8Array(70000));
    await out.close();
    for await (const chunk of connection.stream())
        size += chunk.length;
    return size;
}

function useWebSocket(uri: string): Promise<string> {
    return new Promise(resolve => {
        const socket = new Wsp.WebSocket(uri, ['chat']);

        socket.onopen = () => socket.send('WebSocket');
        socket.addEventListener('message', event => {
            socket.close(1000);
            resolve(String(event.data));
        });
    });
}

function makeTap(): Wsp.Tap {
    class Tap extends GObject.Object implements Wsp.Tap {
        bytes(): void {}
        action(): void {}
        state(): void {}
        vfunc_bytes_passed(source: GObject.Object, direction: Wsp.Direction, bytes: GLib.Bytes): void {
            bytes.toArray();
        }
    }
    const Registered = GObject.registerClass({Implements: [Wsp.Tap]}, Tap);

    return new Registered();
}

function answer(handshake: Wsp.Handshake, request: Wsp.HttpRequest): void {
    handshake.reject(401, {'WWW-Authenticate': 'Bearer', 'Retry-After': 5}, 'text');
    handshake.accept(null, [['X-A', 'b']]);
    const fields = new Map([['X-A', 'b']]);

    request.respond(200, fields, new Uint8Array(1));
}

function renew(server: Wsp.Server, client: Wsp.Client): Gio.TlsCertificate | null {
    server.tls_certificate = ['cert.pem', 'key.pem'];
    server.tlsCertificate = null;
    client.tls_database = 'ca.pem';
    Wsp.serve(echo, null, 0, {tlsCertificate: 'both.pem', maxMessageSize: 5, close_timeout: 500});
    Wsp.connect('wss://a', {tls_database: 'ca.pem', max_read_ahead: 5});
    Wsp.serve({'/rooms/{room}': echo, 'GET /healthz': request => request.respond(200, null, 'ok')}, null, 0, {
        request: async handshake => handshake.cookie('session') !== null,
        http_request: request => request.respond(404, null, null),
    });
    return new Wsp.Client({tlsCertificate: 'both.pem'}).tls_certificate;
}

function construct(): number {
    const server = new Wsp.Server();
    const group = new Wsp.Group(server), members: Wsp.Connection[] = [...group];
    const headers = new Wsp.Headers({'X-A': 1}), fields: [string, string][] = [...headers];
    const session = new Wsp.Session(Wsp.Role.CLIENT), reconnector = new Wsp.Reconnector('ws://localhost/', {minDelay: 5, headers: {'X-A': 'b'}});
    const texts: (string | null)[] = [new Wsp.Message('text').get_text(), headers.get('x-a'), reconnector.uri];

    server.connect('request', (_server, handshake) => handshake.path === '/' && session !== null);
    server.connect('http-request', (_server, request) => typeof answer === 'function' && typeof renew === 'function' && request.path === '/');
    return group.size + members.length + fields.length - texts.length + 2;
}

async function main(): Promise<number> {
    const server: Wsp.Server = Wsp.serve(echo, '127.0.0.1', 0, {subprotocols: ['chat'], proxy_protocol: false});
    const uri = `ws://127.0.0.1:${server.port}/`;
    const client = new Wsp.Client({connectTimeout: 5000, maxRedirects: 2});
    const connection = await Wsp.connect(uri, {client, subprotocols: ['chat'], headers: {'X-One': 1}, cancellable: new Gio.Cancellable()});

    client.max_redirects = 3;
    server.connect('request', async (_server, handshake) => handshake.get_path() === '/');
    server.connect('request', async (_server, handshake) => {
        handshake.accept('chat');
    });
    server.connect('http-request', async (_server, request) => {
        request.respond(request.path === '/' ? 200 : 404, null, 'text');
    });
    server.add_route('/');
    server.connect('connection::/', (_server, taken) => taken.route?.length);
    connection.limits.max_message_size = (1 << 20) + server.dup_stats().connections_open + new Wsp.ConnectionStats().copy().bytes_sent;
    connection.add_tap(makeTap());
    connection.connect('message', (self, message) => self.queue_message(message));
    connection.connect('closed', self => self.get_state());
    print(await callPlain(connection).catch((error: unknown) => {
        if (error instanceof GLib.Error && error.matches(Wsp.Error, Wsp.Error.CLOSED))
            return error.message;
        throw error;
    }));
    await connection.close();
    print(await connection.recv().then(() => 0, (error: Wsp.ClosedError) => error.close_code));
    const other = await Wsp.connect(uri, {subprotocols: ['chat']});

    for await (const turn of Wsp.reconnect(uri, {prepare: handshake => handshake.set_request_headers({'X-A': 1}), minDelay: 5, should_retry: () => true})) {
        await turn.send('x');
        break;
    }
    await Wsp.connect(uri, {prepare: async () => {}}).catch((error: Wsp.RefusedError) => print(error.status, error.body.length, error.headers?.get('X')));
    await other.send(['a', 'b'], {compress: false});
    print(await other.recv({timeout: 5000}), sizeOf('abc'), await readStream(other));
    await other.close(Wsp.CloseCode.NORMAL, 'done');
    print(await useWebSocket(uri));
    await server.close();
    return construct();
}

const status: number = Wsp.run(main);

Wsp.run(Promise.resolve(status));

// Never called: each of these lines must be refused.
export async function wrong(server: Wsp.Server, other: Wsp.Connection, uri: string): Promise<void> {
    // @ts-expect-error
    Wsp.run(() => 5);
    // @ts-expect-error
    server.dup_stats().spare;
    // @ts-expect-error
    new Wsp.Group();
    // @ts-expect-error
    new Wsp.Message(5);
    // @ts-expect-error
    new Wsp.Headers('X-A: b');
    // @ts-expect-error
    new Wsp.Reconnector(5);
    // @ts-expect-error
    await Wsp.connect(5);
    // @ts-expect-error
    await other.send(5);
    // @ts-expect-error
    await other.send('a', {urgent: 1});
    // @ts-expect-error
    other.begin(Wsp.MessageType.TEXT, {urgent: true});
    // @ts-expect-error
    server.broadcast('a', Wsp.SendFlags.URGENT);
    // @ts-expect-error
    other.queue_text(null);
    // @ts-expect-error
    const text: string = await other.recv();
    // @ts-expect-error
    other.state = text;
    // @ts-expect-error
    new Wsp.WebSocket();
    // @ts-expect-error
    new Wsp.Client({connectTimeout: 'soon'});
    // @ts-expect-error
    other.no_such_function();
    // @ts-expect-error
    const message: Wsp.Message = await other.receive_async();
    // @ts-expect-error
    Wsp.serve('no function');
    // @ts-expect-error
    Wsp.serve(echo, null, 0, {proxy_protocol: 1});
    // @ts-expect-error
    server.add_route(5);
    // @ts-expect-error
    await Wsp.connect(uri, {orign: 'https://a.example'});
    // @ts-expect-error
    await Wsp.connect(uri, {subprotocols: 'chat'});
    // @ts-expect-error
    await Wsp.connect(uri, {maxPayload: 5});
    // @ts-expect-error
    Wsp.reconnect(uri, {cancellable: new Gio.Cancellable()});
    // @ts-expect-error
    Wsp.reconnect(uri, {should_retry: () => 1});
    // @ts-expect-error
    Wsp.serve(echo, null, 0, {allowed_origin: ['https://a.example']});
    // @ts-expect-error
    new Wsp.Limits({max_mesage_size: 5});
    // @ts-expect-error
    Wsp.connect(uri).send('no await');
    // @ts-expect-error
    await other.recv({timout: 5});
    // @ts-expect-error
    await other.close('1000');
    print(message);
}
