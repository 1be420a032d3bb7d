# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The results of handlers.  For PyGObject each object is True, also a coroutine, and it drops what a void handler returns.  With the
guards of this file only True counts as True, a request waits for the awaitable of its handler, and the awaitable of a void handler
becomes a task."""

import contextlib
import functools
import inspect

from gi.repository import GObject

from .awaiting import drives_glib, loop_of_tasks
from .errors import tells_end
from .log import fail_quietly, log_error, log_traceback

CONNECTING = 'connect', 'connect_after', 'connect_data', 'connect_object', 'connect_object_after'
waiting = set()         # tasks, of which asyncio keeps weak references only


def show(value):
    return repr(value) if value is None or isinstance(value, bool) else type(value).__name__


def drop(value):
    """Closes a coroutine that will not run, which would otherwise warn."""
    if hasattr(value, 'close') and hasattr(value, 'cr_frame'):
        value.close()


def is_async(function):
    """Also of an object whose __call__ () is a coroutine function."""
    return any(inspect.iscoroutinefunction(one) or inspect.isasyncgenfunction(one)
               for one in (function, getattr(function, '__call__', None)))


def connection_in(arguments):
    return next((one for one in arguments if type(one).__name__ == 'Connection'), None)


def begin_task(awaitable, place, connection):
    """Begins the task of a void handler.  An exception of the task is given to the exception handler of the loop, and fails the
    connection, if the handler was for one."""
    loop = loop_of_tasks()
    if loop is None or loop.is_closed():
        drop(awaitable)
        log_error(f'{place} did not run: expected a loop for its coroutine, received none (start the program with Wsp.run)')
        fail_quietly(connection, f'{place} did not run: it is a coroutine, and there is no loop')
        return
    task = loop.create_task(follow_task(loop, awaitable, place, connection))
    waiting.add(task)
    task.add_done_callback(RequestGuard.on_done)


async def follow_task(loop, awaitable, place, connection):
    import asyncio
    try:
        await awaitable
    except (SystemExit, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        if isinstance(error, asyncio.CancelledError) and asyncio.current_task().cancelling() > 0:
            raise
        if connection is not None and connection.get_state().value_nick != 'open' and tells_end(error, connection):
            return                          # the connection has ended while the handler used it
        fail_quietly(connection, f'{place} raised {type(error).__name__}: its traceback was logged')
        loop.call_exception_handler({'message': f'{place} raised {type(error).__name__}', 'exception': error})


def follow_void(value, place, arguments):
    """The result of a function whose result C does not read."""
    if hasattr(value, '__await__'):
        begin_task(value, place, connection_in(arguments))
    elif hasattr(value, '__anext__'):
        log_error(f'{place} did not run: expected a function or a coroutine function, received a generator')


class Guard:
    """Calls a function of the program, and gives its result to C.  A guard is equal to its function, because PyGObject finds
    handlers by their functions."""

    def __init__(self, function, name, place=None):
        self.function, self.name, self.place = function, name, place or f'Handler of {name}'

    def __eq__(self, other):
        return self.function == getattr(other, 'function', other)

    def __hash__(self):
        return hash(self.function)

    def __call__(self, *arguments):
        try:
            value = self.function(*arguments)
        except BaseException as error:
            result = self.refuse(arguments, error)
            if isinstance(error, Exception):
                return result
            raise
        return value if value is None or isinstance(value, bool) else self.follow(arguments, value)

    def refuse(self, arguments, error):
        log_traceback(f'{self.place} raised {type(error).__name__}: it counts as False', error)
        return False

    def follow(self, arguments, value):
        what = 'an awaitable, which is not awaited here' if hasattr(value, '__await__') else show(value)
        drop(value)
        log_error(f'{self.place} counts as False: expected a bool, received {what}')
        return False


HANDING_OUT = 'Handler of connection', 'Handler of connected'


def hold_messages(connection):
    """Messages wait for the task: for its recv (), or for the receiver that it sets, which starts the connection.  Meanwhile the
    connection reads on, as one of Wsp.serve () does."""
    own = vars(connection)
    if not own.get('_wsp_is_started') and not own.get('_wsp_has_function') and '_wsp_talk' not in own and not \
            GObject.signal_has_handler_pending(connection, GObject.signal_lookup('message', type(connection)), 0, False):
        connection.stop_receiving()
        connection._wsp_is_held = True


def release_messages(connection):
    if vars(connection).pop('_wsp_is_held', False) and '_wsp_talk' not in vars(connection):
        connection.start_receiving()


class VoidGuard(Guard):
    """For a handler whose result C does not read."""

    def __call__(self, *arguments):
        value = self.function(*arguments)
        if value is not None:
            if self.name in HANDING_OUT and hasattr(value, '__await__'):
                hold_messages(connection_in(arguments))
            follow_void(value, self.name, arguments)


@contextlib.contextmanager
def cancelled_with(request):
    """Cancels the present task when the request ends without a decision, at once if it has."""
    import asyncio
    task, cancellable = asyncio.current_task(), request.get_cancellable()
    handler = GObject.Object.connect(cancellable, 'cancelled', lambda _cancellable: task.cancel())
    try:
        if cancellable.is_cancelled():
            task.cancel()
        yield
    finally:
        GObject.Object.disconnect(cancellable, handler)


class RequestGuard(Guard):
    """For a handler of a request, which can wait for an awaitable."""

    def refuse(self, arguments, error):
        log_traceback(f'Handler of {self.name} raised {type(error).__name__}: a request that it has not decided is answered '
                      'with 500', error)
        self.answer_with_500(request_of(arguments))
        return False

    def answer_with_500(self, request):
        """request: a Handshake or an HttpRequest. An earlier decision of the handler stays."""
        decide = request.respond if self.name == 'http-request' else request.reject
        decide(500, None, None)

    def follow(self, arguments, value):
        request, loop = request_of(arguments), loop_of_tasks()
        if not hasattr(value, '__await__'):
            self.answer(request, value)
        elif loop is None or not drives_glib(loop):
            drop(value)
            self.tell('to return a bool, or a loop that drives GLib (start the program with Wsp.run)', 'an awaitable')
            self.answer_with_500(request)
        else:
            request.defer()
            task = loop.create_task(self.wait(arguments, value))
            waiting.add(task)
            task.add_done_callback(self.on_done)
        return False

    @staticmethod
    def on_done(task):
        """Reads the exception, or asyncio would log it: an exception that ends the program, as SystemExit, was raised already."""
        waiting.discard(task)
        if not task.cancelled():
            task.exception()

    async def wait(self, arguments, value):
        import asyncio
        request = request_of(arguments)
        try:
            async with asyncio.timeout(timeout_of(arguments)) as limit:
                with cancelled_with(request):
                    result = await value
        except Exception as error:
            if not limit.expired():         # the server answers with 503 then
                self.refuse(arguments, error)
        except BaseException:               # cancelled, or the end of the program
            self.answer_with_500(request)
            raise
        else:
            self.answer(request, result)

    def answer(self, request, value):
        if request.get_response_status() != 0:
            return                          # the handler has decided
        if value is True and self.name != 'http-request':
            request.proceed()
            return
        expected = 'to respond to it' if self.name == 'http-request' else 'to return True, or to accept or reject it'
        self.tell(expected, show(value))
        self.answer_with_500(request)

    def tell(self, expected, received):
        log_error(f'Request is answered with 500: expected its handler of {self.name} {expected}, received {received}')


def request_of(arguments):
    return next(one for one in arguments if type(one).__name__ in ('Handshake', 'HttpRequest'))


def timeout_of(arguments):
    """Seconds, or None.  Without a timeout, handlers that wait for ever would keep their requests in memory."""
    server = next((one for one in arguments if type(one).__name__ == 'Server'), None)
    return server.get_limits().get_handshake_timeout() / 1000 or None if server is not None else None


def guard(function, name, is_request):
    """is_request: what asks () returns."""
    if not callable(function):
        return function
    if name == 'prepare':
        from .preparing import PrepareGuard
        return PrepareGuard(function)
    if is_request is None:
        return VoidGuard(function, f'Handler of {name}')
    if not is_request and is_async(function):
        raise TypeError(f'Handler of {name} is wrong: expected a function, received a coroutine function (the result of {name} is '
                        'needed at once)')
    return (RequestGuard if is_request else Guard)(function, name)


def guard_callback(function, name):
    """The callback of a call; only a coroutine function costs more than without this."""
    return VoidGuard(function, f'Callback of {name} ()') if is_async(function) else function


def asks(signal, owner):
    """None: the result of the signal is not a boolean.  True: the result is about a request of a server."""
    query = GObject.signal_query(signal, owner)
    if query is None or query.return_type != GObject.TYPE_BOOLEAN:
        return None
    return owner.__name__ == 'Server'


def refuse_uri(instance, signal):
    """connect () of a client is not that of Wsp."""
    if isinstance(signal, str) and ':/' in signal and type(instance).__name__ == 'Client':
        raise TypeError('Method connect () of Wsp.Client is for signals: expected a signal and a function, received a URI (write await '
                        'Wsp.connect (uri, client=client))')


def guard_connect(connect, signals):
    @functools.wraps(connect)
    def call(self, signal, *more, **named):
        if not more:
            refuse_uri(self, signal)
            return connect(self, signal, **named)
        handler, *more = more
        if isinstance(signal, str):
            name = signal.split('::')[0].replace('_', '-')
            handler = guard(handler, name, signals.get(name))
        return connect(self, signal, handler, *more, **named)
    return call


def guard_signals(owner):
    asked = {name: asks(name, owner) for name in GObject.signal_list_names(owner)}
    for name in CONNECTING:
        setattr(owner, name, guard_connect(getattr(owner, name), asked))
