// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// The main () of a test in Vala: runs run () of the test's file, with a limit of time, and prints the number of points.

const uint SECONDS = 60;

uint n_points;

int main () {
    var loop = new MainLoop ();

    Timeout.add_seconds (SECONDS, () => {
        print ("Bail out! the time is over\n");
        loop.quit ();
        return Source.REMOVE;
    });
    run.begin ((source, result) => {
        try {
            run.end (result);
        } catch (Error e) {
            print ("Bail out! %s\n", e.message);
        }
        loop.quit ();
    });
    loop.run ();
    print ("1..%u\n", n_points);
    return 0;
}
