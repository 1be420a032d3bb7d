// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// A chat: each path is a room, and a client that never reads is evicted: chat-server [PORT]
int main (string[] args) {
    var server = new Wsp.Server () { subprotocols = { "chat" } };

    server.limits.max_send_queue = 1 << 20;
    server.connection.connect ((connection) => {
        connection.set_message_func ((sender, message) => {
            var members = sender.dup_server ().connections;           // a handler that named `server` would keep it for ever

            for (uint i = 0; i < members.get_n_items (); i++) {
                var member = (Wsp.Connection) members.get_item (i);

                try {
                    if (member.handshake.path == sender.handshake.path)
                        member.queue_message (message);
                } catch (Error e) {
                    if (e is Wsp.WebSocketError.QUEUE_FULL)
                        member.abort ();        // it has not read for max-send-queue bytes
                }
            }
        });
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
