#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp with its override in Python: message functions that raise, and properties as attributes."""

import gc
import os
import sys
import weakref

import gi
gi.require_version("Wsp", "1")
from gi.repository import GLib, GObject, Wsp  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from tap import Tap  # noqa: E402

SECONDS = 60
tap = Tap()
printed = []            # exceptions whose traceback PyGObject would print


def run_until(condition):
    context = GLib.MainContext.default()
    while not condition():
        context.iteration(True)


class Wanted(Exception):
    pass


class WantedAsWell(BaseException):
    """Not an Exception, as KeyboardInterrupt."""


class Messages:
    """A message function: keeps what it is given, and does `action` with the first message."""

    def __init__(self, action):
        self.action = action
        self.kept = []

    def __call__(self, connection, message, *more):
        self.kept.append((message, *more))
        if len(self.kept) == 1:
            self.action(connection, message)


def throw(error):
    raise error


def replace_and_throw(connection, message):
    connection.set_message_func(None)
    raise Wanted


def close_and_throw(connection, message):
    connection.close_async(Wsp.CloseCode.GOING_AWAY, None)
    raise Wanted


def make_pair():
    """A client's connection, and the server's, which is not started yet."""
    server, accepted, connected = Wsp.Server(), [], []
    server.connect("connection", lambda server, connection: accepted.append(connection))
    port = server.add_inet_port("127.0.0.1", 0)
    client = Wsp.Client()
    client.connect_async(f"ws://127.0.0.1:{port}/", None, None, None,
                         lambda client, result: connected.append(client.connect_finish(result)))
    run_until(lambda: accepted and connected)
    return server, connected[0], accepted[0]


def talk(func, *user_data):
    """Sends three messages to a connection with a function, and a Close after them; returns the close info of both."""
    server, peer, connection = make_pair()
    connection.set_message_func(func, *user_data)
    connection.start()
    for text in "one", "two", "three":
        peer.queue_text(text)
    peer.close_async(Wsp.CloseCode.NORMAL, None)
    run_until(lambda: peer.state == connection.state == Wsp.ConnectionState.CLOSED)
    return peer.close_info, connection.close_info


def is_failed(info):
    error = info.get_error()
    return error is not None and error.matches(Wsp.SessionError.quark(), Wsp.SessionError.FAILED)


# Name, what is done with the first message, exception, close code that the peer receives.
CASES = (
    ("returns", lambda connection, message: None, None, 1000),
    ("raises", lambda connection, message: throw(Wanted("first")), Wanted, 1011),
    ("raises-what-is-no-exception", lambda connection, message: throw(WantedAsWell()), WantedAsWell, 1011),
    ("raises-text-that-is-not-utf8", lambda connection, message: throw(Wanted("\udc80\0")), Wanted, 1011),
    ("replaces-itself-and-raises", replace_and_throw, Wanted, 1011),
    ("closes-and-raises", close_and_throw, Wanted, 1001),
)


def test_message_func():
    for name, action, expected, code in CASES:
        printed.clear()
        func = Messages(action)
        theirs, ours = talk(func)
        texts = [message.get_text() for message, in func.kept]
        wanted = ["one", "two", "three"] if expected is None else ["one"]
        kinds = [type(one) for one in printed]
        shown = [theirs.to_string(), ours.to_string(), texts, kinds]
        tap.point(theirs.get_peer_code() == code, f"/bindings/overrides/python/{name}/peer-receives-{code}", shown)
        tap.point(texts == wanted and is_failed(ours) == (expected is not None),
                  f"/bindings/overrides/python/{name}/ends-with-it", shown)
        tap.point(kinds == ([expected] if expected else []), f"/bindings/overrides/python/{name}/traceback-once", shown)
        if is_failed(ours):
            tap.point(expected.__name__ in ours.get_error().message,
                      f"/bindings/overrides/python/{name}/close-info-names-it", shown)


def test_setting():
    """A function is given its data, and the signal is back without a function."""
    func = Messages(lambda connection, message: None)
    talk(func, "some", 2)
    tap.point([more for _, *more in func.kept] == [["some", 2]] * 3, "/bindings/overrides/python/user-data", [func.kept])

    server, peer, connection = make_pair()
    received = []
    connection.connect("message", lambda connection, message: received.append(message.get_text()))
    connection.set_message_func(func)
    try:
        connection.set_message_func("no function")
        tap.point(False, "/bindings/overrides/python/no-function-is-refused")
    except TypeError:
        tap.point(True, "/bindings/overrides/python/no-function-is-refused")
    connection.set_message_func(None)
    connection.start()
    peer.queue_text("for the signal")
    run_until(lambda: received)
    tap.point(received == ["for the signal"], "/bindings/overrides/python/none-brings-the-signal-back", [received])

    func = Messages(lambda connection, message: None)
    gone = weakref.ref(func)
    connection.set_message_func(func)
    del func
    is_held = gone() is not None
    peer.abort()
    run_until(lambda: connection.state == Wsp.ConnectionState.CLOSED)
    gc.collect()
    tap.point(is_held and gone() is None, "/bindings/overrides/python/function-is-released-with-the-connection")


def test_properties():
    server, peer, connection = make_pair()
    made = [Wsp.Client(), Wsp.DeflateOptions(), Wsp.Dissector(), Wsp.Limits(), Wsp.Reconnector.new(None, "ws://a/"),
            Wsp.Session.new(Wsp.Role.CLIENT), server, connection, Wsp.Handshake.new_client("ws://a/", None, None)]
    for instance in made:
        for spec in instance.list_properties():
            if not spec.flags & GObject.ParamFlags.READABLE:
                continue
            name = spec.name.replace("-", "_")
            read, expected = getattr(instance, name), instance.get_property(spec.name)
            tap.point(type(read) is type(expected) and read == read,
                      f"/bindings/overrides/python/{type(instance).__name__}/{spec.name}-is-an-attribute", [read, expected])
    limits = Wsp.Limits()
    limits.max_message_size = 5
    tap.point(limits.get_max_message_size() == 5, "/bindings/overrides/python/assignment-sets", [limits.get_max_message_size()])
    limits.max_message_size += 1
    tap.point(limits.get_max_message_size() == 6, "/bindings/overrides/python/assignment-adds", [limits.get_max_message_size()])
    for name, value, expected in (("max_message_size", "many", TypeError), ("max_message_size", -1, OverflowError)):
        try:
            setattr(limits, name, value)
            tap.point(False, f"/bindings/overrides/python/{name}-{value}-is-refused")
        except expected:
            tap.point(limits.get_max_message_size() == 6, f"/bindings/overrides/python/{name}-{value}-is-refused")


GLib.timeout_add_seconds(SECONDS, sys.exit, "the time is over")
sys.excepthook = lambda kind, error, trace: printed.append(error)
test_message_func()
test_setting()
test_properties()
sys.exit(tap.end())
