// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// script-mistakes.js TABLE: makes each mistake of the table that is in JavaScript, and compares what the override says.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;
const System = imports.system;

const AsyncFunction = (async () => {}).constructor;
const SECONDS = 60;
let nPoints = 0, nFailed = 0;

function ok(verdict, name, diagnosis) {
    nPoints++;
    nFailed += verdict ? 0 : 1;
    print(`${verdict ? 'ok' : 'not ok'} ${nPoints} - /mistakes/scripts/${name}`);
    if (!verdict)
        print(`#   ${diagnosis}`);
}

function nameOf(error) {
    if (!(error instanceof GLib.Error))
        return error?.name;
    const nicks = {[Wsp.Error.quark()]: 'WSP_ERROR', [Gio.io_error_quark()]: 'G_IO_ERROR'};
    const domain = error.domain === Gio.io_error_quark() ? Gio.IOErrorEnum : Wsp.Error;

    return `${nicks[error.domain]}_${Object.keys(domain).find(key => domain[key] === error.code)}`;
}

function ownWords(text) {
    return text.replace(/<([^|<>]*)\|([^<>]*)>/g, '$2');
}

let received = [], waiting = null;

async function listen(peer) {
    for await (const data of peer) {
        if (data === 'abort')
            peer.abort();
        else if (data === 'silence')
            await new Promise(() => {});
        else
            received.push(data);
        waiting?.();
    }
}

// The next text that the server has received.
async function theirs() {
    if (received.length === 0)
        await new Promise(resolve => (waiting = resolve));
    return received.shift();
}

async function errorOf(code) {
    const server = Wsp.serve(listen, '127.0.0.1', 0);
    const uri = `ws://127.0.0.1:${server.port}/`;
    const connection = await Wsp.connect(uri);
    let result = null;

    received = [];
    try {
        result = await new AsyncFunction('Wsp', 'connection', 'uri', 'handler', 'theirs', code)(Wsp, connection, uri, listen, theirs);
    } catch (error) {
        result = error;
    }
    connection.abort();
    server.close(1001, null, {grace: 1}).catch(() => {});
    return result;
}

async function main(path) {
    const table = new GLib.KeyFile();

    table.load_from_file(path, GLib.KeyFileFlags.NONE);
    for (const name of table.get_groups()[0]) {
        const keys = table.get_keys(name)[0];

        if (!keys.includes('javascript'))
            continue;
        const given = await errorOf(table.get_value(name, 'javascript'));  // eslint-disable-line no-await-in-loop
        const hasResult = keys.includes('result');
        const shown = hasResult ? given : `${nameOf(given)}: ${given?.message}`;
        const expected = hasResult ? table.get_value(name, 'result')
            : ownWords(`${table.get_value(name, 'error')}: ${table.get_value(name, 'text')}`);

        ok(shown === expected, name, `${shown}\n#   ${expected}`);
    }
    print(`1..${nPoints}`);
}

const loop = new GLib.MainLoop(null, false);

GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, SECONDS, () => System.exit(1));
main(ARGV[0]).catch(error => {
    nFailed++;
    logError(error);
}).finally(() => loop.quit());
loop.run();
System.exit(nFailed === 0 ? 0 : 1);
