#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.Session from Python, without an override: two sessions pass their bytes by hand."""

import os
import sys

import gi

gi.require_version("Wsp", "1")
from gi.repository import GLib, Wsp  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True

from lib.tap import Tap  # noqa: E402

class Points(Tap):
    def ok(self, verdict, claim):
        self.point(bool(verdict), "/bindings/python/session/" + claim)


class Peer:
    """One side: a session, what has come for it, what it sent and what it was shown."""

    def __init__(self, session):
        self.session = session
        self.inbox = bytearray()
        self.sent = bytearray()
        self.shown = []
        self.ended = []
        self.action = None          # the read that waits for bytes

    def step(self, other):
        """Performs one action; False when there is nothing to do."""
        if self.action is None:
            self.action = self.session.next_action(Wsp.ActionQueue.ALL)
        if self.action is None:
            return False
        kind = self.action.get_action_type()
        if kind == Wsp.ActionType.RECEIVE_FROM_NETWORK:
            return self.read_one()
        action, self.action = self.action, None
        if kind == Wsp.ActionType.SEND_TO_NETWORK:
            data = action.dup_bytes().get_data()
            self.sent += data
            other.inbox += data
            self.session.complete_action(action, len(data))
            return True
        if kind == Wsp.ActionType.INDICATE_RECEIVE_COMPLETE:
            self.show(action)
        else:
            self.ended.append(action.get_operation())
        self.session.complete_action(action, 0)
        return True

    def read_one(self):
        """The transport brings one byte at a time."""
        if not self.inbox:
            return self.write_meanwhile()
        action, self.action = self.action, None
        data = GLib.Bytes.new(bytes(self.inbox[:1]))
        del self.inbox[:1]
        self.session.complete_receive(action, data)
        return True

    def write_meanwhile(self):
        """While a read waits, the other queue goes on."""
        action = self.session.next_action(Wsp.ActionQueue.SEND)
        if action is None:
            return False
        if action.get_action_type() == Wsp.ActionType.SEND_TO_NETWORK:
            data = action.dup_bytes().get_data()
            self.sent += data
            self.out.inbox += data
            self.session.complete_action(action, len(data))
        else:
            self.ended.append(action.get_operation())
            self.session.complete_action(action, 0)
        return True

    def show(self, action):
        kind = action.get_buffer_type()
        if kind == Wsp.BufferType.CLOSE:
            self.shown.append((kind, action.get_close_code(), action.get_close_reason()))
            return
        payload = action.dup_bytes()
        self.shown.append((kind, payload.get_data() if payload else None))
        if self.session.get_state() in (Wsp.SessionState.OPEN, Wsp.SessionState.CLOSE_SENT):
            self.session.receive()


def connect_two():
    """A client and a server that have shaken hands, by the objects alone."""
    client, server = Wsp.Session.new(Wsp.Role.CLIENT), Wsp.Session.new(Wsp.Role.SERVER)
    own = Wsp.Headers.new()
    own.append("Host", "example.org")
    request = client.begin_client_handshake(["chat", "mail"], None, own)
    answer = server.begin_server_handshake("mail", None, request)
    client.end_client_handshake(answer)
    a, b = Peer(client), Peer(server)
    a.out, b.out = b, a
    return a, b


def run(a, b):
    while a.step(b) | b.step(a):
        pass


def message_of(peer):
    """Pieces of one message, joined."""
    return b"".join(data for _, data in peer.shown)


def test_hand_passing(tap):
    a, b = connect_two()
    tap.ok(a.session.get_state() == Wsp.SessionState.OPEN, "handshake/client-open")
    tap.ok(a.session.get_property("subprotocol") == "mail", "handshake/subprotocol-selected")
    b.session.receive()
    operation = a.session.send(Wsp.BufferType.UTF8_MESSAGE, GLib.Bytes.new("Grüße".encode()))
    run(a, b)
    tap.ok(message_of(b) == "Grüße".encode(), "one-byte-at-a-time/text")
    tap.ok(a.ended == [operation], "one-byte-at-a-time/send-indicated-once")
    tap.ok(a.sent[:2] == bytes([0x81, 0x80 | 7]), "one-byte-at-a-time/client-masks")


def test_large(tap):
    a, b = connect_two()
    payload = os.urandom(20000)
    a.session.receive()
    b.session.send(Wsp.BufferType.BINARY_MESSAGE, GLib.Bytes.new(payload))
    run(a, b)
    tap.ok(message_of(a) == payload, "one-byte-at-a-time/20000-bytes")
    kinds = {kind for kind, _ in a.shown[:-1]}
    tap.ok(a.shown[-1][0] == Wsp.BufferType.BINARY_MESSAGE, "one-byte-at-a-time/last-piece-is-message")
    tap.ok(kinds <= {Wsp.BufferType.BINARY_FRAGMENT}, "one-byte-at-a-time/pieces-before-are-fragments")


def test_ping_and_close(tap):
    a, b = connect_two()
    a.session.receive()
    b.session.receive()
    a.session.send(Wsp.BufferType.PING_PONG, GLib.Bytes.new(b"are you there"))
    run(a, b)
    tap.ok(a.shown == [(Wsp.BufferType.PING_PONG, b"are you there")], "ping/answered-by-itself")
    a.shown.clear()
    a.session.send_close(1000, "Tschüss")
    run(a, b)
    tap.ok(b.shown == [(Wsp.BufferType.CLOSE, 1000, "Tschüss")], "close/code-and-reason-shown")
    tap.ok(a.shown[-1][:2] == (Wsp.BufferType.CLOSE, 1000), "close/answered-by-itself")
    states = (a.session.get_state(), b.session.get_state())
    tap.ok(states == (Wsp.SessionState.CLOSED,) * 2, "close/both-closed")
    tap.ok(b.session.get_property("peer-close-reason") == "Tschüss", "close/reason-is-a-property")


def caught(call):
    try:
        call()
    except GLib.Error as error:
        return error
    return None


def test_errors(tap):
    session = Wsp.Session.new(Wsp.Role.CLIENT)
    error = caught(lambda: session.send(Wsp.BufferType.UTF8_MESSAGE, None))
    tap.ok(error and error.matches(Wsp.Error.quark(), Wsp.Error.INVALID_OPERATION),
           "errors/WS-196-send-before-open-refused")
    session = Wsp.Session.new_established(Wsp.Role.SERVER, None, None)
    error = caught(lambda: session.send(Wsp.BufferType.UTF8_MESSAGE, GLib.Bytes.new(b"\xff")))
    tap.ok(error and error.matches(Wsp.Error.quark(), Wsp.Error.INVALID_ARGUMENT),
           "errors/WS-192-text-not-utf8-refused")
    session.receive()
    action = session.next_action(Wsp.ActionQueue.ALL)
    session.complete_receive(action, None)
    error = caught(lambda: session.next_action(Wsp.ActionQueue.ALL))
    tap.ok(error and error.matches(Wsp.Error.quark(), Wsp.Error.ABNORMAL_CLOSURE),
           "errors/end-of-stream-is-abnormal")


def drained(session):
    """A session that has indicated all of its operations."""
    while (action := session.next_action(Wsp.ActionQueue.ALL)) is not None:
        session.complete_action(action, 0)


def held(name, session):
    """An action that is out, and the bytes that it has."""
    if name == "read":
        session.receive()
        return session.next_action(Wsp.ActionQueue.RECEIVE), None
    if name == "write":
        session.send(Wsp.BufferType.BINARY_MESSAGE, GLib.Bytes.new(b"x" * 3000))
        return session.next_action(Wsp.ActionQueue.SEND), b"\x82\x7e\x0b\xb8" + b"x" * 3000
    session.receive()
    wire = {"message": b"\x82\x85\0\0\0\0Hello", "pong": b"\x89\x85\0\0\0\0Hello",
            "close": b"\x88\x85\0\0\0\0\x03\xe9bye"}[name]
    session.complete_receive(session.next_action(Wsp.ActionQueue.RECEIVE), GLib.Bytes.new(wire))
    bytes_of = {"message": b"Hello", "pong": b"\x8a\x05Hello", "close": b"bye"}
    return session.next_action(Wsp.ActionQueue.RECEIVE), bytes_of[name]


def test_outstanding(tap):
    """An action that a script keeps has its bytes until it is completed, also if the session was aborted, and never refers to
    freed memory."""
    for name in ("read", "write", "message", "pong", "close"):
        session = Wsp.Session.new_established(Wsp.Role.SERVER, None, None)
        action, expected = held(name, session)
        session.abort()
        drained(session)
        data = action.dup_bytes()
        tap.ok((data.get_data() if data else None) == expected, f"actions/withdrawn-{name}-keeps-its-bytes")
        if name == "close":
            tap.ok(action.get_close_reason() == "bye", "actions/withdrawn-close-keeps-its-reason")
        session.complete_action(action, 3000)
        tap.ok(action.dup_bytes() is None and action.get_action_type() == Wsp.ActionType.NONE,
               f"actions/withdrawn-{name}-ends-when-it-is-completed")
        del session
        tap.ok(action.dup_bytes() is None, f"actions/{name}-outlives-its-session")


def test_more_than_wanted(tap):
    """The loop of the documentation gives what recv() gave, however much that is."""
    server = Wsp.Session.new_established(Wsp.Role.SERVER, None, None)
    key = b"\x01\x02\x03\x04"
    payload = bytes(range(256)) * 64
    masked = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
    frame = b"\x82\xfe" + len(payload).to_bytes(2, "big") + key + masked
    peer = Peer(server)
    server.receive()
    while (action := server.next_action(Wsp.ActionQueue.ALL)) is not None:
        if action.get_action_type() == Wsp.ActionType.RECEIVE_FROM_NETWORK:
            if not frame:
                break
            server.complete_receive(action, GLib.Bytes.new(frame))
            frame = b""
        else:
            peer.show(action)
            server.complete_action(action, 0)
    tap.ok(message_of(peer) == payload, "actions/more-than-wanted-is-kept")


def test_names(tap):
    members = {
        Wsp.ActionType: ("NONE", "SEND_TO_NETWORK", "INDICATE_SEND_COMPLETE",
                         "RECEIVE_FROM_NETWORK", "INDICATE_RECEIVE_COMPLETE"),
        Wsp.BufferType: ("NONE", "UTF8_MESSAGE", "UTF8_FRAGMENT", "BINARY_MESSAGE", "BINARY_FRAGMENT",
                         "CLOSE", "PING_PONG", "UNSOLICITED_PONG", "RAW"),
        Wsp.SessionState: ("CREATED", "HANDSHAKE", "OPEN", "CLOSE_SENT", "CLOSE_RECEIVED", "CLOSED",
                           "FAILED", "ABORTED"),
        Wsp.Role: ("CLIENT", "SERVER"),
    }
    for enum, names in members.items():
        values = [int(getattr(enum, name)) for name in names]
        tap.ok(values == list(range(len(names))), f"names/{enum.__name__}")
    queues = [int(getattr(Wsp.ActionQueue, name)) for name in ("SEND", "RECEIVE", "ALL")]
    tap.ok(queues == [1, 2, 3], "names/ActionQueue")


def main():
    tap = Points()
    for test in (test_hand_passing, test_large, test_ping_and_close, test_errors, test_outstanding,
                 test_more_than_wanted, test_names):
        test(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
