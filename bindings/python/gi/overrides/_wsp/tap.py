# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.Tap: what a tap is given stays valid.

Bytes and actions are lent for the time of the call.  PyGObject takes a reference after a call that did not raise; after
one that did, what the tap has kept would be freed memory."""

import functools

from .results import follow_void


def own(argument):
    """A reference to the bytes, or a copy of the action."""
    take = getattr(argument, 'ref', None) if type(argument).__name__ == 'Bytes' else getattr(argument, 'copy', None)
    return take() if take is not None else argument


def give_own(function):
    @functools.wraps(function)
    def call(self, *arguments):
        value = function(self, *(own(argument) for argument in arguments))
        if value is not None:
            follow_void(value, f'{function.__name__} () of {type(self).__name__}', ())
    return call


def on_subclass(owner, **named):
    """Wraps the functions of the class before PyGObject takes them."""
    for name in ('do_bytes_passed', 'do_action_done', 'do_state_changed'):
        if name in vars(owner):
            setattr(owner, name, give_own(vars(owner)[name]))


def members_of(owner):
    return {'__init_subclass__': classmethod(on_subclass)}
