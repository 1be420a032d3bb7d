# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.Tap: what a tap is given stays valid.

Bytes are lent for the time of the call.  PyGObject takes a reference after a call that did not raise; after one that did,
what the tap has kept would be freed memory."""

import functools

from .results import follow_void


def own(argument):
    """A reference to the bytes."""
    return argument.ref() if type(argument).__name__ == 'Bytes' else argument


def give_own(function):
    @functools.wraps(function)
    def call(self, *arguments):
        value = function(self, *(own(argument) for argument in arguments))
        if value is not None:
            follow_void(value, f'{function.__name__} () of {type(self).__name__}', ())
    return call


def on_subclass(owner, **named):
    """Wraps the functions of the class before PyGObject takes them."""
    for name in ('do_bytes_passed', 'do_state_changed'):
        if name in vars(owner):
            setattr(owner, name, give_own(vars(owner)[name]))


def members_of(owner):
    return {'__init_subclass__': classmethod(on_subclass)}
