// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported runCases */

// Cases of a WebSocket that give the same answers in GJS and in a browser.

const MILLISECONDS = 10000;

const later = (ms = 1) => new Promise(resolve => setTimeout(resolve, ms));

function nameOf(call) {
    try {
        call();
    } catch (error) {
        return error.name;
    }
    return 'nothing';
}

function shownData(data) {
    return typeof data === 'string' ? JSON.stringify(data) : `[${Array.from(new Uint8Array(data))}]`;
}

// The events of a socket up to close, as words; each step is called with the socket, the first after open, the next ones
// after a message each.
function talk(socket, ...steps) {
    const words = [];

    return new Promise(resolve => {
        const next = () => steps.shift()?.(socket, words);

        socket.binaryType = 'arraybuffer';
        socket.onopen = () => {
            words.push(`open ${socket.readyState}`);
            next();
        };
        socket.onmessage = ({data}) => {
            words.push(shownData(data));
            next();
        };
        socket.onerror = () => words.push(`error ${socket.readyState}`);
        socket.onclose = ({code, reason, wasClean}) => {
            words.push(`close ${socket.readyState} ${code} ${JSON.stringify(reason)} ${wasClean}`);
            resolve(words.join(', '));
        };
    });
}

const send = data => socket => socket.send(data);
const close = (...values) => socket => socket.close(...values);

// Name, what is done, what it gives.
const CASES = [
    ['constants', ({WebSocket}) => ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'].map(name =>
        `${WebSocket[name]}${WebSocket.prototype[name]}`).join(), '00,11,22,33'],
    ['without-url', ({WebSocket}) => nameOf(() => new WebSocket()), 'TypeError'],
    ['without-new', ({WebSocket}) => nameOf(() => WebSocket('ws://a/')), 'TypeError'],
    ['bad-urls', ({WebSocket}) => ['ws://', 'ws://a/#b', 'ftp://a/', 'mailto:a', 'ws://a:x/'].map(url =>
        nameOf(() => new WebSocket(url))).join(), 'SyntaxError,SyntaxError,SyntaxError,SyntaxError,SyntaxError'],
    ['bad-subprotocols', ({WebSocket, base}) => ['', 'a b', 'a,b', 'ü', ['a', 'a'], ['a', '']].map(protocols =>
        nameOf(() => new WebSocket(base, protocols))).join(), Array(6).fill('SyntaxError').join()],
    ['subprotocols-of-other-types', ({WebSocket, base}) => [{}, 'a,b', [null, 'null'], Object('ab,')].map(protocols =>
        nameOf(() => new WebSocket(base, protocols))).join(), Array(4).fill('SyntaxError').join()],
    ['url-is-normal', async ({WebSocket, base}) => {
        const socket = new WebSocket(`${base.replace('ws:', 'WS:').slice(0, -1)}?a=B`);
        const shown = socket.url.replace(base, 'BASE/');

        await talk(socket, close());
        return shown;
    }, 'BASE/?a=B'],
    ['http-is-ws', async ({WebSocket, base}) => {
        const socket = new WebSocket(base.replace('ws:', 'http:'));

        await talk(socket, close());
        return socket.url === base;
    }, true],
    ['echo-of-text', ({open}) => talk(open('echo'), send('Grüße'), send(''), send('a\0b'), send('\ufeffa'), send('\ud800'), close(1000)),
        'open 1, "Grüße", "", "a\\u0000b", "\ufeffa", "\ufffd", close 3 1000 "" true'],
    ['echo-of-other-values-as-text', ({open}) => talk(open('echo'), send(5), send(null), send({}), send(undefined), close()),
        'open 1, "5", "null", "[object Object]", "undefined", close 3 1005 "" true'],
    ['echo-of-bytes', ({open}) => talk(open('echo'), send(new Uint8Array([1, 2])), send(new Uint8Array([1, 2, 3]).subarray(1)),
        send(new Uint8Array([4]).buffer), send(new DataView(new Uint8Array([5, 6]).buffer, 1)), send(new ArrayBuffer(0)), close(3000, 'bye')),
    'open 1, [1,2], [2,3], [4], [6], [], close 3 3000 "" true'],
    ['send-without-data', ({open}) => talk(open('echo'), (socket, words) => {
        words.push(nameOf(() => socket.send()));
        socket.close();
    }), 'open 1, TypeError, close 3 1005 "" true'],
    ['message-event', ({open, base}) => new Promise(resolve => {
        const socket = open('echo');

        socket.onopen = () => socket.send('a');
        socket.onmessage = event => {
            resolve([event.type, event.data, event.origin === base.slice(0, -1), event.lastEventId, event.target === socket,
                event.currentTarget === socket].join());
            socket.close();
        };
    }), 'message,a,true,,true,true'],
    ['send-before-open', ({open}) => {
        const socket = open('echo'), name = nameOf(() => socket.send('a'));

        return talk(socket, close()).then(() => name);
    }, 'InvalidStateError'],
    ['close-before-open', ({open}) => {
        const socket = open('echo');

        socket.close();
        return talk(socket).then(words => words);
    }, 'error 3, close 3 1006 "" false'],
    ['state-after-close', ({open}) => talk(open('echo'), (socket, words) => {
        socket.close(1000);
        words.push(socket.readyState);
        socket.close(1000);
    }), 'open 1, 2, close 3 1000 "" true'],
    ['bad-closes', ({open}) => talk(open('echo'), (socket, words) => {
        for (const code of [0, 999, 1001, 1005, 1006, 2999, 5000, -1, 70000, NaN, null, 'x'])
            words.push(nameOf(() => socket.close(code)) === 'InvalidAccessError' ? 1 : code);
        words.push(nameOf(() => socket.close(1000, 'ü'.repeat(62))));
        words.push(socket.readyState);
        socket.close(1000, 'ü'.repeat(61));
    }), 'open 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, SyntaxError, 1, close 3 1000 "" true'],
    ['half-is-rounded-to-the-even-code', ({open}) => talk(open('echo'), close(3000.5)), 'open 1, close 3 3000 "" true'],
    ['closes-that-are-no-numbers-and-texts', ({open}) => talk(open('echo'), (socket, words) => {
        for (const values of [[BigInt(1000)], [Symbol('a')], [1000, Symbol('a')]])
            words.push(nameOf(() => socket.close(...values)));
        words.push(nameOf(() => socket.send(Symbol('a'))), socket.readyState);
        socket.close(1000);
    }), 'open 1, TypeError, TypeError, TypeError, TypeError, 1, close 3 1000 "" true'],
    ['code-is-clamped-and-rounded', ({open}) => talk(open('echo'), close(3000.4, 5)), 'open 1, close 3 3000 "" true'],
    ['messages-before-a-close-of-the-server', ({open}) => talk(open('close-4001')), 'open 1, "a", "b", close 3 4001 "enough" true'],
    ['server-goes-away', ({open}) => talk(open('close-1001')), 'open 1, "a", "b", close 3 1001 "enough" true'],
    ['server-fails', ({open}) => talk(open('throw')), 'open 1, close 3 1011 "Application failed while handling the connection" true'],
    ['server-aborts', ({open}) => talk(open('abort'), () => {}), 'open 1, "a", close 3 1006 "" false'],
    ['server-refuses', ({open}) => talk(open('refuse')), 'error 3, close 3 1006 "" false'],
    ['no-server', ({WebSocket, unused}) => talk(new WebSocket(unused)), 'error 3, close 3 1006 "" false'],
    ['subprotocol', ({open}) => {
        const socket = open('echo', ['x', 'chat']), before = socket.protocol;

        return talk(socket, close()).then(() => `${JSON.stringify(before)} ${socket.protocol}`);
    }, '"" chat'],
    ['subprotocol-as-text', ({open}) => {
        const socket = open('echo', 'chat');

        return talk(socket, close()).then(() => socket.protocol);
    }, 'chat'],
    ['no-subprotocol', ({open}) => {
        const socket = open('echo');

        return talk(socket, close()).then(() => JSON.stringify(socket.protocol));
    }, '""'],
    ['buffered-amount', ({open}) => talk(open('sink'), async (socket, words) => {
        socket.send('ü');
        socket.send(new Uint8Array(100000));
        words.push(socket.bufferedAmount);
        while (socket.bufferedAmount > 0)
            await later();
        words.push(socket.bufferedAmount);
        socket.close();
        socket.send('lost');
        words.push(socket.bufferedAmount);
    }), 'open 1, 100002, 0, 4, close 3 1005 "" true'],
    ['send-after-the-end', async ({open}) => {
        const socket = open('echo');

        await talk(socket, close());
        socket.send('four');
        socket.send(new ArrayBuffer(3));
        return socket.bufferedAmount;
    }, 7],
    ['listeners', ({open}) => new Promise(resolve => {
        const socket = open('echo'), words = [];
        const gone = () => words.push('gone'), twice = () => words.push('twice');

        socket.addEventListener('message', () => words.push('first'));
        socket.onmessage = () => words.push('replaced');
        socket.addEventListener('message', {handleEvent: event => words.push(`object ${event.data}`)});
        socket.addEventListener('message', () => words.push('once'), {once: true});
        socket.addEventListener('message', gone);
        socket.removeEventListener('message', gone);
        socket.addEventListener('message', twice);
        socket.addEventListener('message', twice);
        socket.addEventListener('message', null);
        socket.onmessage = () => words.push('property');
        socket.addEventListener('message', () => words.length > 8 ? socket.close() : socket.send('again'));
        socket.onopen = () => socket.send('a');
        socket.onclose = () => resolve(words.join());
    }), 'first,property,object a,once,twice,first,property,object again,twice'],
    ['property-that-is-no-function', ({open}) => {
        const socket = open('echo');

        socket.onmessage = () => {};
        socket.onmessage = 5;
        return talk(socket, close()).then(() => `${Object.keys(socket).length} ${open.length > 0}`);
    }, '0 true'],
    ['listener-that-is-no-function', ({open}) => {
        const socket = open('echo'), name = nameOf(() => socket.addEventListener('open', 5));

        return talk(socket, close()).then(() => name);
    }, 'TypeError'],
    ['property-that-is-an-object-is-not-called', ({open}) => new Promise(resolve => {
        const socket = open('echo'), words = [];

        socket.onmessage = {handleEvent: () => words.push('called')};
        socket.addEventListener('message', () => socket.close());
        socket.onopen = () => socket.send('a');
        socket.onclose = () => resolve(`${typeof socket.onmessage} ${words.length}`);
    }), 'object 0'],
    ['binary-type', ({open}) => talk(open('echo'), (socket, words) => {
        socket.binaryType = 'no such type';
        words.push(socket.binaryType);
        socket.close();
    }), 'open 1, arraybuffer, close 3 1005 "" true'],
    ['shown-as', ({WebSocket, open}) => {
        const socket = open('echo');

        return talk(socket, close()).then(() => `${socket} ${socket instanceof WebSocket}`);
    }, '[object WebSocket] true'],
];

// Name, answer, expected answer. The server answers a Close without the reason.
async function runCases(WebSocket, base, unused) {        // eslint-disable-line no-unused-vars
    const open = (path, ...more) => new WebSocket(`${base}${path}`, ...more);
    const rows = [];

    for (const [name, action, expected] of CASES) {
        let answer = null;

        try {
            // eslint-disable-next-line no-await-in-loop
            answer = await Promise.race([action({WebSocket, base, unused, open}), later(MILLISECONDS).then(() => 'no end')]);
        } catch (error) {
            answer = `${error}`;
        }
        rows.push([name, answer, expected]);
    }
    return rows;
}
