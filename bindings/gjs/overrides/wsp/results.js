// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported extend, makeGuard */

// Handlers that return a boolean. For GJS each object is true, also a promise. With the guards of this file only true counts
// as true, and a request waits for the promise of its handler.

const {GLib, GObject} = imports.gi;
const Gi = imports._gi;
const {checks, lent, preparing} = imports.overrides.wsp;

const OF_HTTP = 'http-request';
const CONNECTING = ['connect', 'connect_after', 'connect_data', 'connect_object'].filter(name => name in GObject.Object.prototype);
// GObject.signal_handlers_block_by_func () and similar functions call these.
const MATCHING = [Gi.signals_block_symbol, Gi.signals_unblock_symbol, Gi.signals_disconnect_symbol];

const guards = new WeakMap();   // for each function of a program, its guards by the name of the signal

function tell(text) {
    GLib.log_structured('Wsp', GLib.LogLevelFlags.LEVEL_MESSAGE, {MESSAGE: text});
}

function isPlain(value) {
    return typeof value === 'boolean' || value === undefined || value === null;
}

// For handlers of a client and of a reconnector, which do not wait for a promise, and for an option.
function makeGuard(func, place) {
    return function (...args) {
        let value = false;

        try {
            value = func.apply(this, args);
        } catch (thrown) {
            lent.logThrown(thrown, `${place} threw an exception: it counts as false`);
        }
        if (isPlain(value))
            return value ?? false;
        const received = value instanceof Promise ? 'a promise, which is not awaited here' : checks.nameOf(value);

        tell(`${place} counts as false: expected a boolean, received ${received}`);
        return false;
    };
}

// A Handshake or an HttpRequest. An earlier decision of the handler stays.
function answerWith500(request, name) {
    request[name === OF_HTTP ? 'respond' : 'reject'](500);
}

function refuse(request, name, thrown) {
    lent.logThrown(thrown, `Handler of ${name} threw an exception: a request that it has not decided is answered with 500`);
    answerWith500(request, name);
}

function answer(request, name, value) {
    if (request.get_response_status() !== 0)
        return;                 // the handler has decided
    if (value === true && name !== OF_HTTP) {
        request.proceed();
        return;
    }
    const expected = name === OF_HTTP ? 'to respond to it' : 'to return true, or to accept or reject it';

    tell(`Request is answered with 500: expected its handler of ${name} ${expected}, received ${isPlain(value) ? value : checks.nameOf(value)}`);
    answerWith500(request, name);
}

async function wait(request, name, value) {
    try {
        answer(request, name, await value);
    } catch (thrown) {
        refuse(request, name, thrown);
    }
}

function makeRequestGuard(func, name) {
    return function (server, request, ...more) {
        try {
            const value = func.call(this, server, request, ...more);

            if (isPlain(value))
                return value ?? false;
            request.defer();
            wait(request, name, value);
        } catch (thrown) {
            refuse(request, name, thrown);
        }
        return false;
    };
}

function guard(func, name, make) {
    if (typeof func !== 'function')
        return func;
    const own = guards.get(func) ?? new Map();

    guards.set(func, own);
    if (!own.has(name))
        own.set(name, make(func, name));
    return own.get(name);
}

function signalsOf(owner) {
    return GObject.signal_list_ids(owner.$gtype).map(id => GObject.signal_query(id))
        .filter(query => query.return_type === GObject.TYPE_BOOLEAN).map(query => query.signal_name);
}

// Matches for the function of the program, and for its guards.
function matchesOf(match) {
    return typeof match?.func === 'function'
        ? [match.func, ...guards.get(match.func)?.values() ?? []].map(func => ({...match, func})) : [match];
}

// GJS finds handlers by their functions: the function of a program must also find its guards.
function guardMatching(prototype) {
    const find = prototype[Gi.signal_find_symbol];

    for (const symbol of MATCHING) {
        const plain = prototype[symbol];

        prototype[symbol] = function (match) {
            return matchesOf(match).reduce((sum, one) => sum + plain.call(this, one), 0);
        };
    }
    prototype[Gi.signal_find_symbol] = function (match) {
        return matchesOf(match).reduce((id, one) => id || find.call(this, one), 0);
    };
}

function guardClass({prototype}, names, make) {
    for (const method of CONNECTING) {
        const plain = prototype[method];

        prototype[method] = function (signal, func, ...more) {
            const name = `${signal}`.split('::')[0].replace(/_/g, '-');
            const guarded = name === 'prepare' ? guard(func, name, preparing.makeGuard) : func;

            return plain.call(this, signal, names.includes(name) ? guard(func, name, make) : guarded, ...more);
        };
    }
    guardMatching(prototype);
}

function extend(Wsp) {
    for (const owner of [Wsp.Client, Wsp.Reconnector, Wsp.Server])
        guardClass(owner, signalsOf(owner), owner === Wsp.Server ? makeRequestGuard : (func, name) => makeGuard(func, `Handler of ${name}`));
}
