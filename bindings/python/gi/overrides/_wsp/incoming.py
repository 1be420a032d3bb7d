# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A message that is read in pieces, and a call that belongs to its connection."""

import collections

from gi.module import get_introspection_module
from gi.repository import Gio, GLib

CHUNK = 64 * 1024

Wsp = get_introspection_module('Wsp')


class Pending:
    """A call whose result any receiver may take.  The callback finishes the call: a result that is not finished would keep
    the connection alive."""

    def __init__(self, on_end, finish):
        self.on_end, self.finish = on_end, finish
        self.has_ended, self.value, self.error = False, None, None

    def on_result(self, source, result, *more):
        try:
            self.value = self.finish(source, result)
        except GLib.Error as error:
            self.error = error
        self.has_ended = True
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

    def begin_piece(self, on_result):
        self.stream.read_bytes_async(CHUNK, GLib.PRIORITY_DEFAULT, None, on_result)

    finish_piece = staticmethod(Gio.InputStream.read_bytes_finish)

    def add(self, data):
        piece = data.get_data()
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
        """Also while a call waits for a piece: that call then ends without a piece."""
        if self.stream is not None:
            self.stream.clear_pending()
            self.stream.close(None)
