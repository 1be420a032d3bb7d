// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Wsp.Session from Vala.  Compiled twice: unchanged, and with "using Wsp;" before it.

int main () {
    try {
        var client = new Wsp.Session (Wsp.Role.CLIENT);
        var server = new Wsp.Session (Wsp.Role.SERVER);
        var own = new Wsp.Headers ();
        own.append ("Host", "example.org");
        var request = client.begin_client_handshake ({ "chat" }, null, own);
        client.end_client_handshake (server.begin_server_handshake ("chat", null, request));
        client.send (Wsp.BufferType.UTF8_MESSAGE, new Bytes ("Hello".data));
        server.receive ();

        Bytes? wire = null;
        for (var action = client.next_action (Wsp.ActionQueue.ALL); action != null;
             action = client.next_action (Wsp.ActionQueue.ALL)) {
            if (action.get_action_type () == Wsp.ActionType.SEND_TO_NETWORK)
                wire = action.dup_bytes ();
            client.complete_action (action, wire.get_size ());
        }

        var read = server.next_action (Wsp.ActionQueue.RECEIVE);
        server.complete_receive (read, wire);
        var shown = server.next_action (Wsp.ActionQueue.RECEIVE);
        var is_hello = shown.dup_bytes ().compare (new Bytes ("Hello".data)) == 0;
        print ("%s 1 - /bindings/vala/session/message-passed-by-hand\n", is_hello ? "ok" : "not ok");
        server.complete_action (shown, 0);
        server.abort ();
        server.send (Wsp.BufferType.BINARY_MESSAGE, null);
        print ("not ok 2 - /bindings/vala/session/error-caught\n");
    } catch (Wsp.WebSocketError.CLOSED error) {
        print ("ok 2 - /bindings/vala/session/error-caught\n");
    } catch (Error error) {
        print ("Bail out! %s\n", error.message);
    }
    print ("1..2\n");
    return 0;
}
