// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// A chat with rooms for clients whose cookie is known, and a health check: members-only [PORT [SESSION=NAME…]]
HashTable<string, string> names;        // of the members, by their sessions

unowned string? name_of (Wsp.Handshake handshake) {
    var session = handshake.dup_cookie ("session");

    return session != null ? names[session] : null;
}

void add_services (Wsp.Server server) throws Error {
    server.request.connect ((handshake) => {
        if (name_of (handshake) != null)        // a program that asks a database defers the handshake
            return true;
        handshake.reject (401, null, null);
        return false;
    });
    server.connection["/rooms/{room}"].connect ((connection) => {
        connection.message_filter = TEXT_ONLY;          // others have no text
        connection.set_message_func ((sender, message) => {
            var members = sender.dup_server ().connections;     // a handler that named `server` would keep it for ever
            var room = sender.handshake.dup_path_value ("room");
            var text = "%s: %s".printf (name_of (sender.handshake), message.get_text ());

            for (uint i = 0; i < members.get_n_items (); i++) {
                var member = (Wsp.Connection) members.get_item (i);

                try {
                    if (member.handshake.dup_path_value ("room") == room)
                        member.queue_text (text);
                } catch (Error e) {
                    // It is closing.
                }
            }
        });
    });
    server.http_request["/healthz"].connect ((request) => {
        var headers = new Wsp.Headers ();

        try {
            headers.append ("Cache-Control", "no-store");
        } catch (Error e) {
            assert_not_reached ();
        }
        request.respond (200, headers, new Bytes ("ok\n".data));
        return true;
    });
    server.add_route ("/rooms/{room}");
    server.add_http_route ("/healthz");
}

int main (string[] args) {
    var server = new Wsp.Server ();

    names = new HashTable<string, string> (str_hash, str_equal);
    for (int i = 2; i < args.length; i++) {
        var member = args[i].split ("=", 2);

        names[member[0]] = member[1];
    }
    try {
        add_services (server);
        print ("port %u\n", server.listen_inet (null, (uint16) int.parse (args[1] ?? "8080")).get_port ());
    } catch (Error e) {
        printerr ("%s\n", e.message);
        return 1;
    }
    new MainLoop ().run ();
    return 0;
}
