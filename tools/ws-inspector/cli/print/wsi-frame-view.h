/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A frame as it is printed, and its fields by name. */
#pragma once

#include "cli/decoded/wsi-decoded-view.h"
#include "cli/print/wsi-json.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/store/wsi-record.h"

G_BEGIN_DECLS

typedef struct
{
  guint64        number;        /* from 1 on */
  gint64         time_us;       /* since the beginning; -1 = not known */
  gint64         wall_us;       /* time of day; 0 = not known */
  guint32        conversation;  /* from 1 on; 0 = there is only one */
  WspFrameRecord frame;         /* of a message, its first one, with the length of all */
  guint64        n_frames;      /* of a message; 0 = it is one frame */
  gboolean       is_unfinished; /* of a message: its last frame is missing */
  guint64        wire_length;   /* header and payload; 0 = not known */
  gint64         round_trip_us; /* of a pong; -1 = of none */
  guint          faults[WSI_MAX_FAULTS], n_faults;
  GBytes        *payload;       /* NULL = not kept */
  WsiStore      *store;
  const WsiRecord *record;      /* of the frame, or of the last one of the message */
  GBytes        *message;       /* of a last fragment, the whole message; NULL = not needed */
  const char     *comment;      /* NULL = none */
  WsiDecodedView *decoded;
} WsiFrameView;

typedef enum
{
  WSI_CELL_NONE,
  WSI_CELL_NUMBER,
  WSI_CELL_FLAG,
  WSI_CELL_LITERAL,            /* another number, as text */
  WSI_CELL_STRING,             /* UTF-8 */
  WSI_CELL_LIST,               /* of strings, with a line feed between them */
} WsiCellKind;

typedef struct
{
  WsiCellKind kind;
  guint64      number;
  char        *text;            /* NULL: an empty list */
} WsiCell;

typedef WsiCell (*WsiGetCell) (const WsiFrameView *view);

/* NULL: the row has the field, and not its view. */
WsiGetCell       wsi_frame_view_find (const WsiFieldReader *reader);
/* A member of an object, if there is a value. */
void             wsi_cell_add    (const WsiCell *value,
                                  WsiJson       *json,
                                  const char    *name);
/* The members of an object for a frame, if no fields are named. */
void             wsi_frame_view_add_members (const WsiFrameView *view,
                                             WsiJson            *json);
/* FALSE: the row is a message, and its source did not say in which frames it was. */
gboolean         wsi_frame_is_known (const WsiFrameView *view);
/* Words for all that is unusual about a frame, with the separator between them; NULL = none. */
char            *wsi_frame_format_flags (const WsiFrameView *view,
                                         const char         *separator);
/* Lengths, mask and flags, at the end of a line. */
void             wsi_frame_view_append (const WsiFrameView *view,
                                        GString            *line);
void             wsi_frame_view_append_flags (const WsiFrameView *view,
                                              GString            *line);
char            *wsi_frame_format_time (const WsiFrameView *view);

G_END_DECLS
