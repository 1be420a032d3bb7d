// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported extend, fail, isInstance, logThrown, setMessageFunc, wrapFunctions */

// GJS takes no reference to a message or bytes that are lent for a call: a script that kept one would read freed
// memory. Functions of scripts get a reference instead.
// docs/rationales/python-and-javascript.md has the reasons.

const {GLib} = imports.gi;
const Gi = imports._gi;

let Wsp;
var setMessageFunc;             // the method of C

// A script may throw any value, and instanceof may throw for a Proxy.
function isInstance(thrown, kind) {
    try {
        return thrown instanceof kind;
    } catch (_error) {
        return false;
    }
}

function logThrown(thrown, where) {
    try {
        logError(Object(thrown), where);
    } catch (error) {
        logError(error, where);
    }
}

// C does not see an exception of a script, so the connection fails here, with close code 1011.
function fail(connection, thrown, where) {
    const text = `${where} threw an exception: its stack was logged`;

    connection.fail(new GLib.Error(Wsp.Error, Wsp.Error.FAILED, text));
    logThrown(thrown, where);
}

function wrapMessageFunc(func) {
    const failed = (connection, thrown) => fail(connection, thrown, 'Message function');

    return (connection, message) => {
        try {
            func(connection, message.ref())?.catch?.(thrown => failed(connection, thrown));
        } catch (thrown) {
            failed(connection, thrown);
        }
    };
}

// GJS 1.74 never releases a GLib.Bytes of which a method was called, even ref (): a message takes the reference instead.
function keepBytes(bytes) {
    return Wsp.Message.new_binary_bytes(bytes).get_bytes();
}

const TAP_FUNCTIONS = {
    bytes_passed: func => function (source, direction, bytes, time) {
        return func.call(this, source, direction, keepBytes(bytes), time);
    },
};

const wrappedTaps = new WeakSet();

// GObject.registerClass () has given C the functions of the class. wrapFunctions () replaces them by wrapped functions, for later
// calls of C; `wraps` has a function for each name, and `wrapped` the prototypes of classes whose functions are wrapped. A class
// that inherits the functions uses those of its parent.
function wrapFunctions(object, wraps, wrapped) {
    for (let prototype = object; prototype; prototype = Object.getPrototypeOf(prototype)) {
        if (!Object.hasOwn(prototype, Gi.gobject_prototype_symbol) || wrapped.has(prototype))
            continue;
        wrapped.add(prototype);
        for (const [name, wrap] of Object.entries(wraps)) {
            if (Object.hasOwn(prototype, `vfunc_${name}`))
                prototype[Gi.gobject_prototype_symbol][Gi.hook_up_vfunc_symbol](name, wrap(prototype[`vfunc_${name}`]));
        }
    }
}

function extend(namespace) {
    Wsp = namespace;
    setMessageFunc = Wsp.Connection.prototype.set_message_func;

    Wsp.Connection.prototype.set_message_func = function (func) {
        setMessageFunc.call(this, typeof func === 'function' ? wrapMessageFunc(func) : func);
    };
    for (const {prototype} of [Wsp.Client, Wsp.Connection, Wsp.Server]) {
        const addTap = prototype.add_tap;

        prototype.add_tap = function (tap) {
            wrapFunctions(tap, TAP_FUNCTIONS, wrappedTaps);
            addTap.call(this, tap);
        };
    }
}
