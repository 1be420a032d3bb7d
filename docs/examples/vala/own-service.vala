// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// An echo server whose clients come from a GSocketService of the program: own-service [PORT]
int main (string[] args) {
    var server = new Wsp.Server ();
    var service = new SocketService ();
    var port = (uint16) int.parse (args[1] ?? "8080");

    server.connection.connect ((connection) => {
        connection.set_message_func ((self, message) => {
            try {
                self.queue_message (message);
            } catch (Error e) {
                // It is closing: its last messages have no echo.
            }
        });
    });
    service.incoming.connect ((stream) => {
        try {
            server.accept_stream (stream);
        } catch (Error e) {     // the server is full, for example
            printerr ("%s\n", e.message);
        }
        return true;
    });
    try {
        if (port == 0)
            port = service.add_any_inet_port (null);
        else
            service.add_inet_port (port, null);
    } catch (Error e) {
        printerr ("%s\n", e.message);
        return 1;
    }
    print ("port %u\n", port);
    new MainLoop ().run ();
    return 0;
}
