// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Prints what a server sends, and connects again, each time with a new token, which a command prints:
// fresh-token URI COMMAND [ARGUMENT…]

// With status 503 another attempt follows, with its own call of this function. If the attempt has ended before the command,
// the calls at the end have no effect.
async void set_token (Wsp.Handshake handshake, string[] argv) {
    try {
        var command = new Subprocess.newv (argv, STDOUT_PIPE);

        try {
            string? token;

            yield command.communicate_utf8_async (null, handshake.get_cancellable (), out token, null);
            if (command.get_successful ()) {
                var headers = new Wsp.Headers ();

                headers.append ("Authorization", "Bearer " + token.strip ());
                handshake.request_headers = headers;
                handshake.proceed ();
                return;
            }
        } finally {
            command.force_exit ();
        }
    } catch (Error e) {
        printerr ("%s\n", e.message);
    }
    handshake.reject (503, null, null);
}

int main (string[] args) {
    if (args.length < 3) {
        printerr ("fresh-token URI COMMAND [ARGUMENT…]\n");
        return 1;
    }
    var loop = new MainLoop ();
    var reconnector = new Wsp.Reconnector (args[1]);
    var command = args[2:args.length];

    reconnector.client.prepare.connect ((handshake) => {
        handshake.defer ();
        set_token.begin (handshake, command);
    });
    reconnector.connected.connect ((connection) => {
        print ("connected\n");
        connection.message_filter = TEXT_ONLY;          // others have no text
        connection.set_message_func ((self, message) => print ("%s\n", message.get_text ()));
    });
    reconnector.attempt_failed.connect ((handshake, error) => printerr ("%s\n", error.message));
    reconnector.disconnected.connect ((info) => print ("%s\n", info.to_string ()));
    reconnector.notify["active"].connect ((self, property) => {
        if (!((Wsp.Reconnector) self).active)
            loop.quit ();               // another attempt would not help, after status 403, say
    });
    reconnector.start ();
    loop.run ();
    return 1;
}
