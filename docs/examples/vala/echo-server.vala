// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Sends every message back: echo-server [PORT]
int main (string[] args) {
    var server = new Wsp.Server () {
        subprotocols = { "chat" },
        allowed_origins = { "https://example.org" }
    };

    server.connection.connect ((connection) => {
        // A handler that named `connection` instead of its first parameter would keep the connection for ever.
        connection.set_message_func ((self, message) => {
            try {
                self.queue_message (message);
            } catch (Error e) {
                // It is closing: its last messages have no echo.
            }
        });
        connection.closed.connect ((self) => print ("closed %u\n", self.peer_close_code));
    });
    try {
        print ("port %u\n", server.listen_inet (null, (uint16) int.parse (args[1] ?? "8080")).get_port ());
    } catch (Error e) {
        printerr ("%s\n", e.message);
        return 1;
    }
    new MainLoop ().run ();
    return 0;
}
