/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* After missing bytes: where does the next frame begin? */
#pragma once

#include "core/bytes/byte-buffer.h"
#include "core/frames/frame-header.h"

#include <glib.h>

G_BEGIN_DECLS

#define WSP_FRAMES_THAT_AGREE 3

typedef enum
{
  WSP_SEARCH_IN_PART,           /* more bytes may follow */
  WSP_SEARCH_TO_END,            /* no byte follows, or the next one is missing */
} WspSearchExtent;

typedef struct
{
  WscByteBuffer bytes;
  guint64       offset;         /* of the first one in its direction */
  gsize         n_searched;     /* no frame begins in them */
  gsize         n_shown;        /* of those, the bytes that have a record */
} WspHeaderSearch;              /* all zero: nothing to search in */

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
