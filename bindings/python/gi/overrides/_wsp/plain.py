# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""PyGObject's own methods, which the completed classes replace: `plain.Connection.queue_text (connection, text)`.

A class is here as soon as it was used, and so as soon as there is an instance of it."""

import types

plain = types.SimpleNamespace()


def keep_methods(owner):
    methods = {name: getattr(owner, name) for name, method in vars(owner).items()
               if hasattr(method, 'can_throw_gerror')}
    setattr(plain, owner.__name__, types.SimpleNamespace(**methods))
