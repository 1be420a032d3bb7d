/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Output, the Sends that are not written: they are withdrawn or dropped, and their calls end. */
#include "connection/output/wsp-output-drop-private.h"
#include "reactor/wsp-reactor-private.h"

gboolean
wsp_output_is_first_begun (const WspOutput *self,
                           const WspLink   *link)
{
  gboolean is_step_out = self->rest != NULL && self->rest->payload != NULL;

  return is_step_out || link->stream->sending.writer.stage != WSC_FRAME_NONE;
}

void
wsp_output_take_out (WspOutput *self,
                     WspLink   *link,
                     WspSend   *send)
{
  if (!send->is_behind)
    {
      wsp_send_queue_remove (&self->queue, send);
      return;
    }

  wsp_send_queue_remove (&self->rest->behind, send);
  wsp_link_set_waiting (link, WSP_WAITING_BEHIND, self->rest->behind.first != NULL);
  self->queue.bytes -= send->counted;
}

WspCompletion *
wsp_output_take_call (WspOutput *self,
                      WspSend   *send)
{
  if (send->completion == NULL)
    return NULL;

  self->queue.bytes -= WSP_OUTPUT_CALL_OVERHEAD;
  if (send->is_behind)
    self->rest->behind.bytes -= WSP_OUTPUT_CALL_OVERHEAD;
  wsp_completion_set_subject (send->completion, NULL);
  return g_steal_pointer (&send->completion);
}

void
wsp_output_end_call (WspOutput    *self,
                     WspSend      *send,
                     const GError *error)
{
  WspCompletion *completion = wsp_output_take_call (self, send);

  if (completion == NULL)
    return;

  g_assert (error != NULL);
  wsp_completion_return_error (completion, g_error_copy (error));
}

void
wsp_output_withdraw (WspOutput    *self,
                     WspLink      *link,
                     WspSend      *send,
                     const GError *error,
                     WspSend     **dropped)
{
  wsp_output_take_out (self, link, send);
  wsp_output_end_call (self, send, error);
  send->next = *dropped;
  *dropped = send;
}

void
wsp_output_free_all (WspSend *dropped)
{
  WspSend *next;

  for (; dropped != NULL; dropped = next)
    {
      next = dropped->next;
      wsp_send_free (dropped);
    }
}

gboolean
wsp_output_cancel (WspOutput *self,
                   WspLink   *link,
                   WspSend   *send)
{
  if (!wsp_send_queue_may_cancel (&self->queue, send, wsp_output_is_first_begun (self, link)))
    return wsp_reactor_has_ended (link->reactor) && wsp_output_take_call (self, send) != NULL;

  wsp_output_take_out (self, link, send);
  (void) wsp_output_take_call (self, send);
  wsp_send_free (send);
  return TRUE;
}

static gboolean
output_drop_has_begun (const WspSend *send,
                       gboolean       is_frame_open)
{
  return is_frame_open || (send->out.flags & WSC_OUTGOING_BEGUN);
}

void
wsp_output_drop_waiting (WspOutput    *self,
                         WspLink      *link,
                         const GError *error)
{
  gboolean is_frame_open = wsp_output_is_first_begun (self, link);
  WspSend *dropped = NULL;
  WspSend *next;

  for (WspSend *send = self->queue.first; send != NULL; send = next)
    {
      next = send->next;
      if (send->kind != WSP_SEND_CLOSE && !output_drop_has_begun (send, is_frame_open))
        wsp_output_withdraw (self, link, send, error, &dropped);
      is_frame_open = FALSE;
    }
  while (wsp_output_has_behind (link))
    wsp_output_withdraw (self, link, self->rest->behind.first, error, &dropped);
  wsp_output_free_all (dropped);
}

void
wsp_output_drop_all (WspOutput    *self,
                     WspLink      *link,
                     const GError *error)
{
  WspSend *dropped = NULL;
  WspSend *send;

  while ((send = self->queue.first) != NULL)
    wsp_output_withdraw (self, link, send, error, &dropped);
  while (wsp_output_has_behind (link))
    wsp_output_withdraw (self, link, self->rest->behind.first, error, &dropped);
  wsp_output_free_all (dropped);
}

void
wsp_output_clear (WspOutput *self,
                  WspLink   *link)
{
  wsp_output_drop_all (self, link, NULL);
  g_clear_pointer (&self->rest, g_free);
}
