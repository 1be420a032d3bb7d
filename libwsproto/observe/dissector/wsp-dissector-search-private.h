/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Finds where the next frame begins after missing bytes. */
#pragma once

#include "core/bytes/byte-buffer.h"
#include "core/frames/frame-header.h"

#include <glib.h>

G_BEGIN_DECLS

#define WSP_FRAMES_THAT_AGREE 3

typedef enum
{
  WSP_SEARCH_IN_PART,           /* bytes that more bytes may follow */
  WSP_SEARCH_TO_END,            /* bytes at the end: no byte follows, or the next byte is missing */
} WspSearchExtent;

/* The time of pushed bytes, up to a place in their direction. */
typedef struct
{
  guint64 end;
  gint64  time_us;
} WspSearchedTime;

typedef struct
{
  WscByteBuffer bytes;
  WscByteBuffer times;          /* times (WspSearchedTime), in the order of the bytes */
  guint64       offset;         /* offset of the first byte in its direction */
  gsize         n_searched;     /* no frame begins in this many bytes at the front */
  gsize         n_shown;        /* the number of searched bytes that have a record */
} WspHeaderSearch;              /* all zero: nothing to search in */

/* Appends bytes, which begin at offset and follow the bytes that were appended before.  FALSE: no
 * memory; clear the search. */
gboolean wsp_header_search_append      (WspHeaderSearch *self,
                                        WscBytes         bytes,
                                        guint64          offset,
                                        gint64           time_us);
void     wsp_header_search_clear       (WspHeaderSearch *self);
/* The latest time of the bytes between two places. */
gint64   wsp_header_search_get_time    (const WspHeaderSearch *self,
                                        guint64                begin,
                                        guint64                end);
gboolean wsp_frame_header_is_plausible (const WscFrameHeader    *header,
                                        const WscOptions        *options,
                                        const WscFrameAllowance *allowed);
/* TRUE: a frame begins after n_searched bytes. */
gboolean wsp_header_search_run         (WspHeaderSearch         *self,
                                        const WscOptions        *options,
                                        const WscFrameAllowance *allowed,
                                        WspSearchExtent          extent);
/* Frees the bytes that have a record. */
void     wsp_header_search_forget      (WspHeaderSearch *self);

G_END_DECLS
