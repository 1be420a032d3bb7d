// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Several messages in pieces on one connection: one is written, the others wait for it: gjs test-pieces.js

imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, end, errorOf, isOf, ok, run} = imports.tap;

begin('/bindings/pieces/gjs', 100);

const N_MANY = 50;

function later() {
    return new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_LOW, 0, () => {
        resolve();
        return GLib.SOURCE_REMOVE;
    }));
}

// Calls back with a client's connection and the server's.
async function withPair(use) {
    let served = null;
    const server = Wsp.serve(connection => new Promise(resolve => {
        served = connection;
        connection.connect('closed', resolve);
    }), '127.0.0.1', 0);
    const connection = await Wsp.connect(`ws://127.0.0.1:${server.port}/`);

    while (!served)
        await later();                  // eslint-disable-line no-await-in-loop
    try {
        await use(connection, served, server);
    } finally {
        connection.abort();
        await server.close();
    }
}

// A message that goes on until the test ends it.
function first(connection) {
    let end = null, fail = null;
    const gate = new Promise((resolve, reject) => {
        end = resolve;
        fail = reject;
    });
    const sending = connection.send((async function* () {
        yield 'fir';
        await gate;
        yield 'st';
    })());

    return {sending: errorOf(sending), end, fail};
}

// Name, how a second message in pieces is sent.
const SECOND_MESSAGES = [
    ['send', connection => connection.send(['sec', 'ond'])],
    ['send-of-an-async-iterable', connection => connection.send((async function* () {
        yield 'sec';
        await later();
        yield 'ond';
    })())],
    ['begin', async connection => {
        const out = connection.begin(Wsp.MessageType.TEXT);

        await out.write('sec');
        await out.write('ond');
        await out.close();
    }],
];
// Name, what happens to the first message, whether the second one can be sent then, and the code of its error if not.
const ENDS = [
    ['ends', (one, _connection, _peer) => one.end(), true],
    ['raises', one => one.fail(new Error('own')), false, Wsp.Error.FAILED],
    ['has-its-connection-aborted', (_one, connection) => connection.abort(), false],
    ['has-its-peer-gone', (_one, _connection, peer) => peer.abort(), false],
    ['has-its-connection-closed', (_one, connection) => connection.close(), false],
];

async function testEnds() {
    for (const [name, happen, goesOn, code = Wsp.Error.CLOSED] of ENDS) {
        for (const [way, second] of SECOND_MESSAGES) {
            await withPair(async (connection, peer) => {
                const one = first(connection);
                let isDone = false;

                await later();
                const waiting = errorOf(second(connection)).finally(() => (isDone = true));

                await later();
                const waits = !isDone;

                await happen(one, connection, peer);
                const error = await waiting;
                const texts = goesOn ? [await peer.recv(), await peer.recv()] : [];
                const isRight = goesOn ? !error && texts.join() === 'first,second'
                    : [code, Wsp.Error.ABNORMAL_CLOSURE].some(each => isOf(error, Wsp.Error, each));

                ok(waits && isRight, `when-the-first-${name}/${way}`, `${waits} ${error} ${texts}`);
            });
        }
    }
}

// Some that wait are cancelled; the others keep their order.
async function testMany() {
    await withPair(async (connection, peer) => {
        const one = first(connection);

        await later();
        const cancelled = new Gio.Cancellable(), errors = [], expected = ['first'];

        for (let i = 0; i < N_MANY; i++) {
            if (i % 5 === 0) {
                errors.push(errorOf(connection.begin(Wsp.MessageType.TEXT).write('no', {cancellable: cancelled})));
            } else {
                connection.send([`${i}`, '.']);
                expected.push(`${i}.`);
            }
        }
        await later();
        cancelled.cancel();
        const found = await Promise.all(errors);

        ok(found.every(error => isOf(error, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED)), 'one-that-waits-can-be-cancelled', found);
        one.end();
        const texts = [];

        while (texts.length < expected.length)
            texts.push(await peer.recv());              // eslint-disable-line no-await-in-loop
        ok(texts.join() === expected.join(), 'many-wait-in-their-order', texts);
    });
}

async function testNothingWritten() {
    await withPair(async (connection, peer) => {
        const idle = connection.begin(), fired = new Gio.Cancellable();

        await connection.send(['a', 'b']);
        ok(await peer.recv() === 'ab', 'one-without-a-piece-keeps-no-other-waiting', 'waits');
        fired.cancel();
        const error = await errorOf(idle.write('no', {cancellable: fired}));

        await connection.send(['c', 'd']);
        ok(isOf(error, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED) && await peer.recv() === 'cd', 'one-whose-first-write-failed-keeps-no-other-waiting', error);
        await idle.write(new Uint8Array(2));
        await idle.close();
        ok((await peer.recv()).length === 2, 'and-it-can-be-written-again', 'other');
    });
}

async function testWholeMessages() {
    await withPair(async (connection, peer) => {
        const one = first(connection), texts = [];

        await later();
        connection.send(['pie', 'ces']);
        connection.send('whole');
        connection.send_message_async(Wsp.Message.new_text('urgent'), Wsp.SendFlags.URGENT, null);
        await later();
        one.end();
        while (texts.length < 4)
            texts.push(await peer.recv());              // eslint-disable-line no-await-in-loop
        ok(texts.join() === 'first,urgent,whole,pieces', 'whole-messages-leave-before-those-that-wait', texts);
    });
}

const message = Wsp.Message.new_text('urgent');
// Each way to send an urgent message.
const URGENT = {
    'send': one => one.send('urgent', {urgent: true}),
    'send-message': one => one.send(message, {urgent: true}),
    'queue-message': one => one.queue_message(message, Wsp.SendFlags.URGENT),
    'send-from-thread': one => one.send_from_thread(message, Wsp.SendFlags.URGENT),
    'broadcast': one => Wsp.broadcast([one], 'urgent', {urgent: true}),
    'broadcast-of-a-server': (_one, server) => server.broadcast('urgent', {urgent: true}),
    'broadcast-of-a-message': one => message.broadcast([one], Wsp.SendFlags.URGENT),
};

async function testUrgent() {
    for (const [name, send] of Object.entries(URGENT)) {
        // eslint-disable-next-line no-await-in-loop
        await withPair(async (peer, connection, server) => {
            const one = first(connection), texts = [];

            await later();
            connection.send('whole');
            send(connection, server);
            await later();
            one.end();
            while (texts.length < 3)
                texts.push(await peer.recv());          // eslint-disable-line no-await-in-loop
            ok(texts.join() === 'first,urgent,whole', `urgent-by-${name}`, texts);
        });
    }
}

// The function that does not wait tells what to do.
async function testStreamOfTheProgram() {
    await withPair(async (connection, peer) => {
        const stream = connection.begin_message(Wsp.MessageType.BINARY);
        const error = await errorOf(connection.send(['a']));

        ok(isOf(error, Wsp.Error, Wsp.Error.INVALID_OPERATION) && error.message.includes('close that stream first'),
            'beside-begin-message-is-refused', error);
        stream.close(null);
        await connection.send(['a']);
        ok((await peer.recv()).length === 0 && await peer.recv() === 'a', 'refused-ones-keep-no-turn', 'other');
    });
}

async function main() {
    for (const test of [testEnds, testMany, testNothingWritten, testWholeMessages, testUrgent, testStreamOfTheProgram])
        await test();                   // eslint-disable-line no-await-in-loop
}

run(main);
end();
