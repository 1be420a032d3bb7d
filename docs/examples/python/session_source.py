#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Says "Hello" to an echo server and prints what comes back, with a session in a main loop:
session_source.py [URI]"""

import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp
from session_opening import open_session


class Peer:
    def __init__(self, uri):
        self.loop, self.failure = GLib.MainLoop(), None
        self.session = Wsp.Session.new(Wsp.Role.CLIENT)
        self.socket, self.rest = open_session(self.session, uri)
        self.socket.setblocking(False)
        self.open = {}          # by queue: an action while its bytes are on the way
        self.output = {}        # by queue: what is still to be written
        self.watch = self.timer = 0

    def write_some(self, queue, action):
        output = self.output.pop(queue, None) or action.dup_bytes().get_data()
        self.output[queue] = output     # if the socket is not ready
        self.output[queue] = output[self.socket.send(output):]
        if self.output[queue]:
            return False
        del self.open[queue], self.output[queue]
        self.session.complete_action(action, len(action.dup_bytes().get_data()))
        return True

    def read_some(self, queue, action):
        data, self.rest = self.rest or self.socket.recv(4096), b''
        del self.open[queue]
        self.session.complete_receive(action, GLib.Bytes.new(data))
        return True

    def perform(self, queue):
        """Performs the next action of a queue, or goes on with the open one; returns whether there may be another."""
        action = self.open.get(queue) or self.session.next_action(queue)
        if action is None:
            return False
        what = action.get_action_type()
        if what in (Wsp.ActionType.SEND_TO_NETWORK, Wsp.ActionType.RECEIVE_FROM_NETWORK):
            self.open[queue] = action
            move = self.write_some if what == Wsp.ActionType.SEND_TO_NETWORK else self.read_some
            return move(queue, action)
        if what == Wsp.ActionType.INDICATE_RECEIVE_COMPLETE:
            self.show(action)
        self.session.complete_action(action, 0)
        return True

    def show(self, action):
        kind = action.get_buffer_type()
        if kind == Wsp.BufferType.UTF8_MESSAGE:
            print(action.dup_bytes().get_data().decode())
            self.session.send_close(Wsp.CloseCode.NORMAL, None)
        if kind not in (Wsp.BufferType.CLOSE, Wsp.BufferType.NONE):
            self.session.receive()      # the next one

    def perform_all(self, queue):
        try:
            while self.perform(queue):
                pass
        except BlockingIOError:
            pass                        # the socket is not ready
        except GLib.Error as error:
            self.failure = error.message
        except OSError as error:
            self.failure = str(error)
            self.open.clear()
            self.session.abort()

    def drive(self):
        """Sends come first, and once more after what was received."""
        self.session.set_time_us(GLib.get_monotonic_time())
        for queue in (Wsp.ActionQueue.SEND, Wsp.ActionQueue.RECEIVE, Wsp.ActionQueue.SEND):
            self.perform_all(queue)
        if self.session.get_state() >= Wsp.SessionState.CLOSED and not self.session.has_pending(Wsp.ActionQueue.SEND):
            self.loop.quit()
        else:
            self.wait()

    def wait(self):
        """The next turn: at the session's deadline, or when the socket is ready for an open action."""
        for source in (self.watch, self.timer):
            if source != 0:
                GLib.source_remove(source)
        wanted = GLib.IOCondition.IN | GLib.IOCondition.OUT if self.output else GLib.IOCondition.IN
        self.watch = GLib.io_add_watch(self.socket, GLib.PRIORITY_DEFAULT, wanted, self.on_socket)
        left = self.session.get_deadline_us() - GLib.get_monotonic_time()
        self.timer = GLib.timeout_add(min(max(left // 1000 + 1, 0), 1 << 30), self.on_time)

    def on_socket(self, *_):
        self.watch = 0
        self.drive()
        return GLib.SOURCE_REMOVE

    def on_time(self):
        self.timer = 0
        self.drive()
        return GLib.SOURCE_REMOVE


try:
    peer = Peer(sys.argv[1] if len(sys.argv) > 1 else 'ws://localhost:8080/chat')
except (GLib.Error, OSError) as error:
    sys.exit(getattr(error, 'message', str(error)))
peer.session.send(Wsp.BufferType.UTF8_MESSAGE, GLib.Bytes.new(b'Hello'))
peer.session.receive()
GLib.idle_add(peer.on_time)
peer.loop.run()
sys.exit(peer.failure or 0)
