/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The list takes decoders from the interpreter of its session. */
#include "ui/frames/wsi-frame-list-private.h"

/* NULL: there is none. */
const WsiInterpreter *
wsi_frame_list_get_interpreter (WsiFrameList *self)
{
  return self->learner != NULL ? wsi_learner_get_interpreter (self->learner) : NULL;
}

/* Rows that are visible were written before: once for each tick is enough. */
static void
on_changed (WsiFrameList *self)
{
  self->is_stale = TRUE;
  wsi_frame_list_ensure_tick (self);
}

void
wsi_frame_list_set_learner (WsiFrameList *self,
                            WsiLearner   *learner)
{
  if (self->learner != NULL)
    g_signal_handlers_disconnect_by_data (self->learner, self);
  g_set_object (&self->learner, learner);
  if (learner != NULL)
    g_signal_connect_swapped (learner, "changed", G_CALLBACK (on_changed), self);
  if (self->format == NULL)
    return;

  wsi_row_format_set_interpreter (self->format, learner != NULL
                                  ? wsi_learner_get_interpreter (learner) : NULL);
  if (learner != NULL)
    wsi_frame_list_refresh (self);
}

/* Also rows that the filter finds. */
void
wsi_frame_list_decode_anew (WsiFrameList *self)
{
  wsi_frame_list_refresh (self);
  wsi_frame_list_apply_filter (self);
}
