# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Values that PyGObject would pass on changed: text up to its first NUL, the letters of a str as a list, a number out of
the range of its property as the default."""

import _thread

from gi.repository import GLib, GObject

from .headers import headers_of
from .options import check_integer, check_known, check_list, check_text, class_name


def check_end(value):
    if '\0' in value:
        raise ValueError('Text would end at a NUL: expected text without U+0000 (send () takes any text, and new_text_bytes () '
                         'its bytes)')


def check_nul(value):
    if isinstance(value, str):
        check_end(value)
    elif type(value) in (list, tuple):
        for one in value:
            if isinstance(one, str):
                check_end(one)


def headers_of_argument(where, name, value):
    return headers_of(value, where)


def bytes_of_argument(where, name, value):
    """A str is text in UTF-8, where an argument may be a text."""
    if value is None or isinstance(value, GLib.Bytes):
        return value
    if isinstance(value, str) and name in TEXTS:
        return GLib.Bytes.new(value.encode())
    if isinstance(value, BYTES):
        return GLib.Bytes.new(bytes(value))
    expected = 'str, bytes or GLib.Bytes' if name in TEXTS else 'bytes or GLib.Bytes'
    raise TypeError(f'Argument {name} of {where} () is wrong: expected {expected}, received {type(value).__name__}')


BYTES = bytes, bytearray, memoryview
TEXTS = 'block', 'body', 'payload', 'utf8'      # arguments of bytes that may be a str
CONVERSIONS = {'GBytes': bytes_of_argument, 'WspHeaders': headers_of_argument}


def conversion_of(kind):
    """How an argument is made from a value of Python; None: PyGObject does it."""
    if kind.get_tag_as_string() != 'interface' or not hasattr(kind.get_interface(), 'get_g_type'):
        return None
    return CONVERSIONS.get(kind.get_interface().get_g_type().name)


class Signature:
    """A method's arguments, as they are checked.  Python does not pass the lengths of arrays."""

    def __init__(self, method):
        arguments = method.get_arguments()
        lengths = {argument.get_type().get_array_length() for argument in arguments}
        given = [argument for index, argument in enumerate(arguments) if index not in lengths]
        self.function = method.get_name()
        self.names = [argument.get_name() for argument in given]
        self.kinds = [argument.get_type() for argument in given]
        self.lists = [index for index, argument in enumerate(given) if is_list_of_text(argument.get_type())]
        self.conversions = {index: convert for index, kind in enumerate(self.kinds) if (convert := conversion_of(kind)) is not None}
        self.has_text = bool(self.lists) or any(argument.get_type().get_tag_as_string() == 'utf8' for argument in given)

    def check(self, arguments, named):
        for value in arguments:
            check_nul(value)
        for name, value in named.items():
            check_nul(value)
        for index in self.lists:
            name = self.names[index]
            check_list(f'Argument {name} of {self.function} ()', arguments[index] if index < len(arguments) else named.get(name))

    def convert(self, arguments, named):
        """The arguments, with bytes and headers made from values of Python."""
        for index, convert in self.conversions.items():
            name = self.names[index]
            if index < len(arguments):
                arguments = (*arguments[:index], convert(self.function, name, arguments[index]), *arguments[index + 1:])
            elif name in named:
                named[name] = convert(self.function, name, named[name])
        return arguments

    def bind(self, arguments, named):
        """The values in their order; those at the end that were left out are None."""
        if len(arguments) > len(self.names):
            raise TypeError(f'{self.function}: expected at most {len(self.names)} arguments, received {len(arguments)}')
        check_known(self.function, [*self.names[len(arguments):], 'timeout'],
                    [name for name in named if name not in self.names[len(arguments):]])
        return [*arguments, *(named.get(name) for name in self.names[len(arguments):])]


def is_list_of_text(kind):
    return kind.get_tag_as_string() == 'array' and kind.get_param_type(0).get_tag_as_string() == 'utf8'


NUMBERS = GObject.TYPE_INT, GObject.TYPE_UINT, GObject.TYPE_INT64, GObject.TYPE_UINT64
FILES = 'tls-certificate', 'tls-database'
NOT_NULL = 'limits', 'request-headers'


def is_value(kind, value):
    """kind: a class with a table of its values, or, from PyGObject 3.50 on, GObject's structure."""
    if hasattr(kind, '__enum_values__'):
        values = kind.__enum_values__
        return value in values or any(value in (one.value_nick, one.value_name) for one in values.values())
    getters = (GObject.enum_get_value_by_nick, GObject.enum_get_value_by_name) if isinstance(value, str) else (GObject.enum_get_value,)
    return any(get(kind, value) is not None for get in getters)


def check_enumeration(spec, value):
    """Checks a number, or the name of a value."""
    if not isinstance(value, (int, str)) or isinstance(value, bool):
        raise TypeError(f'Property {spec.name} is wrong: expected a {class_name(spec.value_type.name)}, received {type(value).__name__}')
    if not is_value(spec.enum_class, value):
        raise ValueError(f'Property {spec.name} is wrong: expected a {class_name(spec.value_type.name)}, received {value}')


def check_object(spec, value):
    is_right = spec.name not in NOT_NULL if value is None else isinstance(value, (GObject.Object, GObject.GBoxed)) and \
        GObject.type_is_a(type(value).__gtype__, spec.value_type)
    if not is_right:
        from .certificates import EXPECTED
        expected = EXPECTED.get(spec.name, f'a {class_name(spec.value_type.name)}')
        raise TypeError(f'Property {spec.name} is wrong: expected {expected}, received {type(value).__name__}')
    if spec.name == 'tls-database' and value is not None:
        from .databases import check_methods, guard
        check_methods(type(value))
        guard(type(value))


def read_certificates(spec, value):
    """A certificate or a database by the path of its file."""
    if value is None or isinstance(value, GObject.Object):
        return value
    from .certificates import READERS
    return READERS[spec.name](value)


def check_property(spec, value):
    """Returns the value, with bytes, headers and certificates made from values of Python."""
    if spec.name in FILES:
        value = read_certificates(spec, value)
    convert = CONVERSIONS.get(spec.value_type.name)
    if convert is not None and value is not None:
        value = convert(class_name(spec.owner_type.name), spec.name, value)
    check_nul(value)
    what = f'Property {spec.name}'
    if spec.value_type in NUMBERS:
        check_integer(what, value, spec.minimum, spec.maximum)
    elif spec.value_type.is_a(GObject.TYPE_ENUM):
        check_enumeration(spec, value)
    elif spec.value_type == GObject.TYPE_STRV:
        check_list(what, value)
    elif spec.value_type == GObject.TYPE_STRING:
        check_text(what, value, may_be_none=True)
    elif spec.value_type == GObject.TYPE_BOOLEAN:
        if not isinstance(value, bool):
            raise TypeError(f'{what} is wrong: expected True or False, received {type(value).__name__}')
    else:
        check_object(spec, value)
    return value


def note_thread(instance):
    instance._wsp_thread = _thread.get_ident()


def check_thread(instance):
    """Refuses a call that is not from the thread that made the instance, or, if C made it, from the thread of its first call."""
    if vars(instance).setdefault('_wsp_thread', _thread.get_ident()) != _thread.get_ident():
        raise RuntimeError(tell_thread(type(instance)))


def tell_thread(owner):
    way_out = ' (send_from_thread () sends from any thread, invoke () calls a function in its own)' if hasattr(owner, 'send_from_thread') else ''
    return f'{owner.__name__} of another thread: expected a call from the thread that made it{way_out}'
