// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// An echo server whose clients come from a GSocketService of the program: gjs -m own-service.js [PORT]
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Wsp from 'gi://Wsp?version=1';
import {exit} from 'system';

const server = new Wsp.Server(), service = new Gio.SocketService();

server.connect('connection', async (_server, connection) => {
    for await (const data of connection)
        await connection.send(data);
});
service.connect('incoming', (_service, stream) => {
    try {
        server.accept_stream(stream);
    } catch (error) {           // the server is full, for example
        printerr(error.message);
    }
    return true;
});
try {
    let port = Number(ARGV[0] ?? 8080);

    if (port === 0)
        port = service.add_any_inet_port(null);
    else
        service.add_inet_port(port, null);
    print('port', port);
} catch (error) {
    printerr(error.message);
    exit(1);
}
new GLib.MainLoop(null, false).run();
