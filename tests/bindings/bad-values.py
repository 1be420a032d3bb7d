#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The child of test-bad-values: tries each case, and prints whether it changed anything."""

import json
import os
import sys
import warnings

import gi
gi.require_version("Wsp", "1")
from gi.repository import Gio, GLib, GObject, Wsp  # noqa: E402


def make_connection():
    stream = Gio.SimpleIOStream.new(Gio.MemoryInputStream.new(), Gio.MemoryOutputStream.new_resizable())
    return Wsp.Connection.new_for_stream(stream, Wsp.Role.CLIENT, None, None, None)


def make_request():
    headers = Wsp.Headers.new()
    for line in ("Host a", "Upgrade websocket", "Connection Upgrade", "Sec-WebSocket-Version 13",
                 "Sec-WebSocket-Key dGhlIHNhbXBsZSBub25jZQ=="):
        headers.append(*line.split())
    return Wsp.Handshake.new_server("GET", "/", "1.1", headers)


INSTANCES = {
    "Connection": make_connection,
    "Group": lambda: Wsp.Group.new(Wsp.Server()),
    "Handshake": lambda: Wsp.Handshake.new_client("ws://a/", None, None),
    "Reconnector": lambda: Wsp.Reconnector.new("ws://a/", None),
    "Session": lambda: Wsp.Session.new(Wsp.Role.CLIENT),
}
OBJECTS = {
    "Gio.Cancellable": Gio.Cancellable,
    "Wsp.Headers": Wsp.Headers.new,
    "GLib.Bytes": lambda: GLib.Bytes.new(b"abc"),
    "Handshake of a server": make_request,
}
ANY = {"Message": lambda: Wsp.Message.new_text("a"), "GLib.Bytes": lambda: GLib.Bytes.new(b"abc"), "guint64": lambda: 0,
       "gint64": lambda: 0, "gsize": lambda: 0}


def value_of(coded):
    (kind, value), = coded.items()
    if kind == "number":
        return int(value)
    if kind == "float":
        return float(value)
    if kind == "object":
        return OBJECTS[value]()
    if kind == "bytes":
        return GLib.Bytes.new(bytes(value))
    if kind == "any":
        return ANY.get(value, lambda: None)()
    return None if kind == "nothing" else value


def make(name):
    return INSTANCES.get(name, getattr(Wsp, name))()


def shown(value):
    """Boxed values are made anew for each reading."""
    if isinstance(value, Wsp.Headers):
        return value.get_length()
    return value.get_data() if isinstance(value, GLib.Bytes) else value


def state_of(instance, case):
    return [shown(instance.get_property(name.replace("_", "-"))) for name in case["watched"]]


def is_usual(made, case):
    """An object made with a bad value has the default instead."""
    usual = state_of(make(case["class"]), case)
    return all(type(one) is type(other) if isinstance(one, GObject.Object) else one == other
               for one, other in zip(state_of(made, case), usual))


def attempt(case, instance, values):
    """Returns the object that was made."""
    owner = getattr(Wsp, case["class"])
    if case["how"] == "property":
        instance.set_property(case["name"].replace("_", "-"), *values)
    elif case["how"] == "call":
        getattr(instance, case["name"])(*values)
    elif case["how"] == "make":
        getattr(owner, case["name"])(*values)
    else:
        return owner(**{case["name"]: values[0]})
    return instance


def run(number, case):
    print(f"@case {number}", flush=True)
    is_new = "instance" not in case or case["how"] == "make"
    instance = None if is_new else make(case["instance"])
    before = [] if is_new else state_of(instance, case)
    try:
        made = attempt(case, instance, [value_of(one) for one in case["arguments"]])
    except Exception as error:
        made = instance
        print("raised", repr(error))
    if is_new:
        is_kept = made is None or case["how"] == "make" or is_usual(made, case)
    else:
        is_kept = before == state_of(made, case)
    print("kept" if is_kept else f"changed {before} {state_of(made, case)}", flush=True)


warnings.simplefilter("always")
with open(sys.argv[1], encoding="utf-8") as file:
    for position, each in enumerate(json.load(file)):
        run(position, each)
