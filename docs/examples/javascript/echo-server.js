// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Sends every message back: gjs echo-server.js [PORT]
imports.gi.versions.Wsp = '1';
const {GLib, Wsp} = imports.gi;

const server = new Wsp.Server({subprotocols: ['chat'], allowed_origins: ['https://example.org']});

server.connect('connection', (_server, connection) => {
    connection.set_message_func((self, message) => self.queue_message(message));
    connection.connect('closed', self => print('closed', self.peer_close_code));
    connection.start();
});
try {
    print('port', server.add_inet_port(null, ARGV.length > 0 ? Number(ARGV[0]) : 8080));
} catch (error) {
    printerr(error.message);
    imports.system.exit(1);
}
new GLib.MainLoop(null, false).run();
