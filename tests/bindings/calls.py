#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The child of test-calls: calls what its plan says, and says before each call which one comes."""

import json
import sys
import warnings

import gi

gi.require_version("Wsp", "1")
from gi.repository import Gio, GLib, GObject, Wsp  # noqa: E402

warnings.simplefilter("ignore")
N_VARIANTS = 4          # usual, other, extreme, nothing
TURNS = 20              # of the main loop, after each object


def nothing(*arguments):
    return None


def io_stream():
    return Gio.SimpleIOStream.new(Gio.MemoryInputStream.new(), Gio.MemoryOutputStream.new_resizable())


def frame():
    return GLib.Bytes.new(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n\x81\x01x")


class AnyTap(GObject.Object, Wsp.Tap):
    pass


SIMPLE = {
    "text": ("chat", "", "\u00fc" * 200),
    "uri": ("ws://127.0.0.1:1/chat", "", "x" * 200),
    "number": (1, 0, -1),
    "port": (0, 0, -1),
    "flag": (True, False, True),
    "strings": (["chat", "permessage-deflate"], [], [""]),
    "bytes": (b"x", b"", b"\xff" * 70000),
    "callback": (nothing, nothing, nothing),
}
MAKERS = {
    "GLib.Bytes": frame,
    "Gio.Cancellable": Gio.Cancellable,
    "Gio.IOStream": io_stream,
    "GObject.Object": GObject.Object,
    "GLib.Error": lambda: GLib.Error("no", "quark", 1),
    "Gio.SocketAddress": lambda: Gio.InetSocketAddress.new_from_string("127.0.0.1", 0),
    "Gio.SocketConnectable": lambda: Gio.NetworkAddress.new("127.0.0.1", 1),
    "Gio.ProxyResolver": Gio.ProxyResolver.get_default,
    "Gio.TlsDatabase": lambda: Gio.TlsBackend.get_default().get_default_database(),
    "Gio.Socket": lambda: Gio.Socket.new(Gio.SocketFamily.IPV4, Gio.SocketType.STREAM, Gio.SocketProtocol.TCP),
    "Gio.AsyncResult": lambda: Gio.Task.new(None, None, None),
    "GLib.Variant": lambda: GLib.Variant("a{sv}", {}),
    "Tap": AnyTap,
    "Message": lambda: Wsp.Message.new_text("chat"),
}


def make(kind):
    """An object of a type that an argument or a property wants, None where it cannot be had so."""
    if kind in MAKERS:
        return MAKERS[kind]()
    try:
        cls = getattr(Wsp, kind)
        return cls() if issubclass(cls, GObject.Object) else cls.new()
    except Exception:
        return None


def value(kind, variant):
    if variant == 3:
        return None
    if kind in SIMPLE:
        return SIMPLE[kind][variant]
    if kind.startswith("enum "):
        return ([int(number) for number in kind.split()[1:]] * 2)[variant] if variant < 2 else 77
    if kind == "Session" and variant == 0:
        return Wsp.Session.new_established(Wsp.Role.CLIENT, None, None)
    return make(kind) if variant < 2 else None


class Child:
    def __init__(self, plan):
        self.plan = plan
        self.target = Wsp if plan["kind"] == "namespace" else getattr(Wsp, plan["name"])

    def call(self, place, function, *arguments):
        """The result of the call; None if it raises or is skipped."""
        if place in self.plan["skipped"]:
            return None
        print(place, flush=True)
        try:
            return function(*arguments)
        except Exception:
            return None

    def call_described(self, place, owner, described, variant):
        function = getattr(owner, described["name"], None)
        if function is None:
            return None
        arguments = [value(kind, variant) for kind in described["arguments"]]
        return self.call(f"{place}.{described['name']} {variant}", function, *arguments)

    def objects(self):
        """Each in the states that a program can bring it to without a peer, made anew for each use."""
        if self.plan["kind"] == "namespace":
            return
        yield "new", lambda: self.call("new", self.target)
        for constructor in self.plan["constructors"]:
            for variant in range(N_VARIANTS):
                yield (f"{constructor['name']} {variant}",
                       lambda c=constructor, v=variant: self.call_described("make", self.target, c, v))

    def use_properties(self, place, made):
        for prop in self.plan["properties"]:
            name = prop["name"].replace("-", "_")
            self.call(f"{place}.{name} get", getattr, made, name)
            for variant in range(N_VARIANTS) if prop["writable"] else ():
                self.call(f"{place}.{name} set {variant}", setattr, made, name, value(prop["type"], variant))

    def turn(self, place):
        def run():
            for _ in range(TURNS):
                GLib.MainContext.default().iteration(False)
        self.call(f"{place} loop", run)

    def use(self, place, maker):
        """All methods of one object in each order, and each of them on an object of its own."""
        for methods in (self.plan["methods"], self.plan["methods"][::-1]):
            for variant in range(N_VARIANTS):
                made = maker()
                if made is None:
                    continue
                for method in methods:
                    self.call_described(place, made, method, variant)
                self.use_properties(place, made)
                self.turn(place)
        for method in self.plan["methods"]:
            for variant in range(N_VARIANTS):
                made = maker()
                if made is not None:
                    self.call_described(place, made, method, variant)
        self.turn(place)

    def run(self):
        for function in self.plan["functions"]:
            for variant in range(N_VARIANTS):
                self.call_described("functions", self.target, function, variant)
        for place, maker in self.objects():
            self.use(place, maker)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        Child(json.load(file)).run()
    print("end", flush=True)
