// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Shows each message of a server as a notification of GNOME Shell 45 or later.
import Wsp from 'gi://Wsp?version=1';
import {Extension} from 'resource:///org/gnome/shell/extensions/extension.js';
import * as Main from 'resource:///org/gnome/shell/ui/main.js';

export default class Messages extends Extension {
    enable() {
        const limits = new Wsp.Limits({max_message_size: 4096});        // the shell waits while it handles a message

        this._reconnector = new Wsp.Reconnector(this.metadata.uri, {client: new Wsp.Client({limits})});
        this._reconnector.connect('connected', this._onConnected.bind(this));
        this._reconnector.start();
    }

    _onConnected(reconnector, connection) {
        connection.connect('message', (_connection, message) => {
            const text = message.get_text();

            // While a connection closes, messages still arrive; the extension may be disabled by then, or enabled again.
            if (text !== null && reconnector === this._reconnector)
                Main.notify(this.metadata.name, text);
        });
    }

    disable() {
        this._reconnector.stop();               // an attempt, a wait, or the connection
        this._reconnector = null;
    }
}
