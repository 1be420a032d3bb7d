/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-store-private.h"

static void
append_event (WsiStore   *self,
              WsiEvent    event,
              const char *text,
              gint64      time_us)
{
  const WsiRecord record = {
    .time_us = time_us, .event = event, .direction = WSI_NO_DIRECTION,
  };

  wsi_store_append_event (self, NULL, &record, text);
  wsi_store_announce (self);
}

void
wsi_store_pause (WsiStore *self,
                 gint64    time_us)
{
  if (self->is_paused)
    return;

  append_event (self, WSI_EVENT_PAUSED, "Frames are not recorded from here on", time_us);
  self->is_paused = TRUE;
  self->n_left_out = 0;
}

void
wsi_store_resume (WsiStore *self,
                  gint64    time_us)
{
  g_autofree char *text = g_strdup_printf ("Frames are recorded again: %" G_GUINT64_FORMAT
                                           " were left out", self->n_left_out);

  if (!self->is_paused)
    return;

  self->is_paused = FALSE;
  append_event (self, WSI_EVENT_RESUMED, text, time_us);
}

gboolean
wsi_store_is_paused (WsiStore *self)
{
  return self->is_paused;
}

guint64
wsi_store_get_n_left_out (WsiStore *self)
{
  return self->n_left_out;
}

/* Files that are written of the rows have the bytes as missing ones. */
static void
append_gap (WsiStore             *self,
            WsiConversation      *conversation,
            const WspFrameRecord *next,
            guint64               n_frames,
            guint64               n_bytes)
{
  const WsiRecord gap = {
    .time_us = next->time_us,
    .offset = next->offset - MIN (next->offset, n_bytes),
    .payload_length = n_bytes,
    .event = WSI_EVENT_GAP,
    .direction = next->direction,
  };
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT " frames were left out: the "
                                           "capture was paused", n_frames);

  wsi_store_append_event (self, conversation, &gap, text);
}

gboolean
wsi_store_leave_out (WsiStore             *self,
                     WsiConversation      *conversation,
                     const WspFrameRecord *frame)
{
  WsiFold *fold = wsi_conversation_get_fold (conversation);
  guint64 n_frames, n_bytes;

  if (self->is_paused)
    {
      wsi_fold_leave_out (fold, frame);
      self->n_left_out++;
      return TRUE;
    }

  if (wsi_fold_take_left_out (fold, frame->direction, &n_frames, &n_bytes))
    append_gap (self, conversation, frame, n_frames, n_bytes);
  return FALSE;
}
