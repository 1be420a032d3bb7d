// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported extend */

// GObject ends the program when GJS registers a subclass of a final class: an exception comes first.

const {GObject} = imports.gi;
const {checks} = imports.overrides.wsp;

function isFinal(member) {
    return typeof member === 'function' && member.$gtype && GObject.type_is_a(member.$gtype, GObject.TYPE_OBJECT) &&
        GObject.type_test_flags(member.$gtype, GObject.TypeFlags.FINAL);
}

// GObject.registerClass () calls it.
function refuseSubclass(klass) {
    const name = checks.className(GObject.type_name(this.$gtype));

    throw new TypeError(`Class ${klass.name} cannot extend ${name}: expected a class that has a ${name}, received a subclass (${name} is final)`);
}

function extend(Wsp) {
    for (const name of Object.getOwnPropertyNames(Wsp)) {
        if (isFinal(Wsp[name]))
            Wsp[name]._classInit = refuseSubclass;
    }
}
