# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""PyGObject's own methods, which the completed classes replace: `plain.Connection.queue_text (connection, text)`.

`plain` has a class from its first use on, and so always if there is an instance."""

import types

plain = types.SimpleNamespace()


def keep_methods(owner):
    methods = {name: getattr(owner, name) for name, method in vars(owner).items()
               if hasattr(method, 'can_throw_gerror')}
    setattr(plain, owner.__name__, types.SimpleNamespace(**methods))
