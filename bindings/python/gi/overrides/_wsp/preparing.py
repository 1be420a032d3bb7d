# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""What a program does before each handshake of a client: handlers of Wsp.Client::prepare, and the option `prepare` of
Wsp.connect () and Wsp.reconnect ().

The handshake waits for an awaitable.  If the function raises, or returns something that has no effect, the handshake is rejected
with status 503, as by a server that is not ready: a request without its token would be refused for good."""

from gi.repository import GObject, Wsp

from .awaiting import drives_glib, loop_of_tasks
from .log import log_traceback
from .results import Guard, RequestGuard, cancelled_with, drop, request_of, waiting

STATUS = 503            # a reconnector then tries again


def has_gone_on(handshake):
    """After reject (): whether this came too late, because somebody had let the handshake proceed."""
    is_rejected = handshake.get_response_status() >= 300 and handshake.get_time_us(Wsp.HandshakeStep.SENT) == 0
    return not is_rejected and not handshake.get_cancellable().is_cancelled()


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
            return None
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
        return task

    async def wait(self, loop, handshake, awaitable, timeout):
        """The end of the call cancels the task, unless somebody had let it proceed.  timeout: in seconds."""
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
        self.tasks = set()
        self.handler = GObject.Object.connect(client, 'prepare', self)

    def __call__(self, client, handshake):
        if self.handshake in (None, handshake):
            self.begun, self.error = handshake, None
            super().__call__(client, handshake)

    def call(self, arguments):
        return self.function(request_of(arguments))

    def follow(self, client, handshake, value):
        task = super().follow(client, handshake, value)
        if task is not None:
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        return task

    def keeps(self, error, handshake):
        is_late = has_gone_on(handshake)
        if self.begun is handshake and not is_late:
            self.error = error
        if is_late or self.handshake is None:
            what = ' after the attempt had gone on' if is_late else ': the attempt has failed'
            log_traceback(f'{self.name} raised {type(error).__name__}{what}', error)
        return isinstance(error, Exception)

    def cancel(self):
        """Called after an attempt, on which its function has no effect any more, also if it has called proceed ().  A task that is
        cancelled already may be cleaning up."""
        for task in [one for one in self.tasks if not one.cancelling()]:
            task.cancel()

    def end(self):
        GObject.Object.disconnect(self.client, self.handler)
        self.cancel()
