// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Sends "NUMBER TEXT", waits half a second for that number: gjs -m request-response.js URI TEXT...
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Wsp from 'gi://Wsp?version=1';
import {exit} from 'system';

// A response that comes too late is read, and left out, by the next request.
async function ask(connection, number, text) {
    const cancellable = new Gio.Cancellable();
    const timeout = GLib.timeout_add(GLib.PRIORITY_DEFAULT, 500, () => cancellable.cancel() ?? GLib.SOURCE_CONTINUE);

    try {
        await connection.send(`${number} ${text}`);
        for (;;) {
            const response = await connection.recv({cancellable});

            if (typeof response === 'string' && parseInt(response) === number)
                return response;
        }
    } catch (error) {
        return 'no response';
    } finally {
        GLib.source_remove(timeout);
    }
}

async function main() {
    const [uri, ...texts] = ARGV, connection = await Wsp.connect(uri);

    for (const [i, text] of texts.entries())
        print(await ask(connection, i + 1, text));
    await connection.close();
}

try {
    Wsp.run(main);
} catch (error) {
    printerr(error.message);
    exit(1);
}
