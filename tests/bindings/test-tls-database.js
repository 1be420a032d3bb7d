// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// A tls-database in JavaScript decides about the certificates of clients and servers, and a handler of
// accept-certificate about those of servers.  Only the flag NO_FLAGS, or true, is consent: with the override, which
// refuses numbers that GJS makes 0 of, each other answer is refused.

imports.gi.versions.Wsp = '1';
const {Gio, GLib, GObject} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, end, ok, run} = imports.tap;

begin('/bindings/gjs/tls-database', 60);

const {NO_FLAGS, UNKNOWN_CA} = Gio.TlsCertificateFlags;
let log = '';

function runUntil(condition) {
    while (!condition())
        GLib.MainContext.default().iteration(true);
}

const Database = GObject.registerClass(class Database extends Gio.TlsDatabase {
    decide(action) {
        this.action = action;
        this.nAsked = 0;
        return this;
    }

    vfunc_verify_chain(..._arguments) {
        this.nAsked++;
        return this.action(this);
    }
});

// Registered before the import of Wsp.
const Older = GObject.registerClass(class Older extends Database {
    vfunc_verify_chain(..._arguments) {
        this.nAsked++;
        return this.action(this);
    }
});

// Decides when C reads the result of a call that GIO began.
const Finishing = GObject.registerClass(class Finishing extends Database {
    vfunc_verify_chain(..._arguments) {
        return NO_FLAGS;
    }

    vfunc_verify_chain_finish(_result) {
        this.nAsked++;
        return this.action(this);
    }
});

const {Wsp} = imports.gi;
const isOverridden = 'serve' in Wsp;

const Younger = GObject.registerClass(class Younger extends Gio.TlsDatabase {
    vfunc_verify_chain(..._arguments) {
        this.nAsked++;
        return this.action(this);
    }

    decide(action) {
        return Database.prototype.decide.call(this, action);
    }
});
const Derived = GObject.registerClass(class Derived extends Younger {});

function runTheLoop() {
    let hasFired = false;

    GLib.idle_add(GLib.PRIORITY_DEFAULT, () => {
        hasFired = true;
        return GLib.SOURCE_REMOVE;
    });
    runUntil(() => hasFired);
    return NO_FLAGS;
}

// Claim, what the database does, whether a client with a certificate that no authority issued is let in.
const CASES = [
    ['trusts', () => NO_FLAGS, true],
    ['refuses', () => UNKNOWN_CA, false],
    ['throws', () => {
        throw new Error('as the test wants');
    }, false],
    ['throws-an-error-of-glib', () => {
        throw new GLib.Error(Gio.io_error_quark(), Gio.IOErrorEnum.FAILED, 'as the test wants');
    }, false],
    ['is-async', async () => NO_FLAGS, false],      // eslint-disable-line require-await
    ['returns-nothing', () => {}, false],
    ['returns-false', () => false, false],
    ['returns-null', () => null, false],
    ['returns-an-object', () => ({}), false],
    ['returns-text', () => 'trusted', false],
    ['runs-the-loop', runTheLoop, true],
    ['returns-late', database => {
        runUntil(() => database.failures.length > 0);
        return NO_FLAGS;
    }, false],
];

// Answers of which GJS makes 0, or refuses.
const WRONG = {
    'undefined': undefined, 'null': null, 'nan': NaN, 'a-fraction': 0.5, 'a-negative-fraction': -0.5, 'a-small-fraction': 1e-300,
    'infinity': Infinity, 'minus-infinity': -Infinity, '2-to-the-32nd': 2 ** 32, '2-to-the-53rd': 2 ** 53, 'minus-2-to-the-32nd': -(2 ** 32),
    'minus-1': -1, 'more-than-all-flags': 256, 'nothing-in-a-text': '', 'text': 'x', 'zero-in-a-text': '0', 'an-object': {}, 'an-array': [],
    'an-array-of-0': [0], 'false': false, 'true': true, 'a-bigint': 0n, 'a-number-object': new Number(0), 'a-promise': Promise.resolve(NO_FLAGS),
    'an-object-with-a-value': {valueOf: () => 0},
};
const WRONG_CASES = Object.entries(WRONG).map(([name, value]) => [`returns-${name}`, () => value, false]);
const KINDS = {Database, Older, Younger, Derived};

function makeCertificate(folder, name) {
    const [key, certificate] = [`${folder}/${name}-key`, `${folder}/${name}`];
    const [, , , status] = GLib.spawn_sync(null, ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
        'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1',
        '-keyout', key, '-out', certificate], null, GLib.SpawnFlags.SEARCH_PATH, null);

    if (status !== 0)
        throw new Error('openssl failed');
    return Gio.TlsCertificate.new_from_files(certificate, key);
}

// Whether the client is connected: a refusal follows later, so it waits for a greeting of the server.
async function connect(client, port) {
    try {
        const connection = await client.connect_async(`wss://127.0.0.1:${port}/`, null, null, null);
        const message = await connection.receive_async(null);

        connection.abort();
        return message !== null;
    } catch (error) {
        if (!(error instanceof GLib.Error))
            throw error;
        return false;
    }
}

async function ask([claim, action, isTrusted], certificate, known, stranger, kind = 'Database') {
    const database = new KINDS[kind]().decide(action);
    const server = new Wsp.Server({
        tls_certificate: certificate,
        tls_database: database,
        tls_authentication_mode: Gio.TlsAuthenticationMode.REQUIRED,
    });
    const failures = [];
    let nRequests = 0;

    database.failures = failures;
    log = '';
    server.limits.handshake_timeout = claim === 'returns-late' ? 300 : 30000;
    server.connect('request', () => {
        nRequests++;
        return true;
    });
    server.connect('connection', (_server, connection) => connection.queue_text('hi'));
    server.connect('handshake-failed', (_server, _address, _handshake, error) => failures.push(error.message));

    const client = new Wsp.Client({tls_certificate: stranger, tls_database: known});
    const isConnected = await connect(client, server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.TLS).get_port());

    ok(isConnected === isTrusted && nRequests === Number(isTrusted), kind === 'Database' ? claim : `${kind}/${claim}`, `${isConnected}, ${nRequests}, ${failures}, ${log}`);
    ok(database.nAsked === 1 && !log.includes('different thread'), `${claim}/asked-in-the-thread-of-the-server`, `${database.nAsked}, ${log}`);
}

function greet() {
    const server = new Wsp.Server();

    server.connect('connection', (_server, connection) => connection.queue_text('hi'));
    return server;
}

// GIO's default database is used without a tls_database.
async function askClient([claim, action, isTrusted], certificate, kind = 'Database', isDefault = false) {
    const database = new KINDS[kind]().decide(action);
    const server = greet();
    const backend = Gio.TlsBackend.get_default();
    const client = new Wsp.Client({
        tls_database: isDefault ? null : database,
        connect_timeout: claim === 'returns-late' ? 1500 : 30000,
    });

    log = '';
    database.failures = [];
    if (claim === 'returns-late') {     // no promise is resolved in a loop that the database runs
        GLib.timeout_add(GLib.PRIORITY_DEFAULT, 3000, () => {
            database.failures.push('the connect-timeout has passed');
            return GLib.SOURCE_REMOVE;
        });
    }
    server.tls_certificate = certificate;
    if (isDefault)
        backend.set_default_database(database);

    const isConnected = await connect(client, server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.TLS).get_port());

    if (isDefault)
        backend.set_default_database(null);
    claim = `${kind === 'Database' ? '' : `${kind}/`}${isDefault ? 'default/' : ''}${claim}`;
    ok(isConnected === isTrusted, `client/${claim}`, `${isConnected}, ${log}`);
    ok(database.nAsked === 1 && !log.includes('different thread'), `client/${claim}/asked-in-its-thread`, `${database.nAsked}, ${log}`);
}

// Claim, what the handler does, whether the client connects.
const HANDLERS = [
    ['accepts', () => true, true],
    ['refuses', () => false, false],
    ['throws', () => {
        throw new Error('as the test wants');
    }, false],
    ['returns-nothing', () => {}, false],
    ['runs-the-loop', () => runTheLoop() === NO_FLAGS, true],
];

async function askHandler([claim, action, isTrusted], certificate, known) {
    const server = greet();
    const client = new Wsp.Client({tls_database: known});
    let nAsked = 0;

    server.tls_certificate = certificate;
    client.connect('accept-certificate', () => {
        nAsked++;
        return action();
    });

    const isConnected = await connect(client, server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.TLS).get_port());

    ok(isConnected === isTrusted && nAsked === 1, `accept-certificate/${claim}`, `${isConnected}, ${nAsked}, ${log}`);
}

async function askWrong(certificate, known, stranger) {
    for (const kind of Object.keys(KINDS)) {
        for (const row of [...WRONG_CASES, ['trusts', () => NO_FLAGS, true]]) {
            await ask(row, certificate, known, stranger, kind); // eslint-disable-line no-await-in-loop
            await askClient(row, certificate, kind);            // eslint-disable-line no-await-in-loop
            await askClient(row, certificate, kind, true);      // eslint-disable-line no-await-in-loop
        }
    }
}

function askFinish() {
    for (const [name, value] of [...Object.entries(WRONG), ['trust', NO_FLAGS]]) {
        const database = new Finishing().decide(() => value);
        let flags;

        new Wsp.Client({tls_database: database});
        try {
            flags = database.verify_chain_finish(Gio.Task.new(database, null, null));
        } catch (error) {
            flags = 'refused';
        }
        ok((flags === NO_FLAGS) === (name === 'trust'), `finish/returns-${name}`, flags);
    }
}

// A vfunc with a callback cannot be written in JavaScript: GJS refuses the class.
function defineAsync() {
    try {
        GObject.registerClass(class AsyncDatabase extends Gio.TlsDatabase {
            vfunc_verify_chain_async() {
            }
        });
        return null;
    } catch (error) {
        return error.message;
    }
}

async function main() {
    const folder = GLib.dir_make_tmp('wsp-tls-XXXXXX');
    const certificate = makeCertificate(folder, 'server');
    const known = Gio.TlsFileDatabase.new(`${folder}/server`);
    const stranger = makeCertificate(folder, 'stranger');

    for (const row of CASES)
        await ask(row, certificate, known, stranger);   // eslint-disable-line no-await-in-loop
    for (const row of CASES)
        await askClient(row, certificate);              // eslint-disable-line no-await-in-loop
    for (const row of HANDLERS)
        await askHandler(row, stranger, known);         // eslint-disable-line no-await-in-loop
    if (isOverridden) {
        await askWrong(certificate, known, stranger);
        askFinish();
    }
    ok(defineAsync()?.includes('verify_chain_async'), 'verify-chain-async-is-no-class', defineAsync());
    for (const name of ['server', 'server-key', 'stranger', 'stranger-key'])
        GLib.unlink(`${folder}/${name}`);
    GLib.rmdir(folder);
}

Gio._promisify(Wsp.Client.prototype, 'connect_async');
Gio._promisify(Wsp.Connection.prototype, 'receive_async');
// GJS tells of an exception, and of a call in a wrong thread, by a critical.
GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR);
GLib.log_set_writer_func((level, fields) => {
    log += `${new TextDecoder().decode(fields.MESSAGE)}\n`;
    return GLib.LogWriterOutput.HANDLED;
});
run(main);
// A writer in JavaScript may not be called during shutdown; GJS 1.74 allows it, and crashes here.
if (System.version >= 18200)
    GLib.log_set_writer_default();
end();
