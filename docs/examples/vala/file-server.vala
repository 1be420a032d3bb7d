// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Sends the files of its folder (/get/NAME) and saves others (/put/NAME): file-server [PORT]
async void transfer (Wsp.Connection connection) {
    var path = connection.handshake.path;
    var file = File.new_for_path (Path.get_basename (path));    // nothing above the folder
    var ends = OutputStreamSpliceFlags.CLOSE_SOURCE | OutputStreamSpliceFlags.CLOSE_TARGET;

    try {
        if (path.has_prefix ("/put/")) {
            var stream = yield connection.receive_stream_async ();      // null = closed by the peer

            if (stream != null)
                yield file.replace (null, false, 0).splice_async (stream, ends);
        } else {
            var input = file.read ();       // first: a message that was begun has to be ended

            yield connection.begin_message (Wsp.MessageType.BINARY).splice_async (input, ends);
        }
    } catch (IOError.NOT_FOUND e) {
        connection.close_async.begin (4404, "no such file");
    } catch (Error e) {
        connection.fail (e);
    }
}

int main (string[] args) {
    var server = new Wsp.Server ();

    server.connection.connect ((connection) => transfer.begin (connection));
    try {
        print ("port %u\n", server.listen_inet (null, (uint16) int.parse (args[1] ?? "8080")).get_port ());
    } catch (Error e) {
        printerr ("%s\n", e.message);
        return 1;
    }
    new MainLoop ().run ();
    return 0;
}
