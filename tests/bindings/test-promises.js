// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Wsp with its override in JavaScript: promises, loops, values and bad values: gjs test-promises.js GIR

imports.gi.versions.Wsp = '1';
const {Gio, GLib, GObject, Wsp} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, end, errorOf, isOf, ok, run} = imports.tap;

begin('/bindings/promises/gjs', 150);

const MIB = 1 << 20;
let nLogged = 0;
const unexpected = [];

function later(ms = 0) {
    return new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_LOW, ms, () => {
        resolve();
        return GLib.SOURCE_REMOVE;
    }));
}

async function until(condition) {
    while (!condition())
        await later();                  // eslint-disable-line no-await-in-loop
}

function wsp(server) {
    return `ws://127.0.0.1:${server.port}/`;
}

async function echo(connection) {
    for await (const message of connection.messages())
        await connection.send(message);
}

// Calls back with a client's connection to a server whose handler is given, and closes both.
async function withPair(handler, use, options = {}) {
    const server = Wsp.serve(handler, '127.0.0.1', 0);
    const connection = await Wsp.connect(wsp(server), options);

    try {
        return await use(connection, server);
    } finally {
        connection.abort();
        await server.close();
    }
}

function show(data) {
    return typeof data === 'string' ? JSON.stringify(data) : `${data?.constructor.name} of ${data?.length}`;
}

function areEqual(one, other) {
    if (typeof one === 'string')
        return one === other;
    return other instanceof Uint8Array && one.length === other.length && one.every((byte, i) => byte === other[i]);
}

const bytes = Uint8Array.from({length: 256}, (_, i) => i);

// Name, what is sent, what comes back.
const DATA = [
    ['text', 'Hello', 'Hello'],
    ['empty-text', '', ''],
    ['text-not-in-ascii', 'Grüße 😀', 'Grüße 😀'],
    ['text-with-nul', 'a\0b', 'a\0b'],
    ['text-with-nul-and-byte-order-mark', '\ufeffa\0é', '\ufeffa\0é'],
    ['text-with-byte-order-mark', '\ufeffa', '\ufeffa'],
    ['lone-surrogate-is-replaced', 'a\ud800b', 'a\ufffdb'],
    ['Uint8Array', bytes, bytes],
    ['part-of-an-array', bytes.subarray(3, 7), Uint8Array.of(3, 4, 5, 6)],
    ['empty-array', new Uint8Array(), new Uint8Array()],
    ['Uint16Array', new Uint16Array([0x0102]), new Uint8Array(new Uint16Array([0x0102]).buffer)],
    ['ArrayBuffer', Uint8Array.of(1, 2).buffer, Uint8Array.of(1, 2)],
    ['GLib.Bytes', new GLib.Bytes(bytes), bytes],
    ['Wsp.Message', Wsp.Message.new_text('message'), 'message'],
    ['pieces-of-text', ['a', 'b', 'ü'], 'abü'],
    ['pieces-of-bytes', [Uint8Array.of(1), new GLib.Bytes(Uint8Array.of(2, 3))], Uint8Array.of(1, 2, 3)],
    ['pieces-that-come-later', (async function* () {
        yield 'a';
        await later();
        yield 'b';
    })(), 'ab'],
];

async function testData() {
    await withPair(echo, async connection => {
        for (const [name, sent, expected] of DATA) {
            await connection.send(sent);
            const received = await connection.recv();

            ok(areEqual(expected, received), `send/${name}`, `${show(received)}, expected ${show(expected)}`);
        }
    });
}

// Name, what send () refuses.
const BAD_DATA = [
    ['number', 5],
    ['null', null],
    ['undefined', undefined],
    ['object', {}],
    ['piece-that-is-a-number', [1]],
    ['array-of-text-and-bytes', ['a', Uint8Array.of(1)]],
];

async function testBadData() {
    await withPair(echo, async connection => {
        for (const [name, data] of BAD_DATA) {
            const error = await errorOf(connection.send(data));

            ok(error instanceof TypeError && error.message.includes('expected'), `send/${name}-is-refused`, error);
        }
        await connection.send('still open');
        ok(await connection.recv() === 'still open', 'send/refused-data-leave-the-connection-open', connection.state);
        const error = await errorOf(connection.send((function* () {
            yield 'a';
            yield Uint8Array.of(1);
        })()));

        await errorOf(connection.recv());
        ok(error instanceof TypeError && connection.close_info.get_local_code() === 1011, 'send/mixed-pieces-fail-the-connection', error);
    });
}

// The arguments that a script gives to a function of the GIR; it gives no length of an array.
function typesOf(body) {
    const parameters = [...body.replace(/<return-value[\s\S]*?<\/return-value>/, '')
        .matchAll(/<parameter name="(\w+)"([^>]*)>([\s\S]*?)<\/parameter>/g)];
    const lengths = parameters.map(([,,, inner]) => /<array length="(\d+)"/.exec(inner)?.[1]);

    return parameters.filter(([,, flags], i) => !flags.includes('direction="out"') && !lengths.includes(`${i}`))
        .map(([,,, inner]) => /<type name="([\w.]+)"/.exec(inner)?.[1]);
}

// The functions of the GIR with their parameters: owner, kind, name, types.
function* functionsOf(gir) {
    for (const part of gir.split(/\n {4}<(?=\w)/)) {
        const owner = part.startsWith('function ') ? null : / name="(\w+)"/.exec(part)?.[1];

        for (const [, kind, rest, body] of `\n <${part}`.matchAll(/\n +<(method|function|constructor) ([^>]*)>([\s\S]*?)<\/\1>/g)) {
            if (!rest.includes('introspectable="0"'))
                yield [owner, kind, /\bname="(\w+)"/.exec(rest)[1], typesOf(body)];
        }
    }
}

function objectOf(owner, kind) {
    if (owner === null)
        return Wsp;
    return kind === 'method' ? Wsp[owner].prototype : Wsp[owner];
}

function valueOf(type) {
    if (type === 'utf8')
        return 'a\0b';
    return /^g?u?int|^Role$/.test(type) ? 1 : null;
}

function isRefusing(object, name, values, word) {
    try {
        object[name].apply(object, values);
    } catch (error) {
        return error instanceof TypeError && error.message.includes(word);
    }
    return false;
}

// A number that is wrong, at each place that takes one; flags may be null.
function testNumbers(path, object, name, types, numbers) {
    for (const [i, type] of types.entries()) {
        const usual = types.map(one => (one === 'utf8' ? 'a' : numbers.includes(one) ? 1 : null));
        const bad = ['x', NaN, {}, ...type.endsWith('Flags') ? [] : [null]];

        if (numbers.includes(type)) {
            ok(bad.every(value => isRefusing(object, name, usual.map((one, k) => (k === i ? value : one)), 'expected')),
                `functions/${path}-refuses-what-is-no-number-${i}`, types);
        }
    }
}

function testFunctions(path) {
    const [, bytes] = GLib.file_get_contents(path);
    const gir = new TextDecoder().decode(bytes);
    const numbers = ['gint', 'guint', 'gint64', 'guint64', 'guint16', 'gsize', 'gssize',
        ...[...gir.matchAll(/<(?:enumeration|bitfield) name="(\w+)"/g)].map(([, name]) => name)];

    for (const [owner, kind, name, types] of functionsOf(gir)) {
        const object = objectOf(owner, kind);
        const shown = `${owner === null ? '' : `${owner}.`}${name}`;

        if (name.endsWith('_async'))
            ok(object[`_original_${name}`], `functions/${shown}-gives-a-promise`, 'no promise');
        if (types.includes('utf8') && name !== 'new_text_bytes')
            ok(isRefusing(object, name, types.map(valueOf), 'NUL'), `functions/${shown}-refuses-nul`, types);
        if (!name.startsWith('set_'))           // test-bad-values has the setters
            testNumbers(shown, object, name, types, numbers);
    }
}

async function testPlain() {
    await withPair(echo, async (connection, server) => {
        const results = [];

        Gio._promisify(Wsp.Connection.prototype, 'receive_async');      // older programs do
        await connection.send_message_async(Wsp.Message.new_text('a'));
        await connection.send_message_async(Wsp.Message.new_binary('b'), Wsp.SendFlags.DEFAULT, null);
        await connection.send_message_async(Wsp.Message.new_text('c'), null);
        results.push((await connection.receive_async(null)).get_text());
        results.push(String.fromCharCode(...(await connection.receive_async()).get_bytes().toArray()));
        connection.receive_async(null, (source, result) => results.push(source.receive_finish(result).get_text()));
        await until(() => results.length === 3);
        connection.send_message_async(Wsp.Message.new_text('d'), null, (source, result) =>
            results.push(source.send_message_finish(result)));
        connection.receive_async((source, result) => results.push(source.receive_finish(result).get_text()));
        await until(() => results.length === 5);
        ok(results.map(String).sort().join() === 'a,b,c,d,true', 'plain/promises-and-callbacks', results);
        ok(await connection.ping_async('payload') >= 0 && await connection.ping() < 60000, 'plain/ping', 'no time');
        const texts = [];

        for (const text of ['a\0b', '\0']) {
            for (const call of [() => connection.queue_text(text), () => connection.close_async(1000, text), () => Wsp.Message.new_text(text)]) {
                try {
                    call();
                } catch (error) {
                    texts.push(error instanceof TypeError);
                }
            }
        }
        ok(texts.length === 6 && texts.every(Boolean), 'plain/nul-is-a-type-error', texts);
        ok(server.broadcast('to all') === 1 && await connection.recv() === 'to all', 'plain/broadcast-takes-text', 'no message');
        connection.close_async(1000, null, null, null);
        await until(() => connection.state === Wsp.ConnectionState.CLOSED);
        ok(true, 'plain/callback-of-null-is-no-promise');
    });
}

// Each writable property of a text or of texts, however it is written.
async function testProperties() {
    const client = await errorOf((async () => new Wsp.Client({user_agent: 'a\0b'}))());

    ok(client instanceof TypeError, 'properties/nul-in-a-new-object-is-a-type-error', client);
    for (const [object, name, value] of [[new Wsp.Client(), 'user-agent', 'a\0b'], [new Wsp.Client(), 'origin', 'https://a\0b'],
        [new Wsp.Server(), 'server-header', 'a\0b'], [new Wsp.Server(), 'subprotocols', ['a', 'b\0c']],
        [new Wsp.Server(), 'allowed-origins', ['https://a\0b']], [new Wsp.Server(), 'allowed-hosts', ['a\0b']]]) {
        const before = JSON.stringify(object[name]);
        const spellings = [name, name.replace('-', '_'), name.replace(/-(.)/, (_match, letter) => letter.toUpperCase())];

        const errors = [];

        for (const write of [...spellings.map(spelling => () => (object[spelling] = value)), () => object.set_property(name, value),
            () => object[`set_${spellings[1]}`](value)])
            errors.push(await errorOf((async () => write())()));        // eslint-disable-line no-await-in-loop
        ok(errors.every(error => error instanceof TypeError) && JSON.stringify(object[name]) === before, `properties/${name}-refuses-nul`,
            errors);
    }
    const server = new Wsp.Server({subprotocols: ['a'], serverHeader: 'a'});

    server.allowed_hosts = ['c'];
    server.set_property('server-header', 'b');
    server.set_subprotocols(['d', 'e']);
    ok(server.subprotocols.join() === 'd,e' && server.server_header === 'b' && server.allowedHosts.join() === 'c',
        'properties/texts-are-what-was-set', server.subprotocols);
}

// Numbers beyond the safe integers are BigInts; a Number is what is read.
async function testBigInts() {
    const limits = new Wsp.Limits({max_message_size: 5n});
    const sizes = [limits.max_message_size];

    for (const write of [() => (limits.maxMessageSize = 6n), () => limits.set_max_message_size(7n),
        () => limits.set_property('max-message-size', 2n ** 60n)]) {
        write();
        sizes.push(limits.max_message_size);
    }
    ok(sizes.join() === `5,6,7,${2 ** 60}`, 'properties/bigint-is-taken', sizes);
    for (const [name, value, expected] of [['max_message_size', -1n, RangeError], ['max_message_size', 2n ** 64n, RangeError],
        ['max_message_size', 2n ** 64n, RangeError], ['max_fragments', 5n, TypeError]]) {
        const before = limits[name], error = await errorOf((async () => (limits[name] = value))());         // eslint-disable-line no-await-in-loop

        ok(error instanceof expected && error.message.includes('expected') && limits[name] === before,
            `properties/${name}-of-${value}n-is-a-${expected.name}`, error);
    }
}

// A handler sets a limit of its connection; the server's other connections and the server keep theirs.
async function testOwnLimits() {
    const accepted = [];

    await withPair(async connection => {
        accepted.push(connection);
        if (accepted.length === 1)
            connection.limits.max_message_size = 10;
        await echo(connection);
    }, async (first, server) => {
        const second = await Wsp.connect(wsp(server)), before = server.limits.max_message_size;

        await until(() => accepted.length === 2);
        ok(accepted[0].limits.max_message_size === 10 && before > 10 && accepted[1].limits.max_message_size === before,
            'properties/limits-of-a-connection-are-its-own', accepted.map(each => each.limits.max_message_size));
        server.limits.max_message_size = 20;
        ok(accepted[0].limits.max_message_size === 10 && accepted[1].limits.max_message_size === 20,
            'properties/limits-of-a-connection-follow-until-one-is-set', accepted.map(each => each.limits.max_message_size));
        second.abort();
    });
}

// A client that reads nothing misses messages, and then gets the next one.
async function testSlowReceiver() {
    const limits = new Wsp.Limits({max_send_queue: 2000000});
    const accepted = [], seen = [];
    const server = Wsp.serve(async connection => {
        accepted.push(connection);
        connection.connect('skipped', () => seen.push('skipped'));
        connection.connect('writable', () => seen.push('writable'));
        await echo(connection);
    }, null, null, {limits, slow_policy: Wsp.SlowPolicy.SKIP, max_send_delay: 60000});
    const client = await Wsp.connect(wsp(server));
    const data = new Uint8Array(100000);
    let nTaken = 0;

    await until(() => accepted.length === 1);
    for (let i = 0; i < 200; i++)
        nTaken += server.broadcast(data);
    await until(() => seen.length === 1);
    for (let i = 0; i < nTaken; i++)
        await client.recv();                    // eslint-disable-line no-await-in-loop
    await until(() => seen.length === 2);
    server.broadcast('state');
    ok(await client.recv() === 'state' && seen.join() === 'skipped,writable' &&
        accepted[0].dup_stats().messages_skipped === 200 - nTaken, 'broadcast/slow-receiver-is-skipped', seen);
    await server.close();
}

async function testBroadcast() {
    const accepted = [];

    await withPair(async connection => {
        accepted.push(connection);
        await echo(connection);
    }, async (first, server) => {
        const second = await Wsp.connect(wsp(server));

        await until(() => accepted.length === 2);
        ok(Wsp.broadcast(accepted.slice(1), 'some\0') === 1 && await second.recv() === 'some\0', 'broadcast/to-some', 'no message');
        ok(Wsp.broadcast(new Set(accepted), Uint8Array.of(1)) === 2 && (await first.recv()).length === 1 &&
            (await second.recv()).length === 1, 'broadcast/to-a-set', 'no message');
        ok(Wsp.broadcast(server.connections, 'list') === 2 && await first.recv() === 'list' && await second.recv() === 'list',
            'broadcast/to-a-list-model', 'no message');
        ok(Wsp.Message.new_text('plain').broadcast(accepted) === 2 && Wsp.broadcast([], 'a') === 0, 'broadcast/plain-and-to-none', 'other');
        for (const bad of [[null], ['a'], [server], 5]) {
            const error = await errorOf((async () => Wsp.broadcast(bad, 'a'))());

            ok(error instanceof TypeError, `broadcast/${typeof bad}-of-${bad[0]?.constructor.name}-is-refused`, error);
        }
    });
}

async function testTopics() {
    const accepted = [], finished = [];

    await withPair(connection => {
        accepted.push(connection);
        return new Promise(resolve => finished.push(resolve));
    }, async (client, server) => {
        const clients = [client, await Wsp.connect(wsp(server)), await Wsp.connect(wsp(server))];
        const got = [];

        await until(() => accepted.length === 3);
        const [first, second, third] = accepted;

        [first, second, second].forEach(connection => connection.subscribe('news'));
        third.subscribe('other');
        server.publish('news', 'one');
        server.publish('news', 'two', {exclude: first});
        server.publish('nobody', 'three');
        server.broadcast('end');
        for (const each of clients) {
            const texts = [];

            while (texts[texts.length - 1] !== 'end')
                texts.push(await each.recv());          // eslint-disable-line no-await-in-loop
            got.push(texts.join());
        }
        ok(got.join(' ') === 'one,end one,two,end end', 'topics/publish', got);
        ok(first.unsubscribe('news') && !first.unsubscribe('news') && third.unsubscribe('other'), 'topics/unsubscribe', 'other');
        second.abort();
        await until(() => second.state === Wsp.ConnectionState.CLOSED);
        const closed = await errorOf((async () => second.subscribe('news'))());

        ok(closed.matches(Wsp.Error, Wsp.Error.CLOSED), 'topics/closed-cannot-subscribe', closed);
        const stranger = await errorOf((async () => client.subscribe('news'))());

        ok(stranger.matches(Wsp.Error, Wsp.Error.INVALID_ARGUMENT), 'topics/client-cannot-subscribe', stranger);
        const names = Object.getOwnPropertySymbols(server).find(symbol => symbol.description === 'topics');

        ok(server[names].size === 0, 'topics/end-with-the-last-member', [...server[names].keys()]);
        first.subscribe('news');
        for (const [name, call] of Object.entries({topic: () => first.subscribe(5), message: () => server.publish('news', 5),
            exclude: () => server.publish('news', 'x', {exclude: 'x'}), option: () => server.publish('news', 'x', {exclud: first})})) {
            const error = await errorOf((async () => call())());         // eslint-disable-line no-await-in-loop

            ok(error instanceof TypeError, `topics/wrong-${name}-is-refused`, error);
        }
        const group = Wsp.Group.new(server);

        group.add(first);
        group.broadcast('to the group');
        group.broadcast('to nobody', {exclude: first});
        ok(group.get_n_members() === 1 && group.remove(first) && !group.remove(first), 'topics/group', group.get_n_members());
        first.queue_text('last');
        ok(await client.recv() === 'to the group' && await client.recv() === 'last', 'topics/group-broadcast', 'other');
        finished.forEach(resolve => resolve());
    });
}

async function writePieces(connection, options) {
    const out = connection.begin(Wsp.MessageType.TEXT, options);

    await out.write(long);
    await out.close();
}

const long = 'x'.repeat(1000);
const flags = {true: Wsp.SendFlags.DEFAULT, false: Wsp.SendFlags.NO_COMPRESSION};
// Each way to send a text to the client of a connection, compressed or not.
const WAYS = {
    'send': (_server, one, compress) => one.send(long, {compress}),
    'send-bytes': (_server, one, compress) => one.send(new Uint8Array(1000), {compress}),
    'send-message': (_server, one, compress) => one.send(Wsp.Message.new_text(long), {compress}),
    'send-pieces': (_server, one, compress) => one.send([long.slice(500), long.slice(500)], {compress}),
    'begin': (_server, one, compress) => writePieces(one, {compress}),
    'queue-message': (_server, one, compress) => one.queue_message(Wsp.Message.new_text(long), flags[compress]),
    'send-message-async': (_server, one, compress) => one.send_message_async(Wsp.Message.new_text(long), flags[compress]),
    'send-from-thread': (_server, one, compress) => one.send_from_thread(Wsp.Message.new_text(long), flags[compress]),
    'broadcast': (_server, one, compress) => Wsp.broadcast([one], long, {compress}),
    'broadcast-of-a-server': (server, _one, compress) => server.broadcast(long, {compress}),
    'broadcast-of-a-message': (_server, one, compress) => Wsp.Message.new_text(long).broadcast([one], flags[compress]),
};

async function testCompression() {
    const accepted = [], deflate = new Wsp.DeflateOptions();
    const server = Wsp.serve(connection => new Promise(resolve => {
        accepted.push(connection);
        connection.connect('closed', resolve);
    }), '127.0.0.1', 0, {deflate});
    const client = await Wsp.connect(wsp(server), {deflate});

    await until(() => accepted.length === 1);
    for (const [name, send] of Object.entries(WAYS)) {
        const lengths = [];

        for (const compress of [true, false]) {
            const before = client.dup_stats().bytes_received;

            await send(server, accepted[0], compress);
            const {length} = await client.recv();

            lengths.push(client.dup_stats().bytes_received - before);
            ok(length === 1000, `compression/${name}-${compress}-is-received`, length);
        }
        ok(lengths[0] < 100 && lengths[1] > 1000, `compression/${name}-as-the-option-says`, lengths);
    }
    client.abort();
    await server.close();
}

async function collect(connection, n, list = []) {
    for await (const data of connection) {
        list.push(data);
        if (list.length === n)
            break;
    }
    return list;
}

async function testLoops() {
    await withPair(echo, async connection => {
        const sent = Array.from({length: 1000}, (_, i) => `${i}`);

        sent.forEach(text => connection.send(text));
        const received = [...await collect(connection, 10), ...await collect(connection, 990)];

        ok(received.join() === sent.join(), 'loop/all-come-in-order', received.length);
        connection.send('one more');
        ok(await connection.recv() === 'one more', 'loop/left-early-closes-nothing', connection.close_info?.to_string());
        await connection.close();
        ok((await collect(connection, 1)).length === 0, 'loop/ends-after-a-clean-close', 'a message');
        const error = await errorOf(connection.recv());

        ok(isOf(error, Wsp.Error, Wsp.Error.CLOSED), 'recv/rejects-after-a-clean-close', error);
        ok(await errorOf(connection.close(4000, 'again')) === null, 'close/again-does-nothing', 'an error');
    });
    await withPair(async connection => {
        await connection.send('last');
        await connection.send('very last');
        await connection.flush_async();
        connection.abort();
    }, async connection => {
        const list = [];
        const error = await errorOf(collect(connection, 3, list));

        ok(list.join() === 'last,very last' && isOf(error, Wsp.Error, Wsp.Error.ABNORMAL_CLOSURE),
            'loop/throws-after-an-abnormal-close', `${list}: ${error}`);
        const again = await errorOf(connection.recv());

        ok(isOf(again, Wsp.Error, Wsp.Error.ABNORMAL_CLOSURE), 'recv/rejects-after-an-abnormal-close', again);
        const queued = await errorOf(connection.send('too late'));

        ok(isOf(queued, Wsp.Error, Wsp.Error.ABNORMAL_CLOSURE), 'send/rejects-after-the-end', queued);
    });
}

function withCallback(connection, name) {
    const args = name === 'receive_stream' ? [null] : [Wsp.Message.new_text('late'), Wsp.SendFlags.DEFAULT, null];

    return new Promise((resolve, reject) => {
        connection[`${name}_async`](...args, (_source, result) => {
            try {
                resolve(connection[`${name}_finish`](result));
            } catch (error) {
                reject(error);
            }
        });
    });
}

const AFTER_CLOSE = {
    recv: connection => connection.recv(),
    loop: connection => collect(connection, 1),
    messages: async connection => [await connection.messages().next()],
    stream: connection => connection.stream().next(),
    send: connection => connection.send('late'),
    'send-pieces': connection => connection.send(['late']),
    ping: connection => connection.ping(),
    promise: connection => connection.send_message_async(Wsp.Message.new_text('late')),
    callback: connection => withCallback(connection, 'send_message'),
    function: async connection => connection.queue_text('late'),
    'function-of-messages': async connection => connection.queue_message(Wsp.Message.new_text('late')),
};

// The error of a call has the code and the reason of the peer's Close; other errors have none.
async function testCloseCodes() {
    await withPair(async connection => {
        await connection.stream().next();
        await connection.close(4000, 'enough');
    }, async connection => {
        const out = connection.begin(Wsp.MessageType.BINARY);

        await out.write('begun');
        await errorOf(connection.recv());
        const written = await errorOf(out.write('more'));

        ok(written.close_code === 4000 && written.close_reason === 'enough', 'close-code/write', written);
        for (const [name, call] of Object.entries(AFTER_CLOSE)) {
            const error = await errorOf(call(connection));

            ok(isOf(error, Wsp.Error, Wsp.Error.CLOSED) && error.close_code === 4000 && error.close_reason === 'enough' &&
                error.code === Wsp.Error.CLOSED, `close-code/${name}`, `${error} ${error?.close_code}`);
        }
    });
    await withPair(connection => connection.abort(), async connection => {
        const error = await errorOf(connection.recv());

        ok(error?.close_code === 1006 && error.close_reason === null, 'close-code/1006-without-a-close', error?.close_code);
    });
    await withPair(connection => connection.recv(), async connection => {
        const error = await errorOf(connection.recv({timeout: 1}));

        ok(error && !('close_code' in error), 'close-code/other-errors-have-none', error);
    });
}

// A peer that sends more than the queue holds, and a reader that begins late.
async function testFullQueue() {
    await withPair(async connection => {
        for (let i = 0; i < 500; i++)
            await connection.send(i % 2 ? `${i}` : new Uint8Array(20000).fill(i));
        await connection.close(1001);
    }, async connection => {
        await connection.recv();
        await later(50);
        const list = await collect(connection, 1000);

        ok(list.length === 499 && list.every((data, i) => typeof data === 'string' ? data === `${i + 1}` : data[0] === (i + 1) % 256),
            'queue/slow-reader-gets-all-in-order', list.length);
        ok(connection.close_info.get_peer_code() === 1001, 'queue/close-comes-last', connection.close_info.to_string());
    });
}

async function testCancel() {
    await withPair(echo, async connection => {
        for (const round of [1, 2, 3]) {
            const cancellable = new Gio.Cancellable();
            const waiting = connection.recv({cancellable});
            const second = await errorOf(connection.recv());

            ok(isOf(second, Gio.IOErrorEnum, Gio.IOErrorEnum.PENDING), `cancel/${round}/second-recv-is-refused`, second);
            connection.queue_text(`${round}`);
            cancellable.cancel();
            const error = await errorOf(waiting);

            ok(isOf(error, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED), `cancel/${round}/recv-rejects`, error);
            ok(await connection.recv({timeout: 30000}) === `${round}`, `cancel/${round}/no-message-is-lost`, 'lost');
        }
        const late = await errorOf(connection.recv({timeout: 10}));

        ok(isOf(late, Gio.IOErrorEnum, Gio.IOErrorEnum.TIMED_OUT), 'cancel/timeout', late);
        const cancelled = new Gio.Cancellable();

        cancelled.cancel();
        ok(isOf(await errorOf(connection.recv({cancellable: cancelled})), Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED),
            'cancel/before-the-call', 'no error');
        const taken = connection.recv();

        connection.set_message_func(() => {});
        ok(isOf(await errorOf(taken), Wsp.Error, Wsp.Error.INVALID_OPERATION), 'cancel/function-of-the-program-ends-recv', 'waits');
        connection.set_message_func(null);
        const aborted = connection.recv();

        connection.abort();
        ok(await errorOf(aborted) !== null, 'cancel/abort-ends-recv', 'waits');
        const uri = connection.uri, cancellable = new Gio.Cancellable();
        const connecting = Wsp.connect(uri, {cancellable});

        cancellable.cancel();
        ok(isOf(await errorOf(connecting), Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED), 'cancel/connect', 'no error');
    });
}

async function testStreams() {
    const size = 8 * MIB + 5;
    const digest = pieces => {
        const checksum = new GLib.Checksum(GLib.ChecksumType.SHA256);

        pieces.forEach(piece => checksum.update(piece));
        return checksum.get_string();
    };

    await withPair(async connection => {
        for (;;) {
            const pieces = [], stream = connection.stream();

            for await (const piece of stream)
                pieces.push(piece);
            if (stream.message_type === null)
                break;
            await connection.send(`${stream.message_type} ${pieces.reduce((sum, piece) => sum + piece.length, 0)} ${digest(pieces)}`);
        }
    }, async connection => {
        const out = connection.begin(), pieces = [];

        for (let left = size, i = 0; left > 0; i++) {
            const piece = new Uint8Array(Math.min(left, 300001)).fill(i);

            await out.write(piece);
            pieces.push(piece);
            left -= piece.length;
        }
        await out.close();
        const answer = await connection.recv();

        ok(answer === `${Wsp.MessageType.BINARY} ${size} ${digest(pieces)}`, 'stream/eight-mebibytes', answer);
        const text = connection.begin(Wsp.MessageType.TEXT);

        await text.write('Grüße');
        const later = connection.send('another');

        await text.close();
        ok(await connection.recv() === `1 7 ${digest([new TextEncoder().encode('Grüße')])}`, 'stream/text', 'other');
        await later;
        ok(await connection.recv() === `1 7 ${digest([new TextEncoder().encode('another')])}`, 'stream/another-message-comes-after-it', 'other');
        ok(await errorOf(text.write('more')) !== null, 'stream/write-after-close-rejects', 'no error');
        const other = connection.begin();

        for (const bad of [5, null, {}])
            ok(await errorOf(other.write(bad)) instanceof TypeError, `stream/${bad}-is-refused`, 'no error');
        await other.close();
    });
    await withPair(async connection => {
        for (const text of ['a', 'b', ''])
            await connection.send(text);
        await collect(connection, 1);
    }, async connection => {
        const texts = [await connection.recv()];

        await later(20);
        for (let i = 0; i < 2; i++) {
            for await (const chunk of connection.stream())
                texts.push(new TextDecoder().decode(chunk));
        }
        ok(texts.join() === 'a,b', 'stream/takes-what-was-read-ahead', texts);
    });
    await withPair(async connection => {
        await connection.send(new Uint8Array(MIB));
        await connection.send('after');
        await collect(connection, 1);
    }, async connection => {
        for await (const chunk of connection.stream()) {
            const error = await errorOf(connection.recv());

            ok(chunk.length > 0 && isOf(error, Gio.IOErrorEnum, Gio.IOErrorEnum.PENDING), 'stream/recv-meanwhile-is-refused', error);
            break;
        }
        ok(await connection.recv() === 'after', 'stream/left-early-skips-the-rest', 'other');
    });
}

// Name, handler, close code that the client receives, stacks that are logged.
const HANDLERS = [
    ['returns', () => {}, 1000, 0],
    ['throws', () => {
        throw new Error('as the test wants');
    }, 1011, 1],
    ['throws-null', () => {
        throw null;                     // eslint-disable-line no-throw-literal
    }, 1011, 1],
    ['rejects', async () => {
        await later();
        throw new Error('as the test wants');
    }, 1011, 1],
    ['throws-in-its-loop', async connection => {
        for await (const data of connection)
            throw new Error(`${data}, as the test wants`);
    }, 1011, 1],
    ['closes', connection => connection.close(4002, 'done'), 4002, 0],
];

async function testHandlers() {
    for (const [name, handler, code, nStacks] of HANDLERS) {
        nLogged = 0;
        await withPair(handler, async connection => {
            await errorOf(connection.send('first'));
            await errorOf(connection.recv());
            await until(() => nLogged === nStacks);
            ok(connection.peer_close_code === code, `serve/handler-${name}`, `${connection.close_info?.to_string()}; ${nLogged} logged`);
        });
    }
    nLogged = 0;
    await withPair(async connection => {
        for (;;)
            await connection.recv();
    }, async connection => connection.abort());
    ok(nLogged === 0, 'serve/peer-that-leaves-is-no-fault', nLogged);
    for (const handler of [null, 5, 'text', undefined]) {
        let error = null;

        try {
            Wsp.serve(handler);
        } catch (thrown) {
            error = thrown;
        }
        ok(error instanceof TypeError, `serve/handler-${handler}-is-refused`, error);
    }
    const unknown = await errorOf(Wsp.connect('ws://localhost/', {no_such: 1}));

    ok(unknown instanceof TypeError && unknown.message.includes('no_such'), 'connect/unknown-option-is-refused', unknown);
    const bad = await errorOf(Wsp.connect('http://localhost/'));

    ok(isOf(bad, Wsp.Error, Wsp.Error.INVALID_ARGUMENT), 'connect/bad-uri-is-refused', bad);
}

async function testOptions() {
    const server = Wsp.serve(async connection => {
        const {request_headers: headers} = connection.handshake;

        await connection.send([headers.get_one('X-One'), connection.subprotocol, headers.get_one('Origin')].join());
    }, '127.0.0.1', 0, {subprotocols: ['b', 'a'], allowed_origins: ['https://a.example']});

    for (const [name, headers] of [['object', {'X-One': 1}], ['pairs', [['X-One', '1']]]]) {
        const connection = await Wsp.connect(wsp(server), {subprotocols: ['a'], headers, origin: 'https://a.example', timeout: 5000});

        ok(await connection.recv() === '1,a,https://a.example', `connect/headers-as-${name}`, 'other');
    }
    const connections = await Promise.all(Array.from({length: 20}, () => Wsp.connect(wsp(server), {origin: 'https://a.example',
        subprotocols: ['b']})));
    const ends = connections.map(connection => errorOf(collect(connection, 2)));
    let isOver = false;

    server.wait_closed().then(() => (isOver = true));
    ok(!isOver, 'serve/wait-closed-waits', 'closed');
    await server.close();
    ok(server.connections.get_n_items() === 0 && isOver, 'serve/close-leaves-no-connection', server.connections.get_n_items());
    await Promise.all(ends);
    ok(connections.every(connection => [1000, 1001].includes(connection.peer_close_code)), 'serve/close-is-clean',
        connections.map(connection => connection.peer_close_code));
}

async function testDrain() {
    const server = Wsp.serve(echo);
    const connection = await Wsp.connect(wsp(server));
    const resumed = errorOf(server.drain(1001, null, {lead: 100000}));

    ok(server.draining, 'drain/is-told', 'not draining');
    ok(server.dup_stats().connections_open === 1 && server.dup_stats().get_closed(1001) === 0, 'server-stats/counts', 'other numbers');
    server.resume();
    const error = await resumed;

    ok(isOf(error, Wsp.Error, Wsp.Error.INVALID_OPERATION) && !server.draining, 'drain/resumed', error);
    const end = errorOf(collect(connection, 2));

    await server.drain(1001, 'moved', {lead: 0, spread: 10});
    await end;
    await server.wait_closed();
    ok(connection.peer_close_code === 1001 && connection.peer_close_reason === 'retry-after=0; moved' &&
        server.listeners.get_n_items() === 0, 'drain/close', `${connection.peer_close_code} ${connection.peer_close_reason}`);

    const other = Wsp.serve(() => new Promise(() => {}));
    const cancellable = new Gio.Cancellable();
    const peer = await Wsp.connect(wsp(other));
    const cancelled = errorOf(other.drain(1001, null, {lead: 100000, cancellable}));

    cancellable.cancel();
    ok(isOf(await cancelled, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED), 'drain/cancelled-aborts', await cancelled);
    await other.wait_closed();
    await errorOf(peer.recv());
}

// A client that is faster than its server waits in send ().
async function testBackPressure() {
    let isReading;
    const reading = new Promise(resolve => (isReading = resolve));

    await withPair(async connection => {
        await reading;
        for await (const data of connection)
            await connection.send(`${data.length}`);
    }, async connection => {
        let nSent = 0, largest = 0;
        const sending = (async () => {
            for (; nSent < 64; nSent++) {
                await connection.send(new Uint8Array(MIB));
                largest = Math.max(largest, connection.get_send_queue_bytes());
            }
        })();

        await until(() => connection.get_send_queue_bytes() > connection.limits.send_high_water_mark);
        await later(20);
        const nBefore = nSent;

        isReading();
        await Promise.all([sending, collect(connection, 64)]);
        ok(nBefore < 64 && nSent === 64 && largest < 3 * MIB, 'send/waits-until-writable', `${nBefore} first, ${largest} bytes queued`);
    });
    await withPair(() => new Promise(() => {}), async connection => {
        let nSettled = 0;
        const sending = Array.from({length: 100}, () => errorOf(connection.send(new Uint8Array(150000))).finally(() => nSettled++));

        await until(() => connection.get_send_queue_bytes() > connection.limits.send_high_water_mark);
        const nBefore = nSettled;

        connection.abort();
        const errors = await Promise.all(sending);

        ok(nBefore < 50 && errors.slice(50).every(error => isOf(error, Wsp.Error, Wsp.Error.CLOSED) || isOf(error, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED)),
            'send/hundred-that-wait-end-with-the-connection', `${nBefore} ${errors.slice(50)}`);
    });
}

// A client's connection that is dropped before it was started is collected, and its transport ends.
async function testDrop() {
    const server = Wsp.serve(echo, '127.0.0.1', 0);

    await (async () => {
        const connection = await Wsp.connect(wsp(server));

        await connection.send('a');
    })();
    for (let i = 0; i < 100 && server.connections.get_n_items() > 0; i++) {
        await later(2);
        System.gc();
    }
    ok(server.connections.get_n_items() === 0, 'references/dropped-connection-ends', 'it stays');
    await server.close();
}

async function testServedTwice() {
    const server = Wsp.serve(echo, '127.0.0.1');
    const error = await errorOf((async () => Wsp.serve(echo, '127.0.0.1', 0, {server}))());

    ok(error instanceof Error && error.message.startsWith('Server has a handler'), 'serve/a-server-twice-is-refused', error);
    await server.close();
    const same = Wsp.serve(echo, '127.0.0.1', 0, {server});
    const connection = await Wsp.connect(wsp(same));

    await connection.send('again');
    ok(same === server && await connection.recv() === 'again', 'serve/a-server-that-was-closed-serves-again', same);
    await connection.close();
    await server.close();
    const second = new Wsp.Server(), first = Wsp.serve(echo, '127.0.0.1');

    await errorOf((async () => Wsp.serve(echo, '127.0.0.1', first.port, {server: second}))());
    ok(Wsp.serve(echo, '127.0.0.1', 0, {server: second}).port > 0, 'serve/a-port-that-is-taken-leaves-no-handler', second.port);
    await first.close();
    await second.close();
}

// Close code of the server, whether a loop throws after it.
async function testLoopCodes() {
    for (const [code, isFailure] of [[1000, false], [1001, false], [1002, true], [1003, true], [1005, false], [1007, true], [1008, true],
        [1009, true], [1010, true], [1011, true], [1012, true], [1013, true], [1014, true], [3000, true], [3999, true], [4000, true], [4999, true]]) {
        await withPair(connection => connection.close(code), async connection => {
            for (const [name, loop] of Object.entries({data: connection, messages: connection.messages(), stream: connection.stream()})) {
                const error = await errorOf((async () => {
                    for await (const data of loop)
                        ok(false, `loop/message-before-${code}`, data);
                })());

                ok(isFailure ? isOf(error, Wsp.Error, Wsp.Error.CLOSED) : error === null,
                    `loop/${name}-${isFailure ? 'throw' : 'end'}-after-${code}`, error);
            }
        });
    }
}

// Name, a call with an option that is wrong, its exception where that is no TypeError.
const BAD_OPTIONS = [
    ...[-1, NaN, Infinity, 1e12].map(timeout => [`recv-timeout-${timeout}`, connection => connection.recv({timeout}), RangeError]),
    ...['x', null].map(timeout => [`recv-timeout-${timeout}`, connection => connection.recv({timeout})]),
    ...[-1, NaN, 2 ** 32].map(timeout => [`connect-timeout-${timeout}`, ({uri}) => Wsp.connect(uri, {timeout}), RangeError]),
    ['connect-limits-of-null', ({uri}) => Wsp.connect(uri, {limits: null})],
    ['connect-limits-of-an-object', ({uri}) => Wsp.connect(uri, {limits: {max_message_size: 5}})],
    ['serve-limits-of-null', async () => Wsp.serve(echo, '127.0.0.1', 0, {limits: null})],
    ['serve-port', async () => Wsp.serve(echo, '127.0.0.1', 'x')],
    ['close-code', connection => connection.close('x')],
    ['begin-type', async connection => connection.begin('text')],
    ['recv-misspelled', connection => connection.recv({timout: 5})],
    ['recv-number', connection => connection.recv(5)],
    ['recv-other-cancellable', connection => connection.recv({cancellable: {is_cancelled: () => false}})],
    ['stream-misspelled', async connection => connection.stream({cancelable: null})],
    ['ping-misspelled', connection => connection.ping(null, {cancelable: null})],
    ['close-misspelled', connection => connection.close(1000, null, {cancelable: null})],
    ['server-drain-misspelled', (_connection, server) => server.drain(1001, null, {leed: 1})],
    ['server-drain-lead', (_connection, server) => server.drain(1001, null, {lead: -1}), RangeError],
    ['server-close-misspelled', (_connection, server) => server.close(1001, null, {gracee: 1})],
    ['server-close-grace', (_connection, server) => server.close(1001, null, {grace: -1}), RangeError],
    ['connect-method', ({uri}) => Wsp.connect(uri, {connect_async: 5})],
    ['connect-method-of-objects', ({uri}) => Wsp.connect(uri, {toString: 5})],
    ['connect-no-number', ({uri}) => Wsp.connect(uri, {timeout: 'abc'})],
    ['connect-other-client', ({uri}) => Wsp.connect(uri, {client: 5})],
    ['connect-headers-of-number', ({uri}) => Wsp.connect(uri, {headers: 5})],
    ['connect-header-of-null', ({uri}) => Wsp.connect(uri, {headers: {a: null}})],
    ['serve-method', async () => Wsp.serve(echo, '127.0.0.1', 0, {toString: 5})],
    ['serve-what-is-only-read', async () => Wsp.serve(echo, '127.0.0.1', 0, {connections: 5})],
];

async function testBadOptions() {
    await withPair(echo, async (connection, server) => {
        for (const [name, call, expected = TypeError] of BAD_OPTIONS) {
            const error = await Promise.race([errorOf(call(connection, server)), later(1000)]);

            ok(error instanceof expected && error.message.includes('expected'), `options/${name}-is-a-${expected.name}`, error);
        }
        connection.queue_text('a');
        ok(await connection.recv() === 'a', 'options/wrong-ones-leave-the-next-call-alone', 'other');
    });
}

// A stream that is left, or called again, at odd moments. The server sends what it is asked for, then a text.
async function testLeftStreams() {
    const send = async connection => {
        await connection.recv();
        await connection.send(new Uint8Array(MIB));
        await connection.send('after');
        await errorOf(connection.recv());
    };
    const isAfter = async connection => await Promise.race([connection.recv(), later(5000)]) === 'after';

    await withPair(send, async connection => {
        const chunks = connection.stream(), both = [chunks.next(), chunks.next()];

        await connection.send('go');
        const results = await Promise.all(both.map(errorOf));

        ok(results.join() === ',', 'stream/two-calls-of-next-wait-for-each-other', results);
        await chunks.return();
        ok(await isAfter(connection), 'stream/two-calls-of-next-then-recv', 'other');
    });
    await withPair(send, async connection => {
        const chunks = connection.stream(), waiting = chunks.next();

        await later();
        await chunks.return();
        ok((await waiting).done, 'stream/left-before-its-message-ends-next', 'not done');
        await connection.send('go');
        ok(await errorOf(connection.recv()) === null, 'stream/left-before-its-message-loses-none', 'an error');
    });
    await withPair(send, async connection => {
        const chunks = connection.stream();

        await connection.send('go');
        await chunks.next();
        const waiting = errorOf(chunks.next()), error = await errorOf((async () => chunks.return())());

        ok(error === null && await waiting === null, 'stream/left-while-next-reads', error);
        ok(await isAfter(connection), 'stream/left-while-next-reads-then-recv', 'other');
    });
    await withPair(echo, async connection => {
        const chunks = connection.stream();

        await chunks.return();
        await connection.send('a');
        ok((await chunks.next()).done && await errorOf(connection.recv()) === null, 'stream/left-before-it-began-takes-nothing', 'a chunk');
        const read = connection.stream();

        await connection.send('b');
        for await (const chunk of read)
            ok(chunk.length === 1, 'stream/one-chunk', chunk.length);
        const again = await read.next().catch(error => error);

        ok(again.done === true, 'stream/next-after-the-end-is-done', again);
    });
}

// A handler that throws while its connection is open is at fault, even if it throws the end of another connection.
async function testOddHandlers() {
    const other = Wsp.serve(() => {}, '127.0.0.1', 0);
    const closed = await Wsp.connect(wsp(other));
    const throwing = new Proxy({}, {getPrototypeOf() {
        throw new Error('as the test wants');
    }});

    await errorOf(closed.recv());
    for (const [name, handler] of [['closed-of-another', () => closed.recv()], ['proxy', () => {
        throw throwing;
    }]]) {
        await withPair(handler, async connection => {
            await Promise.race([errorOf(connection.recv()), later(2000)]);
            ok(connection.peer_close_code === 1011, `serve/handler-throws-${name}`, connection.close_info?.to_string());
        });
    }
    unexpected.splice(0, unexpected.length, ...unexpected.filter(text => !text.startsWith('JS ERROR: Handler of the server: ')));
    const ends = await Promise.all([other.close(), other.close()].map(errorOf));

    ok(ends.join() === ',', 'serve/second-close-joins-the-first', ends);
}

// U+0000 is the one character that a Close of Wsp.WebSocket cannot have.
async function testSocketNul() {
    const server = Wsp.serve(echo, '127.0.0.1', 0);
    const socket = new Wsp.WebSocket(wsp(server));
    const ended = new Promise(resolve => (socket.onclose = resolve));
    let error = null;

    await new Promise(resolve => (socket.onopen = resolve));
    error = await errorOf((async () => socket.close(3000, 'a\0b'))());
    ok(error?.name === 'SyntaxError' && socket.readyState === 1, 'web-socket/nul-in-a-reason-is-refused', error);
    error = await errorOf((async () => new Wsp.WebSocket(`${wsp(server)}\0`))());
    ok(error?.name === 'SyntaxError', 'web-socket/nul-in-a-url-is-refused', error);
    if (socket.readyState === 1)
        socket.close();
    await Promise.race([ended, later(1000)]);
    await server.close();
}

function signalsOf(object) {
    return GObject.signal_list_ids(object.constructor.$gtype).map(id => GObject.signal_query(id).signal_name);
}

// A handler of each signal throws; those that decide about a request are tested by test-server.js.
function failEverywhere(object, except = []) {
    const names = [...signalsOf(object), 'notify'].filter(name => !except.includes(name));

    for (const name of names) {
        object.connect(name, () => {
            throw new Error(`${name} failed, as the test wants`);
        });
    }
}

async function testThrowingHandlers() {
    nLogged = 0;
    await withPair(async connection => {
        failEverywhere(connection, ['message']);        // recv () gets the messages
        await echo(connection);
    }, async (connection, server) => {
        failEverywhere(connection, ['message']);        // recv () gets the messages
        failEverywhere(server, ['request', 'http-request']);
        (await Wsp.connect(wsp(server))).abort();
        connection.ping_async(null, null, () => {
            throw new Error('callback failed, as the test wants');
        });
        await connection.send('a');
        ok(await connection.recv() === 'a', 'handlers/that-throw-leave-the-connection-open', connection.close_info?.to_string());
        await connection.close(4000);
        ok(connection.peer_close_code === 4000 && nLogged > 5, 'handlers/that-throw-are-logged', `${connection.peer_close_code}; ${nLogged} logged`);
    });
}

const large = new Uint8Array(8 * MIB);

// Name, a call that takes a while, and ends when its cancellable is cancelled.
const CANCELLED = [
    ['recv', (connection, cancellable) => connection.recv({cancellable})],
    ['stream', (connection, cancellable) => connection.stream({cancellable}).next()],
    ['write', (connection, cancellable) => connection.begin().write(large, {cancellable})],
    ['ping', (connection, cancellable) => connection.ping(null, {cancellable})],
    ['close', (connection, cancellable) => connection.close(1000, null, {cancellable})],
    ['receive-async', (connection, cancellable) => connection.receive_async(cancellable)],
    ['receive-stream-async', (connection, cancellable) => connection.receive_stream_async(cancellable)],
    // A message of which a part has left cannot be taken back: this one waits for another one.
    ['send-message-async', (connection, cancellable) => {
        connection.queue_binary(large);
        return connection.send_message_async(Wsp.Message.new_text('a'), null, cancellable);
    }],
    ['flush-async', (connection, cancellable) => connection.flush_async(cancellable)],
    ['connect', ({uri}, cancellable) => Wsp.connect(uri, {cancellable})],
    ['server-close', (_connection, cancellable, server) => server.close(1001, null, {cancellable})],
];

async function testCancelledCalls() {
    for (const [name, call] of CANCELLED) {
        const errors = [];

        for (let nTurns = 0; nTurns < 5; nTurns++) {
            await withPair(connection => new Promise(resolve => connection.connect('closed', resolve)), async (connection, server) => {
                const cancellable = new Gio.Cancellable();
                const waiting = errorOf(call(connection, cancellable, server));

                for (let i = 0; i < nTurns; i++)
                    await later();
                cancellable.cancel();
                errors.push(await Promise.race([waiting, later(10000).then(() => 'waits')]));
            });
            System.gc();                // GJS 1.74 drops callbacks between the slices of a collection
        }
        ok(errors.every(error => error === null || isOf(error, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED)), `cancel/${name}-at-each-turn`, errors);
    }
}

// A call that was cancelled behind a full queue has sent nothing: the peer reads only afterwards.
async function testWithdrawn() {
    const calls = {
        'send-message-async': (connection, cancellable) => connection.send_message_async(Wsp.Message.new_text('withdrawn'), 0, cancellable),
        'write': (connection, cancellable) => connection.begin(Wsp.MessageType.TEXT).write('withdrawn', {cancellable}),
        'write-of-several-pieces': (connection, cancellable) => connection.begin(Wsp.MessageType.TEXT).write('w'.repeat(200000), {cancellable}),
    };

    for (const [name, call] of Object.entries(calls)) {
        let go = null;
        const texts = [], wait = new Promise(resolve => (go = resolve));

        await withPair(async connection => {
            await wait;
            for await (const data of connection) {
                if (typeof data === 'string')
                    texts.push(data);
            }
        }, async connection => {
            const cancellable = new Gio.Cancellable();

            for (let i = 0; i < 12; i++)
                connection.queue_binary(new Uint8Array(MIB));
            const waiting = errorOf(call(connection, cancellable));

            await later();
            cancellable.cancel();
            const error = await waiting;

            go();
            await connection.send('end');
            await connection.close();
            ok(isOf(error, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED) && `${texts}` === 'end', `cancel/${name}-is-withdrawn`, `${error} ${texts.length}`);
        });
    }
}

const REQUEST = ['GET / HTTP/1.1', 'Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13', '', ''].join('\r\n');

// Calls back with a server and its connection to a peer that does not answer a Close.
async function withSilentPeer(use) {
    const connections = [];
    const server = Wsp.serve(connection => new Promise(resolve => {
        connection.connect('closed', resolve);
        connections.push(connection);
    }), '127.0.0.1', 0);
    const peer = new Gio.SocketClient().connect_to_host('127.0.0.1', server.port, null);

    peer.output_stream.write_all(REQUEST, null);
    await until(() => connections.length > 0);
    await use(server, connections[0]);
    peer.close(null);
}

// To cancel is to stop waiting politely: the connections are aborted.
async function testCancelledCloses() {
    for (const when of ['before', 'while-it-waits']) {
        const isBefore = when === 'before';

        await withSilentPeer(async (server, connection) => {
            const cancellable = new Gio.Cancellable();

            if (isBefore)
                cancellable.cancel();
            const waiting = errorOf(connection.close(1000, null, {cancellable}));

            await later(20);
            cancellable.cancel();
            ok(isOf(await waiting, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED), `cancel/${when}/close-rejects`, await waiting);
            await until(() => connection.state === Wsp.ConnectionState.CLOSED);
            const info = connection.close_info.to_string();

            ok(info.includes('aborted') && info.includes('we sent no Close') === isBefore, `cancel/${when}/close-aborts`, info);
            await server.close();
        });
        await withSilentPeer(async (server, connection) => {
            const cancellable = new Gio.Cancellable();
            const other = isBefore ? server.wait_closed() : errorOf(server.close(1001, null, {grace: 100000}));

            if (isBefore)
                cancellable.cancel();
            const waiting = errorOf(server.close(1001, null, {grace: 100000, cancellable}));

            await later(20);
            cancellable.cancel();
            ok(isOf(await waiting, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED), `cancel/${when}/close-of-a-server-rejects`, await waiting);
            ok(!await other, `cancel/${when}/the-other-call-resolves`, await other);
            await server.wait_closed();
            await until(() => connection.state === Wsp.ConnectionState.CLOSED);
            const info = connection.close_info.to_string();

            ok(info.includes('aborted') && info.includes('we sent no Close') === isBefore, `cancel/${when}/close-of-a-server-aborts`, info);
        });
    }
}

async function testInvoke() {
    await withPair(echo, async connection => {
        const called = [];

        connection.invoke(self => called.push(self === connection, self.state));
        ok(called.length === 0, 'invoke/never-at-once', called);
        await until(() => called.length > 0);
        ok(called[0] && called[1] === Wsp.ConnectionState.OPEN, 'invoke/calls-with-the-connection', called);
        await connection.close();
        connection.invoke(self => called.push(self.state));
        await until(() => called.length > 2);
        ok(called[2] === Wsp.ConnectionState.CLOSED, 'invoke/calls-after-the-end', called);
        ok(connection.is_writable() && connection.dup_main_context() !== null, 'invoke/main-context', 'none');
    });
}

async function main() {
    testFunctions(ARGV[0]);
    for (const test of [testPlain, testProperties, testBigInts, testOwnLimits, testBroadcast, testSlowReceiver, testTopics, testCompression, testData, testBadData, testLoops, testCloseCodes, testFullQueue, testCancel, testStreams, testHandlers, testOptions, testDrain,
        testLoopCodes, testServedTwice, testBadOptions, testLeftStreams, testOddHandlers, testThrowingHandlers, testCancelledCalls, testWithdrawn, testCancelledCloses, testInvoke, testSocketNul, testBackPressure, testDrop])
        await test();
}

GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR);
GLib.log_set_writer_func((level, fields) => {
    const message = new TextDecoder().decode(fields.MESSAGE);

    if (message.includes('as the test wants') || message.startsWith('JS ERROR: Handler of the server: [object Object]'))
        nLogged++;
    else if (level & (GLib.LogLevelFlags.LEVEL_CRITICAL | GLib.LogLevelFlags.LEVEL_WARNING))
        unexpected.push(message);
    return GLib.LogWriterOutput.HANDLED;
});
run(main);
ok(unexpected.length === 0, 'no-warning', unexpected.join('\n#   '));
end();
