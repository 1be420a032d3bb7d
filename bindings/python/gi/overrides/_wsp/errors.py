# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.Error, and a class for each of its codes: `except Wsp.Closed` catches the errors for which `matches ()` is True."""

import copy

from gi.module import get_introspection_module
from gi.repository import GLib

from .plain import plain

Wsp = get_introspection_module('Wsp')
DOMAIN = 'WspError'
ABNORMAL = 1006
# A loop over messages ends after a Close with one of these codes, as with `websockets`; after other codes it raises.
PLAIN_ENDS = frozenset((1000, 1001, 1005))


class Error(GLib.Error):
    """The errors of WSP_ERROR, with its codes: Wsp.Error.CLOSED.  An error that a program makes has the code of its class."""
    _own_code = 0            # see CLASSES

    def __init__(self, message='', domain=DOMAIN, code=None):
        super().__init__(message, domain, self._own_code if code is None else code)

    def __repr__(self):
        return f'Wsp.{type(self).__name__}({self.message!r})'

    def copy(self):
        return copy.copy(self)


class Failed(Error):
    """WSP_ERROR_FAILED."""


class InvalidArgument(Error):
    """WSP_ERROR_INVALID_ARGUMENT."""


class InvalidOperation(Error):
    """WSP_ERROR_INVALID_OPERATION."""


class InvalidFormat(Error):
    """WSP_ERROR_INVALID_FORMAT."""


class InvalidUtf8(Error):
    """WSP_ERROR_INVALID_UTF8."""


class TooBig(Error):
    """WSP_ERROR_TOO_BIG."""


class ExtensionNotSupported(Error):
    """WSP_ERROR_EXTENSION_NOT_SUPPORTED."""


class SubprotocolNotSupported(Error):
    """WSP_ERROR_SUBPROTOCOL_NOT_SUPPORTED."""


class VersionNotSupported(Error):
    """WSP_ERROR_VERSION_NOT_SUPPORTED."""


class HandshakeFailed(Error):
    """WSP_ERROR_HANDSHAKE; Wsp.Handshake is the handshake itself.

    `status`, `headers` and `body` are those of the response that refused it, in an error of Wsp.connect () and Wsp.reconnect ()."""
    status, headers, body = 0, None, b''


class NotWebsocket(Error):
    """WSP_ERROR_NOT_WEBSOCKET."""


class Rejected(Error):
    """WSP_ERROR_REJECTED."""


class Closed(Error):
    """WSP_ERROR_CLOSED.  `close_code` and `close_reason` are those of the peer's Close."""

    def __init__(self, message='', domain=DOMAIN, code=None, close_code=ABNORMAL, close_reason=None):
        super().__init__(message, domain, code)
        self.close_code = close_code
        self.close_reason = close_reason

    def __str__(self):
        return f'{self.domain}: {self.message} ({self.code}, close code {self.close_code})'

    def __repr__(self):
        return f'Wsp.{type(self).__name__}({self.message!r}, close_code={self.close_code}, close_reason={self.close_reason!r})'


class AbnormalClosure(Closed):
    """WSP_ERROR_ABNORMAL_CLOSURE: the connection ended without its closing handshake."""


class QueueFull(Error):
    """WSP_ERROR_QUEUE_FULL."""


# In the order of the codes, which a test compares.
CLASSES = (Failed, InvalidArgument, InvalidOperation, InvalidFormat, InvalidUtf8, TooBig, ExtensionNotSupported,
           SubprotocolNotSupported, VersionNotSupported, HandshakeFailed, NotWebsocket, Rejected, Closed,
           AbnormalClosure, QueueFull)
for number, kind in enumerate(CLASSES):
    kind._own_code = number
# The enumeration of C: its codes, quark () and other functions.
for name in dir(Wsp.Error):
    if name.isupper() or hasattr(getattr(Wsp.Error, name), 'can_throw_gerror'):
        setattr(Error, name, getattr(Wsp.Error, name) if name.isupper() else staticmethod(getattr(Wsp.Error, name)))


def close_code_and_reason(connection):
    """Code and reason of the peer's Close; the code is 1005 for a Close without a code, and 1006 if no Close was received."""
    if connection is None:
        return ABNORMAL, None
    info = connection.get_close_info()
    if info is not None:
        return info.get_peer_code(), info.get_peer_reason()
    return connection.get_peer_close_code() or ABNORMAL, connection.get_peer_close_reason()


def with_class(error, connection=None):
    """The same error in its own class; errors of other domains stay as they are."""
    if error.domain != DOMAIN or type(error) is not GLib.Error or not 0 <= error.code < len(CLASSES):
        return error
    kind = CLASSES[error.code]
    if not issubclass(kind, Closed):
        return kind(error.message, error.domain, error.code)
    ended = kind(error.message, error.domain, error.code, *close_code_and_reason(connection))
    if kind is AbnormalClosure:
        ended.__cause__ = error_of_transport(connection)
    return ended


def with_refusal(error, handshake):
    """The same error, with the response of a handshake that was refused."""
    if isinstance(error, HandshakeFailed) and handshake is not None:
        body = handshake.get_response_body()
        error.status, error.headers = handshake.get_response_status(), handshake.get_response_headers()
        error.body = body.get_data() or b'' if body is not None else b''
    return error


def error_of_transport(connection):
    """The error of another domain that has ended the connection, such as a reset or a time-out."""
    info = connection.get_close_info() if connection is not None else None
    error = plain.CloseInfo.get_error(info) if info is not None else None
    return error if error is not None and error.domain != DOMAIN else None


def error_of_end(connection):
    """The error of a connection that has ended, as a call fails with it; Closed after a clean close."""
    info = connection.get_close_info()
    error = plain.CloseInfo.get_error(info)
    if info.is_clean() or error is None:
        return closed_cleanly(connection)
    if error.domain != DOMAIN:
        error = GLib.Error(error.message, DOMAIN, int(Wsp.Error.ABNORMAL_CLOSURE))
    return with_class(error, connection)


def tells_end(error, connection):
    """Whether `error` says that the connection has ended: the peer has gone, broke a rule or exceeded a limit."""
    if isinstance(error, GLib.Error) and isinstance(with_class(error), Closed):
        return True
    own = plain.CloseInfo.get_error(connection.get_close_info()) if connection.get_close_info() is not None else None
    return own is not None and isinstance(error, GLib.Error) and (error.domain, error.code) == (own.domain, own.code)


def raise_of_call(error):
    """Raises ERROR with its own cause, and not with the exception that is being handled: that is the same
    error of C, before it got a class of this module."""
    raise error from error.__cause__


def closed_cleanly(connection):
    """The error of recv () after a clean close, where C has no error."""
    info = connection.get_close_info()
    return Closed(info.to_string() if info is not None else 'Connection is closed', DOMAIN, None,
                  *close_code_and_reason(connection))
