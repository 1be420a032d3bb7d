# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A program seen as a screen reader sees it: its widgets by role and name, their actions and texts."""

import os
import re
import subprocess
import sys
import time

import gi

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402 (needs the version)

from accessible_tree import Tree  # noqa: E402 (needs the version)
from lib import program  # noqa: E402 (needs the path)

WAIT_SECONDS = 60
# How long a key may take to move the focus: some do not.
KEY_SECONDS = 1
# How long a dialog for files may take to end.
FILES_SECONDS = 3 * program.SLOWNESS
# Widgets of a window that are said when something was waited for in vain.
MAX_DESCRIBED = 200
# Names that GTK gives where a program gave none: the type of the widget.
TYPE_PREFIXES = ("Gtk", "Adw", "Wsi")


class Missing(Exception):
    """It was waited for, and is not there."""


def try_for(seconds, function, *arguments):
    """The first result of the function that is true, or the last one, and why it could not be asked."""
    end = time.monotonic() + seconds
    while True:
        gone = ""
        try:
            found = function(*arguments)
        except GLib.Error as error:  # a widget that went away while it was asked
            found, gone = None, f" ({error.message})"
        if found or time.monotonic() > end:
            return found, gone
        time.sleep(0.05)


def wait_for(sentence, function, *arguments):
    """The first result of the function that is true."""
    found, gone = try_for(WAIT_SECONDS, function, *arguments)
    if not found:
        raise Missing(sentence + gone)
    return found


def ask(sentence, function, *arguments):
    """The result of the function, also one that is not true, at a moment at which no widget goes away: lists fill their rows
    again at any time, so a walk that is not repeated may meet one that is no longer there."""
    return wait_for(sentence, lambda: (function(*arguments),))[0]


class Program:
    """Runs it in this session; leaves with its end."""

    def __init__(self, *command, **variables):
        environment = {**os.environ, "GTK_A11Y": "atspi", "LC_ALL": "C.UTF-8", **variables}
        self.process = program.Program(command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                       limit_seconds=program.WINDOW_SECONDS)
        self.focus = None
        self.n_moves = 0
        self.listener = Atspi.EventListener.new(self._on_focused)
        self.listener.register("object:state-changed:focused")
        self.top = wait_for("the program's window", self._find_top)
        self.tree = Tree(self.process.pid)

    def __enter__(self):
        return self

    def __exit__(self, kind, missing, _):
        self.listener.deregister("object:state-changed:focused")
        has_failed = kind in (Missing, GLib.Error)
        found = self._describe() if has_failed else []
        status = self.process.poll()
        if status is None:
            self.process.kill()
        _, log = self.process.communicate(timeout=WAIT_SECONDS)
        if has_failed:
            print(f"# after {missing}:", *found, f"exit status {status}, log:", *(log or "").splitlines(),
                  sep="\n#   ", flush=True)

    def _describe(self):
        """The widgets that a screen reader finds in the windows now, if the program answers."""
        try:
            found = self.tree.read()
        except GLib.Error as error:
            return [f"it answers no more: {error.message}"]
        return [f"{widget.role_name()} {widget.name!r}" for widget in found[-MAX_DESCRIBED:]]

    def end(self):
        """Waits for its end; its exit status, and its log."""
        _, log = self.process.communicate(timeout=WAIT_SECONDS)
        # Since 4.16 GTK warns about dialogs of libadwaita that measure for less than the minimum.
        return self.process.returncode, re.sub(r"\n?.*Gtk-WARNING.*: Trying to measure .*\n?", "", log)

    def _find_top(self):
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            application = desktop.get_child_at_index(i)
            if application is not None and application.get_process_id() == self.process.pid:
                application.set_cache_mask(Atspi.Cache.NONE)
                return application.get_child_at_index(0) if application.get_child_count() else None
        return None

    def read(self):
        """The widgets that are seen in the first window, from top to bottom."""
        return [widget for widget in self.tree.read() if widget.paths[0] == self.top.path]

    def reach(self, widget):
        """The accessible of what was read; None = it is there no more."""
        found = self.top.get_parent()
        for path in widget.paths:
            children = children_of(found)
            # GTK 4.8 has the pages of a stack here, but not in what the tree is made of.
            found = next((child for child in children if child.path == path), None) or \
                next((child for page in children for child in children_of(page) if child.path == path), None)
            if found is None:
                return None
        return found

    def find_now(self, role, name):
        """The first with this role whose name begins so; None = there is none now."""
        found = find_in(self.read(), role, name)
        return found and self.reach(found)

    def find(self, role, name):
        return wait_for(f'a {role} with the name "{name}"', self.find_now, role, name)

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

    def _read_dialogs(self):
        return [widget for widget in self.tree.read() if widget.paths[0] != self.top.path]

    def find_in_dialogs(self, role, name):
        """At once, in each window but the first; None = it is in none of them."""
        found = find_in(self._read_dialogs(), role, name)
        return found and self.reach(found)

    def answer(self, name):
        """A button of a dialog, which is a window of its own."""
        def press_it():
            button = self.find_in_dialogs("push button", name)
            if button is not None:
                Atspi.Action.do_action(button, 0)
            return button is not None

        wait_for(f"the answer {name}", press_it)

    def find_files(self, title):
        """The widgets of the dialog for files, which is a filler for GTK 4.8; none: there is no dialog."""
        widgets = self._read_dialogs()
        dialog = find_in(widgets, "dialog", title) or find_in(widgets, "filler", title)
        return [widget for widget in widgets if dialog and widget.is_below(dialog)]

    def _find_entry(self, title):
        """The entry of the dialog for files that has the focus: then keys reach it."""
        return next((widget for widget in self.find_files(title)
                     if widget.role_name() == "text" and widget.has(Atspi.StateType.FOCUSED)), None)

    def _has_path(self, title, path):
        entry = self._find_entry(title)
        return entry is not None and entry.text == path

    def name_file(self, title, path, key):
        """The key goes to the entry for a name, which the dialog may make anew. Return is pressed again only when the dialog
        has had time to end: it would meet the next window. GTK 4.18 takes none while it looks the name up."""
        self.press_until("the entry for a name", lambda: self._find_entry(title), key)

        def set_path():
            entry = self._find_entry(title)
            entry = entry and self.reach(entry)
            if entry is not None:
                set_text(entry, path)
            return entry is not None

        wait_for("an entry that takes the name", set_path)
        wait_for("the name", self._has_path, title, path)
        def has_ended():
            return not self.find_files(title)

        self.press("Return")
        if not try_for(FILES_SECONDS, has_ended)[0]:
            self.press("Return")
        wait_for("the end of the dialog", has_ended)

    def has_name(self, name):
        """Whether the name of a widget begins so, now."""
        return any(widget.name.startswith(name) for widget in self.read())

    def says(self, text):
        """Whether the text is in the name of a widget, now."""
        return any(text in widget.name for widget in self.read())

    def _find_row(self, *parts):
        """The first row whose name has all of these parts, now; None: there is none."""
        return next((widget for widget in self.read() if widget.role_name() == "table row" and all(part in widget.name for part in parts)), None)

    def has_row(self, *parts):
        """Whether the name of a row has all of these parts, now."""
        return self._find_row(*parts) is not None

    def select_row(self, *parts):
        """The row whose name has all of these parts, by its number."""
        def select():
            row = self._find_row(*parts)
            if row is None or row.has(Atspi.StateType.SELECTED):
                return row is not None
            self.press("ctrl+j")
            self.type(re.search(r" (\d+),", row.name)[1])
            self.press("Return")
            self.press("Escape")
            return False

        wait_for(f"the selected row of {', '.join(parts)}", select)

    def is_on(self, label):
        """The focus is on what has this label in it, such as an item of a list."""
        focus = self._find_focus()
        return focus is not None and any(found.get_name().startswith(label) for found in walk(focus))

    def type_into(self, name, text):
        """Replaces the text of an entry; Enter is its action."""
        def type_it():
            entry = self.find_now("text", name)
            if entry is not None:
                set_text(entry, text)
            return entry

        return wait_for(f'a text with the name "{name}"', type_it)

    def act(self, action):
        """An action of the window, such as win.close: then it may end without a reply."""
        index = wait_for(f"the action {action} of the window", self._find_action, action) - 1
        try:
            Atspi.Action.do_action(self.top, index)
        except GLib.Error:
            wait_for("the end", lambda: self.process.poll() is not None)

    def _find_action(self, action):
        """Its place, counted from 1; None = the window has none with this name."""
        return next((i + 1 for i in range(Atspi.Action.get_n_actions(self.top))
                     if Atspi.Action.get_action_name(self.top, i) == action), None)

    def type(self, text):
        """Real keys, one for each character."""
        subprocess.run(["xdotool", "windowfocus", "--sync", self._find_window(), "type", "--delay", "20", text], check=True,
                       timeout=WAIT_SECONDS)

    def _find_window(self):
        """The one in front: there is no window manager, so it is given keys by name.  A popover, which would be hidden when
        its window loses them, has no title, and GTK leads keys to it."""
        def search():
            # The search fails, too, if a window goes while it looks.
            done = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)], check=False,
                                  capture_output=True, text=True, timeout=WAIT_SECONDS)
            found = reversed(done.stdout.split() if done.returncode == 0 else [])
            return next((window for window in found if self._has_title(window)), None)

        return wait_for("a window of the program", search)

    def _has_title(self, window):
        done = subprocess.run(["xdotool", "getwindowname", window], check=False, capture_output=True, text=True,
                              timeout=WAIT_SECONDS)
        return done.stdout.strip() not in ("", os.path.basename(self.process.args[0]))

    def take_keys(self):
        """Without a key: GTK says what has the focus in a window that gets keys."""
        subprocess.run(["xdotool", "windowfocus", "--sync", self._find_window()], check=False, timeout=WAIT_SECONDS)

    def press_once(self, *keys):
        """Real keys of the X server.  xdotool presses none if the window goes that it found, such as one of a popover."""
        wait_for("a window that takes the keys",
                 lambda: subprocess.run(["xdotool", "windowfocus", "--sync", self._find_window(), "key", "--delay", "20", *keys],
                                        check=False, stderr=subprocess.DEVNULL, timeout=WAIT_SECONDS).returncode == 0)

    def press(self, *keys):
        """As press_once (); returns when the focus has moved, or could have."""
        n_before = self.n_moves
        self.press_once(*keys)
        end = time.monotonic() + KEY_SECONDS
        while self.n_moves == n_before and time.monotonic() < end:
            self._dispatch()
            time.sleep(0.01)

    def press_until(self, sentence, is_done, *keys):
        """The same keys again until they have done their work: on a busy machine some come before their widget."""
        def press_again():
            done = is_done()
            if not done:
                self.press(*keys)
            return done

        return wait_for(sentence, press_again)

    def read_focus(self, read):
        """The result of the function for the widget that has the focus; None = that went away meanwhile, as the
        row of a list does that frames push out: then the next key finds another."""
        focus = wait_for("a widget with the focus", self._find_focus)
        try:
            return read(focus)
        except GLib.Error:
            self.focus = None
            return None

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
    """It and all below it, but for the cells of rows: the name of a row says what is in them."""
    yield widget
    if role_of(widget) == "table row":
        return
    for child in children_of(widget):
        yield from walk(child)


def children_of(widget):
    children = (widget.get_child_at_index(i) for i in range(widget.get_child_count()))
    return [child for child in children if child is not None]


def role_of(widget):
    """AT-SPI 2.54 calls a push button a button; GTK 4.8 calls a toggle button one, too."""
    role = widget.get_role_name()
    return "push button" if role in ("button", "toggle button") else role


def is_named(widget, name, widgets):
    """A name with the _ of a mnemonic is that of a button with a label, which is read without it: twice in GTK 4.8. The
    buttons of a title bar, which may have the same name, have an icon, and cards begin with the same word."""
    if widget.name.startswith(name):
        return True
    read = name.replace("_", "")
    if read == name or widget.name not in (read, f"{read} {read}"):
        return False
    return not any(part.role_name() in ("icon", "image") and part.is_below(widget) for part in widgets)


def find_in(widgets, role, name):
    return next((widget for widget in widgets if widget.role_name() == role and is_named(widget, name, widgets)), None)


def find_address(program, server=None):
    """Where clients should go, as a page says it; the title of a proxy is the address of its server."""
    return next((widget.name for widget in program.read() if widget.role_name() == "label" and
                 widget.name.startswith("ws://127.0.0.1:") and widget.name != server), None)


def has_state(widget, name):
    return any(state.value_nick == name for state in widget.get_state_set().get_states())


def set_text(entry, text):
    """All of it."""
    Atspi.EditableText.set_text_contents(entry, text)


def text_of(widget):
    return Atspi.Text.get_text(widget, 0, Atspi.Text.get_character_count(widget))


def is_unnamed(widget):
    """Something that takes the focus and says at most its type."""
    return widget.has(Atspi.StateType.FOCUSABLE) and (not widget.name.strip() or widget.name.startswith(TYPE_PREFIXES))
