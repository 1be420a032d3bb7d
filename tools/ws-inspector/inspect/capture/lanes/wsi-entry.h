/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One thing that a source has observed of a conversation, on its way to the store. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_ENTRY_OPEN,               /* bytes: none; the conversation has no number yet */
  WSI_ENTRY_PUSH,               /* bytes */
  WSI_ENTRY_SKIP,               /* length; G_MAXUINT64 = not known */
  WSI_ENTRY_EXPECT_FRAME,       /* the next byte is probably the first of one */
  WSI_ENTRY_CONTINUE,           /* bytes: a WspDissectorPlace, and its window; length: how many are
                                   missing before it */
  WSI_ENTRY_MESSAGE,            /* code: the opcode; bytes */
  WSI_ENTRY_EVENT,              /* code: a WsiEvent; sentence, or NULL; conversation: NULL = it
                                   belongs to all */
  WSI_ENTRY_END_DIRECTION,      /* code: a WsiTcpEnding */
  WSI_ENTRY_CLOSE,              /* code: a WsiEnding; sentence, or NULL */
  WSI_ENTRY_CLOSE_STREAM,       /* code: a WsiStreamEnd */
  WSI_ENTRY_COMMENT,            /* text, or NULL; number: of the row, 0 = the last one of the
                                   conversation */
  WSI_ENTRY_MARK,               /* code: the mark; number: of the row */
  WSI_ENTRY_ACTION,             /* bytes: a WsiAction */
  WSI_ENTRY_ACTIONS_LEFT_OUT,   /* length: how many */
} WsiEntryKind;

/* How the transport of a conversation has ended. */
typedef enum
{
  WSI_STREAM_ENDED,
  WSI_STREAM_RESET,
  WSI_STREAM_CUT,               /* the capture ends first */
  WSI_STREAM_UNREAD,            /* the rest of the capture was not read */
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
  GBytes          *bytes;
  char            *text;
  WsiSentence     *sentence;
} WsiEntry;

G_END_DECLS
