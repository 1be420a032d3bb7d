// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Sends a file and shows how far it is: file-upload URI FILE
async int main (string[] args) {
    try {
        var input = yield File.new_for_path (args[2]).read_async ();
        var connection = yield new Wsp.Client ().connect_async (args[1]);
        var output = connection.begin_message (Wsp.MessageType.BINARY);
        Bytes bytes;

        while ((bytes = yield input.read_bytes_async (1 << 20)).get_size () > 0) {
            yield output.write_all_async (bytes.get_data (), Priority.DEFAULT, null, null);
            print ("%s bytes sent\n", input.tell ().to_string ());
        }
        yield output.close_async ();
        yield connection.close_async ();
        return 0;
    } catch (Error e) {
        printerr ("%s\n", e.message);
        return 1;
    }
}
