// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported extend */

// new Wsp.Message (data), new Wsp.Group (server), new Wsp.Reconnector (uri, properties) and new Wsp.Session (role).

const {checks, streams} = imports.overrides.wsp;

function isObject(value) {
    return typeof value === 'object';
}

function extend(Wsp) {
    Wsp.Message = checks.makeConstructor(Wsp.Message, (_Message, data) => streams.toMessage(data));
    Wsp.Group = checks.makeConstructor(Wsp.Group, (Group, server) => {
        if (!(server instanceof Wsp.Server))
            throw new TypeError(`Argument of new Wsp.Group () is wrong: expected a Wsp.Server, received ${checks.nameOf(server)}`);
        return Group.new(server);
    });
    Wsp.Reconnector = checks.makeConstructor(Wsp.Reconnector, (Reconnector, uri, properties = {}) => {
        if (typeof uri !== 'string')
            return new Reconnector(uri);
        checks.checkObject(properties, 'new Wsp.Reconnector ()');
        return new Reconnector({...properties, uri});
    });
    Wsp.Session = checks.makeConstructor(Wsp.Session, (Session, role) => new Session(isObject(role) || role === undefined ? role : {role}));
}
