// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Wsp.reconnect () and the option prepare. test_reconnect.py is the same in Python.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, GObject, Wsp} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, end, errorOf, ok, run} = imports.tap;

begin('/bindings/reconnect/gjs', 60);

const SHORT = {min_delay: 1, max_delay: 2, spread: 1};
const LIMIT = 30e6;             // microseconds
const lines = [];               // of the log

function turn() {
    return new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_LOW, 1, () => {
        resolve();
        return GLib.SOURCE_REMOVE;
    }));
}

async function until(isOver) {
    const start = GLib.get_monotonic_time();

    while (!isOver() && GLib.get_monotonic_time() < start + LIMIT)
        await turn();                   // eslint-disable-line no-await-in-loop
    return isOver();
}

async function collect(iterable) {
    const all = [];

    for await (const one of iterable)
        all.push(one);
    return all;
}

async function hold(connection) {
    await connection.recv();
}

// A server; `ends` has what it does with each connection, the last of them with all later ones.
class Site {
    constructor({ends = [hold], statuses = []} = {}) {
        const server = new Wsp.Server();

        this.theirs = [];
        this.codes = [];
        this.tokens = [];
        server.connect('request', (_server, handshake) => {
            this.tokens.push(handshake.get_request_header('Authorization'));
            if (statuses.length > 0)
                handshake.reject(statuses.shift(), {'X-Why': 'because'}, 'body');
            return true;
        });
        this.server = Wsp.serve(connection => {
            this.theirs.push(connection);
            connection.connect('closed', () => this.codes.push(connection.close_info.get_peer_code()));
            return ends[Math.min(this.theirs.length, ends.length) - 1](connection);
        }, '127.0.0.1', 0, {server});
        this.uri = `ws://127.0.0.1:${this.server.port}/`;
    }
}

async function testTurns() {
    const site = new Site();
    let n = 0;

    for await (const connection of Wsp.reconnect(site.uri, SHORT)) {
        n++;
        ok(`${site.codes}` === `${Array(n - 1).fill(1000)}` && connection.state === Wsp.ConnectionState.OPEN, `turn-${n}-has-closed-the-one-before`, site.codes);
        if (n === 3)
            break;
    }
    ok(await until(() => `${site.codes}` === '1000,1000,1000'), 'break-closes-with-1000', site.codes);
    const times = [];

    for await (const connection of Wsp.reconnect(site.uri, {minDelay: 50, spread: 1})) {
        times.push(GLib.get_monotonic_time() + 0 * connection.state);
        if (times.length === 3)
            break;
    }
    ok(times[1] - times[0] >= 50e3 && times[2] - times[1] >= 50e3, 'an-empty-body-keeps-to-min-delay', times);
    await site.server.close();
}

// A connection is opened for a turn that waits for it: each message of a server that closes at once has its turn.
async function testLongTurn() {
    const sendOrder = async connection => {
        await connection.send(`order ${site.theirs.length}`);
    };
    const site = new Site({ends: [sendOrder]});
    const received = [];
    const opened = [];
    const loop = Wsp.reconnect(site.uri, SHORT);

    for await (const connection of loop) {
        received.push(...await collect(connection));
        await until(() => !loop.reconnector.active || site.theirs.length > received.length + 1);
        opened.push(site.theirs.length);
        if (opened.length === 3)
            break;
    }
    ok(`${received}` === 'order 1,order 2,order 3', 'long-turns-lose-no-message', received);
    ok(`${opened}` === '1,2,3', 'a-long-turn-opens-no-connection', opened);
    await site.server.close();
}

const leaveWith = code => async connection => {
    await connection.send('x');
    await connection.close(code);
};

// How the server ends a connection.
const ENDS = {
    '1000': leaveWith(1000),
    '1001': leaveWith(1001),
    '1011': leaveWith(1011),
    '4000': leaveWith(4000),
    'abort': async connection => {
        await connection.send('x');
        await until(() => connection.send_queue_bytes === 0);
        connection.abort();
    },
    '1007': async connection => {
        await connection.send('x');
        connection.fail(new GLib.Error(Wsp.Error, Wsp.Error.INVALID_UTF8, 'as the test wants'));
    },
};

// The peer reads this instead of a Close.
async function writeNoFrame(connection) {
    connection.io_stream.get_output_stream().write_all(new Uint8Array(4).fill(0xff), null);
    await errorOf(connection.recv());
}

async function testEnds() {
    for (const [name, leave] of Object.entries(ENDS)) {
        const site = new Site({ends: [leave]});
        const seen = [];

        for await (const connection of Wsp.reconnect(site.uri, SHORT)) {
            if (seen.length === 0) {
                seen.push(await collect(connection));
            } else if (seen.length === 1) {
                seen.push((await collect(connection.messages())).length);
            } else {
                await connection.recv();
                seen.push(await errorOf(connection.recv()), await errorOf(connection.send('x')));
                break;
            }
        }
        ok(`${seen[0]}` === 'x', `${name}/loop-over-messages-ends-silently`, seen);
        ok(seen[1] === 1, `${name}/messages-ends-silently`, seen);
        ok(seen[2] instanceof GLib.Error && seen[3] instanceof GLib.Error, `${name}/recv-and-send-throw`, seen);
        await site.server.close();
    }
    for (const [name, messages] of [['loop-over-messages', connection => connection], ['messages', connection => connection.messages()]]) {
        const site = new Site();
        let error = null;

        for await (const connection of Wsp.reconnect(site.uri, SHORT)) {
            connection.connect('message', () => {});
            error = await errorOf(collect(messages(connection)));
            break;
        }
        ok(error?.matches(Wsp.Error, Wsp.Error.INVALID_OPERATION), `${name}-beside-a-handler-throws`, error);
        await site.server.close();
    }
    const wrong = new Site({ends: [writeNoFrame]});
    let n = 0;

    for await (const connection of Wsp.reconnect(wrong.uri, SHORT)) {
        n += connection ? 1 : 0;
        if (n === 3)
            break;
    }
    ok(n === 3, 'a-peer-that-breaks-the-protocol-ends-no-loop', n);
    await wrong.server.close();
    const site = new Site({ends: [ENDS.abort]});
    const error = await errorOf(collect(await Wsp.connect(site.uri)));

    ok(error?.matches(Wsp.Error, Wsp.Error.ABNORMAL_CLOSURE), 'a-connection-of-connect-throws', error);
    await site.server.close();
}

// How the body leaves the loop.
const LEAVES = {
    break: async loop => {
        for await (const connection of loop)
            break;
    },
    return: async loop => {
        for await (const connection of loop)
            return connection;
        return null;
    },
    throw: loop => errorOf((async () => {
        for await (const connection of loop)
            throw new Error(`as the test wants: ${connection}`);
    })()),
    'return-by-hand': async loop => {
        await loop.next();
        await loop.return();
    },
    'return-twice': async loop => {
        await loop.next();
        await Promise.all([loop.return(), loop.return()]);
    },
    'return-while-a-step-waits': async loop => {
        await loop.next();
        const step = loop.next();

        await loop.return();
        ok((await step).done, 'left/a-step-that-waits-ends');
    },
};

async function testLeft() {
    for (const [name, leave] of Object.entries(LEAVES)) {
        const site = new Site();
        const loop = Wsp.reconnect(site.uri, SHORT);

        await leave(loop);
        ok(await until(() => `${site.codes}` === '1000') && !loop.reconnector.active, `left/${name}-stops`, site.codes);
        ok((await loop.next()).done, `left/${name}-has-ended`);
        await site.server.close();
    }
    const unused = Wsp.reconnect('ws://127.0.0.1:1/');

    await unused.return();
    ok((await unused.next()).done && !unused.reconnector.active, 'left/unused-never-begins');
}

async function testSteps() {
    const site = new Site();
    const loop = Wsp.reconnect(site.uri, SHORT);
    const {value: first} = await loop.next();
    const step = loop.next();
    const error = await errorOf(loop.next());

    ok(error?.message.includes('one at a time'), 'steps/two-functions-are-refused', error);
    ok((await step).value !== first, 'steps/the-first-one-goes-on');
    System.gc();
    const waits = loop.next();

    System.gc();
    ok((await waits).value.state === Wsp.ConnectionState.OPEN, 'steps/garbage-collection-leaves-it-alone');
    await loop.return();
    await site.server.close();
}

async function testGivenUp() {
    for (const [name, statuses, shouldRetry, expected] of [
        ['refused', [403], undefined, 403],
        ['retried', [503, 503, 404], undefined, 404],
        ['returns-true', [403, 401, 400, 503], error => error.status !== 503, 503],
        ['returns-nothing', [503], () => {}, 503],
        ['returns-one', [503], () => 1, 503],
        ['returns-a-promise', [503], async () => true, 503],
        ['throws', [503], () => {
            throw new Error('as the test wants');
        }, 503],
    ]) {
        const site = new Site({statuses: [...statuses]});
        const loop = Wsp.reconnect(site.uri, {...SHORT, should_retry: shouldRetry});
        const error = await errorOf(loop.next());

        ok(error?.status === expected && error.matches(Wsp.Error, Wsp.Error.HANDSHAKE), `given-up/${name}/is-thrown`, error, error?.status);
        ok(error.headers.get('x-why') === 'because' && new TextDecoder().decode(error.body) === 'body', `given-up/${name}/has-the-response`);
        ok(site.tokens.length === statuses.length, `given-up/${name}/attempts`, site.tokens);
        ok((await loop.next()).done, `given-up/${name}/then-it-has-ended`);
        await site.server.close();
    }
    ok(/received number\n.*received a promise, which is not awaited here\n.*threw an exception: it counts as false/.test(lines.join('\n')),
        'given-up/results-that-are-no-boolean-are-logged', lines);
    lines.length = 0;
    let error = await errorOf(Wsp.reconnect('http://x/', SHORT).next());

    ok(error?.matches(Wsp.Error, Wsp.Error.INVALID_ARGUMENT), 'given-up/wrong-uri-is-thrown', error);
    error = await errorOf(Wsp.reconnect('ws://127.0.0.1:1/', {...SHORT, shouldRetry: () => false}).next());
    ok(error?.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CONNECTION_REFUSED), 'given-up/other-errors-are-thrown', error);
}

// Functions for prepare, the status of the error of connect (), and whether it has a cause; status 0: it connects.
class Tokens {
    constructor() {
        this.n = 0;
    }

    set(handshake) {
        this.n++;
        handshake.request_headers = {Authorization: `token ${this.n}`};
    }

    fail() {
        if (this.n === 1)
            throw new Error('as the test wants');
    }

    async setLater(handshake) {
        await turn();
        this.set(handshake);
    }

    async throwLater(handshake) {
        await turn();
        this.set(handshake);
        this.fail();
    }

    throwAtOnce(handshake) {
        this.set(handshake);
        this.fail();
    }

    async throwAfterRejecting(handshake) {
        this.set(handshake);
        if (this.n === 1)
            handshake.reject(429, {'Retry-After': 0}, 'slower');
        this.fail();
    }

    returnValue(handshake) {
        this.set(handshake);
        return this.n === 1 ? {Authorization: 'x'} : undefined;
    }

    async returnValueLater(handshake) {
        return await this.returnValue(handshake);
    }

    hang(handshake) {
        this.set(handshake);
        return this.n === 1 ? new Promise(() => {}) : undefined;
    }

    thenable(handshake) {
        this.set(handshake);
        return {then: resolve => resolve()};
    }
}

const PREPARES = {
    set: [0], setLater: [0], thenable: [0], throwLater: [503], throwAtOnce: [503], throwAfterRejecting: [429], returnValue: [503],
    returnValueLater: [503], hang: [-1],
};

async function testPrepare() {
    for (const [name, [status]] of Object.entries(PREPARES)) {
        const site = new Site();
        let tokens = new Tokens();
        let connection = null;
        const error = await errorOf(Wsp.connect(site.uri, {prepare: handshake => tokens[name](handshake), timeout: status < 0 ? 50 : undefined})
            .then(value => (connection = value)));

        if (status === 0)
            ok(connection && `${site.tokens}` === 'token 1', `prepare/${name}/connect-sends-the-token`, site.tokens, error);
        else if (status < 0)
            ok(error?.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.TIMED_OUT) && site.tokens.length === 0, `prepare/${name}/connect-ends-in-time`, error);
        else
            ok(error?.status === status && error.cause instanceof Error && site.tokens.length === 0, `prepare/${name}/connect-fails-with-${status}`, error);
        connection?.abort();
        tokens = new Tokens();
        site.tokens.length = 0;
        for await (const one of Wsp.reconnect(site.uri, {...SHORT, prepare: handshake => tokens[name](handshake), timeout: 50})) {
            if (tokens.n >= 3 && one)
                break;
        }
        ok(`${site.tokens}` === (status === 0 ? 'token 1,token 2,token 3' : 'token 2,token 3'), `prepare/${name}/reconnect-sends-fresh-ones`, site.tokens);
        ok(lines.filter(line => line.includes('prepare')).length === (status > 0 ? 1 : 0), `prepare/${name}/reconnect-logs-what-it-throws`, lines);
        lines.length = 0;
        await site.server.close();
    }
}

async function testSignal() {
    const site = new Site();
    const client = new Wsp.Client();
    const tokens = new Tokens();
    const handler = client.connect('prepare', async (_client, handshake) => {
        await turn();
        tokens.set(handshake);
    });

    (await Wsp.connect(site.uri, {client})).abort();
    ok(`${site.tokens}` === 'token 1', 'prepare/signal-waits', site.tokens);
    client.disconnect(handler);
    await Promise.all([Wsp.connect(site.uri, {client, prepare: handshake => tokens.set(handshake)}), Wsp.connect(site.uri, {client})]);
    await Wsp.connect(site.uri, {client});
    ok(`${site.tokens.slice(1).map(String).sort()}` === 'null,null,token 2', 'prepare/option-is-for-its-handshake', site.tokens);
    client.connect('prepare', () => {
        throw new Error('as the test wants');
    });
    const error = await errorOf(Wsp.connect(site.uri, {client}));

    ok(error?.status === 503 && lines.some(line => line.includes('Handler of prepare')), 'prepare/signal-that-throws-rejects', error, lines);
    await site.server.close();
}

// How a call ends while a handler of the signal waits, which then sees its cancellable cancelled.
const ENDS_OF_CALLS = {
    'time': (site, client) => Wsp.connect(site.uri, {client, timeout: 50}),
    'time-of-the-client': (site, client) => {
        client.connect_timeout = 50;
        return Wsp.connect(site.uri, {client});
    },
    'cancellable': (site, client) => {
        const cancellable = new Gio.Cancellable(), call = Wsp.connect(site.uri, {client, cancellable});

        turn().then(() => cancellable.cancel());
        return call;
    },
};

async function testCancelled() {
    const site = new Site();

    lines.length = 0;
    for (const [name, begin] of Object.entries(ENDS_OF_CALLS)) {
        const client = new Wsp.Client();
        const cancelled = new Promise(resolve => client.connect('prepare', async (_client, handshake) => {
            await new Promise(end => GObject.signal_connect(handshake.get_cancellable(), 'cancelled', end));
            resolve();
            throw new Error('as the test wants');
        }));
        const error = await errorOf(begin(site, client));

        await cancelled;
        await turn();
        ok(error instanceof GLib.Error && lines.length === 0, `prepare/signal-is-cancelled-with-the-${name}`, error, lines);
    }
    await site.server.close();
}

// What the function of an earlier attempt throws is no cause of a later error: `proceed ()` of another handler lets the first one go on.
async function testLateError() {
    let n = 0, fail = null;
    const reconnect = Wsp.reconnect('ws://127.0.0.1:1/', {...SHORT, should_retry: () => n < 2, prepare: handshake => {
        n++;
        if (n > 1) {
            fail();
            return turn();
        }
        turn().then(() => handshake.proceed());
        return new Promise((_resolve, reject) => (fail = () => reject(new Error('as the test wants'))));
    }});
    const error = await errorOf(reconnect.next());

    ok(error instanceof GLib.Error && error.cause === undefined, 'prepare/late-error-is-no-cause', error, error?.cause);
    lines.length = 0;
}

// A server that answers when a function of its client has thrown: after the request was sent.
async function beginSlowSite(status) {
    const server = new Wsp.Server();
    let tellAsked = null, tellThrown = null;
    const asked = new Promise(resolve => (tellAsked = resolve)), hasThrown = new Promise(resolve => (tellThrown = resolve));

    server.connect('request', async (_server, handshake) => {
        tellAsked();
        await hasThrown;
        await turn();
        if (status)
            handshake.reject(status);
        return true;
    });
    const served = await Wsp.serve(hold, '127.0.0.1', 0, {server});

    return {
        uri: `ws://127.0.0.1:${served.port}/`,
        server: served,
        prepare: async handshake => {
            await turn();
            handshake.proceed();
            await asked;
            tellThrown();
            throw new Error('as the test wants');
        },
    };
}

const LATE = {
    connect: ({uri, prepare}) => Wsp.connect(uri, {prepare}),
    reconnect: async ({uri, prepare}) => (await Wsp.reconnect(uri, {...SHORT, prepare, shouldRetry: () => false}).next()).value,
    signal: ({uri, prepare}) => {
        const client = new Wsp.Client();

        client.connect('prepare', (_client, handshake) => prepare(handshake));
        return Wsp.connect(uri, {client});
    },
};

// What the function throws after the attempt has gone on is logged as that, and is no cause of an error.
async function testThrownLate() {
    for (const [name, call] of Object.entries(LATE)) {
        for (const status of [0, 403]) {
            const site = await beginSlowSite(status);
            let connection = null;

            lines.length = 0;
            const error = await errorOf(call(site).then(value => (connection = value)));

            ok(lines.some(line => line.includes('after the attempt had gone on')) && !lines.some(line => /has failed|is rejected/.test(line)),
                `prepare/late/${name}-${status}/is-logged`, lines);
            ok(status ? error?.status === 403 && error.cause === undefined : connection !== null, `prepare/late/${name}-${status}/is-no-cause`, error);
            connection?.abort();
            await site.server.close();
        }
    }
    lines.length = 0;
}

// Options that are refused, and a part of the text.
const REFUSED = {
    'misspelled': [{min_dealy: 1}, 'min_delay'],
    'cancellable': [{cancellable: new Gio.Cancellable()}, 'unknown'],
    'prepare-no-function': [{prepare: 5}, 'Option prepare'],
    'should-retry-no-function': [{shouldRetry: true}, 'Option should_retry'],
    'client-no-client': [{client: 'x'}, 'Option client'],
    'client-and-settings': [{client: new Wsp.Client(), origin: 'https://x'}, 'received both (origin)'],
    'client-and-timeout': [{client: new Wsp.Client(), timeout: 1}, 'received both (timeout)'],
    'client-and-prepare': [{client: new Wsp.Client(), prepare: print}, 'received both (prepare)'],
    'negative-time': [{max_delay: -1}, 'max-delay'],
    'text-as-time': [{timeout: '1'}, 'timeout'],
    'one-subprotocol': [{subprotocols: 'chat'}, 'subprotocols'],
    'wrong-header': [{headers: 5}, 'eaders'],
    'no-object': ['chat', 'expected an object'],
};

function thrown(func) {
    try {
        func();
    } catch (error) {
        return error;
    }
    return null;
}

async function testRefused() {
    for (const [name, [options, text]] of Object.entries(REFUSED)) {
        const error = thrown(() => Wsp.reconnect('ws://127.0.0.1:1/', options));

        ok(error?.message?.includes(text), `refused/${name}`, error);
    }
    ok(thrown(() => Wsp.reconnect(5))?.message.includes('URI of Wsp.reconnect ()'), 'refused/uri');
    const used = await Wsp.reconnect('ws://127.0.0.1:1/');

    ok(thrown(() => used.recv())?.message.includes('for await'), 'refused/await');
    const error = await errorOf(collect(Wsp.connect('ws://127.0.0.1:1/')));

    ok(error?.message.includes('Wsp.reconnect ()'), 'refused/a-loop-over-connect-names-it', error);
    const site = new Site();

    for await (const connection of Wsp.reconnect(site.uri, {...SHORT, client: new Wsp.Client({user_agent: 'test/1'}), subprotocols: ['a'],
        headers: {Authorization: 'own'}}))
        break;
    const {handshake} = site.theirs[0];

    ok(`${site.tokens}` === 'own' && handshake.get_request_header('User-Agent') === 'test/1' && `${handshake.offered_subprotocols}` === 'a',
        'options/those-of-connect', site.tokens);
    await site.server.close();
}

async function testRefusal() {
    const site = new Site({statuses: [403]});
    const error = await errorOf(Wsp.connect(site.uri));

    ok(error.status === 403 && error.headers.get('X-Why') === 'because' && new TextDecoder().decode(error.body) === 'body', 'refusal/status-headers-body', error);
    await site.server.close();
}

async function main() {
    for (const test of [testTurns, testLongTurn, testEnds, testLeft, testSteps, testGivenUp, testPrepare, testSignal, testCancelled, testLateError, testThrownLate, testRefused, testRefusal])
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
