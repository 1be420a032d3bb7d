# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Tasks of a user who debugs WebSocket traffic, by keyboard only: the keys of each, how many it may have at most, and
what a screen reader has to read then.

A text that is typed is not a key.  The steps before and after the keys are not counted: the first prepares a state, the
second shows what a screen reader could not read otherwise, such as the clipboard."""

import contextlib
import os
from typing import NamedTuple

from accessible_tree import Seen
from task_scenes import CLOSE, N_ROWS, PING, TEXT, Connected, Loopback, Recording, Refused, Served, Start


class Text(NamedTuple):
    """It is typed; it may have names in braces."""

    text: str


class Task(NamedTuple):
    name: str
    start: type
    at_most: int
    keys: tuple         # names of keys as xdotool has them, texts, and what is read before the next key
    reads: tuple        # texts that are read at the end
    before: tuple = ()
    after: tuple = ()
    proof: object = None        # function that gets the scene and checks what the window does not show
    ends: bool = False          # whether the last key closes the window without a question
    is_quick: bool = False      # tools/test carries it out, too


def card(name):
    return Seen(name, "push button", "focused")


def tab(name):
    return Seen(name, "page tab", "selected")


def row(words, state="focused"):
    return Seen(words, "table row", state)


def to_row(number):
    return ("ctrl+j", Text(str(number)), "Return", Seen(f" {number}, ", "table row", "selected"), "Escape")


def has_file(name):
    return lambda scene: os.path.exists(os.path.join(scene.words["folder"], name))


def has_no_secret(scene):
    """One file was written, and it has nothing of the request that is a secret."""
    paths = [os.path.join(scene.words["folder"], name) for name in os.listdir(scene.words["folder"]) if name.startswith("clean")]
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(open(path, "rb")) for path in paths]
        data = b"".join(file.read() for file in files)
    return len(paths) == 1 and b"/feed" in data and b"not-for-others" not in data


TASKS = (
    # Room for the list
    Task("details-are-put-beside-the-list", Recording, 1, ("ctrl+backslash",),
         (Seen("Details are beside the list", "label"),), is_quick=True),

    # Reading while it is live
    Task("newest-message-is-read", Served, 1, ("Up",),
         (row('sent text, 12 bytes, "from /orders"'), row("from /orders", "selected"), Seen("Follow", "push button"))),
    Task("new-rows-are-followed-again", Served, 1, ("End",), (Seen("Following", "label"),),
         before=("Up", row("from /orders", "selected"))),
    Task("user-goes-back-from-a-jump", Recording, 2, ("F8", row("Frame 50"), "alt+Left"), (row("Row 1, event opened"),),
         is_quick=True),
    Task("handshake-is-read", Recording, 1, ("ctrl+3",),
         (tab("Handshake"), Seen("#2 · /orders", "label"), Seen("Sec-WebSocket-Protocol", "list item")),
         before=to_row(25), is_quick=True),
    Task("text-is-searched", Recording, 3, ("ctrl+f", Text("snapshot"), "Return", row("Frame 23", "selected"), "Escape"),
         (row("Frame 23, received text, 9630 bytes"),), is_quick=True),

    Task("third-match-of-a-text-is-found", Recording, 4,
         ("ctrl+f", Text("order.place"), "Return", row("Frame 25", "selected"), "F3", row("Frame 27", "selected"), "F3"),
         (row("Frame 29, sent text", "selected"), Seen("3 of 3", "label")), is_quick=True),

    # Filter as you type
    Task("field-of-json-is-filtered", Recording, 2, ("ctrl+k", Text('json.type == "tick"'), "Return"),
         (Seen("✓ 12", "label"), row("Frame 11, received text")), is_quick=True),
    Task("mistake-in-a-filter-is-explained", Recording, 1, ("ctrl+k", Text("opcode =")),
         (Seen("xpected", "label"), Seen("opcode =", "text"))),
    Task("field-is-completed", Recording, 2, ("ctrl+k", Text("opco"), Seen("opcode", "list item"), "Tab"),
         (Seen("opcode ", "text"),)),
    Task("earlier-filter-is-used-again", Recording, 4, ("ctrl+k", "Up", Seen("tick", "list item"), "Return", "Return"),
         (Seen("✓ 12", "label"), row("Frame 11")),
         before=("ctrl+k", Text("tick"), "Return", Seen("✓ 12"), "ctrl+k", "Escape")),
    Task("one-connection-is-shown", Recording, 3, ("Menu", "i", "c"), (Seen("conn == 3", "text"), Seen("✓ 7", "label")),
         before=to_row(24)),

    Task("my-server-is-found-in-a-capture-of-lo", Loopback, 2, ("ctrl+k", Text("port == {port}"), "Return"),
         (row("welcome to /mine", ""), Seen("✓ 5", "label"))),

    # Several rows
    Task("five-rows-are-copied", Recording, 8,
         ("ctrl+k", Text("tick"), Seen("✓ 12"), "Return", "Home", *["shift+Down"] * 4, "ctrl+c"),
         (Seen("5 rows selected", "label"), Seen('"number": 4', "text")), after=("ctrl+k", "ctrl+a", "ctrl+v"), is_quick=True),
    Task("two-messages-are-compared", Recording, 3, ("shift+Down", Seen("2 rows selected"), "Menu", "l"),
         (Seen('Removed:   "number": 0', "list item"), Seen('Added:   "number": 1', "list item")), before=to_row(11)),
    Task("selection-is-exported-as-har", Recording, 9,
         ("shift+Down", Seen("2 rows selected"), "ctrl+shift+e", Seen("Export…", "push button", "focused"), "Tab", "space",
          "Down", "Down", "Return", Seen("HTTP archive (.har)", "label"), "alt+e", Seen("Export to a File"),
          Text("{folder}/two"), "Return"),
         (Seen("2 rows were written", "label"),), before=to_row(11), proof=has_file("two.har")),
    Task("row-is-marked", Recording, 1, ("ctrl+d",), (row("Marked"),), is_quick=True),
    Task("row-gets-a-tag", Recording, 4, ("Menu", "t", "e", Seen("Tags of Row 17"), Text("odd"), "Return"),
         (Seen("#odd", "label"),), before=to_row(17)),
    Task("sizes-are-summed-up", Recording, 1, ("ctrl+a",), (Seen("59 rows selected · 10.4", "label"),)),
    Task("session-is-exported-without-secrets", Recording, 4,
         ("ctrl+shift+e", Seen("Export…", "push button", "focused"), "Return", Seen("Export to a File"), Text("{folder}/clean"),
          "Return"),
         (Seen("59 rows were written."),), proof=has_no_secret, is_quick=True),
    Task("mark-is-saved-and-opened", Recording, 5,
         ("ctrl+d", row("Marked"), "ctrl+s", Seen("Save the Session"), Text("{folder}/kept"), "Return",
          Seen("Saved to “kept.wsinspect”"), "ctrl+o", Seen("Open Files"), Text("{folder}/kept.wsinspect"), "Return"),
         (Seen("kept.wsinspect", "frame"), row("Marked")), is_quick=True),
    Task("command-of-curl-is-copied", Recording, 3, ("Down", "ctrl+shift+c", "u"), (Seen("curl --include", "text"),),
         after=("ctrl+k", "ctrl+v")),

    # Sort
    Task("biggest-message-is-found", Recording, 3, ("F7", "s", Seen("Sorted by Size"), "Home"),
         (row("text, 9630 bytes"), row("9630 bytes", "selected")), is_quick=True),
    Task("slowest-reply-is-found", Recording, 3, ("F7", "r", Seen("Sorted by Reply Time"), "Home"),
         (row('received pong, 6 bytes, "beat 4" · 4001'), row("beat 4", "selected"))),
    Task("rows-are-shown-as-they-came", Recording, 1, ("Escape",), (row("Row 1, event opened"),),
         before=("F7", "s", row("9630 bytes"))),

    # Act
    Task("message-is-sent-again-changed", Served, 3, ("Up", "ctrl+r", Text("!"), "ctrl+Return"),
         (Seen('sent text, 13 bytes, "from /orders!"', "table row"),),
         proof=lambda scene: scene.callers[1].has(TEXT, b"from /orders!"), is_quick=True),
    Task("selected-message-is-sent-again-as-it-is", Served, 3, ("Up", "ctrl+shift+r", Seen("To #2"), "Return"),
         (Seen("1 of 1 message sent"),), proof=lambda scene: scene.callers[1].has(TEXT, b"from /orders", 2)),
    Task("message-is-sent-again-ten-times", Served, 4,
         ("Up", "ctrl+shift+r", Seen("To #2"), "alt+h", Text("10"), "alt+s"), (Seen("10 of 10 messages sent"),),
         proof=lambda scene: scene.callers[1].has(TEXT, b"from /orders", 10)),
    Task("sent-text-comes-back", Served, 2, ("ctrl+Return", Seen("sent text, 5 bytes", "table row"), "ctrl+z"),
         (Seen("twice", "text"),), before=("ctrl+r", Text("twice"))),
    Task("ping-is-sent", Served, 2, ("ctrl+r", "alt+i"), (Seen("received pong", "table row"),),
         proof=lambda scene: scene.callers[0].has(PING, b"")),
    Task("connection-is-closed-with-4000", Served, 7,
         ("ctrl+r", "alt+l", "space", "End", "Return", "Tab", Text("4000:done"), "alt+c"),
         (Seen('4000 "done"', "table row"), Seen("○ closed 4000", "list item")),
         proof=lambda scene: scene.callers[0].has(CLOSE, b"\x0f\xa0done")),
    Task("lost-connection-is-made-anew-for-a-message", Connected, 2, ("ctrl+r", Text("hello"), "alt+n"),
         (Seen('sent text, 5 bytes, "hello"', "table row"), Seen("Connection #2", "list item")),
         before=("ctrl+r", Text("close"), "ctrl+Return", Seen("○ closed 1001", "list item"), "Escape")),

    # Problems
    Task("reason-why-3-ended-is-found", Recording, 4, ("ctrl+k", Text("conn == 3"), "Return", "End", "ctrl+4"),
         (tab("Connection"), Seen("#3 · /feed", "label"), Seen("1011 · Internal error", "label"), Seen("out of memory", "label")),
         is_quick=True),
    Task("slow-pings-are-found", Recording, 4, ("alt+4", "End", "Up", "Right"),
         (Seen("Pongs of the server after more than 1000 ms", "list item", "focused"), Seen("No. 34", "list item"),
          Seen("No. 38", "list item"), Seen("4001", "list item")), is_quick=True),
    Task("problem-leads-to-its-row", Recording, 3, ("alt+4", "Down", "Return"),
         (row("Row 41, event ended"), row("Row 41", "selected"), tab("Connection"))),
    Task("report-of-a-problem-is-copied", Recording, 4, ("alt+4", "Tab", "Tab", "Return"),
         (Seen("The report was copied", "label"), Seen("refused with status 403", "text")), after=("alt+1", "ctrl+k", "ctrl+v")),
    Task("refusal-is-explained", Refused, 3, ("Tab", "Tab", "Return"),
         (row("Row 1, event opened"), Seen("Status must be 101; received 403", "list item"))),

    Task("who-closed-3-and-why-is-read", Recording, 1, ("ctrl+4",),
         (Seen("#3 · /feed", "label"), Seen("Closed first by", "label"), Seen("The server", "label"),
          Seen("1011 · Internal error", "label"), Seen("out of memory", "label")), before=to_row(24)),

    # The frame
    Task("frame-is-said-in-words", Recording, 1, ("ctrl+2",),
         (tab("Frame"), Seen("Only frame of a text message, 48 bytes on the wire, masked", "label")), before=to_row(10)),

    # Forms
    Task("client-connects-to-an-address-without-a-scheme", Start, 3, ("Tab", card("Connect"), "Return", Text("{place}"), "Return"),
         (Seen('received text, 12 bytes, "welcome to /"', "table row"),)),
    Task("message-is-sent-when-just-connected", Start, 4,
         ("Tab", card("Connect"), "Return", Text("{place}"), "Return", Seen("welcome to /", "table row"), Text("hello"),
          "ctrl+Return"),
         (Seen('sent text, 5 bytes, "hello"', "table row"),)),
    Task("server-listens-on-any-port", Start, 6,
         ("Tab", card("Connect"), "Down", card("Put a Proxy"), "Down", card("Watch a Network"), "Right", card("Run a Server"),
          "Return", "Return"),
         (Seen("Point Your Client At", "label"), Seen("ws://127.0.0.1:", "label"))),
    Task("proxy-is-put-in-front-of-a-server", Start, 6,
         ("Tab", card("Connect"), "Tab", "Tab", card("Put a Proxy"), "Return", Text("{place}"), "Return"),
         (Seen("Point Your Client At", "label"), Seen("ws://127.0.0.1:", "label"))),

    # Files and the window
    Task("recording-is-opened", Start, 2, ("ctrl+o", Seen("Open Files"), Text("{folder}/market.pcap"), "Return"),
         (row("Row 1, event opened"), Seen(f"{N_ROWS} rows", "label"))),
    Task("session-is-saved", Recording, 2, ("ctrl+s", Seen("Save the Session"), Text("{folder}/kept"), "Return"),
         (Seen("Saved to “kept.wsinspect”"),), proof=has_file("kept.wsinspect")),
    Task("replies-are-late-sooner", Recording, 2, ("ctrl+comma", "shift+Tab", Text("100")),
         (Seen("Pongs of the server after more than 100 ms", "list item"),), after=("Escape", "alt+4")),
    Task("unsaved-session-is-discarded", Served, 2, ("ctrl+w", Seen("Discard", "push button"), "alt+d"), (), ends=True,
         is_quick=True),
)
