// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Wsp.Session from JavaScript, without an override: two sessions pass their bytes by hand.

imports.gi.versions.Wsp = '1';
const {GLib, Wsp} = imports.gi;
const System = imports.system;

imports.searchPath.unshift(GLib.path_get_dirname(System.programPath));
const {begin, end, ok} = imports.tap;

begin('/bindings/gjs/session', 60);

function bytesOf(text) {
    return new GLib.Bytes(new TextEncoder().encode(text));
}

function actionBytes(action) {
    return new Uint8Array(action.dup_bytes().get_data());
}

// Pieces may be cut inside a character: they are joined first.
function textOf(pieces) {
    const bytes = pieces.flatMap(([, piece]) => [...piece]);
    return new TextDecoder().decode(new Uint8Array(bytes));
}

class Peer {
    constructor(session) {
        this.session = session;
        this.inbox = [];
        this.shown = [];
        this.ended = [];
        this.read = null;
    }

    // Performs one action of a queue; false when there is nothing to do.
    step(queue) {
        const action = this.session.next_action(queue);
        if (action === null)
            return false;
        switch (action.get_action_type()) {
        case Wsp.ActionType.RECEIVE_FROM_NETWORK:
            this.read = action;
            return true;
        case Wsp.ActionType.SEND_TO_NETWORK: {
            const data = actionBytes(action);
            this.other.inbox.push(...data);
            this.session.complete_action(action, data.length);
            return true;
        }
        case Wsp.ActionType.INDICATE_RECEIVE_COMPLETE:
            this.show(action);
            break;
        default:
            this.ended.push(action.get_operation());
        }
        this.session.complete_action(action, 0);
        return true;
    }

    // The transport brings one byte at a time.
    feed() {
        if (this.read === null || this.inbox.length === 0)
            return false;
        const action = this.read;
        this.read = null;
        this.session.complete_receive(action, new GLib.Bytes([this.inbox.shift()]));
        return true;
    }

    show(action) {
        const type = action.get_buffer_type();
        if (type === Wsp.BufferType.CLOSE) {
            this.shown.push([type, action.get_close_code(), action.get_close_reason()]);
            return;
        }
        this.shown.push([type, actionBytes(action)]);
        this.session.receive();
    }

    turn() {
        const received = this.read === null && this.step(Wsp.ActionQueue.RECEIVE);
        const sent = this.step(Wsp.ActionQueue.SEND);
        return this.feed() || received || sent;
    }
}

function connectTwo() {
    const client = Wsp.Session.new(Wsp.Role.CLIENT), server = new Wsp.Session({role: Wsp.Role.SERVER});
    const own = Wsp.Headers.new();
    own.append('Host', 'example.org');
    const request = client.begin_client_handshake(['chat'], null, own);
    client.end_client_handshake(server.begin_server_handshake('chat', null, request));
    const a = new Peer(client), b = new Peer(server);
    a.other = b;
    b.other = a;
    client.receive();
    server.receive();
    return [a, b];
}

function run(a, b) {
    for (let more = true; more;)
        more = [a.turn(), b.turn()].some(did => did);
}

const [a, b] = connectTwo();
ok(a.session.state === Wsp.SessionState.OPEN, 'handshake/open');
ok(a.session.subprotocol === 'chat', 'handshake/subprotocol-selected');

const operation = a.session.send(Wsp.BufferType.UTF8_MESSAGE, bytesOf('Grüße'));
run(a, b);
ok(textOf(b.shown) === 'Grüße', 'one-byte-at-a-time/text');
ok(a.ended.length === 1 && a.ended[0] === operation, 'one-byte-at-a-time/send-indicated-once');

b.session.send(Wsp.BufferType.PING_PONG, bytesOf('there?'));
run(a, b);
ok(textOf(b.shown.filter(([type]) => type === Wsp.BufferType.PING_PONG)) === 'there?',
    'ping/answered-by-itself');

b.session.send_close(4000, 'enough');
run(a, b);
ok(a.session.peer_close_code === 4000 && a.session.peer_close_reason === 'enough', 'close/code-and-reason');
ok(a.session.state === Wsp.SessionState.CLOSED && b.session.state === Wsp.SessionState.CLOSED,
    'close/both-closed');

let caught = null;
try {
    a.session.send(Wsp.BufferType.UTF8_MESSAGE, null);
} catch (error) {
    caught = error;
}
ok(caught !== null && caught.matches(Wsp.Error, Wsp.Error.CLOSED), 'errors/WS-196-closed');

// An action that is out, and the bytes that it has.
function heldAction(name, session) {
    const wires = {
        message: [0x82, 0x81, 0, 0, 0, 0, 0x78],
        pong: [0x89, 0x81, 0, 0, 0, 0, 0x78],
        close: [0x88, 0x83, 0, 0, 0, 0, 0x03, 0xe9, 0x78],
    };
    if (name === 'write') {
        session.send(Wsp.BufferType.BINARY_MESSAGE, bytesOf('x'));
        return [session.next_action(Wsp.ActionQueue.SEND), '\x82\x01x'];
    }
    session.receive();
    const read = session.next_action(Wsp.ActionQueue.RECEIVE);
    if (name === 'read')
        return [read, null];
    session.complete_receive(read, new GLib.Bytes(wires[name]));
    return [session.next_action(Wsp.ActionQueue.RECEIVE), name === 'pong' ? '\x8a\x01x' : 'x'];
}

function textOfBytes(bytes) {
    return bytes === null ? null : String.fromCharCode(...bytes.get_data());
}

for (const name of ['read', 'write', 'message', 'pong', 'close']) {
    const session = Wsp.Session.new_established(Wsp.Role.SERVER, null, null);
    const [held, expected] = heldAction(name, session);
    session.abort();
    for (let next; (next = session.next_action(Wsp.ActionQueue.ALL)) !== null;)
        session.complete_action(next, 0);
    System.gc();
    ok(textOfBytes(held.dup_bytes()) === expected, `actions/withdrawn-${name}-keeps-its-bytes`);
    session.complete_action(held, 3);
    ok(held.dup_bytes() === null, `actions/withdrawn-${name}-ends-when-it-is-completed`);
}

const [accept, digest] = Wsp.accept_key_derive('dGhlIHNhbXBsZSBub25jZQ==');
ok(accept === 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' && digest.get_size() === 20, 'handshake/accept-key');

end();
