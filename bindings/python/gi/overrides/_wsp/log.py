# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Logs the exceptions that functions of a program raise."""

from gi.module import get_introspection_module
from gi.repository import GLib

Wsp = get_introspection_module('Wsp')


def log_error(text):
    import logging
    logging.getLogger('wsp').error('%s', text)


def log_traceback(text, error):
    import logging
    logging.getLogger('wsp').error('%s', text, exc_info=(type(error), error, error.__traceback__))


def fail_quietly(connection, text):
    """C does not see an exception: the connection ends with close code 1011."""
    if connection is not None:
        connection.fail(GLib.Error.new_literal(Wsp.Error.quark(), text, Wsp.Error.FAILED))


def fail_with_traceback(connection, error, place):
    """C does not see an exception: the connection ends with close code 1011, and the traceback is in the log 'wsp'."""
    fail_quietly(connection, f'{place} raised {type(error).__name__}: its traceback was logged')
    log_traceback(f'{place} raised {type(error).__name__}: {connection!r} fails with close code 1011', error)
