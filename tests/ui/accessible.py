# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A program seen as a screen reader sees it: its widgets by role and name, their actions and texts."""

import os
import subprocess
import sys
import time

import gi

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402 (needs the version)

from lib import program  # noqa: E402 (needs the path)

WAIT_SECONDS = 30
# How long a key may take to move the focus: some do not.
KEY_SECONDS = 1
# Names that GTK gives where a program gave none: the type of the widget.
TYPE_PREFIXES = ("Gtk", "Adw", "Wsi")


class Missing(Exception):
    """It was waited for, and is not there."""


def wait_for(sentence, function, *arguments):
    """The first result of the function that is true."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            found = function(*arguments)
        except GLib.Error:
            found = None  # a widget that went away while it was asked
        if found:
            return found
        if time.monotonic() > end:
            raise Missing(sentence)
        time.sleep(0.05)


class Program:
    """Runs it in this session; leaves with its end."""

    def __init__(self, *command, **variables):
        environment = {**os.environ, "GTK_A11Y": "atspi", "LC_ALL": "C.UTF-8", **variables}
        self.process = program.Program(command, env=environment, stdin=subprocess.DEVNULL,
                                       stderr=subprocess.PIPE, text=True)
        self.focus = None
        self.n_moves = 0
        self.listener = Atspi.EventListener.new(self._on_focused)
        self.listener.register("object:state-changed:focused")
        self.top = wait_for("the program's window", self._find_top)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.deregister("object:state-changed:focused")
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=WAIT_SECONDS)

    def end(self):
        """Waits for its end; its exit status, and the lines of its log."""
        _, log = self.process.communicate(timeout=WAIT_SECONDS)
        return self.process.returncode, log

    def _find_top(self):
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            application = desktop.get_child_at_index(i)
            if application is not None and application.get_process_id() == self.process.pid:
                application.set_cache_mask(Atspi.Cache.NONE)
                return application.get_child_at_index(0) if application.get_child_count() else None
        return None

    def find(self, role, name):
        """The first with this role whose name begins so."""
        return wait_for(f'a {role} with the name "{name}"', find, self.top, role, name)

    def click(self, name, is_done, role="push button"):
        """Until it has done its work: GTK ignores clicks on what is not in view yet.  Returns what is_done returns."""
        widget = self.find(role, name)

        def click_again():
            done = is_done()
            if not done:
                Atspi.Action.do_action(widget, 0)
                time.sleep(0.5)
            return done

        return wait_for(f"the work of {name}", click_again)

    def answer(self, name):
        """A button of a dialog, which is a window of its own."""
        button = wait_for(f"the answer {name}", lambda: find(self.top.get_parent(), "push button", name))
        Atspi.Action.do_action(button, 0)

    def type_into(self, name, text):
        """Replaces the text of an entry; Enter is its action."""
        entry = self.find("text", name)
        Atspi.EditableText.set_text_contents(entry, text)
        return entry

    def act(self, action):
        """An action of the window, such as win.close."""
        for i in range(Atspi.Action.get_n_actions(self.top)):
            if Atspi.Action.get_action_name(self.top, i) == action:
                return Atspi.Action.do_action(self.top, i)
        raise Missing(f"the action {action} of the window")

    def press(self, *keys):
        """Real keys of the X server; there is no window manager, so the window is given them by name."""
        n_before = self.n_moves
        window = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)], check=True,
                                capture_output=True, text=True, timeout=WAIT_SECONDS).stdout.split()[-1]
        subprocess.run(["xdotool", "windowfocus", "--sync", window, "key", "--delay", "20", *keys], check=True,
                       timeout=WAIT_SECONDS)
        end = time.monotonic() + KEY_SECONDS
        while self.n_moves == n_before and time.monotonic() < end:
            self._dispatch()
            time.sleep(0.01)

    def find_focus(self):
        """The widget that said last that it has it."""
        return wait_for("a widget with the focus", self._find_focus)

    def has_focus(self, name):
        focus = self._find_focus()
        return focus is not None and focus.get_name().startswith(name)

    def _find_focus(self):
        self._dispatch()
        return self.focus

    def _on_focused(self, event):
        if event.detail1:
            self.n_moves += 1
            self.focus = event.source
        elif self.focus is not None and event.source.path == self.focus.path:
            self.focus = None

    @staticmethod
    def _dispatch():
        while GLib.MainContext.default().iteration(False):
            pass


def walk(widget):
    """It and all below it."""
    yield widget
    for i in range(widget.get_child_count()):
        child = widget.get_child_at_index(i)
        if child is not None:
            yield from walk(child)


def find(widget, role, name):
    return next((found for found in walk(widget)
                 if found.get_role_name() == role and found.get_name().startswith(name)), None)


def text_of(widget):
    return Atspi.Text.get_text(widget, 0, Atspi.Text.get_character_count(widget))


def is_unnamed(widget):
    """Something that takes the focus and says at most its type."""
    name = widget.get_name()
    return (widget.get_state_set().contains(Atspi.StateType.FOCUSABLE) and
            (not name.strip() or name.startswith(TYPE_PREFIXES)))
