# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.Server for coroutines, and Wsp.broadcast ()."""

from gi.repository import Wsp

from .checks import check_thread
from .groups import flags_of_group, publish
from .options import check_seconds, flags_of
from .plain import plain
from .values import message_of

GOING_AWAY = 1001


def service_of(server):
    service = getattr(server, '_wsp_service', None)
    if service is None:
        raise RuntimeError('Server without a handler: expected one that Wsp.serve returned')
    return service


class Server:
    async def close(self, code=GOING_AWAY, reason=None):
        """Stops accepting, closes all connections, and waits for their handlers; handlers that go on are cancelled.

        Aborts all connections when the task is cancelled."""
        await service_of(self).close(code, reason)

    async def drain(self, code=GOING_AWAY, reason=None, *, lead=1, spread=4):
        """Sends the clients to other servers, one after the other within `spread` seconds, and then ends as close ().

        Only `draining` is true for `lead` seconds before.  Aborts all connections when the task is cancelled."""
        for name, value in ('lead', lead), ('spread', spread):
            check_seconds('drain', name, value, may_be_none=False)
        await service_of(self).drain(code, reason, lead, spread)

    async def wait_closed(self):
        """Returns when close () has ended."""
        await service_of(self).wait_closed()

    def broadcast(self, message, *, exclude=None, urgent=False, compress=True, **unknown):
        """Sends a str, bytes or a Wsp.Message to all connections, but not to the connection `exclude`; returns how many have
        queued it."""
        return plain.Server.broadcast(self, message_of(message), flags_of_group('broadcast', exclude, urgent, compress, unknown), exclude)

    def publish(self, topic, message, *, exclude=None, urgent=False, compress=True, **unknown):
        """Sends a str, bytes or a Wsp.Message to the subscribers of a topic, but not to the connection `exclude`."""
        check_thread(self)
        publish(self, topic, message, exclude, flags_of_group('publish', exclude, urgent, compress, unknown))

    @property
    def port(self):
        """The port of the first listener on TCP; 0: there is none."""
        listeners = self.get_listeners()
        ports = (listeners.get_item(i).get_port() for i in range(listeners.get_n_items()))
        return next(filter(None, ports), 0)

    def start_workers(self, n_threads):
        """Handlers of Python run in one thread."""
        raise RuntimeError('Server cannot start workers: expected a program in C, Vala or Rust, received a call from Python '
                           '(asyncio.to_thread () runs slow work in a thread)')

    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, error, trace):
        await self.close()

    def __repr__(self):
        n_connections = self.get_connections().get_n_items()
        where = f'at port {self.port}' if self.port else 'without a port'
        return f'<Wsp.Server {where} with {n_connections} connections>'


def broadcast_to(connections, message, urgent, compress, unknown):
    message, flags = message_of(message), flags_of('Wsp.broadcast', urgent, compress, unknown)
    text = 'Wsp.broadcast () sends to connections only: expected an iterable of Wsp.Connection, received'
    if not hasattr(connections, '__iter__'):
        raise TypeError(f'{text} {type(connections).__name__}')
    connections = list(connections)
    for connection in connections:
        if not isinstance(connection, Wsp.Connection):
            raise TypeError(f'{text} one with {type(connection).__name__}')
    return message.broadcast(connections, flags)


def members_of(owner):
    return {name: member for name, member in vars(Server).items() if callable(member) or isinstance(member, property)}
