// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported extend, guard */

// A Gio.TlsDatabase of the program whose answer is no Gio.TlsCertificateFlags. GJS makes 0 of NaN, of a fraction and of
// Infinity, and takes other numbers modulo 2^32: 0 trusts the certificate. With the guards of this file the function throws.

const {Gio, GObject} = imports.gi;
const {checks, lent} = imports.overrides.wsp;

const NAMES = ['verify_chain', 'verify_chain_finish'];
const ALL = Gio.TlsCertificateFlags.VALIDATE_ALL;

function checkFlags(func, name) {
    return function (...args) {
        const flags = func.apply(this, args);

        if (!Number.isInteger(flags) || flags < 0 || flags > ALL) {
            throw new TypeError(`Result of vfunc_${name} () is wrong: expected Gio.TlsCertificateFlags, received ${
                typeof flags === 'number' ? flags : checks.nameOf(flags)}`);
        }
        return flags;
    };
}

const CHECKED = Object.fromEntries(NAMES.map(name => [name, func => checkFlags(func, name)]));

const guarded = new WeakSet();

// Guards the class of a database, and the classes that it extends.
function guard(database) {
    lent.wrapFunctions(database, CHECKED, guarded);
}

// Classes are guarded when they are registered. Older ones, which a program has registered before it has imported Wsp, are
// guarded when a database is set.
function guardDefault() {
    const backend = Gio.TlsBackend.get_default();
    const prototype = Object.getPrototypeOf(backend);
    const plain = backend.set_default_database;

    prototype.set_default_database = function (database) {
        if (database)
            guard(database);
        plain.call(this, database);
    };
    guard(backend.get_default_database());
}

function extend(_namespace) {
    const hasOlder = GObject.type_children(Gio.TlsDatabase).length > 0;
    const plain = Gio.TlsDatabase._classInit;

    Gio.TlsDatabase._classInit = function (klass) {
        const made = plain.call(this, klass);

        guard(made.prototype);
        return made;
    };
    if (hasOlder)
        guardDefault();
}
