// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported Preparation, makeGuard */

// Functions of a program before each handshake of a client: handlers of Wsp.Client::prepare, and the option prepare of Wsp.connect ()
// and Wsp.reconnect (). The handshake waits for a promise. If the function throws, or returns something that has no effect, the
// handshake is rejected with status 503, as by a server that is not ready: a request without its token would be refused for good.

const {GObject} = imports.gi;
const {checks, lent} = imports.overrides.wsp;

const STATUS = 503;             // a reconnector then tries again

function checkNothing(value, name) {
    if (value !== undefined && value !== null)
        throw new TypeError(`${name} is wrong: expected to return nothing or a promise of nothing, received ${checks.nameOf(value)}`);
}

// Rejects the handshake, and returns what that means for the attempt: it comes too late if somebody has let the handshake proceed.
function refuseAttempt(handshake) {
    handshake.reject(STATUS);

    const status = handshake.get_response_status();
    const isLate = status < 300 || handshake.get_time_us(imports.gi.Wsp.HandshakeStep.SENT) > 0;

    return [isLate, isLate ? ' after the attempt had gone on' : `: the attempt has failed with status ${status}`];
}

async function wait(handshake, value, name, refuse) {
    try {
        checkNothing(await value, name);
        handshake.proceed();
    } catch (thrown) {
        if (!handshake.get_cancellable().is_cancelled())        // the call has not ended before
            refuse(handshake, thrown);
    }
}

// Calls a function, and lets the handshake wait for its promise; `refuse` is called with what it throws.
function call(handshake, func, name, refuse) {
    try {
        const value = func();

        if (typeof value?.then !== 'function') {
            checkNothing(value, name);
            return;
        }
        handshake.defer();
        wait(handshake, value, name, refuse);
    } catch (thrown) {
        refuse(handshake, thrown);
    }
}

// For a handler of the signal.
function makeGuard(func) {
    const name = 'Handler of prepare';

    return function (client, handshake, ...more) {
        call(handshake, () => func.call(this, client, handshake, ...more), name, (_handshake, thrown) => {
            lent.logThrown(thrown, `${name} threw an exception${refuseAttempt(handshake)[1]}`);
        });
    };
}

// The option of a call, for one handshake or for all those of a client. `thrown` is the cause of the error that the call throws, and
// is logged if other attempts may follow. It is that of the last attempt: a promise of an earlier one may fail later.
var Preparation = class Preparation {
    constructor(where, func, client, handshake = null) {
        this.client = client;
        this.handshake = handshake;
        this.begun = null;              // the handshake that was prepared last
        this.hasThrown = false;
        this.thrown = undefined;
        this.handler = GObject.signal_connect(client, 'prepare', (_client, begun) => {
            if (handshake === null || begun === handshake)
                this.begin(where, func, begun);
        });
    }

    begin(where, func, handshake) {
        this.begun = handshake;
        this.hasThrown = false;
        this.thrown = undefined;
        call(handshake, () => func(handshake), `Option prepare of ${where} ()`, (rejected, thrown) => {
            const [isLate, what] = refuseAttempt(rejected);

            if (this.begun === rejected && !isLate) {
                this.hasThrown = true;
                this.thrown = thrown;
            }
            if (!this.handshake || isLate)
                lent.logThrown(thrown, `Option prepare of ${where} () threw an exception${what}`);
        });
    }

    end() {
        if (this.handler)
            GObject.signal_handler_disconnect(this.client, this.handler);
        this.handler = 0;
    }
};
