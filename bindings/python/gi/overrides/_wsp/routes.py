# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""What Wsp.serve () adds to a server before it listens: routes, pages, and the handlers of its signals."""

from collections.abc import Mapping

from .options import check_callable, check_function

PAGE = 'GET '


def check_key(where, key):
    expected = f'Key of {where} () is wrong: expected "/path" for WebSockets or "GET /path" for a page, received'
    if not isinstance(key, str):
        raise TypeError(f'{expected} {type(key).__name__}')
    if not key.removeprefix(PAGE).startswith('/'):
        raise ValueError(f'{expected} "{key}"')


def call(server, request, function):
    return function(request)


class Routes:
    """The handlers of a server: for connections by their routes (None: there are no routes), for pages by theirs, and for requests."""

    def __init__(self, where, handler, request, http_request):
        self.routes, self.pages = {None: handler}, {}
        if isinstance(handler, Mapping):
            self.read_mapping(where, handler)
        elif not callable(handler):
            raise TypeError(f'Handler of {where} () is wrong: expected a function or a dict of routes, received {type(handler).__name__}')
        self.asked = {'request': request, 'http-request': http_request}
        for name, function in self.asked.items():
            check_function(where, name.replace('-', '_'), function)

    def read_mapping(self, where, mapping):
        functions = dict(mapping)
        for key in functions:
            check_key(where, key)
        for key, function in functions.items():
            check_callable(f'Handler of "{key}" of {where} ()', function)
        self.routes = {key: function for key, function in functions.items() if key.startswith('/')}
        self.pages = {key.removeprefix(PAGE): function for key, function in functions.items() if key not in self.routes}
        if not self.routes:                 # a server without routes lets WebSockets in at all paths
            raise ValueError(f'Keys of {where} () are wrong: expected at least one "/path" for WebSockets, received none')

    def add(self, server, on_connection):
        """Returns a function that removes what was added."""
        undone = []

        def undo():
            while undone:
                function, argument = undone.pop()
                function(argument)

        def connect(signal, function, handler):
            undone.append((server.disconnect, server.connect(signal, function, handler)))

        def add_all(routes, add, remove, signal, function):
            for route, handler in routes.items():
                if route is not None:
                    add(route)
                    undone.append((remove, route))
                connect(signal if route is None else f'{signal}::{route}', function, handler)

        try:
            add_all(self.routes, server.add_route, server.remove_route, 'connection', on_connection)
            add_all(self.pages, server.add_http_route, server.remove_http_route, 'http-request', call)
            for signal, handler in self.asked.items():
                if handler is not None:
                    connect(signal, call, handler)
        except BaseException:
            undo()
            raise
        return undo
