# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.reconnect (): a loop over the connections of a Wsp.Reconnector.

Not an async generator: that one is closed by a task of its loop, which gbulb does not begin.  Python collects in any thread, so
what is collected stops its reconnector in the thread of the loop."""

import threading

from gi.repository import GObject, Wsp

from . import options
from .awaiting import check_loop, running_loop, wake
from .checks import tell_thread
from .client import OWN, check_options
from .errors import raise_of_call, with_class, with_refusal
from .headers import headers_of
from .options import check_function, check_names, make_owner, names_of
from .preparing import Preparation
from .results import Guard, is_async
from .talk import talk_of

WHERE = 'Wsp.reconnect'
OF_RECONNECTOR = [name for name in names_of(Wsp.Reconnector) if name not in ('uri', *OWN)]


class Turns:
    """The reconnector of a loop, with the connection of its next turn.  Holds no reference to the iterator."""

    def __init__(self, reconnector, prepare, should_retry):
        self.loop, self.thread = running_loop(), threading.get_ident()
        self.reconnector = reconnector
        self.should_retry = Guard(should_retry, 'should-retry', f'Option should_retry of {WHERE} ()')
        self.present = None             # the connection of this turn
        self.next = None                # one that was opened for a turn that was cancelled meanwhile
        self.error = None               # of the last attempt
        self.has_ended = False
        self.is_taking = False          # a turn waits
        self.is_paused = False          # an attempt waits for a turn
        self.waiter = None
        self.preparation = Preparation(prepare, WHERE, reconnector.get_client()) if prepare is not None else None
        self.handlers = [GObject.Object.connect(reconnector, signal, handler) for signal, handler in (
            ('connected', self.on_connected), ('attempt-failed', self.on_failed), ('notify::active', self.on_active),
            ('notify::attempt', self.on_attempt))]
        if should_retry is not None:
            self.handlers.append(GObject.Object.connect(reconnector, 'should-retry', self.ask))
        reconnector.start()

    def on_connected(self, reconnector, connection):
        connection.stop_receiving()               # messages wait for recv ()
        talk_of(connection).ends_silently = True
        self.next, self.error = connection, None
        if self.preparation is not None:
            self.preparation.cancel()
        wake(self.waiter)

    def on_failed(self, reconnector, handshake, error):
        self.error = with_refusal(with_class(error), handshake)
        if self.preparation is not None:
            self.error.__cause__ = self.error.__cause__ or self.preparation.error
            self.preparation.cancel()

    def ask(self, reconnector, handshake, error):
        return self.should_retry(self.error)

    def on_active(self, reconnector, spec):
        if not reconnector.get_active() and not self.is_paused:
            self.end()

    def on_attempt(self, reconnector, spec):
        """Called before an attempt begins, which a turn has to wait for."""
        begins = reconnector.get_active() and reconnector.get_connection() is None and reconnector.get_next_attempt_us() == 0
        if begins and (not self.is_taking or self.next is not None):
            self.is_paused = True
            reconnector.stop()

    def end(self):
        self.has_ended = True
        wake(self.waiter)
        for handler in self.handlers:
            GObject.Object.disconnect(self.reconnector, handler)
        self.handlers = []
        if self.preparation is not None:
            self.preparation.end()
            self.preparation = None

    def stop(self):
        """Closes what is open with 1000."""
        self.next = self.error = None
        if not self.has_ended:
            self.end()
            self.reconnector.stop()

    def stop_from_thread(self):
        """Called in any thread."""
        try:
            self.loop.call_soon_threadsafe(self.stop)
        except RuntimeError:            # the loop is closed
            if threading.get_ident() == self.thread:
                self.stop()

    def check_place(self):
        if threading.get_ident() != self.thread:
            raise RuntimeError(tell_thread(Wsp.Reconnector))
        if running_loop() is not self.loop:
            raise RuntimeError(f'Loop of {WHERE} () is wrong: expected the event loop in which it began, received another one')

    def check(self):
        self.check_place()
        if self.is_taking:
            raise RuntimeError(f'Another task waits for a connection of {WHERE} (): expected one at a time')

    async def close(self):
        """Stops, and waits until the connection has ended: that of this turn or of the next one."""
        connection = self.reconnector.get_connection()
        self.stop()
        if connection is not None:
            await connection.close()

    async def wait(self):
        if self.is_paused and self.next is None:
            self.is_paused = False
            self.reconnector.retry_now()
        while self.next is None and not self.has_ended:
            self.waiter = self.loop.create_future()
            try:
                await self.waiter
            finally:
                self.waiter = None

    async def take(self):
        """The connection of the next turn; None: the loop has ended."""
        self.is_taking = True
        try:
            if self.present is not None:
                await self.present.close()
                self.present = None
            await self.wait()
        finally:
            self.is_taking = False
        self.present, self.next = self.next, None
        if self.present is None and self.error is not None:
            error, self.error = self.error, None
            raise_of_call(error)
        return self.present


class Reconnecting:
    """`async for` begins the loop; aclose () stops it, and so does `break`, an exception or `del` if nothing else holds the loop."""
    turns = None
    has_ended = False

    def __init__(self, uri, subprotocols, headers, client, timeout, prepare, should_retry, settings):
        check_names(WHERE, options.OWN[WHERE], Wsp.Client, settings, Wsp.Reconnector)
        own = {name: settings.pop(name) for name in list(settings) if name in OF_RECONNECTOR}
        check_options(WHERE, uri, subprotocols, client, timeout, prepare, settings)
        check_function(WHERE, 'should_retry', should_retry)
        if should_retry is not None and is_async(should_retry):
            raise TypeError(f'Option should_retry of {WHERE} () is wrong: expected a function, received a coroutine function (its result '
                            'is needed at once)')
        if client is not None:
            for name, value in ('timeout', timeout), ('prepare', prepare):
                if value is not None:
                    raise TypeError(f'Options of {WHERE} () are wrong: expected a client or its settings, received both ({name})')
        if timeout is not None:
            settings['connect_timeout_seconds'] = max(timeout, 0.001)       # 0 is no limit for the property
        client = client if client is not None else make_owner(WHERE, Wsp.Client, settings)
        self.reconnector = Wsp.Reconnector(uri, client=client, subprotocols=subprotocols, headers=headers_of(headers, WHERE), **own)
        self.functions = prepare, should_retry

    def __aiter__(self):
        return self

    async def __anext__(self):
        check_loop(running_loop())
        if self.has_ended:
            raise StopAsyncIteration
        if self.turns is None:
            self.turns = Turns(self.reconnector, *self.functions)
        self.turns.check()
        connection = await self.turns.take()
        if connection is None:
            raise StopAsyncIteration
        return connection

    async def aclose(self):
        """Stops the loop as `break` does, also if a variable holds it: for contextlib.aclosing ()."""
        if self.turns is not None:
            self.turns.check_place()
        self.has_ended = True
        if self.turns is not None:
            await self.turns.close()

    def refuse(self, word):
        raise TypeError(f'{WHERE} () is a loop: expected async for, received {word} (Wsp.connect () opens one connection)')

    def __await__(self):
        self.refuse('await')

    async def __aenter__(self):
        self.refuse('async with')

    async def __aexit__(self, kind, error, trace):
        """Python looks up __aexit__ before it calls __aenter__."""

    def __iter__(self):
        self.refuse('for')

    def __del__(self):
        if self.turns is not None:
            self.turns.stop_from_thread()
