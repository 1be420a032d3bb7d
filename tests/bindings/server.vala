// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Results of Wsp.Server.request handlers and route functions in Vala, and the result of the request.

enum Answer { FALSE, TRUE, DEFER }

struct Row {
    string claim;
    Answer answer;
    string path;
    uint   status;
    uint   n_lines;     // of the log, that tell of a 500
}

const Row[] ROWS = {
    { "false-is-500", Answer.FALSE, "/", 500, 1 },
    { "true-is-yes", Answer.TRUE, "/", 101, 0 },
    { "deferred-then-accepted", Answer.DEFER, "/101", 101, 0 },
    { "deferred-then-rejected", Answer.DEFER, "/403", 403, 0 }
};

StringBuilder logged;

LogWriterOutput catch_log (LogLevelFlags level, LogField[] fields) {
    foreach (var field in fields) {
        if (field.key == "MESSAGE")
            logged.append ((string) field.value).append_c ('\n');
    }
    return LogWriterOutput.HANDLED;
}

void decide (Wsp.Handshake handshake) {
    var status = uint.parse (handshake.get_path ().substring (1));

    try {
        if (status == 101)
            handshake.accept (null, null);
        else
            handshake.reject (status, null, null);
    } catch (Error e) {
        warning (e.message);
    }
}

bool judge (Wsp.Handshake handshake, Answer answer) {
    if (answer == Answer.DEFER) {
        handshake.defer ();
        Idle.add (() => {
            decide (handshake);
            return Source.REMOVE;
        });
    }
    return answer == Answer.TRUE;
}

async void ask (Row row) throws Error {
    var server = new Wsp.Server ();
    var answer = row.answer;

    server.request.connect ((handshake) => judge (handshake, answer));
    var uri = "ws://127.0.0.1:%u%s".printf (server.listen_inet ("127.0.0.1", 0).get_port (), row.path);
    var handshake = new Wsp.Handshake.client (uri, null, null);

    logged.truncate ();
    try {
        (yield new Wsp.Client ().open_async (handshake, null, null)).abort ();
    } catch (Error e) {
        // The status tells what it was.
    }
    var n_reported = logged.str.split ("answered with 500").length - 1;
    var status = handshake.response_status;
    print ("%s %u - /bindings/vala/server/request/%s\n", status == row.status && n_reported == row.n_lines ? "ok" : "not ok",
           ++n_points, row.claim);
    if (status != row.status || n_reported != row.n_lines)
        print ("#   status %u, log: %s\n", status, logged.str);
}

// Handlers run in the threads of the server.
async void use_workers () throws Error {
    var server = new Wsp.Server ();
    unowned var main_thread = Thread.self<bool> ();
    int n_elsewhere = 0;

    server.connection.connect ((connection) => {
        if (Thread.self<bool> () != main_thread)
            AtomicInt.inc (ref n_elsewhere);
        connection.close_async.begin (4000, null, null);
    });
    server.start_workers (2);
    var uri = "ws://127.0.0.1:%u/".printf (server.listen_inet ("127.0.0.1", 0).get_port ());
    var connection = yield new Wsp.Client ().connect_async (uri, null, null, null);
    var message = yield connection.receive_async (null);

    yield server.shutdown_async (1001, null, 1000);
    print ("%s %u - /bindings/vala/server/workers/handlers-run-in-their-threads\n",
           message == null && connection.peer_close_code == 4000 && n_elsewhere == 1 ? "ok" : "not ok", ++n_points);
}

// The main thread closes a connection of another thread.
async void use_invoke () throws Error {
    var server = new Wsp.Server ();
    unowned var main_thread = Thread.self<bool> ();
    int n_elsewhere = 0;

    server.connection.connect ((connection) => connection.start_receiving ());
    server.start_workers (2);
    var uri = "ws://127.0.0.1:%u/".printf (server.listen_inet ("127.0.0.1", 0).get_port ());
    var connection = yield new Wsp.Client ().connect_async (uri, null, null, null);

    while (server.connections.get_n_items () == 0) {
        Idle.add (use_invoke.callback);
        yield;
    }
    ((Wsp.Connection) server.connections.get_item (0)).invoke ((self) => {
        if (Thread.self<bool> () != main_thread)
            AtomicInt.inc (ref n_elsewhere);
        self.close_async.begin (4001, null, null);
    });
    var message = yield connection.receive_async (null);

    yield server.drain_async (1001, null, 0, 1, 1000);
    var stats = server.dup_stats ();
    var own = connection.dup_stats ().copy ();
    var is_counted = stats.connections_open == 0 && stats.copy ().get_closed (4000) == 1 && own.bytes_sent == stats.bytes_received;
    print ("%s %u - /bindings/vala/server/workers/numbers-of-all-threads\n", is_counted ? "ok" : "not ok", ++n_points);
    print ("%s %u - /bindings/vala/server/workers/invoke-calls-in-their-threads\n",
           message == null && connection.peer_close_code == 4001 && n_elsewhere == 1 ? "ok" : "not ok", ++n_points);
}

// A worker and the main thread broadcast to a group.
async void use_group () throws Error {
    var server = new Wsp.Server ();
    var group = new Wsp.Group (server);

    server.connection.connect ((connection) => {
        try {
            group.add (connection);
            group.broadcast (new Wsp.Message.text ("joined"));
        } catch (Error e) {
            warning (e.message);
        }
        connection.start_receiving ();
    });
    server.start_workers (2);
    var uri = "ws://127.0.0.1:%u/".printf (server.listen_inet ("127.0.0.1", 0).get_port ());
    var connection = yield new Wsp.Client ().connect_async (uri, null, null, null);
    var first = yield connection.receive_async (null);

    group.broadcast (new Wsp.Message.text ("hello"), Wsp.SendFlags.URGENT);
    var second = yield connection.receive_async (null);

    print ("%s %u - /bindings/vala/server/group/of-two-threads\n",
           first.get_text () == "joined" && second.get_text () == "hello" && group.get_n_members () == 1 ? "ok" : "not ok",
           ++n_points);
    yield server.shutdown_async (1001, null, 1000);
}

async void run () throws Error {
    logged = new StringBuilder ();
    Log.set_writer_func (catch_log);
    foreach (var row in ROWS)
        yield ask (row);
    yield use_workers ();
    yield use_invoke ();
    yield use_group ();
}
