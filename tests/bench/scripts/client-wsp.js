#!/usr/bin/gjs
// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// client-wsp.js URI|both ROUND-TRIPS: round trips in a second of this process's time, through `for await` and `send ()`.

imports.gi.versions.Wsp = '1';
const {GLib, Wsp} = imports.gi;

const TEXT = 'x'.repeat(100);
const TICKS_PER_SECOND = 100;

function processSeconds() {
    const [, text] = GLib.file_get_contents('/proc/self/stat');
    const fields = new TextDecoder().decode(text).split(') ')[1].split(' ');

    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function echo(connection) {
    for await (const text of connection)
        await connection.send(text);
}

async function talk(connection, n) {
    let count = 0;

    await connection.send(TEXT);
    for await (const text of connection) {
        if (++count === n)
            return;
        await connection.send(text);
    }
}

async function measure(uri, n) {
    const connection = await Wsp.connect(uri);

    await talk(connection, Math.floor(n / 10) + 1);
    const begin = processSeconds();

    await talk(connection, n);
    const rate = n / (processSeconds() - begin);

    connection.abort();
    return rate;
}

async function main(where, n) {
    if (where !== 'both')
        return await measure(where, n);
    const server = Wsp.serve(echo, '127.0.0.1', 0);

    return await measure(`ws://127.0.0.1:${server.port}/`, n);
}

print(Wsp.run(main(ARGV[0], Number(ARGV[1]))));
