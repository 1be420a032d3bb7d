// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// The script of a page in docs/guides/browsers.md: when it connects again. Arguments: the script.

const {GLib} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, end, ok} = imports.tap;

begin('/bindings/gjs/page-reconnect', 60);

const SHORT = 999, LONG = 1000, WORKED = 30000;         // milliseconds

// Each connection: the code and the reason of its Close, how long it was open (-1: never), and the window of the next wait.
const CASES = [
    ['never-open', [1006, '', -1, 0, 5000]],
    ['never-open-again', [1006, '', -1, 0, 5000], [1006, '', -1, 2000, 4000], [1006, '', -1, 4000, 8000]],
    ['restart', [1012, '', LONG, 0, 5000], [1012, '', LONG, 0, 5000]],
    ['restart-too-soon', [1012, '', SHORT, 0, 5000], [1012, '', SHORT, 2000, 4000]],
    ['lost', [1006, '', LONG, 0, 5000], [1006, '', LONG, 2000, 4000], [1006, '', WORKED, 0, 5000]],
    ['told-0', [1001, 'retry-after=0', LONG, 0, 0], [1001, 'retry-after=0; moved', LONG, 0, 0]],
    ['told-0-by-a-program', [4000, 'retry-after=0', LONG, 0, 0]],
    ['told-0-too-soon', [1001, 'retry-after=0', SHORT, 0, 5000], [1001, 'retry-after=0', SHORT, 2000, 4000]],
    ['told-20', [1013, 'retry-after=20', SHORT, 20000, 25000]],
    ['told-a-day', [1012, 'retry-after=86400; x', LONG, 86400000, 86405000]],
    ...['86401', '', '-1', '+1', ' 1', '1 ', '1;x', '99999999999999999999', '0x1'].map(
        number => [`malformed/${number || 'nothing'}`, [1012, `retry-after=${number}`, LONG, 0, 5000]]),
];

function play(script, connections, random) {
    const waits = [];
    let socket = null, now = 0, next = null;

    class WebSocket {
        constructor() {
            socket = this;
        }
    }
    const math = Object.assign(Object.create(Math), {max: Math.max, min: Math.min, random: () => random});
    const keepOpen = new Function('WebSocket', 'setTimeout', 'Date', 'Math', `${script}; return keepOpen;`)(
        WebSocket, (func, wait, ...args) => {
            waits.push(wait);
            next = () => func(...args);
        }, {now: () => now}, math);

    next = () => keepOpen('ws://localhost/', () => {});
    for (const [code, reason, time] of connections) {
        next();
        if (time >= 0)
            socket.onopen();
        now += Math.max(time, 0);
        socket.onclose({code, reason});
    }
    return waits;
}

const [, bytes] = GLib.file_get_contents(ARGV[0]);
const script = new TextDecoder().decode(bytes);

for (const [claim, ...connections] of CASES) {
    const from = play(script, connections, 0), to = play(script, connections, 1);
    const expected = connections.map(([,,, first, last]) => `${first}-${last}`).join();
    const received = from.map((first, i) => `${first}-${to[i]}`).join();

    ok(received === expected, claim, `expected ${expected}, received ${received}`);
}
end();
