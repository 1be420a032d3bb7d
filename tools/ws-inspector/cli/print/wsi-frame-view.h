/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A frame or message as it is printed, and its fields by name. */
#pragma once

#include <libwsproto/observe/wsp-frame-record.h>

#include "cli/decoded/wsi-decoded-view.h"
#include "cli/print/wsi-json-printer.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/store/wsi-record.h"

G_BEGIN_DECLS

#define WSI_NO_TIME G_MININT64         /* the time is not known */

typedef struct
{
  guint64        number;        /* number of the row, from 1 on */
  gint64         time_us;       /* time since the first row, in microseconds; or WSI_NO_TIME */
  gint64         wall_us;       /* time of day; 0 = not known */
  guint32        conversation;  /* number of the connection, from 1 on; 0 = there is only one */
  WspFrameRecord frame;         /* the frame, or the first frame of the message with the length of
                                 * all its frames */
  guint64        n_frames;      /* number of the message's frames; 0 = the view is one frame */
  gboolean       is_unfinished; /* the message's last frame is missing */
  guint64        wire_length;   /* bytes of header and payload; 0 = not known */
  gint64         round_trip_us; /* time from a ping to this pong; -1 = the frame is not a pong */
  guint          faults[WSI_MAX_FAULTS], n_faults;
  GBytes        *payload;       /* payload of the frame; NULL = not kept */
  WsiStore      *store;
  const WsiRecord *record;      /* record of the frame, or of the message's last frame */
  GBytes        *message;       /* whole message that this fragment ends; NULL = not needed */
  const char     *comment;      /* comment on the row; NULL = none */
  WsiDecodedView *decoded;
} WsiFrameView;

typedef enum
{
  WSI_CELL_NONE,
  WSI_CELL_NUMBER,
  WSI_CELL_FLAG,
  WSI_CELL_LITERAL,            /* text with a number of another form */
  WSI_CELL_STRING,             /* text in UTF-8 */
  WSI_CELL_LIST,               /* text with strings, and a line feed between them */
} WsiCellKind;

typedef struct
{
  WsiCellKind kind;
  guint64      number;
  char        *text;            /* text of the cell; NULL: an empty list */
} WsiCell;

typedef WsiCell (*WsiGetCell) (const WsiFrameView *view);

/* Finds the getter of a field.  NULL: the field is read from the row, not from the view. */
WsiGetCell       wsi_frame_view_find (const WsiFieldReader *reader);
/* Adds a member to an object, unless the value is empty. */
void             wsi_cell_add    (const WsiCell  *value,
                                  WsiJsonPrinter *json,
                                  const char     *name);
/* Adds the members that an object for a frame has if the user names no fields. */
void             wsi_frame_view_add_members (const WsiFrameView *view,
                                             WsiJsonPrinter     *json);
/* Appends lengths, mask and flags, which stand at the end of a line. */
void             wsi_frame_view_append (const WsiFrameView *view,
                                        GString            *line);
void             wsi_frame_view_append_flags (const WsiFrameView *view,
                                              GString            *line);
char            *wsi_frame_format_time (const WsiFrameView *view);

G_END_DECLS
