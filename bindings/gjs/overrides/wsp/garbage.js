// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported count */

// GJS does not count the memory of a GLib.Bytes and of its array, and begins no collection for them: all that a script has
// received would stay in memory. Therefore count () begins complete collections. They also avoid the collections that GJS
// begins itself, which run in slices: between two slices GJS 1.74 drops callbacks of the main loop.
// docs/rationales/python-and-javascript.md has the reasons.

const {GLib} = imports.gi;
const System = imports.system;

const ENOUGH = 8 << 20;         // bytes of chunks, messages and what is written

let limit = ENOUGH;
let nBytes = 0;
let lastEnd = 0;

// If a collection takes longer than the time since the last one, as with a large heap of the script, the next one begins after
// twice as many bytes.
function collect() {
    const begin = GLib.get_monotonic_time();

    nBytes = 0;
    System.gc();
    const end = GLib.get_monotonic_time();

    limit = end - begin > begin - lastEnd ? limit * 2 : ENOUGH;
    lastEnd = end;
}

// Counts memory that a script has received, or that the override has made for a script.
function count(length) {
    nBytes += length;
    if (nBytes >= limit)
        collect();
}
