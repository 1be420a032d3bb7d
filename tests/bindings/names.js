// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// names.js CLASS...: prints the names that scripts have on the namespace, on each class and on GObject.Object, and that of a server.

imports.gi.versions.Wsp = '1';
const {GObject, Wsp} = imports.gi;

const found = {Wsp: Object.getOwnPropertyNames(Wsp), GObject: []};

for (let prototype = GObject.Object.prototype; prototype; prototype = Object.getPrototypeOf(prototype))
    found.GObject.push(...Object.getOwnPropertyNames(prototype));
for (const name of ARGV)
    found[name] = [...Object.getOwnPropertyNames(Wsp[name]?.prototype ?? {}), ...Object.getOwnPropertyNames(Wsp[name] ?? {})];
found.Server.push(...Object.getOwnPropertyNames(Wsp.serve(() => {}, '127.0.0.1')));
print(JSON.stringify(found));
