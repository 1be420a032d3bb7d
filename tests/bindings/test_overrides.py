#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Wsp with its override in Python: message functions that raise, taps that raise, properties as attributes, values."""

import collections.abc
import gc
import logging
import os
import subprocess
import sys
import weakref

import gi
gi.require_version("Wsp", "1")
from gi.repository import GLib, GObject, Wsp  # noqa: E402
from gi.overrides._wsp.errors import with_class  # noqa: E402
from gi.overrides._wsp.options import MILLISECONDS, TIMES  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from tap import Tap  # noqa: E402

SECONDS = 60
tap = Tap()
printed = []            # exceptions whose traceback PyGObject would print
logged = []             # exceptions whose traceback was logged


def run_until(condition):
    context = GLib.MainContext.default()
    while not condition():
        context.iteration(True)


class Log(logging.Handler):
    def emit(self, record):
        logged.append(record.exc_info[1])


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
    port = server.listen_inet("127.0.0.1", 0, Wsp.ListenFlags.DEFAULT).get_port()
    client = Wsp.Client()
    client.connect_async(f"ws://127.0.0.1:{port}/", None, None, None,
                         lambda client, result: connected.append(client.connect_finish(result)))
    run_until(lambda: accepted and connected)
    return server, connected[0], accepted[0]


def talk(func, *user_data):
    """Sends three messages to a connection with a function, and a Close after them; returns the close info of both."""
    server, peer, connection = make_pair()
    connection.set_message_func(func, *user_data)
    connection.start_receiving()
    for text in "one", "two", "three":
        peer.queue_text(text)
    peer.close_async(Wsp.CloseCode.NORMAL, None)
    run_until(lambda: peer.state == connection.state == Wsp.ConnectionState.CLOSED)
    return peer.close_info, connection.close_info


def is_failed(info):
    error = info.get_error()
    return error is not None and error.matches(Wsp.Error.quark(), Wsp.Error.FAILED)


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
        logged.clear()
        func = Messages(action)
        theirs, ours = talk(func)
        texts = [message.get_text() for message, in func.kept]
        wanted = ["one", "two", "three"] if expected is None else ["one"]
        kinds = [type(one) for one in logged]
        kinds_printed = [type(one) for one in printed]
        goes_on = expected is not None and not issubclass(expected, Exception)
        shown = [theirs.to_string(), ours.to_string(), texts, kinds]
        tap.point(theirs.get_peer_code() == code, f"/bindings/overrides/python/{name}/peer-receives-{code}", shown)
        tap.point(texts == wanted and is_failed(ours) == (expected is not None),
                  f"/bindings/overrides/python/{name}/ends-with-it", shown)
        tap.point(kinds == ([expected] if expected else []), f"/bindings/overrides/python/{name}/logged-once", shown)
        tap.point(kinds_printed == ([expected] if goes_on else []),
                  f"/bindings/overrides/python/{name}/goes-on-only-if-it-is-no-exception", [kinds_printed])
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
    connection.set_message_func(func)
    try:
        connection.set_message_func("no function")
        tap.point(False, "/bindings/overrides/python/no-function-is-refused")
    except TypeError:
        tap.point(True, "/bindings/overrides/python/no-function-is-refused")
    connection.set_message_func(None)
    signal = connection.connect("message", lambda connection, message: received.append(message.get_text()))
    connection.start_receiving()
    peer.queue_text("for the signal")
    run_until(lambda: received)
    tap.point(received == ["for the signal"], "/bindings/overrides/python/none-brings-the-signal-back", [received])

    func = Messages(lambda connection, message: None)
    gone = weakref.ref(func)
    connection.disconnect(signal)
    connection.set_message_func(func)
    del func
    is_held = gone() is not None
    peer.abort()
    run_until(lambda: connection.state == Wsp.ConnectionState.CLOSED)
    gc.collect()
    tap.point(is_held and gone() is None, "/bindings/overrides/python/function-is-released-with-the-connection")


def test_properties():
    server, peer, connection = make_pair()
    made = [Wsp.Client(), Wsp.DeflateOptions(), Wsp.Limits(), Wsp.Reconnector.new("ws://a/", None),
            Wsp.Session.new(Wsp.Role.CLIENT), server, connection, Wsp.Handshake.new_client("ws://a/", None, None)]
    for instance in made:
        for spec in instance.list_properties():
            if not spec.flags & GObject.ParamFlags.READABLE:
                continue
            name, expected = spec.name.replace("-", "_"), instance.get_property(spec.name)
            if spec.name in TIMES:
                name = name.removesuffix("_us") + "_seconds"
                is_known = TIMES[spec.name] == MILLISECONDS or expected not in (-1, 0)
                expected = expected / TIMES[spec.name] if is_known else None
            read = getattr(instance, name)
            tap.point(type(read) is type(expected) and (read == expected or not isinstance(read, (int, float, str))),
                      f"/bindings/overrides/python/{type(instance).__name__}/{spec.name}-is-an-attribute", [read, expected])
    limits = Wsp.Limits()
    limits.max_message_size = 5
    tap.point(limits.get_max_message_size() == 5, "/bindings/overrides/python/assignment-sets", [limits.get_max_message_size()])
    limits.max_message_size += 1
    tap.point(limits.get_max_message_size() == 6, "/bindings/overrides/python/assignment-adds", [limits.get_max_message_size()])
    limits.props.max_message_size = 7
    limits.set_properties(max_fragments=8)
    tap.point((limits.props.max_message_size, limits.props.max_fragments) == (7, 8) and "max_fragments" in dir(limits.props)
              and [spec.name for spec in limits.props] == [spec.name for spec in Wsp.Limits.list_properties()]
              and Wsp.Limits.props.max_fragments.name == "max-fragments", "/bindings/overrides/python/props-are-those-of-pygobject")
    limits.props.max_message_size = 6
    for name, value, expected in (("max_message_size", "many", TypeError), ("max_message_size", -1, ValueError)):
        try:
            setattr(limits, name, value)
            tap.point(False, f"/bindings/overrides/python/{name}-{value}-is-refused")
        except expected:
            tap.point(limits.get_max_message_size() == 6, f"/bindings/overrides/python/{name}-{value}-is-refused")


def test_own_limits():
    """A handler sets a limit of its connection; the server's other connections and the server keep theirs."""
    server, peer, connection = make_pair()
    other, others = [], []
    server.connect("connection", lambda server, connection: others.append(connection))
    client = Wsp.Client()
    client.connect_async(peer.uri, None, None, None,
                         lambda client, result: other.append(client.connect_finish(result)))
    run_until(lambda: others and other)
    before = server.limits.max_message_size
    connection.limits.max_message_size = 10
    tap.point((connection.limits.max_message_size, server.limits.max_message_size, others[0].limits.max_message_size)
              == (10, before, before), "/bindings/overrides/python/limits-of-a-connection-are-its-own",
              [connection.limits.max_message_size, server.limits.max_message_size, others[0].limits.max_message_size])
    server.limits.max_message_size = 20
    tap.point((connection.limits.max_message_size, others[0].limits.max_message_size) == (10, 20),
              "/bindings/overrides/python/limits-of-a-connection-follow-until-one-is-set",
              [connection.limits.max_message_size, others[0].limits.max_message_size])
    for each in (peer, connection, other[0], others[0]):
        each.abort()
    run_until(lambda: all(each.state == Wsp.ConnectionState.CLOSED for each in (peer, connection, other[0], others[0])))


# An act on a time, and the milliseconds that C has then, or the exception.
TIME_CASES = (
    ("seconds", lambda limits: setattr(limits, "close_timeout_seconds", 2), 2000),
    ("a-fraction", lambda limits: setattr(limits, "close_timeout_seconds", 0.25), 250),
    ("less-than-c-has-is-not-0", lambda limits: setattr(limits, "close_timeout_seconds", 0.0001), 1),
    ("nothing", lambda limits: setattr(limits, "close_timeout_seconds", 0), 0),
    ("added", lambda limits: setattr(limits, "close_timeout_seconds", limits.close_timeout_seconds + 1), 6000),
    ("setter-of-c-in-milliseconds", lambda limits: limits.set_close_timeout(7), 7),
    ("property-of-gobject-in-milliseconds", lambda limits: limits.set_property("close-timeout", 8), 8),
    ("text", lambda limits: setattr(limits, "close_timeout_seconds", "2"), TypeError),
    ("bool", lambda limits: setattr(limits, "close_timeout_seconds", True), TypeError),
    ("none", lambda limits: setattr(limits, "close_timeout_seconds", None), TypeError),
    ("negative", lambda limits: setattr(limits, "close_timeout_seconds", -1), ValueError),
    ("nan", lambda limits: setattr(limits, "close_timeout_seconds", float("nan")), ValueError),
    ("too-long", lambda limits: setattr(limits, "close_timeout_seconds", 2_147_484), ValueError),
    ("name-of-c-is-not-set", lambda limits: setattr(limits, "close_timeout", 2000), AttributeError),
    ("name-of-c-is-not-read", lambda limits: limits.close_timeout, AttributeError),
    ("name-of-c-in-a-constructor", lambda limits: Wsp.Limits(close_timeout=2000), TypeError),
    ("text-in-a-constructor", lambda limits: Wsp.Limits(close_timeout_seconds="2"), TypeError),
)


def test_times():
    for name, act, expected in TIME_CASES:
        limits = Wsp.Limits(close_timeout_seconds=5)
        try:
            act(limits)
            given = limits.get_close_timeout()
        except (AttributeError, TypeError, ValueError) as error:
            given = type(error)
        tap.point(given == expected, f"/bindings/overrides/python/times/{name}", [given, expected])
        if isinstance(expected, type):
            tap.point(limits.get_close_timeout() == 5000, f"/bindings/overrides/python/times/{name}-changes-nothing")


class Keeper(GObject.Object, Wsp.Tap):
    """Keeps all that it is given; its functions raise if it shall."""

    def __init__(self, raises):
        super().__init__()
        self.raises = raises
        self.bytes = []

    def do_bytes_passed(self, source, direction, data, time_us):
        self.bytes.append((data, data.get_data()))
        if self.raises:
            raise Wanted

    def do_state_changed(self, source):
        pass


def test_kept():
    """Whatever a tap or a message function keeps is the same after its connection is gone, also if it raised."""
    for name, raises in (("returns", False), ("raises", True)):
        server, peer, connection = make_pair()
        keeper, kept = Keeper(raises), []
        connection.add_tap(keeper)

        def func(connection, message):
            kept.append((message, message.get_text()))
            if raises:
                raise Wanted

        connection.set_message_func(func)
        connection.start_receiving()
        for number in range(20):
            peer.queue_text(f"text {number} " * 20)
        peer.close_async(Wsp.CloseCode.NORMAL, None)
        run_until(lambda: peer.state == connection.state == Wsp.ConnectionState.CLOSED)
        connection.remove_tap(keeper)
        del peer, connection, server
        gc.collect()
        noise = [GLib.Bytes.new(bytes([number % 256]) * 400) for number in range(2000)]
        tap.point(len(kept) == (1 if raises else 20) and all(message.get_text() == text for message, text in kept),
                  f"/bindings/overrides/python/kept/message-of-a-function-that-{name}", [len(kept)])
        tap.point(len(keeper.bytes) > 1 and all(data.get_data() == content for data, content in keeper.bytes),
                  f"/bindings/overrides/python/kept/bytes-of-a-tap-that-{name}", [len(keeper.bytes)])
        del noise


def make_headers():
    headers = Wsp.Headers.new()
    headers["Host"] = "example.org"
    headers.append("Accept", "a")
    headers.append("accept", "b")
    return headers


# Calls with the headers of make_headers (), and their results: a value, or the class of an exception.
HEADERS = {
    "item-without-regard-to-case": (lambda headers: headers["HOST"], "example.org"),
    "item-that-occurs-twice-is-a-list": (lambda headers: headers["Accept"], "a, b"),
    "item-that-is-missing": (lambda headers: headers["None"], KeyError),
    "item-that-is-no-text": (lambda headers: headers[5], KeyError),
    "get": (lambda headers: (headers.get("none"), headers.get("none", "x"), headers.get("host")), (None, "x", "example.org")),
    "length-is-of-the-names": (lambda headers: (len(headers), list(headers)), (2, ["Host", "Accept"])),
    "contains": (lambda headers: ("host" in headers, "x" in headers, None in headers), (True, False, False)),
    "items": (lambda headers: dict(headers.items()), {"Host": "example.org", "Accept": "a, b"}),
    "keys-and-values": (lambda headers: (list(headers.keys()), list(headers.values())), (["Host", "Accept"], ["example.org", "a, b"])),
    "set-replaces": (lambda headers: (headers.__setitem__("accept", "c"), headers["Accept"], len(headers))[1:], ("c", 2)),
    "delete": (lambda headers: (headers.__delitem__("accept"), list(headers))[1], ["Host"]),
    "delete-that-is-missing": (lambda headers: headers.__delitem__("none"), KeyError),
    "pop": (lambda headers: (headers.pop("host"), headers.pop("host", 1), len(headers)), ("example.org", 1, 1)),
    "update": (lambda headers: (headers.update({"A": "1"}, b="2"), headers["a"], headers["B"])[1:], ("1", "2")),
    "setdefault": (lambda headers: (headers.setdefault("host", "x"), headers.setdefault("new", "y")), ("example.org", "y")),
    "clear": (lambda headers: (headers.clear(), len(headers), bool(headers))[1:], (0, False)),
    "equal-to-a-mapping": (lambda headers: (headers == {"host": "example.org", "ACCEPT": "a, b"}, headers == {}), (True, False)),
    "is-a-mutable-mapping": (lambda headers: isinstance(headers, collections.abc.MutableMapping), True),
    "bad-name": (lambda headers: headers.__setitem__("bad name", "x"), Wsp.InvalidArgument),
    "bad-value": (lambda headers: headers.__setitem__("a", "x\r\nB: y"), Wsp.InvalidArgument),
    "value-with-nul": (lambda headers: headers.__setitem__("a", "x\0y"), ValueError),
    "value-that-is-no-text": (lambda headers: headers.__setitem__("a", 5), TypeError),
    "frozen": (lambda headers: (Wsp.Handshake.new_client("ws://a/", None, headers), headers.__setitem__("a", "x")), GLib.Error),
    "frozen-delete": (lambda headers: (Wsp.Handshake.new_client("ws://a/", None, headers), headers.__delitem__("accept")), GLib.Error),
}


def test_headers():
    for name, (action, expected) in HEADERS.items():
        try:
            result = action(make_headers())
        except Exception as error:
            result = type(error)
        is_right = issubclass(result, expected) if isinstance(expected, type) and isinstance(result, type) else result == expected
        tap.point(is_right, f"/bindings/overrides/python/headers/{name}", [result, expected])


def test_errors():
    names = [name for name in dir(Wsp.Error) if name.isupper()]
    codes = sorted(names, key=lambda name: int(getattr(Wsp.Error, name)))
    own = {"HANDSHAKE": "HandshakeFailed", "ABNORMAL_CLOSURE": "AbnormalClosure"}
    classes = [getattr(Wsp, own.get(name) or name.title().replace("_", "")) for name in codes]
    for code, (name, kind) in enumerate(zip(codes, classes)):
        error = with_class(GLib.Error("some text", "WspError", code))
        tap.point(type(error) is kind and error.matches(Wsp.Error.quark(), code) and error.message == "some text"
                  and not error.matches(Wsp.Error.quark(), code + 1), f"/bindings/overrides/python/errors/{name}",
                  [repr(error), kind])
    other = GLib.Error("x", "g-io-error-quark", 12)
    tap.point(with_class(other) is other, "/bindings/overrides/python/errors/of-another-domain-stays")
    server, peer, connection = make_pair()
    connection.fail(with_class(GLib.Error("closed by a handler", "WspError", Wsp.Error.CLOSED)))
    run_until(lambda: connection.state == Wsp.ConnectionState.CLOSED)
    error = connection.close_info.get_error()
    tap.point(type(error) is Wsp.Closed and error.code == Wsp.Error.CLOSED,
              "/bindings/overrides/python/errors/closed-is-given-to-fail", [repr(error)])
    for arguments in ((), (None,)):
        server, peer, connection = make_pair()
        connection.fail(*arguments)
        run_until(lambda: connection.state == Wsp.ConnectionState.CLOSED)
        error = connection.close_info.get_error()
        tap.point(type(error) is Wsp.Failed and connection.close_info.get_local_code() == 1011 and
                  error.message == "Application failed while handling the connection",
                  f"/bindings/overrides/python/errors/fail-with-{len(arguments)}-and-no-error", [repr(error)])
    tap.point(repr(Wsp.Message.new_text("abc")) == "<Wsp.Message text of 3 bytes>", "/bindings/overrides/python/repr/message",
              [repr(Wsp.Message.new_text("abc"))])
    for text in ("", "abc", "a\0b", "\0", "Grüße", "Gr\0üße", "€\0", "\U0001f600\0", "\ufeffa\0b"):
        tap.point(Wsp.Message.new_text(text).get_text() == text, f"/bindings/overrides/python/message/{ascii(text)}-is-whole",
                  [repr(Wsp.Message.new_text(text).get_text())])
    tap.point(Wsp.Message.new_binary(b"abc").get_text() is None, "/bindings/overrides/python/message/binary-has-no-text")


# Kind, number of members, and size for ever: PyGObject allocates as much as the typelib says.
STATS = (Wsp.ConnectionStats, 15, 248), (Wsp.ServerStats, 14, 384)


def test_stats():
    """Stats that a script makes."""
    for kind, n_members, size in STATS:
        path = f"/bindings/overrides/python/stats/{kind.__name__}"
        made = [kind() for _ in range(100)]
        names = [name for name in dir(kind) if isinstance(getattr(made[0], name), int)]
        tap.point(len(names) == n_members and not any(getattr(stats, name) for stats in made for name in names),
                  f"{path}-has-all-members-and-they-are-zero", [repr(made[0])])
        tap.point(kind.__info__.get_size() == size, f"{path}-has-its-size", [kind.__info__.get_size()])
        for number, stats in enumerate(made):
            stats.bytes_sent = number
        copies = [stats.copy() for stats in made]
        for stats in made + copies:
            stats.free()
            stats.free()
        given = [copy.bytes_sent for copy in copies]
        tap.point(given == [stats.bytes_sent for stats in made] == list(range(100)), f"{path}-is-copied-and-freed", given)
        copies[0].bytes_sent = 5
        tap.point(made[0].bytes_sent == 0, f"{path}-does-not-change-with-its-copy", [made[0].bytes_sent])
        tap.point(not hasattr(kind, "spare"), f"{path}-hides-private-members", names)
    tap.point(Wsp.ServerStats().get_closed(1000) == 0, "/bindings/overrides/python/stats/none-is-closed")


SHORT_TIMES = """
import gi
gi.require_version("Wsp", "1")
from gi.repository import GObject, Wsp
from gi.overrides._wsp.options import TIMES
for owner in (Wsp.Limits, Wsp.Client, Wsp.Server, lambda **named: Wsp.Reconnector("ws://a/", **named)):
    for spec in owner().list_properties():
        if spec.name in TIMES and spec.flags & GObject.ParamFlags.WRITABLE:
            name = spec.name.replace("-", "_") + "_seconds"
            setattr(owner(**{name: 0.05}), name, 0.02)
            print(name)
"""


def test_short_times():
    """The names have the unit: C's advice to functions, that few milliseconds look like seconds, would be wrong."""
    done = subprocess.run([sys.executable, "-c", SHORT_TIMES], capture_output=True, text=True, timeout=SECONDS, check=False)
    tap.point(done.returncode == 0 and "keepalive_interval_seconds" in done.stdout and "connect_timeout_seconds" in done.stdout and
              not done.stderr, "/bindings/overrides/python/times/short-ones-log-nothing", [done.stdout, done.stderr])


GLib.timeout_add_seconds(SECONDS, sys.exit, "the time is over")
sys.excepthook = lambda kind, error, trace: printed.append(error)
logging.getLogger("wsp").addHandler(Log())
logging.getLogger("wsp").propagate = False
test_message_func()
test_kept()
test_setting()
test_properties()
test_times()
test_short_times()
test_own_limits()
test_headers()
test_stats()
test_errors()
sys.exit(tap.end())
