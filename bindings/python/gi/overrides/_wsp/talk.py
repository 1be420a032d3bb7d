# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The state of a connection for coroutines: the messages that were received, and the coroutines that wait.

The connection's message function fills a deque, which costs a third of a receive_async () for each message.  A full
deque stops the connection, and the peer then waits.

Messages, pieces, errors and the end all wake the one coroutine that receives, which then checks whether it has what it waits
for.  A coroutine that was cancelled has taken nothing: a call that it has begun goes on, and the next coroutine that receives
takes the result.

docs/rationales/python-and-javascript.md has the reasons."""

import collections
import functools
import sys
import threading
import time

from gi.module import get_introspection_module
from gi.repository import Gio, GLib, GObject

from .awaiting import FREES_FUNCTIONS, TIME_IS_OVER, Limit, begin_unasked, check_loop, running_loop, wake, watch
from .checks import tell_thread
from .errors import PLAIN_ENDS, AbnormalClosure, Closed, InvalidOperation, TooBig, closed_cleanly, error_of_end, raise_of_call, with_class
from .incoming import Incoming, Pending
from .plain import plain
from .receivers import check_recv

MAX_MESSAGES = 16
MAX_BYTES = 1 << 20
PollableInputStream = Gio.PollableInputStream
UNCHECKED = 65536       # bytes that are queued before a look at the send queue
NO_ROOM = 'The send queue had no room in time: the message was not sent'
NOT_ENDED = 'The connection has not ended in time'
NOT_RECEIVED = 'No message has come in time'

Wsp = get_introspection_module('Wsp')


class Waiting:
    """A coroutine that waits for its turn, or for its pong."""

    def __init__(self, payload=None):
        self.payload, self.time = payload, time.monotonic()
        self.future = self.rtt = None

    def wake(self):
        wake(self.future)


class Talk:
    def __init__(self, connection):
        """Holds no reference to the connection, which holds a reference to this object."""
        self.messages = collections.deque()     # of (message, size)
        self.n_bytes = 0
        self.is_started = self.is_full = False
        self.has_handler = False
        self.is_one_of_many = False             # see Service
        self.ends_silently = False              # see Reconnecting
        self.is_receiving = False
        self.incoming = None                    # the message that is read in pieces
        self.call = None                        # for the next message
        self.waiter = None
        self.limit = None                       # the Limit of the wait
        self.others = set()                     # futures that wait for the end
        self.senders = collections.deque()      # Waiting: messages that wait for room, in the order of the calls
        self.pings = collections.deque()        # Waiting
        self.n_pings = 0
        self.writing = None                     # the turn of the message in pieces that is being written
        self.writers = collections.deque()      # the turns of messages in pieces that wait to begin
        self.loop = None
        self.running_loop = running_loop        # replaced by asyncio's function once there was a loop
        self.room = 0                           # bytes that may be queued before the send queue is checked
        self.thread = threading.get_ident()
        self.signals = set()                    # of the connection, which has handlers here
        self.has_ended = connection.get_state() == Wsp.ConnectionState.CLOSED
        if not self.has_ended:
            connection.connect('closed', self.on_closed)

    def check_loop(self):
        """Returns the running loop, which has to drive GLib in the thread of the connection."""
        loop = self.running_loop()
        if loop is not self.loop:
            check_loop(loop)
            if threading.get_ident() != self.thread:
                raise RuntimeError(tell_thread(Wsp.Connection))
            self.loop = loop
            self.running_loop = sys.modules['asyncio'].events._get_running_loop
        return loop

    def on_message(self, connection, message):
        size = message.get_size() if self.messages else 0       # the first message is held in any case
        self.messages.append((message, size))
        self.n_bytes += size
        if self.waiter is not None:
            wake(self.waiter)
        if len(self.messages) >= MAX_MESSAGES or self.n_bytes >= MAX_BYTES:
            self.is_full = True
            self.is_started = False
            connection.stop_receiving()

    def on_result(self, *unused):
        wake(self.waiter)

    def hear(self, connection, signal, handler):
        """Connects a handler once, when it is first needed."""
        if signal not in self.signals:
            self.signals.add(signal)
            GObject.Object.connect(connection, signal, handler)

    def on_closed(self, connection):
        self.has_ended = True
        wake(self.waiter)
        self.wake_others()
        self.wake_sender()
        for ping in self.pings:
            ping.wake()
        for turn in self.writers:
            wake(turn)

    def wake_sender(self, *unused):
        if self.senders:
            self.senders[0].wake()

    def wake_others(self):
        for future in list(self.others):
            wake(future)

    def start(self, connection):
        """Starts the connection.  After its end, only calls get the messages that the connection holds."""
        if self.has_ended:
            return
        if not self.has_handler:
            if self.is_one_of_many:
                GObject.Object.connect(connection, 'message', self.on_message)
            else:
                check_recv(connection)
                plain.Connection.set_message_func(connection, self.on_message)
            self.has_handler = True
        self.is_started, self.is_full = True, False
        plain.Connection.start_receiving(connection)

    def stop(self, connection):
        if self.is_started:
            self.is_started = False
            connection.stop_receiving()

    def begin_receiving(self, timeout, cancellable=None):
        """Call check_loop () first."""
        if self.is_receiving:
            raise RuntimeError('Another task receives from this connection: expected one at a time '
                               '(receive in one task, which gives the messages to the others)')
        if timeout is not None or cancellable is not None:
            self.limit = Limit(self.loop, timeout, NOT_RECEIVED, self.on_result, cancellable)
        self.is_receiving = True

    def end_receiving(self):
        self.is_receiving = False
        if self.limit is not None:
            self.end_limit()

    def end_limit(self):
        self.limit.stop()
        self.limit = None

    def wait(self):
        """A future that is done when something was received: the caller then checks whether it has what it waits for."""
        if self.limit is not None and self.limit.error is not None:
            raise self.limit.error
        self.waiter = self.loop.create_future()
        return self.waiter

    async def next_message(self, connection, timeout, cancellable=None):
        """The next message; raises Closed after the last one."""
        self.check_loop()
        if self.is_receiving or not self.messages or self.incoming is not None:
            await self.wait_message(connection, timeout, cancellable)
        message, size = self.messages.popleft()
        self.n_bytes -= size
        if self.is_full and len(self.messages) * 2 < MAX_MESSAGES and self.n_bytes * 2 < MAX_BYTES:
            self.start(connection)
        return message

    async def wait_message(self, connection, timeout, cancellable):
        self.begin_receiving(timeout, cancellable)
        try:
            if self.incoming is not None:
                self.leave_begun()
            if self.incoming is not None:
                await self.read_whole(connection)
            while not self.messages:
                if self.is_started and not self.has_ended:
                    await self.wait()
                elif self.has_ended and self.is_started:
                    raise error_of_end(connection)
                elif self.has_ended or self.call is not None:
                    await self.read_whole(connection)
                else:
                    self.start(connection)
        finally:
            self.is_receiving = False
            if self.limit is not None:
                self.end_limit()

    def on_stream(self, connection, stream, error):
        if self.call is not None:
            self.call.end(stream, error)

    async def next_stream(self, connection):
        """The result of the call that a cancelled coroutine has left, or of a new call."""
        if self.call is None:
            self.call = Pending(self.on_result, plain.Connection.receive_stream_finish)
            if FREES_FUNCTIONS:
                plain.Connection.receive_stream_async(connection, None, self.call.on_result)
            else:
                self.hear(connection, 'stream-received', self.on_stream)
                plain.Connection.receive_stream_async(connection, None, None)
        call = self.call
        while not call.has_ended:
            await self.wait()
        if self.call is call:
            self.call = None
        if call.error is not None:
            raise with_class(call.error, connection)
        return call.value

    async def next_incoming(self, connection):
        """The next message, to be read in pieces.  A message that a cancelled coroutine has left before its first piece is first."""
        self.leave_begun()
        if self.incoming is None and self.call is None and self.messages:
            message, size = self.messages.popleft()
            self.n_bytes -= size
            self.incoming = Incoming.of_message(message)
        if self.incoming is None:
            self.stop(connection)
            stream = await self.next_stream(connection)
            if stream is None:
                raise closed_cleanly(connection)
            self.incoming = Incoming(stream.get_message_type(), stream)
        self.incoming.n_owners += 1
        return self.incoming

    async def add_piece(self, connection, incoming):
        """Waits for the next piece, or for the end of the message."""
        while not incoming.is_readable():
            source = watch(incoming.stream, PollableInputStream, self.on_result)
            try:
                await self.wait()
            finally:
                source.destroy()
        try:
            incoming.add()
        except GLib.Error as error:
            raise_of_call(with_class(error, connection))

    async def read_whole(self, connection):
        """Reads all of the next message, and puts it before the messages of the deque.

        If the coroutine is cancelled, self.incoming keeps the pieces."""
        incoming = await self.next_incoming(connection)
        limit = connection.get_limits().get_max_message_size()
        while not incoming.is_whole:
            await self.add_piece(connection, incoming)
            if incoming.n_bytes > limit:
                self.refuse_too_big(connection, limit)
        self.incoming = None
        message = incoming.to_message()
        self.messages.appendleft((message, message.get_size()))
        self.n_bytes += message.get_size()

    def refuse_too_big(self, connection, limit):
        """As C does with a message that is not read in pieces."""
        self.leave()
        begin_unasked(plain.Connection.close_async, connection, Wsp.CloseCode.TOO_BIG, 'Message is too long')
        raise TooBig(f'Message is too long: limit max-message-size {limit}')

    def leave_begun(self):
        """A message that was left early is skipped."""
        if self.incoming is not None and self.incoming.is_begun:
            self.leave()

    def leave(self):
        """Skips the rest of the message."""
        incoming, self.incoming = self.incoming, None
        incoming.close()

    async def receive(self, connection, timeout, cancellable=None):
        """The next message; None after a clean close."""
        try:
            return await self.next_message(connection, timeout, cancellable)
        except AbnormalClosure:
            raise
        except Closed:
            return None

    async def wait_other(self, timeout, text):
        loop = self.check_loop()
        future = loop.create_future()
        limit = Limit(loop, timeout, text, functools.partial(wake, future)) if timeout is not None else None
        self.others.add(future)
        try:
            await future
        finally:
            self.others.discard(future)
            if limit is not None:
                limit.stop()
        if limit is not None and limit.error is not None:
            raise limit.error

    def may_queue(self, connection):
        """Whether a message has room, or gets its error."""
        return self.has_ended or connection.is_writable() or connection.get_state() != Wsp.ConnectionState.OPEN

    async def wait_room(self, connection, timeout):
        """Waits until a message may be queued, in the order of the calls: a call that is given up here has sent nothing."""
        if self.senders or not self.may_queue(connection):
            await self.wait_turn(connection, timeout)
        if not self.has_ended:
            self.room = min(UNCHECKED, connection.get_limits().get_send_high_water_mark() - connection.get_send_queue_bytes())

    async def wait_turn(self, connection, timeout):
        for signal in ('writable', 'closing'):
            self.hear(connection, signal, self.wake_sender)
        sender = Waiting()
        limit = Limit(self.loop, timeout, NO_ROOM, sender.wake) \
            if timeout is not None else None
        self.senders.append(sender)
        try:
            while self.senders[0] is not sender or not self.may_queue(connection):
                sender.future = self.loop.create_future()
                await sender.future
                if limit is not None and limit.error is not None:
                    raise limit.error
        finally:
            self.senders.remove(sender)
            self.wake_sender()
            if limit is not None:
                limit.stop()

    async def ping(self, connection, payload, timeout):
        """Returns after how many seconds the pong has come; None: the ping was not sent, and ping_async () says why."""
        self.n_pings += 1
        payload = payload if payload is not None else GLib.Bytes.new(b'%016x' % self.n_pings)
        self.hear(connection, 'pong', self.on_pong)
        before = count_pings(connection)
        begin_unasked(plain.Connection.ping_async, connection, payload)
        if count_pings(connection) == before:
            return None
        ping = Waiting(payload)
        limit = Limit(self.loop, timeout, TIME_IS_OVER, ping.wake) if timeout is not None else None
        ping.future = self.loop.create_future()
        self.pings.append(ping)
        try:
            await ping.future
        finally:
            if ping in self.pings:
                self.pings.remove(ping)
            if limit is not None:
                limit.stop()
        if ping.rtt is not None:
            return ping.rtt
        raise limit.error if limit is not None and limit.error is not None else error_of_end(connection)

    def on_pong(self, connection, payload, rtt):
        """A pong also answers all older pings."""
        if not any(ping.payload.equal(payload) for ping in self.pings):
            return
        while self.pings:
            ping = self.pings.popleft()
            is_own = ping.payload.equal(payload)
            ping.rtt = rtt / 1_000_000 if is_own and rtt >= 0 else time.monotonic() - ping.time
            ping.wake()
            if is_own:
                return

    async def begin_writing(self, timeout):
        """Waits until the messages in pieces that have begun before have ended, in the order of the calls.  Returns the turn
        for end_writing ().  Does not wait after the end of the connection: then the message gets its error when it begins."""
        loop = self.check_loop()
        turn = loop.create_future()
        if self.writing is None or self.has_ended:
            self.writing = turn
            return turn
        limit = Limit(loop, timeout, 'Another message in pieces has not ended in time', functools.partial(wake, turn)) \
            if timeout is not None else None
        self.writers.append(turn)
        try:
            await turn
            if limit is not None and limit.error is not None:
                raise limit.error
        except BaseException:
            self.end_writing(turn)
            raise
        finally:
            if limit is not None:
                limit.stop()
        return turn

    def end_writing(self, turn):
        """Ends a turn, also a turn that waits, or that was woken and whose message did not begin."""
        if turn in self.writers:
            self.writers.remove(turn)
        if self.writing is not turn:
            return
        self.writing = None
        while self.writing is None and self.writers:
            first = self.writers.popleft()
            if not first.done():
                self.writing = first
                wake(first)

    async def wait_ended(self, timeout):
        while not self.has_ended:
            await self.wait_other(timeout, NOT_ENDED)


def tells_failure(error, talk):
    """Whether a loop over messages raises the error."""
    if talk.ends_silently:
        return isinstance(error, InvalidOperation) and not talk.has_ended       # a mistake of the program, which has no end
    return not isinstance(error, Closed) or isinstance(error, AbnormalClosure) or error.close_code not in PLAIN_ENDS


def count_pings(connection):
    """Changes with each ping that C has accepted: it was sent, or is in the send queue."""
    return connection.dup_stats().pings_sent, connection.get_send_queue_bytes()


def talk_of(connection):
    try:
        return connection._wsp_talk
    except AttributeError:
        connection._wsp_talk = Talk(connection)
        return connection._wsp_talk
