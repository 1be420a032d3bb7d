# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Where Wsp.serve () listens: at the places in its arguments, and nowhere else."""

import os
import socket

from gi.repository import Gio, Wsp

from .checks import check_nul
from .options import check_boolean, check_integer, check_text

WHERE = 'Wsp.serve'
MAX_PORT = 65535
MAX_PATH = 107          # bytes; GIO cuts longer paths
OF_MANAGER = 'LISTEN_FDS'
FIRST = 3               # descriptor of a service manager, see sd_listen_fds(3)


def take_passed():
    """Returns the descriptors of a service manager, and unsets their variables: neither a second call nor a program that this
    one starts gets the descriptors again."""
    names = 'LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES'
    pid, count, _ = [os.environ.pop(name, '') for name in names]
    if pid != str(os.getpid()) or not count.isdecimal() or int(count) == 0:
        raise ValueError(f'Option fds of {WHERE} () is wrong: expected sockets of a service manager, received none (LISTEN_FDS '
                         'and LISTEN_PID are not set for this process)')
    return list(range(FIRST, FIRST + int(count)))


def check_unix(path):
    try:
        path = os.fsdecode(path) if path is not None else None
    except TypeError:
        raise TypeError(f'Option unix of {WHERE} () is wrong: expected a path, received {type(path).__name__}') from None
    check_nul(path)
    if path is not None and len(os.fsencode(path)) > MAX_PATH:
        raise ValueError(f'Option unix of {WHERE} () is wrong: expected a path of at most {MAX_PATH} bytes, received '
                         f'{len(os.fsencode(path))} bytes (a path below /run is short)')
    return path


def check_list(name, values, kinds, expected):
    if values is None or name == 'fds' and values == OF_MANAGER:
        return values
    if isinstance(values, str) or not hasattr(values, '__iter__'):
        raise TypeError(f'Option {name} of {WHERE} () is wrong: expected {expected}, received {type(values).__name__}')
    values = list(values)
    for value in values:
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise TypeError(f'Option {name} of {WHERE} () is wrong: expected {expected}, received a list with {type(value).__name__}')
    return values


def socket_of(one):
    """A Gio.Socket closes its descriptor, so the descriptor of a Python socket is copied."""
    if isinstance(one, Gio.Socket):
        return one
    own = os.dup(one.fileno())
    try:
        return Gio.Socket.new_from_fd(own)
    except BaseException:
        os.close(own)
        raise


class Places:
    def __init__(self, host, port, unix, sockets, fds, is_proxied):
        check_text(f'Host of {WHERE} ()', host, may_be_none=True)
        if port is not None:
            check_integer(f'Port of {WHERE} ()', port, 0, MAX_PORT)
        self.host, self.port = host, port
        self.unix = check_unix(unix)
        self.sockets = check_list('sockets', sockets, (Gio.Socket, socket.socket), 'a list of Gio.Socket')
        self.fds = check_list('fds', fds, int, f'a list of descriptors or {OF_MANAGER!r}')
        check_boolean(WHERE, 'proxy_protocol', is_proxied)
        self.is_proxied = is_proxied

    def is_any(self):
        return any(one is not None for one in (self.host, self.port, self.unix, self.sockets, self.fds))

    def listen(self, server, is_own):
        """A server with a certificate uses TLS.  If there is no place, a server that serve () has made listens on a free port.

        If a place cannot be used, the others close: clients would get in there once the handlers have been removed."""
        if self.is_proxied and not is_own and not self.is_any():
            raise TypeError(f'Option proxy_protocol of {WHERE} () is wrong: expected a place to listen at, received a server alone '
                            '(pass Wsp.ListenFlags.PROXY_PROTOCOL where the server listens)')
        flags = Wsp.ListenFlags.DEFAULT if server.get_tls_certificate() is None else Wsp.ListenFlags.TLS
        if self.is_proxied:
            flags |= Wsp.ListenFlags.PROXY_PROTOCOL
        listeners = []
        try:
            for listener in self.open(server, flags, is_own):
                listeners.append(listener)
        except BaseException:
            for listener in listeners:
                listener.close()
            raise

    def open(self, server, flags, is_own):
        for one in self.take_sockets():
            yield server.listen_socket(one, flags)
        if self.unix is not None:
            yield server.listen(Gio.UnixSocketAddress.new(self.unix), flags)
        if self.host is not None or self.port is not None or is_own and not self.is_any():
            yield server.listen_inet(self.host, self.port or 0, flags)

    def take_sockets(self):
        fds = take_passed() if self.fds == OF_MANAGER else self.fds or []
        for one in fds:
            os.set_inheritable(one, False)
        return [*map(socket_of, self.sockets or []), *map(Gio.Socket.new_from_fd, fds)]
