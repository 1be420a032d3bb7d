# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.connect_sync (): a connection for a program without a loop.

All of it runs in the thread of the network, so keepalive goes on while the program computes or sleeps.  A caller waits on a lock,
which a signal of the system interrupts.

docs/rationales/python-and-javascript.md has the reasons."""

import _thread
import collections
import functools
import time

from gi.repository import Gio, GLib, GObject, Wsp

from .checks import check_property
from .client import check_options
from .connection import MESSAGE, NO_FLAGS, bytes_of_ping, check_call, check_close
from .errors import Closed, closed_cleanly, error_of_end, raise_of_call, tells_end, with_class, with_refusal
from .headers import headers_of
from .network import GOING_AWAY, Call, Network, begin_unasked, check_place, check_waiting, get_network
from .options import TIMES, check_known, check_names, check_seconds, flags_of, make_owner, name_of
from .plain import plain
from .talk import MAX_BYTES, MAX_MESSAGES, NO_ROOM, NOT_ENDED, NOT_RECEIVED, UNCHECKED, tells_failure
from .values import content_of, message_of

WHERE = 'Wsp.connect_sync'
OWN = 'headers', 'subprotocols', 'timeout'
# Attributes of Wsp.Connection that a caller may read.
SHOWN = ('close_info', 'handshake', 'local_address', 'peer_close_code', 'peer_close_reason', 'remote_address', 'rtt_seconds', 'state',
         'subprotocol', 'uri')


class Inbox:
    """What a connection has received, and the calls that wait for it.  The thread of the network writes; callers take messages.

    Holds no reference to the connection, which holds one to this object."""
    ends_silently = False

    def __init__(self, network):
        self.network = network
        self.messages = collections.deque()     # of (data, bytes that were received until then)
        self.taken = iter(self.messages.popleft, None)
        self.n_bytes = 0
        self.waiters = []               # locks of callers that wait for a message
        self.is_full = False
        self.error = None               # of the end, after the last message
        self.has_ended = False
        self.senders, self.closers = [], []     # Calls
        self.is_heard = False

    def on_message(self, connection, message):
        self.n_bytes += message.get_size()
        self.messages.append((content_of(message), self.n_bytes))
        if len(self.messages) >= MAX_MESSAGES or self.n_bytes_held() >= MAX_BYTES:
            self.is_full = True
            connection.stop_receiving()
        if self.waiters:
            self.wake()                 # last: a caller wakes in another processor, and needs the interpreter

    def n_bytes_held(self):
        """Without the first message, which is held in any case."""
        try:
            return self.n_bytes - self.messages[0][1]
        except IndexError:              # it was taken meanwhile
            return 0

    def has_room(self):
        return len(self.messages) * 2 < MAX_MESSAGES and self.n_bytes_held() * 2 < MAX_BYTES

    def wake(self):
        for waiter in tuple(self.waiters):      # another thread may remove its own meanwhile
            if waiter.locked():
                waiter.release()

    def resume(self, connection):
        """Called in any thread."""
        if self.is_full and self.has_room():
            self.network.post(self.on_resume, connection)

    def on_resume(self, connection):
        if self.is_full:
            self.is_full = False
            plain.Connection.start_receiving(connection)

    def on_closed(self, connection):
        self.has_ended = True
        self.network.on_closed(connection)
        self.on_room(connection)
        if self.is_full:
            self.is_full = False
            plain.Connection.receive_async(connection, None, self.on_left)
        else:
            self.end(error_of_end(connection))
        for call in self.closers:
            call.end()

    def on_left(self, connection, result, *more):
        """Takes what C holds of a connection that had ended before its reader had room."""
        try:
            message = plain.Connection.receive_finish(connection, result)
        except GLib.Error as error:
            self.end(with_class(error, connection))
            return
        if message is None:
            self.end(closed_cleanly(connection))
            return
        self.n_bytes += message.get_size()
        self.messages.append((content_of(message), self.n_bytes))
        self.wake()
        plain.Connection.receive_async(connection, None, self.on_left)

    def end(self, error):
        self.error = error
        self.wake()

    def on_close(self, call):
        """Ends the call when the connection has ended."""
        self.closers.append(call)
        if self.has_ended:
            call.end()

    def on_send(self, call, connection):
        """Ends the call when a message may be queued, with the number of bytes that may follow it."""
        if not self.is_heard:
            self.is_heard = True
            for signal in ('writable', 'closing'):
                GObject.Object.connect(connection, signal, self.on_room)
        self.senders = [*(one for one in self.senders if not one.is_left), call]
        self.on_room(connection)

    def on_room(self, connection, *unused):
        if self.has_ended or connection.is_writable() or connection.get_state() != Wsp.ConnectionState.OPEN:
            room = connection.get_limits().get_send_high_water_mark() - connection.get_send_queue_bytes()
            senders, self.senders = self.senders, []
            for call in senders:
                call.end(min(UNCHECKED, room))

    def wait(self, connection, timeout):
        """Returns when there is a message, perhaps for another thread."""
        if self.error is None:
            check_waiting(self.network, 'recv')
        end = time.monotonic() + timeout if timeout is not None else None
        waiter = _thread.allocate_lock()
        waiter.acquire()
        self.waiters.append(waiter)
        try:
            while not self.messages:
                if self.error is not None:
                    raise self.error.with_traceback(None)
                self.resume(connection)     # it may have become full after its messages were taken
                if not waiter.acquire(True, -1 if end is None else max(0, end - time.monotonic())):
                    raise TimeoutError(NOT_RECEIVED)
        finally:
            self.waiters.remove(waiter)


def prepare(data):
    """The message, and how many bytes of the send queue it takes at most."""
    if isinstance(data, str) and '\0' not in data:
        return plain.Message.new_text(data), 4 * len(data) + MESSAGE
    message = message_of(data)
    return message, message.get_size() + MESSAGE


class SyncConnection:
    """A connection whose calls wait.  Any thread may call it; of several threads that receive, one gets the message."""

    def __init__(self, network, uri, connection, inbox):
        self._network, self._uri, self._connection, self._inbox = network, uri, connection, inbox
        self._room = 0                  # bytes that may be queued before a look at the send queue

    def _wait(self, name, begin, timeout=None, **more):
        """`begin` is called with the Call and the connection, in the thread of the network.

        A call that was left stays with the inbox, and holds no reference to this object, which closes when it is dropped."""
        check_place(self._network, name)
        connection = self._connection
        call = Call(lambda call: begin(call, connection), more.pop('on_left', None))
        return call.wait(self._network, name, timeout, **more)

    def send(self, data, *, urgent=False, compress=True, timeout=None, **unknown):
        """Sends a str as text, bytes as binary, or a Wsp.Message.

        Waits while the send queue holds `send-high-water-mark` bytes; a call that was interrupted there, or timed out, has sent nothing.
        With `urgent` the message is queued at once, ahead of those that wait; without `compress` it is not compressed."""
        if timeout is not None or unknown:
            check_known('send', ['urgent', 'compress', 'timeout'], unknown)
            check_seconds('send', 'timeout', timeout)
        flags = NO_FLAGS if urgent is False and compress is True else flags_of('send', urgent, compress)
        check_place(self._network, 'send')
        message, size = prepare(data)
        if self._room <= 0 and urgent is False and not self._inbox.has_ended:
            self._room = self._wait('send', self._inbox.on_send, timeout, text=NO_ROOM)
        self._room -= size
        try:
            plain.Connection.send_from_thread(self._connection, message, flags)
        except GLib.Error as error:
            raise_of_call(self._error_of(error))

    def _error_of(self, error):
        """The error in its class; the code of the peer's Close is asked for in the thread of the network."""
        return with_class(error) if self._network.is_ending else \
            self._wait('send', lambda call, connection: call.end(with_class(error, connection)))

    def recv(self, *, timeout=None, **unknown):
        """The next message: str for text, bytes for binary.  Raises Wsp.Closed when there is none any more."""
        if timeout is not None or unknown:
            check_call('recv', timeout, unknown)
        check_place(self._network, 'recv')
        inbox = self._inbox
        messages = inbox.messages
        while True:
            if not messages:
                inbox.wait(self._connection, timeout)
            if inbox.is_full:
                inbox.resume(self._connection)
            # Takes a message by popleft (), but not by a call: after a call, CPython may run the handler of a signal, whose
            # exception would lose the message.
            try:
                for data, _n_bytes in inbox.taken:
                    return data
            except IndexError:          # another thread has taken it
                pass

    def __iter__(self):
        """Ends after a Close with 1000, 1001 or no code, and raises Wsp.Closed after any other one."""
        return self

    def __next__(self):
        try:
            return self.recv()
        except Closed as error:
            if tells_failure(error, self._inbox):
                raise
            raise StopIteration from None

    def ping(self, payload=None, *, timeout=None, **unknown):
        """Returns after how many seconds the pong has come."""
        check_call('ping', timeout, unknown)
        data = bytes_of_ping(payload) if payload is not None else None

        def begin(call, connection):
            def on_result(connection, result, *more):
                try:
                    call.end(plain.Connection.ping_finish(connection, result) / 1_000_000)
                except GLib.Error as error:
                    call.end(error=with_class(error, connection))

            plain.Connection.ping_async(connection, data, None, on_result)

        return self._wait('ping', begin, timeout)

    def close(self, code=1000, reason=None, *, timeout=None, **unknown):
        """Makes the closing handshake, and returns when the connection has ended, however it did.

        Aborts the connection when `timeout` is over or a signal interrupts the call."""
        check_call('close', timeout, unknown)
        check_close(code, reason)
        inbox = self._inbox
        if inbox.has_ended:
            return

        def begin(call, connection):
            def on_result(connection, result, *more):
                try:
                    plain.Connection.close_finish(connection, result)
                except GLib.Error as error:
                    if not tells_end(error, connection):
                        call.end(error=with_class(error, connection))

            inbox.on_close(call)
            plain.Connection.close_async(connection, code, reason, None, on_result)

        # Behind the messages that were sent.
        self._wait('close', begin, timeout, text=NOT_ENDED, on_left=self._connection.abort,
                   post=functools.partial(plain.Connection.invoke, self._connection))

    def abort(self):
        """Ends the connection without a closing handshake."""
        self._wait('abort', lambda call, connection: call.end(connection.abort()))

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        """A child of fork () leaves the connection to its parent."""
        if not Network.was_forked:
            self.close()

    def __del__(self):
        if not self._inbox.has_ended and self._network is Network.present and not self._network.is_ending:
            self._network.post(begin_unasked, plain.Connection.close_async, self._connection, GOING_AWAY, None)

    def __repr__(self):
        return f'<Wsp.SyncConnection {self._uri}{" ENDED" if self._inbox.has_ended else ""}>'


def show(name):
    def get_value(self):
        return self._wait(name, lambda call, connection: call.end(getattr(connection, name)))
    return property(get_value)


for name in SHOWN:
    setattr(SyncConnection, name, show(name))


def read_settings(settings):
    """Reads files and mappings in the thread of the caller: that of the network is for all connections."""
    specs = {name_of(spec): spec for owner in (Wsp.Client, Wsp.Limits) for spec in owner.list_properties()}
    return {name: value if specs[name].name in TIMES else check_property(specs[name], value) for name, value in settings.items()}


def connect(uri, subprotocols, headers, timeout, settings):
    network = get_network('connect_sync')
    check_names(WHERE, OWN, Wsp.Client, settings)
    check_options(WHERE, uri, subprotocols, None, timeout, None, settings)
    headers, settings = headers_of(headers, WHERE), read_settings(settings)
    if timeout is not None:
        settings.setdefault('connect_timeout_seconds', 0)       # the Call has the limit
    cancellable = Gio.Cancellable()

    def begin(call):
        client = make_owner(WHERE, Wsp.Client, settings)
        handshake = Wsp.Handshake.new_client(uri, subprotocols, headers)

        def on_result(client, result, *more):
            try:
                connection = plain.Client.open_finish(client, result)
            except GLib.Error as error:
                call.end(error=with_refusal(with_class(error), handshake))
                return
            inbox = Inbox(network)
            connection.connect('closed', inbox.on_closed)
            network.connections.add(connection)
            plain.Connection.set_message_func(connection, inbox.on_message)
            plain.Connection.start_receiving(connection)
            call.end((connection, inbox))

        plain.Client.open_async(client, handshake, None, cancellable, on_result)

    def on_left():
        cancellable.cancel()
        if call.value is not None:
            call.value[0].abort()

    call = Call(begin, on_left)
    return SyncConnection(network, uri, *call.wait(network, 'connect_sync', timeout))
