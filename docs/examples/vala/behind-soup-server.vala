// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Pages and a WebSocket on one port: SoupServer speaks HTTP and hands the stream over once it has written the 101:
// behind-soup-server [PORT]
const string PAGE = "<!doctype html><title>Echo</title><p>The WebSocket is at this address, too.";

void respond (Soup.ServerMessage message, string type, string text) {
    message.set_status (Soup.Status.OK, null);
    message.set_response (type, Soup.MemoryUse.COPY, text.data);
}

Wsp.Handshake read_request (Soup.ServerMessage message) throws Error {
    var block = new StringBuilder ();
    var version = message.get_http_version () == Soup.HTTPVersion.@1_1 ? "1.1" : "1.0";
    var target = message.get_uri ().to_string_partial (UriHideFlags.FRAGMENT);

    message.get_request_headers ().foreach ((name, value) => block.append_printf ("%s: %s\r\n", name, value));
    return new Wsp.Handshake.server (message.get_method (), target, version, Wsp.Headers.parse (new Bytes (block.data)));
}

void switch_protocols (Wsp.Server server, Soup.ServerMessage message, Wsp.Handshake handshake) {
    var headers = handshake.get_response_headers ();

    for (uint i = 0; i < headers.get_length (); i++)
        message.get_response_headers ().append (headers.get_name (i), headers.get_value (i));
    message.wrote_informational.connect ((sender) => {     // a reference to message would keep it for ever
        try {
            server.adopt (handshake, sender.steal_connection ());
        } catch (Error e) {
            printerr ("%s\n", e.message);
        }
    });
    message.set_status (Soup.Status.SWITCHING_PROTOCOLS, null);
}

// The server decides as for a port of its own: pages of other sites can reach this port as well.
void answer (Wsp.Server server, Soup.ServerMessage message, Wsp.Handshake handshake) {
    handshake.set_addresses (message.get_local_address (), message.get_remote_address ());
    try {
        server.process_handshake (handshake);
    } catch (Error e) {
        message.set_status (handshake.response_status, null);
        message.set_response ("text/plain; charset=utf-8", Soup.MemoryUse.COPY, handshake.response_body.get_data ());
        return;
    }
    switch_protocols (server, message, handshake);
}

void on_page (Wsp.Server server, Soup.ServerMessage message) {
    try {
        answer (server, message, read_request (message));
    } catch (Wsp.WebSocketError.NOT_WEBSOCKET e) {
        respond (message, "text/html", PAGE);
    } catch (Error e) {
        message.set_status (Soup.Status.BAD_REQUEST, null);
    }
}

int main (string[] args) {
    var server = new Wsp.Server ();
    var http = new Soup.Server ("server-header", "echo");

    server.connection.connect ((connection) => {        // for adopted connections, too
        connection.set_message_func ((self, message) => {
            try {
                self.queue_message (message);
            } catch (Error e) {
                // It is closing: its last messages have no echo.
            }
        });
    });
    http.add_handler ("/health", (http, message) => respond (message, "text/plain", "ok\n"));
    http.add_handler (null, (http, message) => on_page (server, message));
    try {
        http.listen_local (int.parse (args[1] ?? "8080"), Soup.ServerListenOptions.IPV4_ONLY);
    } catch (Error e) {
        printerr ("%s\n", e.message);
        return 1;
    }
    print ("port %d\n", http.get_uris ().nth_data (0).get_port ());
    new MainLoop ().run ();
    return 0;
}
