# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.Connection for coroutines: messages in and out, pings, the close, and functions that raise."""

import functools

from gi.module import get_introspection_module
from gi.repository import GLib

from . import groups, receivers
from .awaiting import begin_unasked
from .checks import bytes_of_argument, check_thread
from .classes import begin_call, complete_stream, make_awaitable
from .errors import Error, Failed, raise_of_call, tells_end, with_class
from .log import fail_with_traceback
from .options import check_integer, check_known, check_seconds, check_text, flags_of
from .plain import plain
from .results import follow_void, guard_callback, release_messages
from .streams import MessageReader, MessageWriter, send_parts
from .talk import talk_of, tells_failure
from .values import content_of, message_of

Wsp = get_introspection_module('Wsp')

SENDABLE = str, bytes, bytearray, memoryview, GLib.Bytes, Wsp.Message
MESSAGE = 240           # WSP_MESSAGE_OVERHEAD: bytes that the send queue counts for a message beside its payload
NO_FLAGS = Wsp.SendFlags.DEFAULT


def queue(connection, data, flags):
    """Queues a message, and returns how many bytes of the send queue the message takes at most."""
    if not flags and isinstance(data, str) and '\0' not in data:       # PyGObject passes text up to the first NUL
        plain.Connection.queue_text(connection, data)
        return 4 * len(data) + MESSAGE
    if not flags and not isinstance(data, (str, Wsp.Message, GLib.Bytes)):
        data = bytes(data)
        plain.Connection.queue_binary(connection, data)
        return len(data) + MESSAGE
    message = message_of(data)
    plain.Connection.queue_message(connection, message, flags)
    return message.get_size() + MESSAGE


def check_call(name, timeout, unknown):
    check_known(name, ['timeout'], unknown)
    check_seconds(name, 'timeout', timeout)


def check_close(code, reason):
    """C checks which codes a Close may have."""
    check_integer('Close code', code)
    check_text('Close reason', reason, may_be_none=True)


def bytes_of_ping(payload):
    if not isinstance(payload, (str, bytes, bytearray, memoryview, GLib.Bytes)):
        raise TypeError(f'Payload of a ping is wrong: expected str or bytes, received {type(payload).__name__}')
    return bytes_of_argument('ping', 'payload', payload)


def receive(connection, given, cancellable, timeout):
    """The next message as Wsp.Message, None after a clean close."""
    return talk_of(connection).receive(connection, timeout, cancellable)


class Connection:
    def set_message_func(self, func, *user_data):
        """Calls `func` with the connection, each message and `user_data`.

        What it raises is logged, and the connection fails with close code 1011."""
        # The message is lent for the call, and PyGObject takes a reference only after a call that did not raise: `call` takes one.
        def call(connection, message, *more):
            try:
                value = func(connection, message.ref(), *more)
                if value is not None:
                    follow_void(value, 'Message function', (connection,))
            except BaseException as error:
                fail_with_traceback(connection, error, 'Message function')
                if not isinstance(error, Exception):
                    raise

        if func is not None:
            receivers.check_no_handler(self)
        plain.Connection.set_message_func(self, call if callable(func) else func, *user_data)
        self._wsp_has_function = func is not None
        if func is not None:
            release_messages(self)

    def start_receiving(self):
        self._wsp_is_started = True
        plain.Connection.start_receiving(self)

    @property
    def server(self):
        """The server of the connection; None: it is not one of a server, or has ended."""
        check_thread(self)
        return plain.Connection.dup_server(self)

    def fail(self, error=None):
        """Ends the connection with close code 1011, because the program cannot continue; `error` is for its close info."""
        # PyGObject refuses None for the error: Failed is equal to the error that C uses for NULL.
        if error is None:
            error = Failed('Application failed while handling the connection')
        plain.Connection.fail(self, error)

    def subscribe(self, topic):
        """Joins a topic of the server, which `publish` of the server sends to.  The topic ends with its last member."""
        groups.subscribe(self, topic)

    def unsubscribe(self, topic):
        """Returns whether the connection had subscribed to the topic.  A connection that ends leaves its topics by itself."""
        return groups.unsubscribe(self, topic)

    async def send(self, data, *, urgent=False, compress=True, timeout=None, **unknown):
        """Sends a str as text, bytes as binary, a Wsp.Message, or the parts of one message from an iterable.

        If the send queue holds `send-high-water-mark` bytes, the message waits before it is queued, behind earlier calls: a call that
        was cancelled or timed out has sent nothing.  With `urgent` a whole message is queued at once, ahead of those that wait;
        without `compress` it is not compressed."""
        if timeout is not None or unknown:
            check_known('send', ['urgent', 'compress', 'timeout'], unknown)
            check_seconds('send', 'timeout', timeout)
        flags = NO_FLAGS if urgent is False and compress is True else flags_of('send', urgent, compress)
        talk = talk_of(self)
        talk.check_loop()
        if (talk.room <= 0 or talk.senders) and urgent is False and isinstance(data, SENDABLE):
            await talk.wait_room(self, timeout)
        try:
            if isinstance(data, SENDABLE):
                talk.room -= queue(self, data, flags)
            else:
                await send_parts(self, data, timeout, flags)
                talk.room = 0
        except GLib.Error as error:
            raise_of_call(with_class(error, self))

    async def recv(self, *, timeout=None, **unknown):
        """The next message: str for text, bytes for binary.  Raises Wsp.Closed when there is none any more."""
        if timeout is not None or unknown:
            check_call('recv', timeout, unknown)
        return content_of(await talk_of(self).next_message(self, timeout))

    def __aiter__(self):
        """Ends after a Close with 1000, 1001 or no code, and raises Wsp.Closed after any other one."""
        return self

    async def __anext__(self):
        try:
            return content_of(await talk_of(self).next_message(self, None))
        except Error as error:
            if tells_failure(error, talk_of(self)):
                raise
            raise StopAsyncIteration from None

    async def messages(self):
        """The messages as Wsp.Message; ends and raises as the loop over the connection does."""
        try:
            while True:
                yield await talk_of(self).next_message(self, None)
        except Error as error:
            if tells_failure(error, talk_of(self)):
                raise

    async def ping(self, payload=None, *, timeout=None, **unknown):
        """Returns after how many seconds the pong has come."""
        check_call('ping', timeout, unknown)
        data = bytes_of_ping(payload) if payload is not None else None
        talk = talk_of(self)
        talk.check_loop()
        seconds = await talk.ping(self, data, timeout)
        return seconds if seconds is not None else await self.ping_async(data, timeout=timeout) / 1_000_000

    async def close(self, code=1000, reason=None, *, timeout=None, **unknown):
        """Makes the closing handshake, and returns when the connection has ended, however it did.

        Aborts the connection when `timeout` is over or the task is cancelled."""
        check_call('close', timeout, unknown)
        check_close(code, reason)
        talk = talk_of(self)
        talk.check_loop()
        if talk.has_ended:
            return
        try:
            if (code, reason) == (1000, None):
                begin_unasked(plain.Connection.close_async, self, code, reason)     # these arguments cannot be wrong
            else:
                await self.close_async(code, reason, timeout=timeout)
        except GLib.Error as error:
            if not tells_end(error, self):      # the peer or another task was first, or the peer has gone or broke a rule
                raise
        try:
            await talk.wait_ended(timeout)
        except BaseException:
            self.abort()
            raise

    def stream(self):
        """The next message in pieces: `async for chunk in c.stream()` gives bytes, of a text message as well."""
        return MessageReader(self)

    def begin(self, message_type=Wsp.MessageType.BINARY, *, compress=True):
        """A message whose end is not known yet: `async with c.begin(Wsp.MessageType.BINARY) as out:`."""
        return MessageWriter(self, message_type, flags_of('begin', False, compress))

    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, error, trace):
        await self.close()

    def __repr__(self):
        address = self.get_remote_address()
        peer = self.get_uri() or (address.to_string() if hasattr(address, 'to_string') else 'unknown peer')
        return f'<Wsp.Connection {peer} {self.get_state().value_nick.upper()}>'


def with_stream(method):
    """The method, whose result is a stream: its errors are those of the connection."""
    @functools.wraps(method)
    def call(self, *arguments, **named):
        stream = method(self, *arguments, **named)
        if stream is not None:
            stream._wsp_connection = self
            if type(stream) not in completed:
                completed.add(type(stream))
                complete_stream(type(stream))
        return stream
    return call


def guard_invoke(method):
    @functools.wraps(method)
    def invoke(self, func, *more):
        return method(self, guard_callback(func, 'invoke'), *more)
    return invoke


completed = set()       # classes of streams


def members_of(owner):
    own = {name: member for name, member in vars(Connection).items() if callable(member) or isinstance(member, property)}
    streams = {name: with_stream(getattr(owner, name)) for name in ('begin_message', 'receive_stream_finish')}
    begin = begin_call(plain.Connection.receive_stream_async, with_stream(plain.Connection.receive_stream_finish))
    return {**own, **streams, 'invoke': guard_invoke(owner.invoke), **receivers.members_of(owner), 'receive_async': make_awaitable(plain.Connection.receive_async, receive),
            'receive_stream_async': make_awaitable(plain.Connection.receive_stream_async, begin)}
