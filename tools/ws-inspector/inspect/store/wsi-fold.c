/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Folds frames into messages.  A message has the number of its first record, so that one that is a
 * single frame needs no entry anywhere.  The fold keeps the message in progress of each
 * direction. */
#include "inspect/store/wsi-fold.h"

#define N_DIRECTIONS 2

typedef struct
{
  WsiMessageInfo message;       /* message in progress; n_frames 0: there is none */
  WsiLeftOut     left_out;      /* frames without a record since the last gap */
} Way;

struct _WsiFold
{
  Way ways[N_DIRECTIONS];
};

WsiFold *
wsi_fold_new (void)
{
  return g_new0 (WsiFold, 1);
}

void
wsi_fold_free (WsiFold *self)
{
  g_free (self);
}

/* The number of a message, made from that of its first record; it is never 0. */
static guint32
get_message_number (guint64 number)
{
  return number % G_MAXUINT32 + 1;
}

static void
fold_add_frame (WsiMessageInfo  *message,
                const WsiRecord *record,
                guint64          number)
{
  message->last = number;
  message->n_frames++;
  if (!message->is_stopped)
    message->length += wsi_record_get_length (record);
  message->is_stopped |= record->is_stopped;
  message->wire_length += wsi_record_get_wire_length (record);
  message->is_complete = wsi_record_is_fin (record);
  message->is_cut |= !wsi_record_is_whole (record);
  message->is_compressed |= (record->flags & WSI_RECORD_COMPRESSED) != 0;
}

void
wsi_fold_init_message (WsiMessageInfo  *message,
                       const WsiRecord *record,
                       guint64          number)
{
  *message = (WsiMessageInfo) {
    .first = number,
    .message = get_message_number (number),
    .conversation = record->conversation,
    .kind = record->kind,
    .opcode = wsi_record_get_opcode (record),
    .direction = record->direction,
  };
  fold_add_frame (message, record, number);
}

const WsiMessageInfo *
wsi_fold_take_frame (WsiFold   *self,
                     WsiRecord *record,
                     guint64    number)
{
  WsiMessageInfo *message = &self->ways[record->direction].message;
  gboolean is_continued = record->kind == WSP_FRAME_KIND_CONTINUATION &&
                          message->n_frames > 0 && !message->is_complete;

  record->message = is_continued ? message->message : get_message_number (number);
  if (wsi_record_is_control (record))
    return NULL;

  if (record->kind == WSP_FRAME_KIND_CONTINUATION || !wsi_record_is_fin (record))
    record->flags |= WSI_RECORD_FRAGMENT;
  if (is_continued)
    fold_add_frame (message, record, number);
  else if (!wsi_record_is_fin (record))
    wsi_fold_init_message (message, record, number);
  else
    message->n_frames = 0;

  return is_continued ? message : NULL;
}

void
wsi_fold_leave_out (WsiFold              *self,
                    const WspFrameRecord *frame)
{
  Way *way = &self->ways[frame->direction];
  gboolean is_control = frame->opcode >= 8;

  if (way->left_out.n_frames == 0)
    way->left_out.offset = frame->offset;
  way->left_out.n_frames++;
  /* a frame that the connection's end has cut, or that has a gap of its own, has fewer bytes than
   * its header says */
  way->left_out.n_bytes += frame->header_length + frame->payload_length
                           - MIN (frame->n_missing, frame->payload_length);
  if (is_control)
    return;

  way->message.is_cut = TRUE;
  if (frame->fin)
    way->message.n_frames = 0;
}

gboolean
wsi_fold_take_left_out (WsiFold     *self,
                        WspDirection direction,
                        WsiLeftOut  *left_out)
{
  Way *way = &self->ways[direction];

  *left_out = way->left_out;
  way->left_out = (WsiLeftOut) { 0 };
  return left_out->n_frames > 0;
}
