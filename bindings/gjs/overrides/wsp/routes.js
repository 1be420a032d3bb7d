// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported Routes */

// What Wsp.serve () adds to a server before it listens: routes, pages, and the handlers of its signals.

const {checks} = imports.overrides.wsp;

const PAGE = 'GET ';

function checkKey(where, key) {
    const expected = `Key of ${where} () is wrong: expected "/path" for WebSockets or "GET /path" for a page, received`;

    if (typeof key !== 'string')
        throw new TypeError(`${expected} ${checks.nameOf(key)}`);
    if (!key.startsWith('/') && !key.startsWith(`${PAGE}/`))
        throw new RangeError(`${expected} "${key}"`);
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

    // Returns a function that removes what was added.
    add(server, onConnection) {
        const undone = [];
        const undo = () => {
            while (undone.length > 0)
                undone.pop()();
        };
        const connect = (signal, func) => {
            const handler = server.connect(signal, (_server, subject) => func(subject));

            undone.push(() => server.disconnect(handler));
        };

        try {
            for (const [route, func] of this.routes) {
                if (route !== null) {
                    server.add_route(route);
                    undone.push(() => server.remove_route(route));
                }
                connect(route === null ? 'connection' : `connection::${route}`, connection => onConnection(connection, func));
            }
            for (const [route, func] of this.pages) {
                server.add_http_route(route);
                undone.push(() => server.remove_http_route(route));
                connect(`http-request::${route}`, func);
            }
            this.asked.forEach(([name, func]) => connect(name.replace('_', '-'), func));
        } catch (error) {
            undo();
            throw error;
        }
        return undo;
    }
};
