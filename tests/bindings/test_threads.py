#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Every function of a connection, a server, a client, a reconnector and a message stream, called from another thread:
test_threads.py GIR LIBRARY.

The table is the GIR, so a new function is in it. The functions for other threads are listed here, as docs/threads.md
has them; all others are a critical without effect, in release builds, too.
"""

import ctypes
import os
import sys
import threading
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True

from lib.tap import Tap  # noqa: E402

CORE = "{http://www.gtk.org/introspection/core/1.0}"
C = "{http://www.gtk.org/introspection/c/1.0}"
CLASSES = ("Connection", "Server", "Listener", "Client", "Reconnector", "MessageStream")
FOR_ALL_THREADS = {"wsp_connection_send_from_thread", "wsp_connection_invoke", "wsp_server_get_draining", "wsp_server_dup_stats"}
SECONDS = 30                    # at most, for a call
N_ARGUMENTS = 10                # as many as the longest function has; nothing is read of them

WRITER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)


class Field(ctypes.Structure):
    _fields_ = [("key", ctypes.c_char_p), ("value", ctypes.c_void_p), ("length", ctypes.c_ssize_t)]


class Library:
    """The library without its bindings, and what it has logged."""

    def __init__(self, path):
        os.environ["G_DEBUG"] = ""          # a critical does not end this program
        self.functions = ctypes.CDLL(path)
        self.glib = ctypes.CDLL("libgobject-2.0.so.0")
        self.messages = []
        self.writer = WRITER(self.write)
        self.glib.g_log_set_writer_func(self.writer, None, None)
        self.glib.g_object_new.restype = ctypes.c_void_p

    def write(self, _level, fields, count, _data):
        for field in ctypes.cast(fields, ctypes.POINTER(Field))[:count]:
            if field.key == b"MESSAGE":
                self.messages.append(ctypes.string_at(field.value).decode())
        return 1

    def make(self, name):
        get_type = self.functions[name]
        get_type.restype = ctypes.c_size_t
        return ctypes.c_void_p(self.glib.g_object_new(ctypes.c_size_t(get_type()), None))

    def call(self, name, instance):
        """The log of a call from another thread."""
        self.messages.clear()
        function = self.functions[name]
        thread = threading.Thread(target=function, args=(instance, *[ctypes.c_void_p()] * N_ARGUMENTS))
        thread.start()
        thread.join(SECONDS)
        return list(self.messages)

    def iterate(self):
        self.glib.g_main_context_iteration(None, 0)


def classes(gir):
    for node in ElementTree.parse(gir).getroot().iter(CORE + "class"):
        if node.get("name") in CLASSES:
            yield node


def functions(node):
    """The functions of a class that are for its own thread: a result may be fetched in any."""
    for method in node.findall(CORE + "method"):
        name = method.get(C + "identifier")
        if name not in FOR_ALL_THREADS and not name.endswith("_finish"):
            yield name


def main(gir, path):
    tap = Tap()
    library = Library(path)
    seen = set()
    for node in classes(gir):
        seen.add(node.get("name"))
        if node.get("name") == "MessageStream":         # one needs a message: tests/connection/test-threads.c
            tap.point(list(functions(node)) == ["wsp_message_stream_get_message_type"],
                      "/bindings/threads/message-stream/has-no-other-function")
            continue
        instance = library.make(node.get("{http://www.gtk.org/introspection/glib/1.0}get-type"))
        library.iterate()
        for name in functions(node):
            messages = library.call(name, instance)
            is_refused = len(messages) == 1 and messages[0].startswith(name + ": assertion") and (
                "is_in_thread" in messages[0] or "may_be_called" in messages[0])
            tap.point(is_refused, f"/bindings/threads/{name}/critical-without-effect")
            if not is_refused:
                print(f"# {messages}")
    tap.point(seen == set(CLASSES), "/bindings/threads/all-classes")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
