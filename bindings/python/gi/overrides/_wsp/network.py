# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The thread of all connections of Wsp.connect_sync (), and calls of other threads that wait for it.

Handlers of signals of the system run in the main thread alone, so none of their exceptions is raised in a callback of C, which
would lose it.  Methods that begin with `on_` are called in the thread of the network."""

import _thread
import atexit
import collections
import os
import threading

from gi.repository import GLib

from .awaiting import TIME_IS_OVER, begin_unasked, drives_glib, running_loop
from .errors import raise_of_call
from .log import log_traceback
from .plain import plain

GOING_AWAY = 1001
LAST_SECONDS = 1        # at the end of the program, for the peers' Closes


class Network:
    present = None              # of this process
    was_forked = False
    starting = threading.RLock()        # the handler of a signal may be inside already

    def __init__(self):
        self.context = GLib.MainContext.new()
        self.loop = GLib.MainLoop.new(self.context, False)
        self.connections = set()        # those that have not ended
        self.is_ending = False
        self.posts = collections.deque()
        self.pauses = []                # locks that the thread waits for while another one forks
        self.event = os.eventfd(0, os.EFD_CLOEXEC)
        self.source = GLib.io_create_watch(GLib.IOChannel.unix_new(self.event), GLib.IOCondition.IN)
        self.source.set_callback(self.on_post)
        self.source.attach(self.context)
        self.thread = threading.Thread(target=self.on_start, name='wsp', daemon=True)
        self.thread.start()

    def on_start(self):
        self.context.push_thread_default()
        getattr(super(GLib.MainLoop, self.loop), 'run', self.loop.run)()        # PyGObject's own is for signals

    def post(self, function, *arguments):
        """Calls the function in the thread.  A source for each call would have a __del__ (), which drops a KeyboardInterrupt."""
        self.posts.append((function, arguments))
        os.eventfd_write(self.event, 1)

    def on_post(self, *unused):
        os.eventfd_read(self.event)
        while self.posts:               # a post that was interrupted may have left one without an event
            function, arguments = self.posts.popleft()
            try:
                function(*arguments)
            except BaseException as error:      # PyGObject would remove the source
                log_traceback(f'Call in the thread of Wsp.connect_sync () raised {type(error).__name__}', error)
        return GLib.SOURCE_CONTINUE

    def on_closed(self, connection):
        self.connections.discard(connection)
        self.quit_if_done()

    def quit_if_done(self):
        if self.is_ending and not self.connections:
            self.loop.quit()

    def on_end(self):
        self.is_ending = True
        for connection in list(self.connections):
            begin_unasked(plain.Connection.close_async, connection, GOING_AWAY, None)
        timer = GLib.timeout_source_new(LAST_SECONDS * 1000)
        timer.set_callback(self.on_last_second)
        timer.attach(self.context)
        self.quit_if_done()

    def on_last_second(self, *unused):
        for connection in list(self.connections):
            connection.abort()
        return GLib.SOURCE_REMOVE

    def pause(self):
        """Returns when the thread holds no lock of GLib, which the child of fork () would wait for."""
        if self.is_ending or self.thread.ident == _thread.get_ident():
            return
        at_rest, go_on = _thread.allocate_lock(), _thread.allocate_lock()
        at_rest.acquire()
        go_on.acquire()
        self.pauses.append(go_on)
        self.post(self.on_pause, at_rest, go_on)
        at_rest.acquire(True, 5 * LAST_SECONDS)

    def on_pause(self, at_rest, go_on):
        at_rest.release()
        go_on.acquire()

    def go_on(self):
        if self.pauses:
            self.pauses.pop().release()

    def end(self):
        self.post(self.on_end)
        self.thread.join(5 * LAST_SECONDS)


def get_network(name):
    """Starts the thread at the first call."""
    check_place(Network.present, name)
    with Network.starting:
        if Network.present is None:
            network = Network()
            if Network.present is None:
                Network.present = network
            else:                       # the handler of a signal was first
                network.end()
    return Network.present


def check_place(network, name):
    """Refuses a call that would stop a loop, or that finds no thread behind it."""
    loop = running_loop()
    if loop is not None and drives_glib(loop):
        raise RuntimeError(f'Call of {name} () would stop the loop: expected a thread without a loop that drives GLib, received one with '
                           f'{type(loop).__name__} (write async with Wsp.connect (uri) as connection)')
    if Network.was_forked or network is not Network.present:
        raise RuntimeError(f'Call of {name} () after fork (): expected the process that connected first, received its child (start processes '
                           'by multiprocessing.get_context (\'spawn\'), or connect only in the child)')


def check_waiting(network, name):
    """Refuses a call that would wait for ever."""
    if network.is_ending or network.thread.ident == _thread.get_ident():
        where = 'at the end of the program' if network.is_ending else 'in a callback of such a connection'
        raise RuntimeError(f'Call of {name} () cannot wait: expected another thread of a running program, received one {where}')


@atexit.register
def end_network():
    """Closes all connections with 1001."""
    if Network.present is not None:
        Network.present.end()


def before_fork():
    Network.starting.acquire()          # of several threads that fork, one after the other
    if Network.present is not None:
        Network.present.pause()


def after_fork():
    if Network.present is not None:
        Network.present.go_on()
    Network.starting.release()


def leave_to_parent():
    """The child of a process has connections whose thread it lacks.  It keeps them: to free them could write to the peers."""
    if Network.present is not None:     # None also in the child of such a child
        Network.was_forked = True
        Network.of_parent, Network.present = Network.present, None
    Network.starting = threading.RLock()


os.register_at_fork(before=before_fork, after_in_parent=after_fork, after_in_child=leave_to_parent)


class Call:
    """A call that waits for the thread of the network: `begin` is called there, and anything there calls end ()."""

    def __init__(self, begin, on_left=None):
        self.begin, self.on_left = begin, on_left
        self.value = self.error = None
        self.is_done = self.is_left = False
        self.lock = _thread.allocate_lock()
        self.lock.acquire()

    def on_begin(self, *unused):
        try:
            self.begin(self)
        except BaseException as error:
            self.end(error=error)

    def end(self, value=None, error=None):
        if not self.is_done:
            self.value, self.error, self.is_done = value, error, True
            self.lock.release()

    def wait(self, network, name, timeout=None, text=TIME_IS_OVER, post=None):
        """If a signal or the timeout ends the wait, `on_left` undoes what was begun."""
        try:
            check_waiting(network, name)
            (post or network.post)(self.on_begin)
            if not self.lock.acquire(True, -1 if timeout is None else timeout):
                raise TimeoutError(text)
        except BaseException:
            self.is_left = True
            if self.on_left is not None:
                network.post(self.on_left)
            raise
        if self.error is not None:
            raise_of_call(self.error)
        return self.value
