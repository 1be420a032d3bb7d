# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""One call of an `_async` function as something to await.

The future only says that the call has ended: the coroutine that awaits the call takes its result.  An error of a call that
is not awaited is dropped, as it is for a call without a callback."""

import sys
import threading
import weakref

import gi
from gi.repository import Gio, GLib, GObject

from .errors import raise_of_call, with_class

attached = weakref.WeakValueDictionary()    # by thread: the loop that is a source of the thread's context
# A module of GI looks each name up anew.
set_closure, get_context = GObject.source_set_closure, GLib.MainContext.get_thread_default
TIME_IS_OVER = 'The time is over'
FREES_FUNCTIONS = gi.version_info >= (3, 50)
DRIVERS = ('gbulb', 'asyncio_glib')     # packages whose loops drive GLib, besides gi.events of PyGObject


def running_loop():
    """The loop of the coroutine that calls; None outside of a coroutine.  Does not import asyncio."""
    asyncio = sys.modules.get('asyncio.events')
    return asyncio._get_running_loop() if asyncio is not None else None


def loop_of_tasks():
    """The running loop; in a handler outside of a coroutine the loop that is a source of the context."""
    return running_loop() or attached.get(threading.get_ident())


def drives_glib(loop):
    module = type(loop).__module__
    return getattr(loop, 'drives_glib', False) or module == 'gi.events' or module.split('.')[0] in DRIVERS


def check_loop(loop):
    if not drives_glib(loop):
        name = f'{type(loop).__module__}.{type(loop).__qualname__}'
        raise RuntimeError(f'Wrong event loop: expected one that drives GLib, received {name} '
                           '(start the program with Wsp.run)')


def wake(future):
    """Ends the wait of a coroutine, if it still waits and its loop is not closed."""
    if future is not None and not future.done():
        try:
            future.set_result(None)
        except RuntimeError:
            pass


def ignore_result(source, result):
    pass


def begin_unasked(start, *arguments):
    """Begins a call whose result is not read.  Without a callback PyGObject 3.50 returns an object that warns of an error that
    was not read, and of which 64 bytes are never freed; PyGObject 3.42 never frees 112 bytes of each callback."""
    start(*arguments, None, ignore_result if FREES_FUNCTIONS else None)


def watch(stream, interface, on_ready):
    """A source that calls `on_ready` when a stream of a message is ready.  PyGObject frees a closure, unlike a callback."""
    source = interface.create_source(stream, None)
    set_closure(source, on_ready)
    source.attach(get_context())
    return source


class Limit:
    """A timeout in seconds, or a Gio.Cancellable of the program, that ends a wait before its time.

    `on_end` is called then; `error` is what the coroutine raises."""

    def __init__(self, loop, timeout, text, on_end, cancellable=None):
        self.loop, self.on_end, self.error = loop, on_end, None
        self.timer = loop.call_later(timeout, self.end, TimeoutError(text)) if timeout is not None else None
        self.chained = None
        if cancellable is not None:
            self.chained = cancellable, GObject.Object.connect(cancellable, 'cancelled', self.on_cancelled)
            if cancellable.is_cancelled():
                self.on_cancelled(cancellable)

    def end(self, error):
        if self.error is None:
            self.error = error
            self.on_end()

    def on_cancelled(self, cancellable):
        """Called in any thread."""
        error = GLib.Error.new_literal(Gio.io_error_quark(), 'Operation was cancelled', Gio.IOErrorEnum.CANCELLED)
        try:
            self.loop.call_soon_threadsafe(self.end, error)
        except RuntimeError:
            pass                    # the loop is closed

    def stop(self):
        if self.timer is not None:
            self.timer.cancel()
        if self.chained is not None:
            GObject.Object.disconnect(*self.chained)
            self.chained = None


class Call:
    def __init__(self, loop, source, start, finish, cancellable=None, timeout=None):
        self.source = source
        self.finish = finish
        self.result = None
        self.is_taken = False
        self.loop = loop
        self.future = loop.create_future()
        self.cancellable = Gio.Cancellable()
        self.limit = None
        if timeout is not None or cancellable is not None:
            self.limit = Limit(loop, timeout, TIME_IS_OVER, self.cancellable.cancel, cancellable)
        if cancellable is not None and cancellable.is_cancelled():
            self.cancellable.cancel()           # before the call begins
        try:
            start(self.cancellable, self.on_result)
        except BaseException:
            self.stop()
            raise

    def stop(self):
        if self.limit is not None:
            self.limit.stop()

    def on_result(self, source, result, *more):
        self.result = result
        self.stop()
        wake(self.future)

    def take(self):
        if self.is_taken:
            raise RuntimeError('Call was awaited before: expected one await for each call')
        self.is_taken = True
        try:
            return self.finish(self.source, self.result)
        except GLib.Error as error:
            if self.limit is not None and self.limit.error is not None and \
                    error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED):
                raise self.limit.error from None
            connection = self.source if type(self.source).__name__ == 'Connection' else None
            raise_of_call(with_class(error, connection))

    def __await__(self):
        check_loop(self.loop)
        try:
            yield from self.future
        except BaseException:
            self.cancellable.cancel()
            raise
        return self.take()
