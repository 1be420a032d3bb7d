/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One thing that a source has observed of a conversation, on its way to the store. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_ENTRY_OPEN,               /* a conversation that has no number yet; no bytes */
  WSI_ENTRY_PUSH,               /* bytes of the wire */
  WSI_ENTRY_SKIP,               /* missing bytes: length; G_MAXUINT64 = not known */
  WSI_ENTRY_EXPECT_FRAME,       /* the next byte is probably the first of a frame */
  WSI_ENTRY_CONTINUE,           /* bytes: a WspDissectorPlace, and its window; length: how many are
                                   missing before it */
  WSI_ENTRY_MESSAGE,            /* a message: code has the opcode, bytes the payload */
  WSI_ENTRY_EVENT,              /* code: a WsiEvent; sentence, or NULL; conversation: NULL = it
                                   belongs to all */
  WSI_ENTRY_END_DIRECTION,      /* the end of a direction; code: a WsiTcpEnding */
  WSI_ENTRY_CLOSE,              /* the end of the conversation; code: a WsiEnding; sentence, or
                                 * NULL */
  WSI_ENTRY_CLOSE_STREAM,       /* the end of the transport; code: a WsiStreamEnd */
  WSI_ENTRY_COMMENT,            /* text, or NULL; number: of the row, 0 = the last one of the
                                   conversation */
  WSI_ENTRY_MARK,               /* a mark; code: the mark; number: that of the row */
} WsiEntryKind;

/* How the transport of a conversation has ended. */
typedef enum
{
  WSI_STREAM_ENDED,
  WSI_STREAM_RESET,
  WSI_STREAM_CUT,               /* the capture ends before the stream */
  WSI_STREAM_UNREAD,            /* the stream was not read to its end */
} WsiStreamEnd;

typedef struct
{
  WsiEntryKind     kind;
  WspDirection     direction;
  guint            code;
  guint            file;        /* number of the file, of several that are read together */
  WsiConversation *conversation;
  gint64           time_us;
  guint64          length;
  guint64          number;      /* number of the row in the file that is read; 0 = it has none */
  gboolean         is_hidden;   /* the message of the bytes has hidden values */
  GBytes          *bytes;
  char            *text;
  WsiSentence     *sentence;
} WsiEntry;

G_END_DECLS
