# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The parts of Wsp that PyGObject cannot know by itself.  PyGObject loads this module with the namespace.

A class is changed when it is first used, and asyncio is imported when it is first needed: an import of the namespace costs
no more than without this module.  Arguments of signals need no module that the first class with such signals has not imported.

docs/rationales/python-and-javascript.md has the reasons."""

import importlib

from ..module import get_introspection_module
from ._wsp.errors import (AbnormalClosure, Closed, Error, ExtensionNotSupported, Failed, HandshakeFailed, InvalidArgument,
                          InvalidFormat, InvalidOperation, InvalidUtf8, NotWebsocket, QueueFull, Rejected,
                          SubprotocolNotSupported, TooBig, VersionNotSupported)

Wsp = get_introspection_module('Wsp')
__all__ = ['AbnormalClosure', 'Closed', 'Error', 'ExtensionNotSupported', 'Failed', 'HandshakeFailed', 'InvalidArgument',
           'InvalidFormat', 'InvalidOperation', 'InvalidUtf8', 'NotWebsocket', 'QueueFull', 'Rejected',
           'SubprotocolNotSupported', 'TooBig', 'VersionNotSupported', 'broadcast', 'connect', 'connect_sync', 'reconnect', 'run', 'serve']
# Classes whose modules are imported when they are first used, and these modules; asyncio is one of them.
OF_MODULES = {'EventLoop': 'loop', 'EventLoopPolicy': 'policy', 'SyncConnection': 'sync'}


def complete_member(namespace, member, name):
    """If the modules of the class cannot be read, its next use tries it again."""
    try:
        from ._wsp.classes import complete
        complete(member)
    except BaseException:
        vars(namespace).pop(name, None)
        raise


class Namespace(type(Wsp)):
    """The namespace as PyGObject has it; a class or a function is completed when it is read for the first time."""

    def __getattr__(self, name):
        if name in OF_MODULES:
            member = getattr(importlib.import_module(f'{__package__}._wsp.{OF_MODULES[name]}'), name)
            setattr(self, name, member)
            return member
        member = super().__getattr__(name)
        if isinstance(member, type):
            complete_member(self, member, name)
        elif hasattr(member, 'can_throw_gerror'):
            from ._wsp.classes import complete_function
            member = complete_function(member)
            setattr(self, name, member)
        return member

    def __dir__(self):
        return [*super().__dir__(), *(name for name in OF_MODULES if hasattr(self, name))]


Wsp.__class__ = Namespace


def run(main, *, debug=None):
    """Runs a coroutine, and returns what it returns, as asyncio.run () does: on a loop that drives GLib, too.

    Also runs a Gio.Application, such as one of GTK, and returns its status: its handlers begin tasks of asyncio."""
    from ._wsp.loop import run as run_on_loop
    return run_on_loop(main, debug)


def connect(uri, *, subprotocols=None, headers=None, client=None, timeout=None, prepare=None, **settings):
    """Connects: `async with Wsp.connect(uri) as connection` or `connection = await Wsp.connect(uri)`.

    `settings` are properties of a new Wsp.Client, as `origin` and `tls_database`; `timeout` is in seconds.  `prepare` is called
    with the Wsp.Handshake before anything is sent, and may be a coroutine function: to set a token, say.  If it raises, the
    handshake is rejected with status 503."""
    from ._wsp.client import Connecting
    return Connecting(uri, subprotocols, headers, client, timeout, prepare, settings)


def reconnect(uri, *, subprotocols=None, headers=None, client=None, timeout=None, prepare=None, should_retry=None, **settings):
    """Connects again and again: `async for connection in Wsp.reconnect(uri): …`

    Each turn of the loop has a new connection, which is closed at the end of the turn.  A loop over the messages of such a
    connection ends silently, however the connection ended.  When the loop is left, it stops.

    The options are those of connect (); `timeout` and `prepare` are for each attempt.  `settings` may also be properties of
    Wsp.Reconnector, as `min_delay_seconds`.  `should_retry` is called with the error of a failed attempt: another attempt follows
    if it returns True, and otherwise the error is raised.  Without it the reconnector decides."""
    from ._wsp.reconnecting import Reconnecting
    return Reconnecting(uri, subprotocols, headers, client, timeout, prepare, should_retry, settings)


def connect_sync(uri, *, subprotocols=None, headers=None, timeout=None, **settings):
    """Connects without a loop: `with Wsp.connect_sync(uri) as connection`; the calls of the connection wait.

    The options are those of connect (), but for `client` and `prepare`."""
    from ._wsp.sync import connect
    return connect(uri, subprotocols, headers, timeout, settings)


def serve(handler, host=None, port=None, *, unix=None, sockets=None, fds=None, proxy_protocol=False, server=None, grace=5,
          request=None, http_request=None, **settings):
    """Serves: `async with Wsp.serve(handler, host, port) as server` or `server = await Wsp.serve(…)`.

    The server listens on host and port, on the path `unix`, and on `sockets` and `fds` that listen already, if these are
    given.  Without any of them, and without `server`, it listens on a free port of this machine.  With `proxy_protocol`, all of
    these are for clients of a load balancer, which tells their addresses by the PROXY protocol.

    `handler` is called with each connection, in a task of its own, and the connection is closed when it returns.
    A dict has a handler for each route, and for pages: `{'/rooms/{room}': chat, 'GET /healthz': health}`; that of a page is called
    with the Wsp.HttpRequest, to which it responds.

    `request` is called with the Wsp.Handshake of each client: only True lets the client in.  `http_request` is called with each
    Wsp.HttpRequest that no page has taken.  These functions, and those of pages, may be coroutine functions.

    `settings` are properties of a new Wsp.Server, as `subprotocols`; `grace` is how many seconds a shutdown waits."""
    from ._wsp.service import Serving
    from ._wsp.places import Places
    return Serving(handler, Places(host, port, unix, sockets, fds, proxy_protocol), server, grace, request, http_request, settings)


def broadcast(connections, message, *, urgent=False, compress=True, **unknown):
    """Sends a str, bytes or a Wsp.Message to some connections; the message is put into frames and compressed once.

    Returns how many connections have queued the message: connections that are closing, or whose queue is full, are left out."""
    from ._wsp.server import broadcast_to
    return broadcast_to(connections, message, urgent, compress, unknown)
