// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// The points of a test in GJS, its time limit and its end; asynchronous calls and their errors.

const {GLib} = imports.gi;
const System = imports.system;

let path, nPoints = 0, nFailed = 0;

function begin(pathOfPoints, seconds) {
    path = pathOfPoints;
    GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, seconds, () => {
        print('Bail out! the time is over');
        System.exit(1);
        return GLib.SOURCE_REMOVE;
    });
}

function textOf(value) {
    return value?.constructor === Object || Array.isArray(value) ? JSON.stringify(value) : `${value}`;
}

function ok(verdict, claim, ...shown) {
    nPoints++;
    nFailed += verdict ? 0 : 1;
    print(`${verdict ? 'ok' : 'not ok'} ${nPoints} - ${path}/${claim}`);
    if (!verdict && shown.length > 0)
        print(`#   ${shown.map(textOf).join('\n').replace(/\n/g, '\n#   ')}`);
}

// An exception of an asynchronous main function is a point that failed.
function run(main) {
    const loop = new GLib.MainLoop(null, false);

    main().catch(error => ok(false, 'runs-to-its-end', `${error}\n${error.stack}`)).finally(() => loop.quit());
    loop.run();
}

function end() {
    print(`1..${nPoints}`);
    System.exit(nFailed === 0 ? 0 : 1);
}

function call(object, name, ...args) {
    return new Promise((resolve, reject) => object[`${name}_async`](...args, (_source, result) => {
        try {
            resolve(object[`${name}_finish`](result));
        } catch (error) {
            reject(error);
        }
    }));
}

async function errorOf(promise) {
    try {
        await promise;
    } catch (error) {
        return error;
    }
    return null;
}

function isOf(error, domain, code) {
    return error instanceof GLib.Error && error.matches(domain, code);
}
