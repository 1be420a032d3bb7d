// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// An echo server that closes all connections with 1001 at SIGTERM: graceful-stop [PORT]
int main (string[] args) {
    var loop = new MainLoop ();
    var server = new Wsp.Server ();

    server.connection.connect ((connection) => {
        connection.set_message_func ((self, message) => {
            try {
                self.queue_message (message);
            } catch (Error e) {
                // It is closing: its last messages have no echo.
            }
        });
    });
    Unix.signal_add (ProcessSignal.TERM, () => {
        // A client that has not answered the Close after five seconds is cut off.
        server.shutdown_async.begin (Wsp.CloseCode.GOING_AWAY, "restart", 5000, null, () => loop.quit ());
        return Source.REMOVE;
    });
    try {
        print ("port %u\n", server.listen_inet (null, (uint16) int.parse (args[1] ?? "8080")).get_port ());
    } catch (Error e) {
        printerr ("%s\n", e.message);
        return 1;
    }
    loop.run ();
    print ("stopped\n");
    return 0;
}
