# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""An asyncio loop that waits in a GLib.MainContext: GLib's sources run while coroutines wait.

The descriptors of asyncio are in one epoll descriptor, and that is one source of GLib: no Python runs for an iteration
of the context in which only GLib has something to do."""

import asyncio
import math
import selectors
import threading

from gi.repository import GLib

from .awaiting import running_loop

READY = GLib.IOCondition.IN | GLib.IOCondition.ERR | GLib.IOCondition.HUP


class GLibSelector(selectors.EpollSelector):
    """Waits for its descriptors, and lets the context run meanwhile."""

    def __init__(self, context):
        super().__init__()
        self.context = context
        # Without the function that PyGObject's override puts around it.
        self.iterate = getattr(super(GLib.MainContext, context), 'iteration', context.iteration)
        self.is_ready = False
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
        """A timer that ends earlier than it has to costs one iteration, a new one for each wait more than that."""
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
        """One iteration: what GLib's sources did may be work for asyncio."""
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


class GLibEventLoop(asyncio.SelectorEventLoop):
    drives_glib = True

    def __init__(self, context=None):
        self.context = context or GLib.MainContext.ref_thread_default()
        super().__init__(GLibSelector(self.context))

    def run_forever(self):
        """Objects of GLib that are made meanwhile call back in the loop's context."""
        if GLib.MainContext.ref_thread_default() == self.context:
            super().run_forever()
            return
        self.context.push_thread_default()
        try:
            super().run_forever()
        finally:
            self.context.pop_thread_default()


class GLibEventLoopPolicy(asyncio.DefaultEventLoopPolicy):
    def new_event_loop(self):
        return GLibEventLoop()


def run(main, debug=None):
    """As asyncio.run (), which has no choice of a loop before Python 3.12.

    A thread other than the main one gets a context of its own."""
    if running_loop() is not None:
        if asyncio.iscoroutine(main):
            main.close()
        raise RuntimeError('Wsp.run: expected no running loop (await the coroutine)')
    is_main = threading.current_thread() is threading.main_thread()
    context = None
    if not is_main and GLib.MainContext.get_thread_default() is None:
        context = GLib.MainContext.new()
    with asyncio.Runner(debug=debug, loop_factory=lambda: GLibEventLoop(context)) as runner:
        return runner.run(main)
