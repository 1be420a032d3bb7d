# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.serve (): a server whose connections have a task each."""

import asyncio
import inspect
import math

from gi.repository import Gio, GLib, Wsp

from . import options
from .awaiting import check_loop
from .checks import check_thread
from .client import Begun
from .errors import tells_end
from .log import fail_with_traceback, log_error
from .options import check_names, check_seconds, make_owner
from .routes import Routes
from .server import GOING_AWAY
from .talk import talk_of

WHERE = 'Wsp.serve'
OWN = options.OWN[WHERE]
LAST_SECONDS = 1                # for a handler that was cancelled, at least


class Service:
    """The tasks of a server: one for each connection."""

    def __init__(self, server, routes, grace):
        self.server = server
        self.grace = grace
        self.loop = asyncio.get_running_loop()
        self.tasks = set()
        self.closing = None             # the task that shuts down; a task that waits for closing may be cancelled
        self.shutdown = Gio.Cancellable()       # of the shutdown; cancelled when one of the closers is
        self.closers = set()            # tasks that wait for closing, which does not wait for them
        self.closed = self.loop.create_future()
        self.let_go = routes.add(server, self.on_connection)

    def on_connection(self, server, connection, handler):
        """PyGObject 3.42 never frees 112 bytes of each function that it gives to C, but frees handlers of signals: a
        server takes those, though a message function costs a tenth less for each message."""
        connection.stop_receiving()               # messages wait for recv ()
        talk_of(connection).is_one_of_many = True
        if self.loop.is_closed():
            connection.close_async(GOING_AWAY, None)
            return
        task = self.loop.create_task(self.handle(connection, handler))
        self.tasks.add(task)
        task.add_done_callback(self.on_done)

    def on_done(self, task):
        """Reads the exception, or asyncio would log it: an exception that ends the program, as SystemExit, was raised already."""
        self.tasks.discard(task)
        if not task.cancelled():
            task.exception()

    @staticmethod
    def begin(connection, handler):
        handled = handler(connection)
        if not inspect.isawaitable(handled):
            raise TypeError(f'Handler of {WHERE} () is wrong: expected a coroutine function, received one that returned '
                            f'{type(handled).__name__} (write async def)')
        return handled

    async def handle(self, connection, handler):
        try:
            await self.begin(connection, handler)
        except asyncio.CancelledError as error:
            if asyncio.current_task().cancelling() == 0:        # of something else that the handler awaited
                fail_with_traceback(connection, error, 'Handler')
                return
            connection.abort()
            raise
        except (SystemExit, KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:
            is_open = connection.get_state() == Wsp.ConnectionState.OPEN
            if is_open or not tells_end(error, connection):
                fail_with_traceback(connection, error, 'Handler')
                return
        await connection.close()

    def begin_closing(self, code, reason):
        if self.closing is None:
            self.shutdown = Gio.Cancellable()
            self.closing = self.loop.create_task(self.shut_down(code, reason))

    async def drain(self, code, reason, lead, spread):
        """Ends as close () does.  A call that is cancelled aborts all connections."""
        check_thread(self.server)
        task = asyncio.current_task()
        self.closers.add(task)
        try:
            times = (math.ceil(time * 1000) for time in (lead, spread, self.grace))
            await self.server.drain_async(code, reason, *times)
            await self.close(code, reason)
        except asyncio.CancelledError:
            self.begin_closing(code, None)
            self.abort()
            raise
        finally:
            self.closers.discard(task)

    async def close(self, code, reason):
        """Shuts down once; a later call waits for the same shutdown.  A call that is cancelled aborts all connections."""
        check_thread(self.server)
        task = asyncio.current_task()
        self.closers.add(task)
        try:
            self.begin_closing(code, reason)
            await asyncio.shield(self.closing)
        except asyncio.CancelledError:
            self.abort()
            raise
        finally:
            self.closers.discard(task)

    def abort(self):
        """Cancels the shutdown, and handlers without waiting for them first."""
        self.shutdown.cancel()
        for task in self.tasks - self.closers:
            task.cancel()

    async def wait_closed(self):
        check_thread(self.server)
        await asyncio.shield(self.closed)

    async def shut_down(self, code, reason):
        end = self.loop.time() + self.grace
        try:
            await self.server.shutdown_async(code, reason, math.ceil(self.grace * 1000), self.shutdown)
        except BaseException as error:
            if not was_cancelled(error):
                self.closing = None     # a wrong code or reason: nothing has begun
                raise
        tasks = self.tasks - self.closers
        await self.wait_tasks(tasks, end - self.loop.time())
        for task in tasks:
            task.cancel()
        await self.wait_tasks(tasks, max(self.grace, LAST_SECONDS))
        for task in tasks - {task for task in tasks if task.done()}:
            log_error(f'Handler goes on after it was cancelled: {task!r}')
        self.let_go()
        self.closed.set_result(None)

    async def wait_tasks(self, tasks, timeout):
        if any(not task.done() for task in tasks):
            await asyncio.wait(tasks, timeout=max(0, timeout))


def was_cancelled(error):
    return isinstance(error, GLib.Error) and error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED)


def make_server(settings):
    """A server that is given the CAs of its clients needs their certificates, unless the program says another mode."""
    if settings.get('tls_database') is not None:
        settings.setdefault('tls_authentication_mode', Gio.TlsAuthenticationMode.REQUIRED)
    server = make_owner(WHERE, Wsp.Server, settings)
    if settings.get('tls_certificate') is None and server.get_tls_authentication_mode() != Gio.TlsAuthenticationMode.NONE:
        raise TypeError(f'Options of {WHERE} () are wrong: expected tls_certificate beside those for certificates of clients, received '
                        'none (a server without a certificate does not use TLS)')
    return server


class Serving(Begun):
    """`async with` shuts the server down at its end."""
    where = WHERE
    is_right = False

    def __init__(self, handler, places, server, grace, request, http_request, settings):
        check_names(WHERE, OWN, Wsp.Server, settings)
        self.routes = Routes(WHERE, handler, request, http_request)
        if server is not None and not isinstance(server, Wsp.Server):
            raise TypeError(f'Option server of {WHERE} () is wrong: expected a Wsp.Server, received {type(server).__name__}')
        if server is not None and settings:
            raise TypeError(f'Options of {WHERE} () are wrong: expected a server or its settings, received both ({", ".join(settings)})')
        check_seconds(WHERE, 'grace', grace, may_be_none=False)
        self.server = server if server is not None else make_server(settings)
        self.places, self.grace = places, grace
        self.is_own = server is None
        self.is_right = True

    async def begin(self):
        check_loop(asyncio.get_running_loop())
        check_thread(self.server)
        present = getattr(self.server, '_wsp_service', None)
        if present is not None and not present.closed.done():
            raise RuntimeError('Server has a handler: expected a server that is served once (close it first, or add ports to it)')
        service = Service(self.server, self.routes, self.grace)
        self.server._wsp_service = service
        try:
            self.places.listen(self.server, self.is_own)
        except BaseException:
            service.let_go()
            del self.server._wsp_service
            raise
        return self.server

    async def __aexit__(self, kind, error, trace):
        await self.server.close()
