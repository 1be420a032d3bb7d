// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Sends "NUMBER TEXT", waits half a second for that number: request-response URI TEXT...
async string ask (Wsp.Connection connection, uint64 number, string text) throws Error {
    var cancellable = new Cancellable ();

    Timeout.add (500, () => {
        cancellable.cancel ();
        return Source.REMOVE;
    });
    connection.queue_text (@"$number $text");
    for (;;) {      // a response that comes too late is read, and left out, by the next request
        var response = yield connection.receive_async (cancellable);

        if (response == null)
            throw new IOError.CLOSED ("closed by the server");
        if (uint64.parse (response.get_text () ?? "") == number)
            return response.get_text ();
    }
}

async int main (string[] args) {
    try {
        var connection = yield new Wsp.Client ().connect_async (args[1]);

        for (int i = 2; i < args.length; i++) {
            try {
                print ("%s\n", yield ask (connection, i - 1, args[i]));
            } catch (IOError.CANCELLED e) {
                print ("no response\n");
            }
        }
        yield connection.close_async ();
        return 0;
    } catch (Error e) {
        printerr ("%s\n", e.message);
        return 1;
    }
}
