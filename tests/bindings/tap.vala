// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Wsp.Tap in Vala: a class may have properties with usual names.

class Tap : Object, Wsp.Tap {
    public bool state { get; private set; }
    public uint64 bytes { get; private set; }

    public void bytes_passed (Object source, Wsp.Direction direction, Bytes data, int64 time_us) {
        if (direction == Wsp.Direction.SENT)
            bytes += data.length;
    }

    public void state_changed (Object source) {
        var connection = source as Wsp.Connection;

        if (connection != null)
            state = connection.state == Wsp.ConnectionState.OPEN;
    }
}

void point (bool passed, string claim) {
    print ("%s %u - /bindings/vala/tap/%s\n", passed ? "ok" : "not ok", ++n_points, claim);
}

async void run () throws Error {
    var server = new Wsp.Server ();
    var client = new Wsp.Client ();
    var tap = new Tap ();
    var uri = "ws://127.0.0.1:%u/".printf (server.listen_inet ("127.0.0.1", 0).get_port ());

    server.connection.connect ((connection) => connection.start_receiving ());
    client.add_tap (tap);
    var connection = yield client.connect_async (uri, null, null, null);
    var before = tap.bytes;
    point (before > 0, "bytes-of-the-request");
    point (tap.state, "state-of-an-open-connection");
    connection.queue_text ("Hello");
    yield connection.close_async (1000, null, null);
    point (tap.bytes == before + 11 + 8, "bytes-of-each-frame");
    point (!tap.state, "state-of-a-closed-connection");
}
