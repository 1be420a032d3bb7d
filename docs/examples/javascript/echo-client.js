// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Says "Hello" to an echo server and prints what comes back: gjs echo-client.js [URI]
imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;

Gio._promisify(Wsp.Client.prototype, 'connect_async');
['send_text_async', 'receive_async', 'close_async'].forEach(
    name => Gio._promisify(Wsp.Connection.prototype, name));
const loop = new GLib.MainLoop(null, false);

async function main() {
    const uri = ARGV.length > 0 ? ARGV[0] : 'ws://localhost:8080/chat';
    const connection = await new Wsp.Client().connect_async(uri, ['chat'], null, null);

    await connection.send_text_async('Hello', null);
    const message = await connection.receive_async(null);       // null = closed by the peer

    print(message.get_text());
    await connection.close_async(Wsp.CloseCode.NORMAL, null, null);
}

let status = 0;
main().catch(error => {
    printerr(error.message);
    status = 1;
}).finally(() => loop.quit());
loop.run();
imports.system.exit(status);
