# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Messages, close infos and stats as values of Python, and the values of requests."""

from gi.module import get_introspection_module
from gi.repository import GLib

from .errors import with_class
from .options import check_known
from .plain import plain

Wsp = get_introspection_module('Wsp')

END_CODES = *range(1000, 1016), 3000, 4000      # the last two stand for all of their thousand


def content_of(message):
    text = plain.Message.get_text(message)
    if text is None:
        return message.get_bytes().get_data() or b''
    size = plain.Message.get_size(message)
    if len(text) == size or len(text.encode()) == size:
        return text
    return message.get_bytes().get_data().decode()              # the string of C ends at a NUL


def is_text(message):
    return message.get_message_type() == Wsp.MessageType.TEXT


def message_of(data):
    if isinstance(data, str):
        return Wsp.Message.new_text_bytes(GLib.Bytes.new(data.encode()))
    if isinstance(data, (bytes, bytearray, memoryview)):
        return Wsp.Message.new_binary_bytes(GLib.Bytes.new(bytes(data)))
    if isinstance(data, Wsp.Message):
        return data
    if isinstance(data, GLib.Bytes):
        return Wsp.Message.new_binary_bytes(data)
    raise TypeError(f'Message cannot be sent: expected str, bytes, GLib.Bytes or Wsp.Message, received {type(data).__name__}')


def new_message(cls, data, **unknown):
    check_known('Wsp.Message', ['data'], unknown)
    return message_of(data)


def ignore_arguments(message, *unused, **unknown):
    """In place of PyGObject's own __init__ (), which takes none."""


def whole_text(message):
    return content_of(message) if is_text(message) else None


def describe_message(message):
    return f'<Wsp.Message {message.get_message_type().value_nick} of {message.get_size()} bytes>'


def new_text(text):
    return message_of(text) if isinstance(text, str) and '\0' in text else plain.Message.new_text(text)


def error_in_class(info):
    error = plain.CloseInfo.get_error(info)
    return with_class(error) if error is not None else None


def describe_close_info(info):
    return f'<Wsp.CloseInfo {info.to_string()}>'


def numbers_of(stats):
    """Each number by its name; of the codes those with which connections have ended."""
    for field in type(stats).__info__.get_fields():
        if hasattr(stats, field.get_name()):
            yield field.get_name(), getattr(stats, field.get_name())
    if hasattr(stats, 'get_closed'):
        yield 'closed', {code: n for code in END_CODES if (n := stats.get_closed(code))}


def describe_stats(stats):
    return f'<Wsp.{type(stats).__name__} {" ".join(f"{name}={number}" for name, number in numbers_of(stats))}>'


def cookie(self, name):
    """The first cookie of this name, as it was sent; None: there is none."""
    return self.dup_cookie(name)


def query_value(self, name):
    """The first value of this name in the query, decoded; None: there is none."""
    return self.dup_query_value(name)


def path_value(self, name):
    """The value of a parameter of the route, decoded; None: the route has no such parameter."""
    return self.dup_path_value(name)


def members_of(owner):
    if owner.__name__ in ('Handshake', 'HttpRequest'):
        return {'cookie': cookie, 'query_value': query_value, 'path_value': path_value}
    if owner.__name__ in ('ConnectionStats', 'ServerStats'):
        return {'__repr__': describe_stats}
    if owner.__name__ == 'Message':
        return {'__new__': new_message, '__init__': ignore_arguments, 'get_text': whole_text, '__repr__': describe_message, 'new_text': staticmethod(new_text)}
    return {'get_error': error_in_class, '__repr__': describe_close_info}
