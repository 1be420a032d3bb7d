# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp.EventLoopPolicy, where asyncio has policies: Python 3.14 deprecates them, and Python 3.16 has none."""

import asyncio
import warnings

from .loop import EventLoop

try:
    Policy = asyncio.DefaultEventLoopPolicy
except AttributeError:
    raise AttributeError('asyncio has no policies: expected a loop made by Wsp.run, or by '
                         'asyncio.Runner (loop_factory=Wsp.EventLoop)') from None


class EventLoopPolicy(Policy):
    """For asyncio.set_event_loop_policy (): its loops drive GLib."""

    def new_event_loop(self):
        return EventLoop()

    def get_event_loop(self):
        """Makes the loop of the main thread, without the warning of Python 3.12."""
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', DeprecationWarning)
            return super().get_event_loop()
