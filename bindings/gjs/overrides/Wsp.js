// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported _init */

// The parts of Wsp that GJS cannot know by itself. GJS loads this file with the namespace.
// docs/rationales/python-and-javascript.md has the reasons.

const {calls, checks, connections, constructors, databases, finals, groups, headers, lent, properties, reader, receivers, reconnecting, results, running,
    servers, streams, webSocket} = imports.overrides.wsp;

function _init() {
    [checks, finals, lent, databases, calls, properties, results, reader, receivers, streams, connections, reconnecting, servers, groups, webSocket, running, headers,
        constructors].forEach(part => part.extend(this));
}
