# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""An asyncio loop that waits in a GLib.MainContext: GLib's sources run while coroutines wait.

The descriptors of asyncio are in one epoll descriptor, and that is one source of GLib: no Python runs for an iteration
of the context in which only GLib has something to do.

While the loop does not run, it is a source of its context itself: coroutines go on where a Gtk.Application or a
GLib.MainLoop iterates the context.

docs/rationales/python-and-javascript.md has the reasons."""

import asyncio
import contextlib
import math
import selectors
import sys
import threading
import weakref

from gi.module import get_introspection_module
from gi.repository import Gio, GLib

from .awaiting import attached, running_loop

Wsp = get_introspection_module('Wsp')

READY = GLib.IOCondition.IN | GLib.IOCondition.ERR | GLib.IOCondition.HUP
MAX_WAIT = 1 << 30      # milliseconds, an int of C


class GLibSelector(selectors.EpollSelector):
    """Waits for its descriptors, and lets the context run meanwhile."""

    def __init__(self, context):
        super().__init__()
        self.context = context
        # The iteration () of C, without the wrapper of PyGObject's override.
        self.iterate = getattr(super(GLib.MainContext, context), 'iteration', context.iteration)
        self.is_ready = False
        self.is_inside = False          # other code iterates the context
        self.timer = None
        self.timer_end = math.inf
        self.channel = GLib.IOChannel.unix_new(self.fileno())
        self.source = GLib.io_create_watch(self.channel, READY)
        self.source.set_callback(self.on_ready)
        self.source.set_can_recurse(True)
        self.source.attach(context)

    def on_ready(self, *unused):
        self.is_ready = True
        return GLib.SOURCE_CONTINUE

    def on_timer(self, *unused):
        self.timer, self.timer_end = None, math.inf
        return GLib.SOURCE_REMOVE

    def wake_at(self, end, timeout):
        """Keeps a timer that ends before `end`: it costs one iteration of the context, and a new timer for each wait costs more."""
        if self.timer_end <= end:
            return
        if self.timer is not None:
            self.timer.destroy()
        self.timer = GLib.timeout_source_new(math.ceil(timeout * 1000))
        self.timer_end = end
        self.timer.set_callback(self.on_timer)
        self.timer.set_can_recurse(True)
        self.timer.attach(self.context)

    def select(self, timeout=None):
        """Runs one iteration of the context and returns, because GLib's sources may have made work for asyncio."""
        if self.is_inside:
            self.is_ready = False
            return super().select(0)
        may_block = timeout is None or timeout > 0
        if timeout is not None and timeout > 0:
            self.wake_at(asyncio.get_running_loop().time() + timeout, timeout)
        self.is_ready = False
        self.iterate(may_block)
        return super().select(0) if self.is_ready else []

    def close(self):
        self.source.destroy()
        if self.timer is not None:
            self.timer.destroy()
        super().close()


class Turns(GLib.Source):
    """The loop as a source: ready when a callback, a timer or a descriptor is."""

    def __init__(self, loop):
        super().__init__()
        self.loop = weakref.ref(loop)
        self.is_attached = True
        self.attach(loop.context)

    def end(self):
        """Frees the source now: PyGObject would free it twice if the garbage collector collects its object."""
        if self.is_attached:
            self.is_attached = False
            self.destroy()
            self._clear_boxed()

    def __del__(self):
        self.end()

    def get_wait(self):
        """Milliseconds until the loop has work; -1 = not known."""
        loop = self.loop()
        if loop is None or loop.is_running():
            return -1
        if loop._ready or loop.selector.is_ready:
            return 0
        if not loop._scheduled:
            return -1
        return max(0, math.ceil((loop._scheduled[0].when() - loop.time()) * 1000))

    def prepare(self):
        wait = self.get_wait()
        return wait == 0, min(wait, MAX_WAIT)

    def check(self):
        return self.get_wait() == 0

    def dispatch(self, *unused):
        loop = self.loop()
        if loop is not None:
            loop.turn()
        return GLib.SOURCE_CONTINUE


class EventLoop(asyncio.SelectorEventLoop):
    """A loop that drives a GLib.MainContext; without a context, the thread-default one."""
    drives_glib = True

    def __init__(self, context=None):
        self.context = context or GLib.MainContext.ref_thread_default()
        self.selector = GLibSelector(self.context)
        self.turns = None
        self.application = self.error = None    # the application of serving (), and the exception that has ended it
        super().__init__(self.selector)
        self.attach()

    def attach(self):
        if not self.is_closed():
            self.turns = Turns(self)
            attached[threading.get_ident()] = self

    def detach(self):
        if self.turns is not None:
            self.turns.end()
            self.turns = None
        if attached.get(threading.get_ident()) is self:
            del attached[threading.get_ident()]

    def run_forever(self):
        self.detach()
        try:
            self.run_in_context()
        finally:
            self.attach()

    def run_in_context(self):
        """Objects of GLib that are made meanwhile call back in the loop's context."""
        if GLib.MainContext.ref_thread_default() == self.context:
            self.run_with_replies()
            return
        self.context.push_thread_default()
        try:
            self.run_with_replies()
        finally:
            self.context.pop_thread_default()

    def run_with_replies(self):
        """What coroutines send behind the delivery of a message leaves in one write."""
        Wsp.Connection.hold_replies()
        try:
            super().run_forever()
        finally:
            Wsp.Connection.write_replies()

    def turn(self):
        """Runs what is ready, while other code iterates the context, perhaps inside of another loop that waits."""
        outer = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        self.selector.is_inside = True
        self.stop()                     # after one turn
        try:
            self.run_in_context()
        except (SystemExit, KeyboardInterrupt) as error:
            if self.application is None:
                raise
            self.error = error
            self.application.quit()
        finally:
            self.selector.is_inside = False
            asyncio._set_running_loop(outer)

    @contextlib.contextmanager
    def serving(self, application):
        """Makes this loop the running loop for handlers of the application."""
        self.application = application
        asyncio._set_running_loop(self)
        try:
            yield
        finally:
            self.application = None
            asyncio._set_running_loop(None)
        if self.error is not None:
            raise self.error

    def close(self):
        self.detach()
        super().close()


def run(main, debug=None):
    """As asyncio.run (), which has no choice of a loop before Python 3.12; `main` may also be a Gio.Application.

    A thread other than the main one gets a context of its own."""
    if running_loop() is not None:
        if asyncio.iscoroutine(main):
            main.close()
        raise RuntimeError('Wsp.run: expected no running loop (await the coroutine)')
    if isinstance(main, Gio.Application):
        return run_application(main, debug)
    is_main = threading.current_thread() is threading.main_thread()
    context = None
    if not is_main and GLib.MainContext.get_thread_default() is None:
        context = GLib.MainContext.new()
    with asyncio.Runner(debug=debug, loop_factory=lambda: EventLoop(context)) as runner:
        return runner.run(main)


def run_application(application, debug):
    """Returns the status of the application; tasks that are left at its end are cancelled."""
    with asyncio.Runner(debug=debug, loop_factory=EventLoop) as runner:
        with runner.get_loop().serving(application):
            return application.run(sys.argv)
