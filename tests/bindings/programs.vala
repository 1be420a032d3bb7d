// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// The shortest programs in Vala, as the API is meant to be used; each runs against a real peer.

Wsp.Connection remote;

void ok (bool verdict, string claim) {
    print ("%s %u - /bindings/programs/vala/%s\n", verdict ? "ok" : "not ok", ++n_points, claim);
}

Wsp.Server serve () {
    var server = new Wsp.Server ();

    server.request.connect ((handshake) => {
        if (handshake.path == "/chat") return true;
        handshake.reject (404, null, null);
        return false;
    });
    server.connection.connect ((connection) => {
        remote = connection;
    });
    server.http_request.connect ((request) => {
        if (request.path == "/healthz")
            request.respond (200, null, new Bytes ("ok".data));
        else
            request.respond (404);
        return true;
    });
    return server;
}

async string ask (uint16 port, string path) throws Error {
    var stream = yield new SocketClient ().connect_to_host_async ("127.0.0.1", port);
    var response = new DataInputStream (stream.input_stream);

    stream.output_stream.write_all (@"GET $path HTTP/1.1\r\nHost: localhost\r\n\r\n".data, null);
    return yield response.read_line_async ();
}

async void run () throws Error {
    var server = serve ();
    var port = server.listen_inet ("127.0.0.1", 0).get_port ();
    var uri = "ws://127.0.0.1:%u/".printf (port);
    var client = new Wsp.Client () { connect_timeout = 5000 };

    try {
        yield client.connect_async (uri, null, null, null);
        ok (false, "other-paths-are-rejected");
    } catch (Error e) {
        ok (e.message.contains ("404"), "other-paths-are-rejected");
    }

    ok ((yield ask (port, "/healthz")).has_prefix ("HTTP/1.1 200 "), "http");
    ok ((yield ask (port, "/other")).has_prefix ("HTTP/1.1 404 "), "http-of-another-path");

    var connection = yield client.connect_async (uri + "chat", null, null, null);
    yield connection.send_message_async (new Wsp.Message.text ("Hello"));

    FileIOStream temporary;
    var target = File.new_tmp (null, out temporary);
    var stream = yield remote.receive_stream_async (null);
    var file = yield target.replace_async (null, false, FileCreateFlags.NONE);
    yield file.splice_async (stream, OutputStreamSpliceFlags.CLOSE_SOURCE | OutputStreamSpliceFlags.CLOSE_TARGET);

    uint8[] contents;
    target.load_contents (null, out contents, null);
    ok ((string) contents == "Hello", "upload-to-a-file");
    target.delete ();
    connection.abort ();
}
