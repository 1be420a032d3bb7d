# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A message that is read in pieces, and a call that belongs to its connection."""

import collections

from gi.module import get_introspection_module
from gi.repository import Gio, GLib

CHUNK = 64 * 1024
is_readable, read_bytes = Gio.PollableInputStream.is_readable, Gio.InputStream.read_bytes

Wsp = get_introspection_module('Wsp')


class Pending:
    """A call whose result any receiver may take.  The callback finishes the call: a result that is not finished would keep
    the connection alive."""

    def __init__(self, on_end, finish):
        self.on_end, self.finish = on_end, finish
        self.has_ended, self.value, self.error = False, None, None

    def on_result(self, source, result, *more):
        try:
            self.end(self.finish(source, result), None)
        except GLib.Error as error:
            self.end(None, error)

    def end(self, value, error):
        self.has_ended, self.value, self.error = True, value, error
        self.on_end()


class Incoming:
    def __init__(self, message_type, stream=None):
        self.message_type = message_type
        self.stream = stream                    # None: the whole message is in pieces
        self.pieces = collections.deque()       # received, and not yet returned by take ()
        self.n_bytes = 0                        # received from stream
        self.is_whole = stream is None
        self.is_begun = False                   # take () was called
        self.n_owners = 0                       # readers that have taken the message; only the last one reads it

    @classmethod
    def of_message(cls, message):
        incoming = cls(message.get_message_type())
        incoming.pieces.append(message.get_bytes().get_data() or b'')
        return incoming

    def is_readable(self):
        return is_readable(self.stream)

    def add(self):
        """Call is_readable () first."""
        piece = read_bytes(self.stream, CHUNK, None).get_data()
        if piece:
            self.pieces.append(piece)
            self.n_bytes += len(piece)
        else:
            self.is_whole = True

    def take(self):
        """A piece; empty at the end."""
        self.is_begun = True
        return self.pieces.popleft() if self.pieces else b''

    def to_message(self):
        data = GLib.Bytes.new(b''.join(self.pieces))
        is_text = self.message_type == Wsp.MessageType.TEXT
        return (Wsp.Message.new_text_bytes if is_text else Wsp.Message.new_binary_bytes)(data)

    def close(self):
        if self.stream is not None:
            self.stream.close(None)
