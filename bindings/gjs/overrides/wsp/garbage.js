// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported count */

// GJS does not count the memory of a GLib.Bytes, nor that of the array it gives: without a collection, all that a script has
// received stays in memory. A collection that GJS begins itself comes in slices, between which GJS 1.74 drops callbacks of the
// main loop: one that is whole and in time avoids that as well.

const {GLib} = imports.gi;
const System = imports.system;

const ENOUGH = 8 << 20;         // bytes of chunks, messages and what is written

let limit = ENOUGH;
let nBytes = 0;
let lastEnd = 0;

// A large heap of the script takes long to collect: then more bytes come between two collections.
function collect() {
    const begin = GLib.get_monotonic_time();

    nBytes = 0;
    System.gc();
    const end = GLib.get_monotonic_time();

    limit = end - begin > begin - lastEnd ? limit * 2 : ENOUGH;
    lastEnd = end;
}

// Memory that a script was given, or that the override made for it.
function count(length) {
    nBytes += length;
    if (nBytes >= limit)
        collect();
}
