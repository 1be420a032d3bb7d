/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The frames of each connection, in the order of their rows, out of all that were added: they wait
 * in a spill, whatever becomes of their rows. */
#pragma once

#include "inspect/save/formats/parts/wsi-spill.h"
#include "inspect/save/formats/parts/wsi-whole-message.h"

G_BEGIN_DECLS

#define WSI_HAR_N_DIRECTIONS 2

/* A message that may have further frames. */
typedef struct
{
  guint64 position, number;     /* position and number of the last frame so far */
  guint64 n_added;              /* frames of the message that were added; 0 = no message */
  guint32 message;
  gboolean is_last;             /* the frame was the last one of its message when it was added */
} WsiHarOpenMessage;

/* The frames of one connection; all zero: there are none. */
typedef struct
{
  guint64           first, last;        /* positions of the first and the last frame */
  guint64           n_frames;
  gboolean          has_control;
  WsiHarOpenMessage open[WSI_HAR_N_DIRECTIONS];
} WsiHarFrames;

/* Takes a message.  FALSE: the function is not called any more. */
typedef gboolean (*WsiHarFunction) (const WsiWholeMessage *message,
                                    GBytes                *payload,
                                    gpointer               user_data,
                                    GError               **error);

/* Adds a row of the store; one that is not a frame adds nothing. */
gboolean wsi_har_frames_add  (WsiHarFrames *self,
                              WsiSpill     *spill,
                              WsiStore     *store,
                              guint64       number,
                              GError      **error);
/* Ends the adding: messages without an end stay as long as they are. */
gboolean wsi_har_frames_end  (WsiHarFrames *self,
                              WsiSpill     *spill,
                              WsiStore     *store,
                              GError      **error);
/* Calls the function with each message and control frame, and its payload, or NULL if that was not
 * kept.  May be repeated. */
gboolean wsi_har_frames_each (const WsiHarFrames *self,
                              WsiSpill           *spill,
                              WsiHarFunction      function,
                              gpointer            user_data,
                              GError            **error);

G_END_DECLS
