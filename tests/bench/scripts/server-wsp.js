#!/usr/bin/gjs
// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// server-wsp.js messages|texts: sends every text back, through messages () and queue_message () or `for await` and `send ()`.

imports.gi.versions.Wsp = '1';
const {GLib, Wsp} = imports.gi;

async function echoMessages(connection) {
    for await (const message of connection.messages())
        connection.queue_message(message, GLib.PRIORITY_DEFAULT);
}

async function echoTexts(connection) {
    for await (const text of connection)
        await connection.send(text);
}

Wsp.run(() => {
    const server = Wsp.serve(ARGV[0] === 'messages' ? echoMessages : echoTexts, '127.0.0.1', 0);

    print(`port ${server.port}`);
    return new Promise(() => {});
});
