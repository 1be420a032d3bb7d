// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// A chat: each path is a room, and a client that never reads is evicted: gjs -m chat-server.js [PORT]
import Wsp from 'gi://Wsp?version=1';
import {exit} from 'system';

const rooms = new Map();

function enter(connection) {
    const {path} = connection.handshake, room = rooms.get(path) ?? new Set();

    rooms.set(path, room.add(connection));
    connection.connect('closed', () => room.delete(connection) && room.size === 0 && rooms.delete(path));
    return room;
}

async function chat(connection) {
    const room = enter(connection);

    for await (const message of connection.messages()) {
        for (const member of room) {
            if (member.send_queue_bytes > 1 << 20)
                member.abort();
            else if (member.state === Wsp.ConnectionState.OPEN)
                member.queue_message(message);
        }
    }
}

async function main() {
    const server = Wsp.serve(chat, null, Number(ARGV[0] ?? 8080), {subprotocols: ['chat']});

    print('port', server.port);
    await server.wait_closed();
}

try {
    Wsp.run(main);
} catch (error) {
    printerr(error.message);
    exit(1);
}
