/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Things that a user makes in a session, or would lose with it: the end of a session asks about
 * each, with its sentence.
 *
 * NOTE (id, the type of its lines in a session file, sentence): a note on a row
 * MADE (id, sentence): all else */
#ifndef NOTE
#define NOTE(id, type, sentence)
#endif
#ifndef MADE
#define MADE(id, sentence)
#endif

/* Frames of live sources, with the messages that were sent. */
MADE (FRAMES, N_("Frames that are in no file will be lost."))
/* A comment: a text about a row, with its tags. */
NOTE (COMMENT, "comment", N_("Comments that are in no file will be lost."))
/* A mark: a number of a row, which the window shows as a star. */
NOTE (MARK, "mark", N_("Marks that are in no file will be lost."))
/* A draft: the text in the composer, which is in no session file, but may be a saved message. */
MADE (DRAFT, N_("The message that was written and not sent will be lost. "
                "Save keeps it among the saved messages."))

#undef NOTE
#undef MADE
