# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""What a program does before each handshake of a client: handlers of Wsp.Client::prepare, and the option `prepare` of
Wsp.connect () and Wsp.reconnect ().

The handshake waits for an awaitable.  If the function raises, or returns something that has no effect, the handshake is rejected
with status 503, as by a server that is not ready: a request without its token would be refused for good."""

from gi.repository import GObject

from .awaiting import drives_glib, loop_of_tasks
from .log import log_traceback
from .results import Guard, RequestGuard, cancelled_with, drop, request_of, waiting

STATUS = 503            # a reconnector then tries again


class PrepareGuard(Guard):
    """For a handler of `prepare`.  What it raises is told as with other handlers without a result."""

    def __init__(self, function, name='Handler of prepare'):
        super().__init__(function, name)

    def __call__(self, *arguments):
        handshake = request_of(arguments)
        try:
            self.follow(arguments[0], handshake, self.call(arguments))
        except BaseException as error:
            handshake.reject(STATUS, None, None)
            if not self.keeps(error, handshake):
                raise

    def call(self, arguments):
        return self.function(*arguments)

    def keeps(self, error, handshake):
        """Whether the error is told elsewhere."""
        return False

    def make_error(self, expected, received):
        return TypeError(f'{self.name} is wrong: expected {expected}, received {received}')

    def follow(self, client, handshake, value):
        if value is None:
            return
        if not hasattr(value, '__await__'):
            drop(value)
            raise self.make_error('to return None, or to be a coroutine function', type(value).__name__)
        loop = loop_of_tasks()
        if loop is None or loop.is_closed() or not drives_glib(loop):
            drop(value)
            raise self.make_error('a loop that drives GLib (start the program with Wsp.run)', 'an awaitable')
        handshake.defer()
        task = loop.create_task(self.wait(loop, handshake, value, client.get_property('connect-timeout') / 1000 or None))
        waiting.add(task)
        task.add_done_callback(RequestGuard.on_done)

    async def wait(self, loop, handshake, awaitable, timeout):
        """The end of the call cancels the task.  timeout: in seconds; another handler may have let the call proceed."""
        import asyncio
        try:
            async with asyncio.timeout(timeout) as limit:
                with cancelled_with(handshake):
                    value = await awaitable
            if value is not None:
                raise self.make_error('to return None', type(value).__name__)
        except Exception as error:
            if limit.expired():
                return
            handshake.reject(STATUS, None, None)
            if not self.keeps(error, handshake):
                loop.call_exception_handler({'message': f'{self.name} raised {type(error).__name__}', 'exception': error})
        except BaseException:               # cancelled, or the end of the program
            handshake.reject(STATUS, None, None)
            raise
        else:
            handshake.proceed()


class Preparation(PrepareGuard):
    """The option `prepare` of a call, for one handshake or for all those of a client.  `error` is what the function has raised:
    the cause of the error that the call raises; it is logged if other attempts may follow.  It is that of the last attempt: a task of an
    earlier one may fail later."""

    def __init__(self, function, where, client, handshake=None):
        super().__init__(function, f'Option prepare of {where} ()')
        self.client, self.handshake = client, handshake
        self.begun = self.error = None              # begun: the handshake that was prepared last
        self.handler = GObject.Object.connect(client, 'prepare', self)

    def __call__(self, client, handshake):
        if self.handshake in (None, handshake):
            self.begun, self.error = handshake, None
            super().__call__(client, handshake)

    def call(self, arguments):
        return self.function(request_of(arguments))

    def keeps(self, error, handshake):
        if self.begun is handshake:
            self.error = error
        if self.handshake is None:
            log_traceback(f'{self.name} raised {type(error).__name__}: the attempt has failed', error)
        return isinstance(error, Exception)

    def end(self):
        GObject.Object.disconnect(self.client, self.handler)
