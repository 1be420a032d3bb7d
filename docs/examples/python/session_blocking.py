#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Says "Hello" to an echo server and prints what comes back, with a session and a blocking socket:
session_blocking.py [URI]"""

import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp
from session_opening import open_session


def show(session, action):
    if action.get_buffer_type() == Wsp.BufferType.UTF8_MESSAGE:
        print(action.dup_bytes().get_data().decode())
        session.send_close(Wsp.CloseCode.NORMAL, None)


def perform(session, peer, queue):
    """Performs the next action of a queue; returns whether there was one."""
    action = session.next_action(queue)
    if action is None:
        return False
    what, n = action.get_action_type(), 0
    if what == Wsp.ActionType.RECEIVE_FROM_NETWORK:
        session.complete_receive(action, GLib.Bytes.new(peer.read()))
        return True
    if what == Wsp.ActionType.SEND_TO_NETWORK:
        n = peer.write(action.dup_bytes().get_data())
    elif what == Wsp.ActionType.INDICATE_RECEIVE_COMPLETE:
        show(session, action)
    session.complete_action(action, n)
    return True


class Peer:
    """A socket that blocks, and the bytes that were read with the response."""

    def __init__(self, peer, rest):
        self.socket, self.rest = peer, rest

    def read(self):
        data, self.rest = self.rest or self.socket.recv(4096), b''
        return data

    def write(self, data):
        self.socket.sendall(data)
        return len(data)


def run(session, uri):
    """Sends all that waits before each read: ALL would give the read first, and the peer may wait for what we send."""
    peer = Peer(*open_session(session, uri))
    session.send(Wsp.BufferType.UTF8_MESSAGE, GLib.Bytes.new(b'Hello'))
    try:
        while True:
            while perform(session, peer, Wsp.ActionQueue.SEND):
                pass
            if session.get_state() >= Wsp.SessionState.CLOSED:
                return
            if not perform(session, peer, Wsp.ActionQueue.RECEIVE):
                session.receive()
    finally:
        while perform(session, peer, Wsp.ActionQueue.SEND):     # a Close, if the peer broke a rule
            pass


try:
    run(Wsp.Session.new(Wsp.Role.CLIENT), sys.argv[1] if len(sys.argv) > 1 else 'ws://localhost:8080/chat')
except (GLib.Error, OSError) as error:
    sys.exit(getattr(error, 'message', str(error)))
