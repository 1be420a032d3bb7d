// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported extend */

// Wsp.run (), which waits for a promise in a main loop. An await at the top of a module does not sleep in GJS 1.74: it polls,
// and uses a whole processor. docs/rationales/python-and-javascript.md has the reasons.

const {Gio, GLib} = imports.gi;
const {checks} = imports.overrides.wsp;
const System = imports.system;
const {drainMicrotaskQueue = () => {}} = imports._promiseNative;

let Wsp;
let isRunning = false;

// Inside a function that GJS calls for a promise, no promise goes on before this function has returned: a loop would never end.
function isInsidePromise() {
    let hasRun = false;

    Promise.resolve().then(() => (hasRun = true));
    drainMicrotaskQueue();
    return !hasRun;
}

function isThenable(value) {
    return typeof value?.then === 'function';
}

function begin(main) {
    const isFunction = typeof main === 'function';
    const hint = main instanceof Gio.Application ? ' (write application.run ())' : '';

    if (!isFunction && !isThenable(main))
        throw new TypeError(`Argument of Wsp.run () is wrong: expected an async function or a promise, received ${checks.nameOf(main)}${hint}`);
    const promise = isFunction ? main() : main;

    if (!isThenable(promise)) {
        throw new TypeError(`Function of Wsp.run () did not wait: expected an async function, or one that returns a promise, received ${
            checks.nameOf(promise)}`);
    }
    return promise;
}

function wait(promise) {
    const loop = new GLib.MainLoop(null, false);
    let end = null;
    const settle = give => value => {
        end = () => give(value);
        loop.quit();
    };

    Promise.resolve(promise).then(settle(value => value), settle(thrown => {
        throw thrown;
    }));
    while (!end)
        loop.run();
    return end();
}

// Runs an async function, or waits for a promise; returns its value, or throws what it threw. Signals keep their effect: SIGINT
// ends the program at once, also one that computes, as a handler of GLib would not.
function run(main) {
    if (main instanceof Promise)
        main.catch(() => {});           // isInsidePromise () would have GJS report one that was rejected at once
    if (isRunning || isInsidePromise())
        throw new Error('Wsp.run: expected no running loop (await the function)');
    isRunning = true;
    Wsp.Connection.hold_replies();
    try {
        return wait(begin(main));
    } finally {
        Wsp.Connection.write_replies();
        isRunning = false;
    }
}

// GJS ends the program in the main loop only if it sees the call of exit () in a callback of C. In a function that it calls for a
// promise, it would call no other promise from then on, and never end.
function guardExit() {
    const {exit} = System;

    System.exit = (...args) => {
        if (isRunning)
            Wsp.Connection.write_replies();
        if (isInsidePromise()) {
            const action = new Gio.SimpleAction({name: 'exit'});

            action.connect('activate', () => exit(...args));
            action.activate(null);
        }
        exit(...args);
    };
}

function extend(namespace) {
    Wsp = namespace;
    Wsp.run = run;
    guardExit();
}
