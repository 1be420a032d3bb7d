/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Each action of the window that has keys: its name, which part carries it out, the keys, and
 * words for it.  The shortcuts window is made of the same rows.
 *
 * SHORTCUT (group, action, part, what it is there: WsiShortcut.part_action, keys, title)
 * FIRST_SHORTCUT: the window gets its keys before the widget with the focus.  GTK has a use of its
 * own for them, in GtkPaned and in lists, which are around most widgets. */

SHORTCUT (WINDOW, "win.close", WINDOW, NULL, "<Control>w", N_("Close the window"))
SHORTCUT (WINDOW, "win.help", WINDOW, NULL, "F1", N_("Show the help"))
SHORTCUT (WINDOW, "win.show-help-overlay", WINDOW, NULL, "<Control>question",
          N_("Show the shortcuts"))
SHORTCUT (WINDOW, "win.menu", WINDOW, NULL, "F10", N_("Open the menu"))
FIRST_SHORTCUT (WINDOW, "win.next-part", WINDOW, NULL, "F6",
                N_("Go to the next part of the window"))
FIRST_SHORTCUT (WINDOW, "win.previous-part", WINDOW, NULL, "<Shift>F6",
                N_("Go to the previous part"))
FIRST_SHORTCUT (WINDOW, "win.divider", WINDOW, NULL, "<Shift>F8",
                N_("Move the divider, with arrow keys"))
SHORTCUT (WINDOW, "win.open", WINDOW, NULL, "<Control>o", N_("Open files"))
SHORTCUT (WINDOW, "win.save", WINDOW, NULL, "<Control>s", N_("Save the session"))
SHORTCUT (WINDOW, "win.save-as", WINDOW, NULL, "<Control><Shift>s", N_("Save it to another file"))
SHORTCUT (WINDOW, "win.export", WINDOW, NULL, "<Control><Shift>e", N_("Export frames"))
SHORTCUT (WINDOW, "win.preferences", WINDOW, NULL, "<Control>comma", N_("Preferences"))
SHORTCUT (CAPTURE, "win.stop", WINDOW, NULL, "<Control>e", N_("Stop capturing"))
SHORTCUT (CAPTURE, "win.pause-capture", WINDOW, NULL, "<Control>p", N_("Pause the capture"))
SHORTCUT (CAPTURE, "win.pause-view", FRAMES, "frames.paused", "<Control><Shift>p",
          N_("Pause the view"))
SHORTCUT (VIEW, "win.sidebar", SWITCH, "sidebar", "F9", N_("Show or hide the sidebar"))
SHORTCUT (VIEW, "win.details", SWITCH, "details", "<Shift>F9", N_("Show or hide the details"))
FIRST_SHORTCUT (VIEW, "win.next-arrangement", WINDOW, NULL, "<Control>backslash",
                N_("Details: automatic, beside, below"))
SHORTCUT (VIEW, "win.show-frames", VIEW, "frames", "<Alt>1", N_("Frames"))
SHORTCUT (VIEW, "win.show-timeline", VIEW, "timeline", "<Alt>2", N_("Timeline"))
SHORTCUT (VIEW, "win.show-statistics", VIEW, "statistics", "<Alt>3", N_("Statistics"))
SHORTCUT (VIEW, "win.show-problems", VIEW, "problems", "<Alt>4", N_("Problems"))
SHORTCUT (VIEW, "win.show-message", DETAIL, "message", "<Control>1", N_("Message"))
SHORTCUT (VIEW, "win.show-frame", DETAIL, "frame", "<Control>2", N_("Frame"))
SHORTCUT (VIEW, "win.show-handshake", DETAIL, "handshake", "<Control>3", N_("Handshake"))
SHORTCUT (VIEW, "win.show-connection", DETAIL, "connection", "<Control>4", N_("Connection"))
SHORTCUT (FIND, "win.search", FRAMES, "frames.search", "<Control>f", N_("Search"))
SHORTCUT (FIND, "win.next-match", FRAMES, "frames.next-match", "F3", N_("Next match"))
SHORTCUT (FIND, "win.previous-match", FRAMES, "frames.previous-match", "<Shift>F3",
          N_("Previous match"))
SHORTCUT (FIND, "win.filter", FRAMES, "frames.focus-filter", "<Control>k slash", N_("Filter"))
SHORTCUT (FIND, "win.go-back", WINDOW, NULL, "<Alt>Left", N_("Go back to before a jump"))
SHORTCUT (FIND, "win.jump", FRAMES, "frames.jump", "<Control>j", N_("Jump to a number or time"))
SHORTCUT (FRAMES, "win.follow", FRAMES, "frames.follow", "End", N_("Follow new frames"))
SHORTCUT (FRAMES, "win.clear", FRAMES, "frames.clear", "<Control>l", N_("Clear the list"))
SHORTCUT (FRAMES, "win.mark", FRAMES, "frames.mark", "<Control>d", N_("Mark the frame"))
SHORTCUT (FRAMES, "win.reference", FRAMES, "frames.reference", "<Control>t",
          N_("Count the time from this frame"))
SHORTCUT (FRAMES, "win.compose-row", COMPOSER, NULL, "<Control>r",
          N_("Take the frame to the composer"))
SHORTCUT (FRAMES, "win.send-again", FRAMES, "frames.send-again", "<Control><Shift>r",
          N_("Send the selected messages again"))
SHORTCUT (FRAMES, "win.next-row", FRAMES, "frames.next-row", "<Alt>Down", N_("Next frame"))
SHORTCUT (FRAMES, "win.previous-row", FRAMES, "frames.previous-row", "<Alt>Up",
          N_("Previous frame"))
FIRST_SHORTCUT (FRAMES, "win.next-problem", FRAMES, "frames.next-problem", "F8",
                N_("Next problem"))
SHORTCUT (FRAMES, "win.next-of-connection", FRAMES, "frames.next-of-connection",
          "<Control>bracketright", N_("Next frame of the connection"))
SHORTCUT (FRAMES, "win.previous-of-connection", FRAMES, "frames.previous-of-connection",
          "<Control>bracketleft", N_("Previous frame of the connection"))
SHORTCUT (FRAMES, "win.copy-payload", FRAMES, "frames.copy-payload", "<Control>c",
          N_("Copy the payload"))
SHORTCUT (FRAMES, "win.copy-as", FRAMES, "frames.copy-as", "<Control><Shift>c",
          N_("Copy the payload in another form"))
SHORTCUT (FRAMES, "win.sort", FRAMES, "frames.sort-menu", "F7", N_("Sort the list"))
SHORTCUT (VIEW, "win.other-view", FRAMES, "frames.other-view", "<Control>m",
          N_("Frames or messages"))
