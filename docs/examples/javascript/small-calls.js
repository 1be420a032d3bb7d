// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Calls that no other example needs, on connections of the program to itself: gjs -m small-calls.js
import Wsp from 'gi://Wsp?version=1';

function ask(handshake) {
    return handshake.query_value('token') === 'secret';
}

async function talk(connection) {
    connection.subscribe('news');
    for await (const data of connection) {
        if (data === 'leave')
            print('left:', connection.unsubscribe('news'));
        await connection.send(data);
    }
}

async function measure(connection) {
    return await connection.ping('are you there?');
}

function tell(server) {
    const group = new Wsp.Group(server), first = server.connections.get_item(0);

    group.add(first);
    group.broadcast('hello');
    print('member:', group.has(first), 'size:', group.size);
    print('told:', Wsp.broadcast(server.connections, 'hello again'));
}

function makeHeaders() {
    const headers = new Wsp.Headers({'Accept-Language': 'eo'});

    headers.append('Cookie', 'a=b');
    return headers;
}

function talkLikeAPage(uri) {
    const socket = new Wsp.WebSocket(uri);

    socket.addEventListener('open', () => socket.send('page'));
    socket.addEventListener('message', event => {
        print('page:', event.data);
        socket.close();
    });
    return new Promise(resolve => {
        socket.onclose = resolve;
    });
}

async function main() {
    const server = Wsp.serve(talk, null, 0, {request: ask}), uri = `ws://127.0.0.1:${server.port}/?token=secret`;
    const connection = await Wsp.connect(uri, {headers: makeHeaders()});

    print('ping:', await measure(connection) < 20000);
    tell(server);
    print('group:', await connection.recv(), await connection.recv());
    await connection.send('leave');
    print('echo:', await connection.recv());
    await connection.close();
    await talkLikeAPage(uri);
    await server.drain(1001, null, {lead: 0, spread: 0});
}

Wsp.run(main);
