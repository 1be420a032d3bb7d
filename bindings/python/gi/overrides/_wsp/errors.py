# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A class for each code of Wsp.Error: `except Wsp.Closed` catches the errors for which `matches ()` is True."""

from gi.module import get_introspection_module
from gi.repository import GLib

from .plain import plain

Wsp = get_introspection_module('Wsp')
DOMAIN = 'WspError'
ABNORMAL = 1006
# A loop over messages ends after a Close with one of these codes, as with `websockets`; after other codes it raises.
PLAIN_ENDS = frozenset((1000, 1001, 1005))


class OwnError(GLib.Error):
    """An error of Wsp.Error: one that a program makes has the domain and the code of its class."""
    own_code = None         # see CLASSES

    def __init__(self, message='', domain=DOMAIN, code=None):
        super().__init__(message, domain, self.own_code if code is None else code)

    def __repr__(self):
        return f'Wsp.{type(self).__name__}({self.message!r})'

    def copy(self):
        return type(self)(self.message, self.domain, self.code)


class Failed(OwnError):
    """WSP_ERROR_FAILED."""


class InvalidArgument(OwnError):
    """WSP_ERROR_INVALID_ARGUMENT."""


class InvalidOperation(OwnError):
    """WSP_ERROR_INVALID_OPERATION."""


class InvalidFormat(OwnError):
    """WSP_ERROR_INVALID_FORMAT."""


class InvalidUtf8(OwnError):
    """WSP_ERROR_INVALID_UTF8."""


class TooBig(OwnError):
    """WSP_ERROR_TOO_BIG."""


class ExtensionNotSupported(OwnError):
    """WSP_ERROR_EXTENSION_NOT_SUPPORTED."""


class SubprotocolNotSupported(OwnError):
    """WSP_ERROR_SUBPROTOCOL_NOT_SUPPORTED."""


class VersionNotSupported(OwnError):
    """WSP_ERROR_VERSION_NOT_SUPPORTED."""


class HandshakeFailed(OwnError):
    """WSP_ERROR_HANDSHAKE; Wsp.Handshake is the handshake itself."""


class NotWebsocket(OwnError):
    """WSP_ERROR_NOT_WEBSOCKET."""


class Rejected(OwnError):
    """WSP_ERROR_REJECTED."""


class Closed(OwnError):
    """WSP_ERROR_CLOSED.  `code` and `reason` are those of the Close; `error_code` is the error's own code."""

    def __init__(self, message='', domain=DOMAIN, error_code=None, code=ABNORMAL, reason=None):
        super().__init__(message, domain, error_code)
        self.error_code = self.code
        self.code = code
        self.reason = reason

    def __str__(self):
        return f'{self.domain}: {self.message} ({self.error_code}, close code {self.code})'

    def __repr__(self):
        return f'Wsp.{type(self).__name__}({self.message!r}, code={self.code}, reason={self.reason!r})'

    def matches(self, domain, code):
        return self.to_plain().matches(domain, code)

    def copy(self):
        return type(self)(self.message, self.domain, self.error_code, self.code, self.reason)

    def to_plain(self):
        """The error as C has it: its `code` is the code of the error, not of the Close."""
        return GLib.Error(self.message, self.domain, self.error_code)


class AbnormalClosure(Closed):
    """WSP_ERROR_ABNORMAL_CLOSURE: the connection ended without its closing handshake."""


# In the order of Wsp.Error, which a test compares.
CLASSES = (Failed, InvalidArgument, InvalidOperation, InvalidFormat, InvalidUtf8, TooBig, ExtensionNotSupported,
           SubprotocolNotSupported, VersionNotSupported, HandshakeFailed, NotWebsocket, Rejected, Closed,
           AbnormalClosure)
for number, kind in enumerate(CLASSES):
    kind.own_code = number


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
    if issubclass(kind, Closed):
        return kind(error.message, error.domain, error.code, *close_code_and_reason(connection))
    return kind(error.message, error.domain, error.code)


def tells_failure(error):
    return isinstance(error, AbnormalClosure) or error.code not in PLAIN_ENDS


def as_closed(error, connection):
    """An error of another domain, such as a reset or a time-out, is the cause of an AbnormalClosure."""
    if error.domain == DOMAIN:
        return with_class(error, connection)
    ended = AbnormalClosure(error.message, DOMAIN, None, *close_code_and_reason(connection))
    ended.__cause__ = error
    return ended


def error_of_end(connection):
    """The error of a connection that has ended; Closed after a clean close."""
    info = connection.get_close_info()
    error = plain.CloseInfo.get_error(info)
    if info.is_clean() or error is None:
        return closed_cleanly(connection)
    return as_closed(error, connection)


def tells_end(error, connection):
    """Whether `error` says that the connection has ended: the peer has gone, or exceeded a limit."""
    if isinstance(error, Closed):
        return True
    own = plain.CloseInfo.get_error(connection.get_close_info()) if connection.get_close_info() is not None else None
    return own is not None and isinstance(error, GLib.Error) and (error.domain, error.code) == (own.domain, own.code)


def error_of_call(error, connection):
    """The error of a call, as Wsp.Closed if the connection has ended."""
    is_open = connection.get_state() == Wsp.ConnectionState.OPEN
    return with_class(error, connection) if is_open else as_closed(error, connection)


def raise_of_call(error):
    """Raises ERROR with its own cause, and not with the exception that is being handled: that is the same
    error of C, before it got a class of this module."""
    raise error from error.__cause__


def closed_cleanly(connection):
    """The error of recv () after a clean close, where C has no error."""
    info = connection.get_close_info()
    return Closed(info.to_string() if info is not None else 'Connection is closed', DOMAIN, None,
                  *close_code_and_reason(connection))
