// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Results of Wsp.Reconnector::should-retry handlers in JavaScript: what raises or returns nothing gives up. Handlers of
// attempt-failed decide nothing.

imports.gi.versions.Wsp = '1';
const {GLib, Wsp} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, end, ok} = imports.tap;

begin('/bindings/gjs/reconnector', 60);

const SECONDS = 60;

function fail() {
    throw new Error('handler failed, as the test wants');
}

const CASES = [         // claim, signal, handler, the values of active
    ['throws-gives-up', 'should-retry', fail, 'true,false'],
    ['returns-nothing-gives-up', 'should-retry', () => {}, 'true,false'],
    ['false-gives-up', 'should-retry', () => false, 'true,false'],
    ['true-goes-on', 'should-retry', () => true, 'true'],
    ['attempt-failed/throws-goes-on', 'attempt-failed', fail, 'true'],
    ['attempt-failed/returns-nothing-goes-on', 'attempt-failed', () => {}, 'true'],
    ['attempt-failed/false-goes-on', 'attempt-failed', () => false, 'true'],
    ['attempt-failed/async-goes-on', 'attempt-failed', async () => {}, 'true'],
    ['attempt-failed/that-stops-stops', 'attempt-failed', keeper => keeper.stop(), 'true,false'],
];

function ask([claim, signal, handler, expected]) {
    const keeper = Wsp.Reconnector.new('ws://127.0.0.1:1/', null);
    const active = [];
    keeper.min_delay = SECONDS * 1000;
    keeper.connect(signal, handler);
    keeper.connect('notify::active', () => active.push(keeper.active));
    keeper.start();
    while (keeper.active && keeper.next_attempt_us === 0)
        GLib.MainContext.default().iteration(true);
    while (GLib.MainContext.default().iteration(false))
        ;
    ok(String(active) === expected && keeper.get_active() === expected.endsWith('true'), claim, active);
    keeper.stop();
}

// GJS tells of an exception by a critical.
GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR);
GLib.log_set_writer_func(() => GLib.LogWriterOutput.HANDLED);
for (const row of CASES)
    ask(row);
end();
