# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Messages in pieces.  A write goes on until all of its data was written; a GLib.Bytes holds the memory that GIO reads."""

import contextlib

from gi.module import get_introspection_module
from gi.repository import Gio, GLib

from .awaiting import Limit, wake, watch
from .errors import raise_of_call, with_class
from .options import check_known, check_seconds
from .talk import talk_of

Wsp = get_introspection_module('Wsp')


NO_BYTES = GLib.Bytes.new(b'')


class MessageReader:
    """The next message in pieces.  The rest of a message that is left early is skipped when the next message is read."""

    def __init__(self, connection):
        self.connection = connection
        self.talk = talk_of(connection)
        self.incoming = None
        self.owner = None               # incoming.n_owners when this reader took the message
        self.is_over = False

    @property
    def message_type(self):
        """Known when the first piece has come."""
        return self.incoming.message_type if self.incoming is not None else None

    def __aiter__(self):
        return self

    async def __anext__(self):
        chunk = await self.read()
        if not chunk:
            raise StopAsyncIteration
        return chunk

    async def __aenter__(self):
        await self.open()
        return self

    async def __aexit__(self, kind, error, trace):
        if not self.is_over and self.is_present():
            self.talk.leave()

    def is_present(self):
        return self.incoming is not None and self.talk.incoming is self.incoming and self.incoming.n_owners == self.owner

    async def open(self, timeout=None):
        """Waits for the first piece of the message.  `read ()` and the loop do so by themselves."""
        check_seconds('open', 'timeout', timeout)
        self.talk.check_loop()
        self.talk.begin_receiving(timeout)
        try:
            await self.open_next()
        finally:
            self.talk.end_receiving()

    async def open_next(self):
        if self.incoming is None:
            self.incoming = await self.talk.next_incoming(self.connection)
            self.owner = self.incoming.n_owners

    async def read(self, *, timeout=None, **unknown):
        """At most 64 KiB of the message; empty at its end."""
        if timeout is not None or unknown:
            check_known('read', ['timeout'], unknown)
            check_seconds('read', 'timeout', timeout)
        if self.is_over:
            return b''
        self.talk.check_loop()
        self.talk.begin_receiving(timeout)
        try:
            await self.open_next()
            if not self.is_present():
                raise RuntimeError('Message was left: the rest of it was skipped when the next one was asked for, or its '
                                   'block ended (read a message to its end first)')
            if not self.incoming.pieces and not self.incoming.is_whole:
                await self.talk.add_piece(self.connection, self.incoming)
        finally:
            self.talk.end_receiving()
        chunk = self.incoming.take()
        if not chunk:
            self.is_over = True
            self.talk.incoming = None
        return chunk


class MessageWriter:
    """A message in pieces.  A message that cannot be completed, because the program raised, ends its connection with 1011."""

    def __init__(self, connection, message_type, flags):
        self.connection = connection
        if not isinstance(message_type, Wsp.MessageType):
            raise TypeError(f'Type of a message is wrong: expected Wsp.MessageType.TEXT or BINARY, received {type(message_type).__name__}')
        self.is_text = message_type == Wsp.MessageType.TEXT
        self.message_type = message_type
        self.flags = flags
        self.output = None
        self.is_writing = False
        self.turn = None                # of Talk.begin_writing ()

    async def begin(self, timeout=None):
        """Waits until the messages in pieces that other tasks write have ended."""
        talk = talk_of(self.connection)
        self.turn = await talk.begin_writing(timeout)
        try:
            self.output = self.connection.begin_message(self.message_type, self.flags)
        except BaseException:
            talk.end_writing(self.turn)
            raise
        return self

    async def __aenter__(self):
        return await self.begin()

    async def __aexit__(self, kind, error, trace):
        try:
            if kind is not None or self.is_writing:
                self.give_up()
            if kind is None:
                await self.end()
        finally:
            talk_of(self.connection).end_writing(self.turn)

    async def end(self):
        with self.alone():
            self.close(None)

    @contextlib.contextmanager
    def alone(self):
        if self.output is None:
            raise RuntimeError('Message has not begun: expected `async with connection.begin (type) as out`')
        if self.is_writing:
            raise RuntimeError('Another task writes this message: expected one write at a time (await each)')
        self.is_writing = True
        try:
            yield
        finally:
            self.is_writing = False

    def give_up(self):
        fired = Gio.Cancellable()
        fired.cancel()
        try:
            self.output.close(fired)
        except GLib.Error:
            pass                    # the exception of the program is raised instead

    def close(self, cancellable):
        try:
            self.output.close(cancellable)
        except GLib.Error as error:
            raise_of_call(with_class(error, self.connection))

    def is_writable(self):
        return Gio.PollableOutputStream.is_writable(self.output)

    async def wait_room(self, loop, timeout):
        limit = None
        try:
            while not self.is_writable():
                future = loop.create_future()
                limit = limit or timeout is not None and \
                    Limit(loop, timeout, 'The send queue had no room in time', lambda: wake(future)) or None
                source = watch(self.output, Gio.PollableOutputStream, lambda stream: wake(future))
                try:
                    await future
                finally:
                    source.destroy()
                if limit is not None and limit.error is not None:
                    raise limit.error
        finally:
            if limit is not None:
                limit.stop()

    async def write(self, data, *, timeout=None, **unknown):
        """Writes all of `data`: str for a text message, or bytes, which may be cut anywhere, for both types of a message.

        Waits while more than `send-high-water-mark` bytes are queued.  A write that was cancelled or timed out has written nothing, or, if
        the data is larger than `send-high-water-mark`, perhaps a part."""
        check_known('write', ['timeout'], unknown)
        check_seconds('write', 'timeout', timeout)
        if isinstance(data, str):
            if not self.is_text:
                raise TypeError('write: expected bytes for a binary message, received str')
            data = data.encode()
        # memoryview () refuses a number, of which bytes () makes zeros.
        left = data if isinstance(data, GLib.Bytes) else GLib.Bytes.new(bytes(memoryview(data)))
        with self.alone():
            loop = talk_of(self.connection).check_loop()
            end = loop.time() + timeout if timeout is not None else None
            while left.get_size() > 0:
                await self.wait_room(loop, end - loop.time() if end is not None else None)
                left = self.queue(left)

    def queue(self, data):
        """Queues as much as may be queued without waiting, and returns the rest."""
        room, size = self.connection.get_limits().get_send_high_water_mark(), data.get_size()
        while room > 0 and size > 0:
            n_written = self.write_some(data if size <= room else GLib.Bytes.new_from_bytes(data, 0, room))
            if n_written == 0:
                break
            room -= n_written
            size -= n_written
            data = GLib.Bytes.new_from_bytes(data, n_written, size) if size > 0 else NO_BYTES
        return data

    def write_some(self, data):
        """Returns how much of the data was queued; 0: the queue is full."""
        try:
            return Gio.OutputStream.write_bytes(self.output, data, None)
        except GLib.Error as error:
            if error.matches(Wsp.Error.quark(), Wsp.Error.QUEUE_FULL) and not self.is_writable():
                return 0
            raise_of_call(with_class(error, self.connection))


def kind_of(part, first=None):
    """The type of the message that a part belongs to; `first` is the type of the first part, which all parts must have."""
    if not isinstance(part, (str, GLib.Bytes)):
        try:
            memoryview(part)
        except TypeError:
            raise TypeError('Piece of a message cannot be sent: expected str, bytes or GLib.Bytes, '
                            f'received {type(part).__name__}') from None
    kind = Wsp.MessageType.TEXT if isinstance(part, str) else Wsp.MessageType.BINARY
    if first not in (None, kind):
        right, wrong = ('str', 'bytes') if first == Wsp.MessageType.TEXT else ('bytes', 'str')
        raise TypeError(f'Piece of a message cannot be sent: expected {right} as the first one, received {wrong}')
    return kind


def check_parts(parts):
    """Checks the parts of a list before anything is sent: a part that was sent cannot be withdrawn."""
    first = None
    for part in parts:
        first = kind_of(part, first)


async def each_part(parts):
    if hasattr(parts, '__aiter__'):
        async for part in parts:
            yield part
    elif hasattr(parts, '__iter__') and not isinstance(parts, dict):
        for part in parts:
            yield part
    else:
        raise TypeError('Message cannot be sent: expected str, bytes, GLib.Bytes, Wsp.Message or an iterable of those, '
                        f'received {type(parts).__name__}')


async def send_parts(connection, parts, timeout, flags):
    """Sends one message, a text message if its first part is a str.  Nothing is sent without parts."""
    writer = None
    if isinstance(parts, (list, tuple)):
        check_parts(parts)
    try:
        async for part in each_part(parts):
            kind = kind_of(part, writer.message_type if writer is not None else None)
            if writer is None:
                writer = await MessageWriter(connection, kind, flags).begin(timeout)
            await writer.write(part, timeout=timeout)
    except BaseException as error:
        if writer is not None:
            await writer.__aexit__(type(error), error, error.__traceback__)
        raise
    if writer is not None:
        await writer.__aexit__(None, None, None)
