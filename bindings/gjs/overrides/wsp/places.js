// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported Places */

// Where Wsp.serve () listens: at the places in its arguments, and nowhere else.

const {Gio, GLib} = imports.gi;
const {calls, checks} = imports.overrides.wsp;

const OF_MANAGER = 'LISTEN_FDS';
const MAX_PORT = 65535;
const MAX_PATH = 107;           // bytes; GIO cuts longer paths
const encoder = new TextEncoder();
const FIRST = 3;                // descriptor of a service manager, see sd_listen_fds(3)

function makeError(name, expected, received) {
    return new TypeError(`Option ${name} of Wsp.serve () is wrong: expected ${expected}, received ${received}`);
}

// Returns the descriptors of a service manager, and unsets their variables: neither a second call nor a program that this one
// starts gets the descriptors again.
function takePassed() {
    const [pid, count] = ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES'].map(name => {
        const value = GLib.getenv(name);

        GLib.unsetenv(name);
        return Number(value ?? 0);
    });

    if (pid !== new Gio.Credentials().get_unix_pid() || !(count > 0))
        throw new Error('Option fds of Wsp.serve () is wrong: expected sockets of a service manager, received none (LISTEN_FDS and LISTEN_PID are not set for this process)');
    return Array.from({length: count}, (_nothing, i) => FIRST + i);
}

function checkUnix(path) {
    if (path !== null && typeof path !== 'string')
        throw makeError('unix', 'a path', checks.nameOf(path));
    calls.checkTexts(path);
    const length = encoder.encode(path ?? '').length;

    if (length > MAX_PATH)
        throw new RangeError(`Option unix of Wsp.serve () is wrong: expected a path of at most ${MAX_PATH} bytes, received ${length} bytes (a path below /run is short)`);
    return path;
}

function checkList(name, values, isRight, expected) {
    if (values === null || name === 'fds' && values === OF_MANAGER)
        return values;
    if (typeof values === 'string' || !calls.isIterable(values))
        throw makeError(name, expected, checks.nameOf(values));
    const list = [...values];

    for (const value of list) {
        if (!isRight(value))
            throw makeError(name, expected, `a list with ${checks.nameOf(value)}`);
    }
    return list;
}

var Places = class Places {
    constructor(host, port, {unix = null, sockets = null, fds = null, isProxied = false}) {
        this.host = host ?? null;
        this.port = port ?? null;
        checks.checkText('Host of Wsp.serve ()', this.host);
        if (this.port !== null)
            checks.checkInteger('Port of Wsp.serve ()', this.port, 0, MAX_PORT);
        this.unix = checkUnix(unix);
        this.sockets = checkList('sockets', sockets, value => value instanceof Gio.Socket, 'a list of Gio.Socket');
        this.fds = checkList('fds', fds, Number.isInteger, `a list of descriptors or '${OF_MANAGER}'`);
        checks.checkOption('proxy_protocol', isProxied, 'Wsp.serve ()');
        this.isProxied = isProxied;
    }

    isAny() {
        return [this.host, this.port, this.unix, this.sockets, this.fds].some(one => one !== null);
    }

    // A server with a certificate uses TLS. If there is no place, a server that serve () has made listens on a free port. If a place
    // cannot be used, the others close: clients would get in there once the handlers have been removed.
    listen(server, isOwn) {
        if (this.isProxied && !isOwn && !this.isAny())
            throw makeError('proxy_protocol', 'a place to listen at', 'a server alone (pass Wsp.ListenFlags.PROXY_PROTOCOL where the server listens)');
        const {DEFAULT, PROXY_PROTOCOL, TLS} = imports.gi.Wsp.ListenFlags;
        const flags = (server.tls_certificate === null ? DEFAULT : TLS) | (this.isProxied ? PROXY_PROTOCOL : DEFAULT);
        const listeners = [];

        try {
            for (const listener of this.open(server, flags, isOwn))
                listeners.push(listener);
        } catch (error) {
            listeners.forEach(listener => listener.close());
            throw error;
        }
    }

    *open(server, flags, isOwn) {
        for (const socket of this.takeSockets())
            yield server.listen_socket(socket, flags);
        if (this.unix !== null)
            yield server.listen(Gio.UnixSocketAddress.new(this.unix), flags);
        if (this.host !== null || this.port !== null || isOwn && !this.isAny())
            yield server.listen_inet(this.host, this.port ?? 0, flags);
    }

    takeSockets() {
        const fds = this.fds === OF_MANAGER ? takePassed() : this.fds ?? [];

        return [...this.sockets ?? [], ...fds.map(fd => Gio.Socket.new_from_fd(fd))];
    }
};
