// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Sends a file and shows how far it is: gjs -m file-upload.js URI FILE
import Gio from 'gi://Gio';
import Wsp from 'gi://Wsp?version=1';
import {exit} from 'system';

async function main() {
    const input = Gio.File.new_for_path(ARGV[1]).read(null);
    const connection = await Wsp.connect(ARGV[0]);
    const output = connection.begin();
    let nSent = 0;

    for (let bytes; (bytes = input.read_bytes(1 << 20, null)).get_size() > 0;) {
        await output.write(bytes);
        nSent += bytes.get_size();
        print(nSent, 'bytes sent');
    }
    await output.close();
    await connection.close();
}

try {
    Wsp.run(main);
} catch (error) {
    printerr(error.message);
    exit(1);
}
