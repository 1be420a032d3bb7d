// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported extend */

// Wsp.Group with messages of JavaScript, and topics: groups that a server has by name as long as they have members.

const {GLib, GObject} = imports.gi;
const {checks, streams} = imports.overrides.wsp;

const topics = Symbol('topics');        // of a server: its groups by name; of a connection: the names of its topics

const members = Symbol('members');      // of a group: a set of connections; of a connection: the sets that it is in

let Wsp;
let plainAdd, plainBroadcast, plainRemove;

function checkTopic(name) {
    if (typeof name !== 'string')
        throw new TypeError(`Topic is wrong: expected a text, received ${checks.nameOf(name)}`);
}

function forgetEmpty(groups, name) {
    if (groups.get(name)?.get_n_members() === 0)
        groups.delete(name);
}

function findServer(connection) {
    const server = connection.server;

    if (server)
        return server;
    if (connection.get_state() === Wsp.ConnectionState.OPEN) {
        throw new GLib.Error(Wsp.Error, Wsp.Error.INVALID_ARGUMENT,
            'Connection has no topics: expected a connection of a Wsp.Server, received one of a client');
    }
    throw new GLib.Error(Wsp.Error, Wsp.Error.CLOSED, 'Connection is closing or closed');
}

// The handler has no reference to the connection or the server.
function note(connection, groups, name) {
    if (!connection[topics]) {
        const names = connection[topics] = new Set();

        GObject.signal_connect(connection, 'closed', () => names.forEach(one => forgetEmpty(groups, one)));
    }
    connection[topics].add(name);
}

const OF_CONNECTIONS = {
    subscribe(name) {
        checkTopic(name);
        const server = findServer(this);
        const groups = server[topics] ??= new Map();
        const group = groups.get(name) ?? Wsp.Group.new(server);

        plainAdd.call(group, this);
        groups.set(name, group);
        note(this, groups, name);
    },

    unsubscribe(name) {
        checkTopic(name);
        if (!this[topics]?.delete(name))
            return false;
        const groups = this.server?.[topics];
        const wasMember = groups?.get(name)?.remove(this) ?? false;

        if (groups)
            forgetEmpty(groups, name);
        return wasMember;
    },
};

function broadcast(group, data, options, where) {
    const names = ['exclude', 'urgent', 'compress'];
    const flags = checks.flagsOf(options, where, names);

    plainBroadcast.call(group, streams.toMessage(data), flags, options?.exclude ?? null);
}

function publish(name, data, options) {
    checkTopic(name);
    checks.flagsOf(options, 'publish ()', ['exclude', 'urgent', 'compress']);
    const group = this[topics]?.get(name);

    if (group)
        broadcast(group, data, options, 'publish ()');
}

// C has no list of the members. A connection leaves the sets when it has ended.
function noteMember(group, connection) {
    group[members] ??= new Set();
    if (!connection[members]) {
        const sets = connection[members] = new Set();

        GObject.signal_connect(connection, 'closed', () => {
            sets.forEach(set => set.delete(connection));
            sets.clear();
        });
    }
    group[members].add(connection);
    connection[members].add(group[members]);
}

function isMember(connection) {
    return connection.get_state() !== Wsp.ConnectionState.CLOSED;
}

// As those of a Set.
const OF_GROUPS = {
    add(connection) {
        plainAdd.call(this, connection);
        noteMember(this, connection);
    },

    remove(connection) {
        this[members]?.delete(connection);
        connection[members]?.delete(this[members]);
        return plainRemove.call(this, connection);
    },

    broadcast(data, options) {
        broadcast(this, data, options, 'broadcast ()');
    },

    has(connection) {
        return this[members]?.has(connection) && isMember(connection) || false;
    },

    // The connections that are members when the loop begins.
    [Symbol.iterator]() {
        return [...this[members] ?? []].filter(isMember).values();
    },
};

function extend(namespace) {
    Wsp = namespace;
    plainBroadcast = Wsp.Group.prototype.broadcast;
    plainAdd = Wsp.Group.prototype.add;
    plainRemove = Wsp.Group.prototype.remove;
    Object.assign(Wsp.Group.prototype, OF_GROUPS);
    Object.defineProperty(Wsp.Group.prototype, 'size', {get: Wsp.Group.prototype.get_n_members});
    Wsp.Server.prototype.publish = publish;
    Object.assign(Wsp.Connection.prototype, OF_CONNECTIONS);
    Object.defineProperty(Wsp.Connection.prototype, 'server', {get: Wsp.Connection.prototype.dup_server, configurable: true});
}
