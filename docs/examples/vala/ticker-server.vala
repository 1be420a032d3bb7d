// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Sends a number to every client, ten times a second: ticker-server [PORT]
int main (string[] args) {
    var server = new Wsp.Server ();
    uint number = 0;

    server.connection.connect ((connection) => connection.start_receiving ());   // reads pings and the Close
    Timeout.add (100, () => {
        server.broadcast (new Wsp.Message.text (@"$(number++)"));
        return Source.CONTINUE;
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
