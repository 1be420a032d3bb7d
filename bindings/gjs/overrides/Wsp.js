// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported _init */

// The parts of Wsp that GJS cannot know by itself. It loads this file with the namespace.

const {GLib} = imports.gi;

function _init() {
    const Wsp = this;
    const prototype = Wsp.Connection.prototype;
    const setMessageFunc = prototype.set_message_func;

    // An exception is invisible to C: the connection fails with close code 1011.
    function fail(connection, thrown) {
        const text = 'Message function threw an exception: its stack was logged';

        connection.fail(new GLib.Error(Wsp.SessionError, Wsp.SessionError.FAILED, text));
        logError(Object(thrown), 'Message function');
    }

    // The message is lent, and GJS takes no reference: a message that a script kept would be freed memory.
    function wrap(func) {
        return (connection, message) => {
            try {
                func(connection, message.ref())?.catch?.(thrown => fail(connection, thrown));
            } catch (thrown) {
                fail(connection, thrown);
            }
        };
    }

    prototype.set_message_func = function (func) {
        setMessageFunc.call(this, typeof func === 'function' ? wrap(func) : func);
    };
}
