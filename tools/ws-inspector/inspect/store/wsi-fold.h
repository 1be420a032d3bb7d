/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Makes messages of the frames of one conversation. */
#pragma once

#include <libwsproto/observe/wsp-frame-record.h>

#include "inspect/store/wsi-record.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 first, last;          /* numbers of its records */
  guint64 length, wire_length;  /* bytes of payload after inflating, and of frames on the wire */
  guint64 n_frames;
  guint32 message, conversation;
  guint8  kind;                 /* WspFrameKind of the first frame */
  guint8  opcode, direction;
  guint8  is_compressed, is_complete;
  guint8  is_stopped;           /* the message has more bytes than length: a limit was reached */
  guint8  is_cut;               /* bytes of a frame so far are missing, or were not kept */
} WsiMessageInfo;

/* Frames without a record that follow each other. */
typedef struct
{
  guint64 n_frames, n_bytes;
  guint64 offset;               /* offset of the first one */
} WsiLeftOut;

typedef struct _WsiFold WsiFold;

WsiFold              *wsi_fold_new  (void);
void                  wsi_fold_free (WsiFold *self);
/* Initializes a message of which this is the first frame. */
void                  wsi_fold_init_message (WsiMessageInfo  *message,
                                             const WsiRecord *record,
                                             guint64          number);
/* Sets the message of the record.  Returns the message if it has several frames by now. */
const WsiMessageInfo *wsi_fold_take_frame   (WsiFold   *self,
                                             WsiRecord *record,
                                             guint64    number);
/* Leaves out a frame, which has no record.  A message in progress is cut, and ends with its last
 * frame. */
void                  wsi_fold_leave_out    (WsiFold              *self,
                                             const WspFrameRecord *frame);
/* Takes the frames of a direction that were left out since the last call; FALSE: there are none. */
gboolean              wsi_fold_take_left_out (WsiFold     *self,
                                              WspDirection direction,
                                              WsiLeftOut  *left_out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiFold, wsi_fold_free)

G_END_DECLS
