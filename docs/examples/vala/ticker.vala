// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Prints the numbers of ticker-server, and connects again when it was restarted: ticker [URI]
void main (string[] args) {
    var loop = new MainLoop ();
    var reconnector = new Wsp.Reconnector (args[1] ?? "ws://localhost:8080/");

    reconnector.connected.connect ((connection) => {
        print ("connected\n");
        connection.message_filter = TEXT_ONLY;       // others have no text
        connection.set_message_func ((self, message) => print ("%s\n", message.get_text ()));
    });
    reconnector.attempt_failed.connect ((handshake, error) => printerr ("%s\n", error.message));
    reconnector.disconnected.connect ((info) => print ("%s\n", info.to_string ()));
    reconnector.notify["active"].connect ((self, property) => {
        if (!((Wsp.Reconnector) self).active)
            loop.quit ();               // it has given up: a wrong path, for example
    });
    reconnector.start ();
    loop.run ();
}
