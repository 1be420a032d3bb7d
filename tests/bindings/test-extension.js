// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// The extension of GNOME Shell in docs/examples/javascript/extension-VERSION is enabled and disabled, without the shell: its modules
// are small stand-ins. Arguments: the folder, the version.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, Wsp} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, end, ok, run} = imports.tap;
const [FOLDER, VERSION] = ARGV;
const LIMIT = 30e6;             // microseconds
const N_TIMES = 20;
const shown = [];               // the texts of the notifications
const MAIN = '/org/gnome/shell/ui/main.js', EXTENSION = '/org/gnome/shell/extensions/extension.js';
const NOTIFY = 'function notify(title, body) {\n    globalThis.notify(title, body);\n}\n';
const CLASS = 'export class Extension {\n    constructor(metadata) {\n        this.metadata = metadata;\n    }\n}\n';

begin(`/recipes/extension-${VERSION}`, 120);
globalThis.notify = (title, body) => shown.push(`${title}: ${body}`);

function turn() {
    return new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_LOW, 1, () => {
        resolve();
        return GLib.SOURCE_REMOVE;
    }));
}

async function until(isOver) {
    const start = GLib.get_monotonic_time();

    while (!isOver() && GLib.get_monotonic_time() < start + LIMIT)
        await turn();                   // eslint-disable-line no-await-in-loop
    return isOver();
}

function write(folder, name, text) {
    const path = GLib.build_filenamev([folder, name]);

    GLib.mkdir_with_parents(GLib.path_get_dirname(path), 0o755);
    GLib.file_set_contents(path, text);
    return path;
}

// From version 45 on, modules of the shell are in its resource.
function register(folder) {
    write(folder, MAIN, `export ${NOTIFY}`);
    write(folder, EXTENSION, CLASS);
    const files = [MAIN, EXTENSION].map(path => `<file>${path.slice(1)}</file>`).join('');
    const list = write(folder, 'list.xml', `<gresources><gresource prefix="/">${files}</gresource></gresources>`);

    GLib.spawn_command_line_sync(`glib-compile-resources --sourcedir=${folder} --target=${folder}/shell.gresource ${list}`);
    Gio.Resource.load(`${folder}/shell.gresource`)._register();
}

async function load(folder, uri) {
    const metadata = {...JSON.parse(new TextDecoder().decode(GLib.file_get_contents(`${FOLDER}/metadata.json`)[1])), uri};

    ok(metadata['shell-version'].includes(VERSION), 'names-its-version', metadata);
    if (Number(VERSION) >= 45) {
        register(folder);
        const {default: Messages} = await import(`file://${FOLDER}/extension.js`);

        return new Messages(metadata);
    }
    write(folder, 'ui/main.js', NOTIFY);
    imports.searchPath.unshift(folder, FOLDER);
    return imports.extension.init({metadata});
}

// A server that records its connections; each text that it gets is a mistake.
class Site {
    constructor() {
        this.connections = [];
        this.held = [];                 // requests that wait
        this.isHolding = false;
        this.server = new Wsp.Server();
        this.server.connect('request', (_server, handshake) => {
            if (this.isHolding) {
                handshake.defer();
                this.held.push(handshake);
            }
            return true;
        });
        this.server.connect('connection', (_server, connection) => {
            connection.start_receiving();
            this.connections.push(connection);
        });
        this.server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.DEFAULT);
        this.uri = `ws://127.0.0.1:${this.server.port}/`;
    }

    get open() {
        return this.connections.filter(({state}) => state === Wsp.ConnectionState.OPEN);
    }
}

async function showsMessages(extension, site) {
    extension.enable();
    await until(() => site.open.length === 1);
    const [connection] = site.connections;

    connection.queue_text('one');
    connection.queue_binary(new Uint8Array([1]));
    connection.queue_text('two');
    await until(() => shown.length === 2);
    ok(`${shown}` === 'Messages: one,Messages: two', 'shows-each-text', shown);

    const own = extension._reconnector.connection;

    extension.disable();
    connection.queue_text('late');
    await until(() => own.state === Wsp.ConnectionState.CLOSED && site.open.length === 0);
    ok(connection.peer_close_code === 1000, 'closes-with-1000', connection.close_info?.to_string());
    ok(shown.length === 2, 'shows-nothing-after-it-was-disabled', shown);
    ok(extension._reconnector === null, 'keeps-nothing');
}

async function isEnabledAgain(extension, site) {
    for (let i = 0; i < N_TIMES; i++) {
        extension.enable();
        if (i % 2)
            await until(() => extension._reconnector.connection);       // eslint-disable-line no-await-in-loop
        extension.disable();
    }
    extension.enable();
    await until(() => extension._reconnector.connection && site.open.length === 1);
    shown.length = 0;
    site.connections.forEach(connection => connection.state === Wsp.ConnectionState.OPEN && connection.queue_text('again'));
    await until(() => shown.length > 0);
    ok(`${shown}` === 'Messages: again' && site.open.length === 1, 'after-many-times-one-connection-talks', shown, site.open.length);

    // Messages of an earlier time of the extension are not for the next.
    const [last] = site.open, own = extension._reconnector.connection;

    extension.disable();
    extension.enable();
    last.queue_text('late');
    await until(() => own.state === Wsp.ConnectionState.CLOSED);
    ok(shown.length === 1, 'an-earlier-connection-shows-nothing', shown);
    extension.disable();
    await until(() => site.open.length === 0);
}

async function endsAnAttempt(extension, site) {
    const before = site.connections.length;

    site.isHolding = true;
    extension.enable();
    await until(() => site.held.length === 1);
    extension.disable();
    await until(() => site.held[0].get_cancellable().is_cancelled());
    ok(site.held[0].get_cancellable().is_cancelled() && site.connections.length === before, 'an-attempt-ends', site.connections.length - before);
    site.isHolding = false;
}

async function endsAWait(extension, site) {
    site.server.listeners.get_item(0).close();
    extension.enable();
    const reconnector = extension._reconnector;

    await until(() => reconnector.next_attempt_us > 0);
    extension.disable();
    ok(!reconnector.active && reconnector.next_attempt_us <= 0, 'a-wait-ends', reconnector.active, reconnector.next_attempt_us);
}

run(async () => {
    const folder = GLib.Dir.make_tmp('extension-XXXXXX'), site = new Site(), extension = await load(folder, site.uri);

    for (const test of [showsMessages, isEnabledAgain, endsAnAttempt, endsAWait])
        await test(extension, site);    // eslint-disable-line no-await-in-loop
    GLib.spawn_command_line_sync(`rm -r ${folder}`);
});
end();
