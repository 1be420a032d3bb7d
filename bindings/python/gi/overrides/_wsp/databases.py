# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A Gio.TlsDatabase in Python whose methods raise.  C sees no exception: it would read 0, which trusts the certificate."""

import functools
import inspect

from gi.repository import Gio

from .log import log_traceback
from .results import is_async

ALL_BITS = (1 << 32) - 1
NAMES = 'do_verify_chain', 'do_verify_chain_finish'


def read_flags(result):
    """Refuses results that PyGObject or C would convert to 0: False, None, objects that are not numbers, other enumerations, and
    numbers of more than 32 bits."""
    if inspect.iscoroutine(result):
        result.close()
    if type(result) is not int and not isinstance(result, Gio.TlsCertificateFlags):
        raise TypeError(f'expected Gio.TlsCertificateFlags, received {type(result).__name__}')
    if not 0 <= result <= ALL_BITS:
        raise ValueError(f'expected Gio.TlsCertificateFlags, received {int(result)}')
    return Gio.TlsCertificateFlags(result)


def refuse_if_it_raises(name, method):
    @functools.wraps(method)
    def call(self, *arguments):
        try:
            return read_flags(method(self, *arguments))
        except BaseException as error:
            log_traceback(f'{name} () of {type(self).__name__} raised {type(error).__name__}: the certificate is refused', error)
            return Gio.TlsCertificateFlags.GENERIC_ERROR
    return call


def check_methods(owner):
    """A coroutine cannot be waited for here: it would be refused with each certificate."""
    for name in NAMES:
        if is_async(getattr(owner, name)):
            raise TypeError(f'{name} () of {owner.__name__} is wrong: expected a function, received a coroutine function (the certificate '
                            'is judged at once)')


def guard(owner):
    """Guards each class of databases once.  Each class has its own functions in C, also for methods that it inherits."""
    if '_wsp_is_guarded' in vars(owner):
        return
    owner._wsp_is_guarded = True
    for name in NAMES:
        method = getattr(owner, name)
        if not isinstance(method, type(Gio.TlsDatabase.do_verify_chain)):
            setattr(owner, name, refuse_if_it_raises(name, method))
    owner._setup_vfuncs()


def classes_below(owner):
    for below in owner.__subclasses__():
        yield below
        yield from classes_below(below)


@functools.cache
def guard_defaults():
    """Guards the class of GIO's default database, which a program sets without Wsp: now, and when it sets another one."""
    set_default = Gio.TlsBackend.set_default_database

    @functools.wraps(set_default)
    def set_default_database(self, database):
        if database is not None:
            guard(type(database))
        return set_default(self, database)

    for owner in classes_below(Gio.TlsDatabase):
        guard(owner)
    Gio.TlsBackend.set_default_database = set_default_database
