/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The notes that a user makes in a session, in addition to the rows of its sources, among which are
 * sent messages.  Each note is in the session file, and the end of a session asks about it.
 *
 * NOTE (id, the type of its lines in a session file) */

/* A comment: a text about a row, with its tags. */
NOTE (COMMENT, "comment")
/* A mark: a number of a row, which the window shows as a star. */
NOTE (MARK, "mark")
