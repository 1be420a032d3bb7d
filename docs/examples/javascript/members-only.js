// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// A chat with rooms for clients whose cookie is known, and a health check: gjs -m members-only.js [PORT [SESSION=NAME…]]
import Wsp from 'gi://Wsp?version=1';
import {exit} from 'system';

const names = new Map();                // of the members, by their sessions

for (const [session, name] of ARGV.slice(1).map(one => one.split('=')))
    names.set(session, name);

function nameOf(handshake) {
    return names.get(handshake.cookie('session'));
}

async function ask(handshake) {
    if (!nameOf(handshake))             // a program may await the answer of its database
        handshake.reject(401);
    return true;
}

async function chat(connection) {
    const {handshake, server} = connection, name = nameOf(handshake), room = handshake.path_value('room');

    connection.subscribe(room);
    for await (const text of connection)
        server.publish(room, `${name}: ${text}`);
}

function health(request) {
    request.respond(200, {'Cache-Control': 'no-store'}, 'ok\n');
}

async function main() {
    const server = Wsp.serve({'/rooms/{room}': chat, 'GET /healthz': health}, null, Number(ARGV[0] ?? 8080), {request: ask});

    print('port', server.port);
    await server.wait_closed();
}

try {
    Wsp.run(main);
} catch (error) {
    printerr(error.message);
    exit(1);
}
