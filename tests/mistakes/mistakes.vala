// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// mistakes TABLE NAME PORT FOLDER: makes one mistake of the table, and prints the text for the program.

class Mistake : Object {
    KeyFile table = new KeyFile ();
    MainLoop loop = new MainLoop ();
    string name;
    string port;
    string folder;
    List<Object> kept;

    public Mistake (string[] args) throws Error {
        name = args[2];
        port = args[3];
        folder = args[4];
        table.load_from_file (args[1], KeyFileFlags.NONE);
    }

    string? read (string key) {
        try {
            return table.get_value (name, key).replace ("PORT", port);
        } catch (KeyFileError e) {
            return null;
        }
    }

    string[]? read_list (string key) {
        var text = read (key);
        return text != null ? text.split (";") : null;
    }

    Wsp.Client make_client () throws Error {
        var client = new Wsp.Client ();

        if (read ("timeout") != null)
            client.connect_timeout = uint.parse (read ("timeout"));
        client.subprotocol_required = read ("required") != null;
        if (read ("proxy") != null)
            client.proxy_resolver = new SimpleProxyResolver (read ("proxy"), null);
        if (read ("trust") != null)
            client.tls_database = TlsFileDatabase.@new (Path.build_filename (folder, read ("trust")));
        kept.append (client);
        return client;
    }

    Wsp.Server make_server () throws Error {
        var server = new Wsp.Server ();

        kept.append (server);
        server.allowed_origins = read_list ("origins");
        server.allowed_hosts = read_list ("hosts");
        server.trusted_proxies = read_list ("proxies");
        server.subprotocols = read_list ("supports");
        if (read ("certificate") != null)
            server.tls_certificate = new TlsCertificate.from_files (
                Path.build_filename (folder, read ("certificate") + ".pem"), Path.build_filename (folder, read ("key") ?? "key"));
        return server;
    }

    // Without flags in the row, a server with a certificate uses TLS.
    unowned Wsp.Listener begin_listen (Wsp.Server server) throws Error {
        var flags = read ("certificate") != null ? Wsp.ListenFlags.TLS : Wsp.ListenFlags.DEFAULT;

        if (read ("flags") != null)
            flags = (Wsp.ListenFlags) int.parse (read ("flags"));
        return server.listen_inet (read ("address"), 0, flags);
    }

    void set_two_receivers (Wsp.Connection connection) {
        if (read ("do") == "handler")
            connection.set_message_func ((connection, message) => {});
        connection.message.connect ((message) => {});
        if (read ("do") == "function")
            connection.set_message_func ((connection, message) => {});
        connection.start_receiving ();
    }

    async void connect_to () {
        try {
            Wsp.Headers? headers = null;
            if (read ("header") != null) {
                headers = new Wsp.Headers ();
                headers.append (read ("header").split (": ")[0], read ("header").split (": ")[1]);
            }
            var connection = yield make_client ().connect_async (read ("uri"), read_list ("subprotocols"), headers, null);
            if (read ("do") == "forget") {
                kept.append (connection);
                return;
            }
            if (read ("do") == "function" || read ("do") == "handler")
                set_two_receivers (connection);
        } catch (Error e) {
            print ("text %s\n", e.message);
        }
        loop.quit ();
    }

    bool accept (Wsp.Handshake handshake) {
        try {
            handshake.accept (read ("selects"), null);
        } catch (Error e) {
            print ("text %s\n", e.message);
        }
        return false;
    }

    void serve () throws Error {
        var server = make_server ();

        server.handshake_failed.connect ((address, handshake, error) => {
            if (read ("selects") == null)
                print ("text %s\n", error.message);
            loop.quit ();
        });
        if (read ("selects") != null)
            server.request.connect (accept);
        print ("port %u\n", begin_listen (server).get_port ());
    }

    void skip () throws Error {
        var server = make_server ();

        server.connection.connect ((connection) => {
            // The client does not read, so each message stays in the queue.
            var message = new Wsp.Message.text (string.nfill (256 * 1024, 'x'));
            for (var i = 0; i < 100; i++)
                server.broadcast (message);
            loop.quit ();
        });
        var uri = "ws://127.0.0.1:%u/".printf (begin_listen (server).get_port ());
        make_client ().connect_async.begin (uri, null, null, null);
    }

    void refuse () throws Error {
        var headers = new Wsp.Headers ();

        headers.append ("Host", "a");
        headers.append ("Upgrade", "websocket");
        headers.append ("Connection", "Upgrade");
        headers.append ("Sec-WebSocket-Key", "MDEyMzQ1Njc4OWFiY2RlZg==");
        headers.append ("Sec-WebSocket-Version", "13");
        var handshake = new Wsp.Handshake.server ("GET", "/", "1.1", headers);
        handshake.reject (int.parse (read ("status")), null, new Bytes (new uint8[int.parse (read ("length"))]));
    }

    public void make () throws Error {
        switch (read ("do")) {
            case "set":
                make_server ();
                return;
            case "listen":
            case "plain":
                begin_listen (make_server ());
                return;
            case "refuse":
                refuse ();
                return;
            case "serve":
            case "accept":
                serve ();
                break;
            case "skip":
                skip ();
                break;
            default:
                connect_to.begin ();
                break;
        }
        loop.run ();
    }
}

int main (string[] args) {
    try {
        new Mistake (args).make ();
    } catch (Error e) {
        print ("text %s\n", e.message);
    }
    return 0;
}
