// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported Routes, remove */

// Routes, pages and handlers of signals that Wsp.serve () adds to a server before it listens.

const {checks} = imports.overrides.wsp;

const PAGE = 'GET ';

function checkKey(where, key) {
    const expected = `Key of ${where} () is wrong: expected "/path" for WebSockets or "GET /path" for a page, received`;

    if (typeof key !== 'string')
        throw new TypeError(`${expected} ${checks.nameOf(key)}`);
    if (!key.startsWith('/') && !key.startsWith(`${PAGE}/`))
        throw new RangeError(`${expected} "${key}"`);
}

function connect(server, added, signal, func) {
    added.push(['disconnect', server.connect(signal, (_server, subject) => func(subject))]);
}

// added: pairs of a method of the server and its argument. They are no functions, and no function here refers to the server: the engine
// remembers functions that were called, and with them what they refer to.
function remove(server, added) {
    while (added.length > 0) {
        const [method, argument] = added.pop();

        server[method](argument);
    }
}

// The handlers of a server: for connections by their routes (null: there are no routes), for pages by theirs, and for requests.
var Routes = class Routes {
    constructor(where, handler, asked) {
        this.routes = [[null, handler]];
        this.pages = [];
        if (typeof handler === 'object' && handler !== null)
            this.readMapping(where, handler instanceof Map ? [...handler] : Object.entries(handler));
        else if (typeof handler !== 'function')
            throw new TypeError(`Handler of ${where} () is wrong: expected a function or an object of routes, received ${checks.nameOf(handler)}`);
        this.asked = Object.entries(asked).filter(([, func]) => func !== undefined && func !== null);
        for (const [name, func] of this.asked)
            checks.checkFunction(`Option ${name} of ${where} ()`, func);
    }

    readMapping(where, pairs) {
        pairs.forEach(([key]) => checkKey(where, key));
        pairs.forEach(([key, func]) => checks.checkCallable(`Handler of "${key}" of ${where} ()`, func));
        this.routes = pairs.filter(([key]) => key.startsWith('/'));
        this.pages = pairs.filter(([key]) => key.startsWith(PAGE)).map(([key, func]) => [key.slice(PAGE.length), func]);
        if (this.routes.length === 0)       // a server without routes lets WebSockets in at all paths
            throw new RangeError(`Keys of ${where} () are wrong: expected at least one "/path" for WebSockets, received none`);
    }

    // Returns what was added, for remove ().
    add(server, onConnection) {
        const added = [];

        try {
            for (const [route, func] of this.routes) {
                if (route !== null) {
                    server.add_route(route);
                    added.push(['remove_route', route]);
                }
                connect(server, added, route === null ? 'connection' : `connection::${route}`, connection => onConnection(connection, func));
            }
            for (const [route, func] of this.pages) {
                server.add_http_route(route);
                added.push(['remove_http_route', route]);
                connect(server, added, `http-request::${route}`, func);
            }
            for (const [name, func] of this.asked)
                connect(server, added, name.replace('_', '-'), func);
        } catch (error) {
            remove(server, added);
            throw error;
        }
        return added;
    }
};
