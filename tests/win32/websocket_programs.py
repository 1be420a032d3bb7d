# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""What the tests of websocket.h compile, and for which standards of C and C++."""

import subprocess

LANGUAGES = (
    ("c99", "cc"), ("c11", "cc"), ("c17", "cc"), ("c2x", "cc"),
    ("c++11", "cxx"), ("c++14", "cxx"), ("c++17", "cxx"), ("c++20", "cxx"), ("c++2b", "cxx"),
)
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
# The headers' own macros, too, are written without C's casts where a program is in C++.
HEADER_WARNINGS = {"cc": WARNINGS, "cxx": [*WARNINGS, "-Wold-style-cast"]}
# Each function, with the bytes of its arguments on the stack of a machine of 32 bits.
FUNCTIONS = {
    "WebSocketAbortHandle": 4,
    "WebSocketBeginClientHandshake": 36,
    "WebSocketBeginServerHandshake": 32,
    "WebSocketCompleteAction": 12,
    "WebSocketCreateClientHandle": 12,
    "WebSocketCreateServerHandle": 12,
    "WebSocketDeleteHandle": 4,
    "WebSocketEndClientHandshake": 24,
    "WebSocketEndServerHandshake": 4,
    "WebSocketGetAction": 32,
    "WebSocketGetGlobalProperty": 12,
    "WebSocketReceive": 12,
    "WebSocketSend": 16,
}
TYPES = ("CHAR=char PCHAR=char* PCSTR=const_char* BYTE=unsigned_char PBYTE=unsigned_char* USHORT=unsigned_short"
         " ULONG={ulong} BOOL=int HRESULT=int PVOID=void*")


def own_types(ulong):
    """The typedefs of a program that brings its own Windows types."""
    rows = [word.split("=") for word in TYPES.format(ulong=ulong).split()]
    lines = [f"typedef {theirs.replace('_', ' ')} {name};" for name, theirs in rows]
    return "\n".join(["#define WSPROTO_NO_WINDOWS_TYPES", "#define VOID void", *lines,
                      "#include <websocket.h>", ""])


OWN_TYPES = (
    ("own-types", True, own_types("unsigned_int")),
    ("own-types-of-another-size-refused", False, own_types("unsigned_long_long")),
)


def run(command):
    return subprocess.run(command, capture_output=True, text=True, check=False)
