// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Wsp.WebSocket that is given much at once, and closed: what arrives, or the error that names the limit.

imports.gi.versions.Wsp = '1';
const {GLib, Wsp} = imports.gi;
const System = imports.system;

const SECONDS = 60;
const MIB = 1 << 20;
const BEYOND_QUEUE = 24 * MIB;          // more than max-send-queue, and little: it has twice close-timeout to arrive
const BEYOND_SOCKETS = 100 * MIB;       // more than sockets hold
let nBytes = 0;

async function countBytes(connection) {
    nBytes = 0;
    for await (const message of connection.messages())
        nBytes += message.get_size();
}

// Name, handler of the server, sizes that are sent before the close, the close event, a word of the error event.
const CASES = [
    ['of-24-mib-arrives-before-the-close', countBytes, [BEYOND_QUEUE], '1005 true', null],
    ['beyond-the-queue-is-an-error', countBytes, Array(3).fill(12 * MIB), '1006 false', 'max-send-queue'],
    // close-timeout until what waits is dropped, and again for the Close of the peer
    ['to-a-peer-that-does-not-read-is-an-error', () => new Promise(() => {}), [BEYOND_SOCKETS], '1006 false', 'close-timeout'],
];

// GJS 1.74 collects large arrays in slices, and drops callbacks of the main loop between them: a whole collection ends that.
function sendAll(socket, sizes) {
    sizes.forEach(size => socket.send(new ArrayBuffer(size)));
    socket.close();
    System.gc();
}

function talk(socket, sizes) {
    let message = null;

    return new Promise(resolve => {
        socket.onopen = () => sendAll(socket, sizes);
        socket.onerror = event => (message = event.message);
        socket.onclose = ({code, wasClean}) => resolve([`${code} ${wasClean}`, message]);
    });
}

async function test(number, [name, handler, sizes, expected, word]) {
    const server = Wsp.serve(handler, '127.0.0.1', 0, {limits: new Wsp.Limits({max_message_size: BEYOND_SOCKETS})});
    const [ended, message] = await talk(new Wsp.WebSocket(`ws://127.0.0.1:${server.port}/`), sizes);
    const isRight = word === null ? message === null && nBytes === sizes[0] : message?.includes(word);

    print(`${ended === expected && isRight ? 'ok' : 'not ok'} ${number} - /bindings/web-socket/gjs/send-${name}`);
    print(`# ${ended}: ${message}; ${nBytes} bytes`);
    await server.close(1001, null, {grace: 1});
}

async function main() {
    for (const [i, row] of CASES.entries())
        await test(i + 1, row);                 // eslint-disable-line no-await-in-loop
    print(`1..${CASES.length}`);
}

const loop = new GLib.MainLoop(null, false);

GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, SECONDS, () => {
    print('Bail out! the time is over');
    loop.quit();
    return GLib.SOURCE_REMOVE;
});
main().catch(error => print(`Bail out! ${error}\n${error.stack}`)).finally(() => loop.quit());
loop.run();
