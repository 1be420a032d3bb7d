# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""All windows of a program as a screen reader has them, read at once: a walk from widget to widget takes seconds."""

from typing import NamedTuple

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402 (needs the version)

ROOT = "/org/a11y/atspi/accessible/root"
CACHE = "/org/a11y/atspi/cache"
BUS = "org.freedesktop.DBus"
# Cells of a list, whose rows have names, and what has no content: they are not read.
LEAVES = {Atspi.Role.TABLE_ROW, Atspi.Role.IMAGE, Atspi.Role.SCROLL_BAR}
TEXTS = {Atspi.Role.TEXT, Atspi.Role.ENTRY}
REPLY_MS = 20000
MAX_TEXT = 1 << 20             # characters of an entry; GTK 4.8 does not know -1
STATES = (Atspi.StateType.FOCUSED, Atspi.StateType.SELECTED, Atspi.StateType.CHECKED, Atspi.StateType.PRESSED,
          Atspi.StateType.EXPANDED)


class Seen(NamedTuple):
    """A widget that a screen reader finds: these words are in what is read of it, and it has this role and this state."""

    words: str
    role: str = ""
    state: str = ""

    def is_in(self, widget, names):
        """The words may have names in braces; those of a tab are all that it has."""
        words, read = self.words.format(**names), widget.read()
        return ((words == read if self.role == "page tab" else words in read) and self.role in ("", widget.role_name()) and
                (not self.state or widget.has(getattr(Atspi.StateType, self.state.upper()))))


class Widget:
    """With its paths on the bus: of its window, of what is in it, and so on down to its own."""

    def __init__(self, role, name, description, states):
        self.role, self.name, self.description = role, name, description
        self.states = states[0] | states[1] << 32
        self.text = ""
        self.paths = ()

    def has(self, state):
        return bool(self.states >> int(state) & 1)

    def role_name(self):
        """As in accessible.role_of ()."""
        name = Atspi.role_get_name(self.role)
        return "push button" if name in ("button", "toggle button") else name

    def is_below(self, other):
        """Also if it is the other one."""
        return self.paths[:len(other.paths)] == other.paths

    def read(self):
        return ", ".join(words for words in (self.name, self.description, self.text) if words)

    def __str__(self):
        states = [state.value_nick for state in STATES if self.has(state)]
        return ", ".join([self.role_name(), self.read(), *states])


class Tree:
    """The accessible tree of the program with this process."""

    def __init__(self, pid):
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        address = self._call(session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        names = self._call(self.bus, BUS, "/", BUS, "ListNames")
        self.name = next(name for name in names if name.startswith(":") and self._has_process(name, pid))
        self.leaves = set()

    @staticmethod
    def _call(bus, name, path, interface, method, arguments=None):
        return bus.call_sync(name, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, REPLY_MS, None).unpack()[0]

    def _has_process(self, name, pid):
        try:
            return self._call(self.bus, BUS, "/", BUS, "GetConnectionUnixProcessID", GLib.Variant("(s)", (name,))) == pid
        except GLib.Error:
            return False    # it has left the bus

    def _ask_all(self, calls, take):
        """Without a wait between them; take () gets path and reply, and returns more calls."""
        n_pending = 0

        def on_reply(bus, result, path):
            nonlocal n_pending
            n_pending -= 1
            try:
                reply = bus.call_finish(result).unpack()[0]
            except GLib.Error:
                return  # a widget that went away meanwhile
            ask(take(path, reply))

        def ask(more):
            nonlocal n_pending
            for path, interface, method, arguments in more:
                n_pending += 1
                self.bus.call(self.name, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, REPLY_MS, None,
                              on_reply, path)

        ask(calls)
        while n_pending:
            GLib.MainContext.default().iteration(True)

    def _read_children(self):
        children = {}

        def call(path):
            return path, "org.a11y.atspi.Accessible", "GetChildren", None

        def take(path, reply):
            children[path] = [child for _, child in reply]
            return [call(child) for child in children[path] if child not in self.leaves]

        self._ask_all([call(ROOT)], take)
        return children

    def read(self):
        """The visible widgets, from top to bottom: the children of hidden ones are left out."""
        children = self._read_children()
        found = {item[0][1]: Widget(Atspi.Role(item[7]), item[6], item[8], item[9])
                 for item in self._call(self.bus, self.name, CACHE, "org.a11y.atspi.Cache", "GetItems")}
        self.leaves = {path for path, widget in found.items() if widget.role in LEAVES}
        seen = []

        def collect(path, paths):
            widget = found.get(path)
            if path != ROOT and (widget is None or not widget.has(Atspi.StateType.VISIBLE)):
                return
            if path != ROOT:
                widget.paths = paths
            seen.append((path, widget))
            for child in children.get(path, ()) if path not in self.leaves else ():
                collect(child, (*paths, child))

        def take_text(path, reply):
            found[path].text = reply
            return ()

        collect(ROOT, ())
        self._ask_all([(path, "org.a11y.atspi.Text", "GetText", GLib.Variant("(ii)", (0, MAX_TEXT)))
                       for path, widget in seen if widget and widget.role in TEXTS], take_text)
        return [widget for _, widget in seen[1:]]
