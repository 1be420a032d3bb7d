// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Prints what a server sends, and connects again, each time with a new token, which a command prints:
// gjs -m fresh-token.js URI COMMAND [ARGUMENT…]
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import System from 'system';
import Wsp from 'gi://Wsp?version=1';

Gio._promisify(Gio.Subprocess.prototype, 'communicate_utf8_async');

// If the command fails, another attempt follows, with its own call of this function.
async function setToken(handshake) {
    const command = Gio.Subprocess.new(ARGV.slice(1), Gio.SubprocessFlags.STDOUT_PIPE);
    const [token] = await command.communicate_utf8_async(null, handshake.get_cancellable()).finally(() => command.force_exit());

    if (!command.get_successful())
        throw new Error(`${ARGV[1]} failed`);
    handshake.set_request_headers({Authorization: `Bearer ${token.trim()}`});
}

async function main() {
    for await (const connection of Wsp.reconnect(ARGV[0], {prepare: setToken})) {
        print('connected');
        for await (const data of connection)
            print(data);
        print(connection.close_info.to_string());
    }
}

try {
    Wsp.run(main);
} catch (error) {                   // another attempt would not help, after status 403, say
    if (!(error instanceof GLib.Error))
        throw error;
    printerr(error.message);
    System.exit(1);
}
