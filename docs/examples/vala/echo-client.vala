// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Says "Hello" to an echo server and prints what comes back: echo-client [URI]
async int main (string[] args) {
    try {
        var uri = args[1] ?? "ws://localhost:8080/chat";
        var connection = yield new Wsp.Client ().connect_async (uri, { "chat" });

        connection.queue_text ("Hello");
        var message = yield connection.receive_async ();

        if (message == null)
            throw new IOError.CLOSED ("The server closed the connection without an echo");
        print ("%s\n", message.get_text () ?? "a binary message");
        yield connection.close_async ();
        return 0;
    } catch (Error e) {
        printerr ("%s\n", e.message);
        return 1;
    }
}
