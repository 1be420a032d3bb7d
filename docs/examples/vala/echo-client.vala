// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Says "Hello" to an echo server and prints what comes back: echo-client [URI]
async void talk (string uri) throws Error {
    var connection = yield new Wsp.Client ().connect_async (uri, { "chat" }, null, null);

    yield connection.send_text_async ("Hello", null);
    var message = yield connection.receive_async (null);        // null = closed by the peer

    print ("%s\n", message.get_text ());
    yield connection.close_async (Wsp.CloseCode.NORMAL, null, null);
}

int main (string[] args) {
    var loop = new MainLoop ();
    int status = 0;

    talk.begin (args.length > 1 ? args[1] : "ws://localhost:8080/chat", (source, result) => {
        try {
            talk.end (result);
        } catch (Error e) {
            printerr ("%s\n", e.message);
            status = 1;
        }
        loop.quit ();
    });
    loop.run ();
    return status;
}
