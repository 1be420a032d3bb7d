// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported extend, hasHandler, makeError */

// Messages of a connection go to handlers of `message` or to one function, which recv () sets, too.
//
// C learns of a handler only when it looks: a handler that is connected after the connection was handed out, as by code behind
// an `await`, starts the connection here.

const {GLib, GObject} = imports.gi;
const {lent, reader} = imports.overrides.wsp;

const CONNECTING = ['connect', 'connect_after', 'connect_data', 'connect_object'].filter(name => name in GObject.Object.prototype);
const LAST = 'received both (disconnect the handlers first)';

const functions = Symbol('function');

let Wsp;

function hasHandler(connection) {
    return GObject.signal_has_handler_pending(connection, GObject.signal_lookup('message', Wsp.Connection.$gtype), 0, false);
}

function makeError(text = `Messages go to handlers of message: expected recv () or handlers of message, ${LAST}`) {
    return new GLib.Error(Wsp.Error, Wsp.Error.INVALID_OPERATION, text);
}

function checkNoFunction(connection) {
    if (connection[functions]) {
        throw makeError('Messages go to the message function: expected a function or handlers of message, received both ' +
            '(unset the function or disconnect the handlers)');
    }
    if (reader.Reader.isOf(connection))
        throw makeError('Messages go to recv (): expected recv () or handlers of message, received both');
}

function extend(namespace) {
    Wsp = namespace;
    const {prototype} = Wsp.Connection;
    const setMessageFunc = prototype.set_message_func;

    for (const method of CONNECTING) {
        const plain = prototype[method];

        prototype[method] = function (signal, ...more) {
            if (signal !== 'message')
                return plain.call(this, signal, ...more);
            checkNoFunction(this);
            const handler = plain.call(this, signal, ...more);

            lent.setMessageFunc.call(this, null);       // C looks for a handler
            return handler;
        };
    }
    prototype.set_message_func = function (func) {
        if (func && hasHandler(this))
            throw makeError(`Message function was not set: expected a function or handlers of message, ${LAST}`);
        setMessageFunc.call(this, func);
        this[functions] = Boolean(func);
    };
}
