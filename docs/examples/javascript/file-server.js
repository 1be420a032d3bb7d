// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Sends the files of its folder (/get/NAME) and saves others (/put/NAME): gjs -m file-server.js [PORT]
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Wsp from 'gi://Wsp?version=1';
import {exit} from 'system';

async function transfer(connection) {
    const {path} = connection.handshake;
    const file = Gio.File.new_for_path(GLib.path_get_basename(path));     // nothing above the folder

    if (path.startsWith('/put/')) {
        const output = file.replace(null, false, Gio.FileCreateFlags.NONE, null);

        for await (const chunk of connection.stream())
            output.write_all(chunk, null);
        output.close(null);
    } else if (file.query_exists(null)) {
        const input = file.read(null), output = connection.begin();

        for (let bytes; (bytes = input.read_bytes(65536, null)).get_size() > 0;)
            await output.write(bytes);
        await output.close();
        await connection.recv();                // the client closes when it has all of it
    } else {
        await connection.close(4404, 'no such file');
    }
}

async function main() {
    const server = Wsp.serve(transfer, null, Number(ARGV[0] ?? 8080));

    print('port', server.port);
    await server.wait_closed();
}

try {
    Wsp.run(main);
} catch (error) {
    printerr(error.message);
    exit(1);
}
