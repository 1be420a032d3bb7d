/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/print/wsi-printer.h"

#include "cli/print/wsi-handshake-text.h"
#include "cli/print/wsi-output.h"

struct _WsiPrinter
{
  GObject      parent_instance;

  WsiStore    *store;
  WsiRecorder *recorder;
  WsiListing  *listing;
  gint64       begin_us, wall_us;       /* the beginning on both clocks */
};

G_DEFINE_FINAL_TYPE (WsiPrinter, wsi_printer, G_TYPE_OBJECT)

static WsiRedaction
get_redaction (WsiPrinter *self)
{
  return (WsiRedaction) self->listing->options->redact;
}

static void
add_handshake_event (WsiPrinter               *self,
                     WsiConversation          *conversation,
                     const WsiHandshakeReport *report)
{
  WsiJson event;

  wsi_listing_begin_event (&event, "handshake", wsi_conversation_get_number (conversation));
  wsi_handshake_text_write (report, get_redaction (self), self->listing->options->handshake,
                            &event);
  wsi_listing_add_event (self->listing, &event);
}

/* A client that was refused diagnoses that itself; then its heads follow. */
static void
print_handshake (WsiPrinter               *self,
                 const WsiHandshakeReport *report)
{
  if (self->listing->options->handshake == WSI_DETAIL_FULL)
    {
      wsi_handshake_text_print_full (report, get_redaction (self));
    }
  else if (!wsi_handshake_text_has_failed (report))
    {
      wsi_handshake_text_print_line (report, get_redaction (self));
    }
  else if (wsi_recorder_get_role (self->recorder) == WSP_ROLE_SERVER)
    {
      wsi_handshake_text_print_failed (report);
      wsi_handshake_text_print_heads (report, get_redaction (self));
    }
}

static void
on_handshake (WsiPrinter      *self,
              WsiConversation *conversation)
{
  g_autoptr (WsiHandshakeReport) report = wsi_conversation_make_report (conversation);

  if (report == NULL)
    return;

  if (wsi_listing_is_json (self->listing))
    add_handshake_event (self, conversation, report);
  else if (wsi_listing_is_text (self->listing))
    print_handshake (self, report);
}

/* Prints the received part of an incomplete response. */
static void
print_end (WsiPrinter      *self,
           WsiConversation *conversation)
{
  g_autoptr (WsiHandshakeReport) report = wsi_conversation_make_report (conversation);
  gboolean is_brief = self->listing->options->handshake == WSI_DETAIL_BRIEF;

  if (report != NULL && is_brief && wsi_handshake_text_has_failed (report))
    wsi_handshake_text_print_heads (report, get_redaction (self));
  else if (report != NULL && !wsi_conversation_is_answered (conversation))
    wsi_handshake_text_print_full (report, get_redaction (self));
  wsi_output_sentence (wsi_conversation_get_sentence (conversation));
}

static void
add_end_event (WsiPrinter      *self,
               WsiConversation *conversation)
{
  g_autofree char *open = wsi_redact_text (wsi_conversation_get_sentence (conversation));
  gboolean is_clean = wsi_conversation_get_ending (conversation) == WSI_ENDING_CLEAN;
  WsiJson event;

  wsi_listing_begin_event (&event, "end", wsi_conversation_get_number (conversation));
  wsi_json_literal (&event, "clean", is_clean ? "true" : "false");
  wsi_json_string (&event, "text", open);
  wsi_listing_add_event (self->listing, &event);
}

static void
on_ended (WsiPrinter      *self,
          WsiConversation *conversation)
{
  if (wsi_listing_is_json (self->listing))
    add_end_event (self, conversation);
  else if (wsi_listing_is_text (self->listing))
    print_end (self, conversation);
}

static void
on_conversation (WsiPrinter      *self,
                 WsiConversation *conversation)
{
  if (wsi_recorder_get_role (self->recorder) == WSP_ROLE_SERVER &&
      wsi_listing_is_text (self->listing))
    wsi_output_line ("Connection #%u", wsi_conversation_get_number (conversation));
  g_signal_connect_object (conversation, "handshake", G_CALLBACK (on_handshake), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (conversation, "ended", G_CALLBACK (on_ended), self, G_CONNECT_SWAPPED);
}

/* With payloads alone, only those of the peers are printed: the others are known. */
static gboolean
may_print (WsiPrinter           *self,
           const WspFrameRecord *frame)
{
  if (self->listing->options->format == WSI_FORMAT_PAYLOAD &&
      frame->direction == WSP_DIRECTION_SENT)
    return FALSE;

  return wsi_listing_wants (self->listing, frame);
}

static void
print_frame (WsiPrinter *self,
             guint64     number)
{
  const WsiRecord *record = wsi_store_get_record (self->store, number);
  WsiFrameView view = { .number = number + 1 };
  g_autoptr (GBytes) payload = NULL;

  wsi_record_to_frame (record, &view.frame);
  if (!may_print (self, &view.frame))
    return;

  payload = wsi_store_dup_payload (self->store, number, WSI_VIEW_INFLATED,
                                   wsi_listing_get_max_payload (self->listing));
  view.payload = payload;
  view.time_us = view.frame.time_us - self->begin_us;
  view.wall_us = view.time_us + self->wall_us;
  if (wsi_recorder_get_role (self->recorder) == WSP_ROLE_SERVER)
    view.conversation = record->conversation;
  wsi_listing_add_frame (self->listing, &view);
}

static void
on_appended (WsiPrinter *self,
             guint64     first,
             guint64     n_records)
{
  for (guint64 i = 0; i < n_records; i++)
    print_frame (self, first + i);
}

static void
on_dropped (WsiPrinter *self,
            guint64     n_dropped)
{
  WsiJson event;

  if (wsi_listing_is_text (self->listing))
    {
      wsi_output_line ("       DROPPED: %" G_GUINT64_FORMAT " frames so far", n_dropped);
    }
  else if (wsi_listing_is_json (self->listing))
    {
      wsi_listing_begin_event (&event, "dropped", 0);
      wsi_json_number (&event, "frames", n_dropped);
      wsi_listing_add_event (self->listing, &event);
    }
}

static void
wsi_printer_finalize (GObject *object)
{
  WsiPrinter *self = WSI_PRINTER (object);

  g_clear_object (&self->store);
  g_clear_object (&self->recorder);
  G_OBJECT_CLASS (wsi_printer_parent_class)->finalize (object);
}

static void
wsi_printer_class_init (WsiPrinterClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_printer_finalize;
}

static void
wsi_printer_init (WsiPrinter *self)
{
  self->begin_us = g_get_monotonic_time ();
  self->wall_us = g_get_real_time ();
}

/* Prints everything that the recorder adds to the store from now on. */
WsiPrinter *
wsi_printer_new (WsiStore    *store,
                 WsiRecorder *recorder,
                 WsiListing  *listing)
{
  WsiPrinter *self = g_object_new (WSI_TYPE_PRINTER, NULL);

  self->store = g_object_ref (store);
  self->recorder = g_object_ref (recorder);
  self->listing = listing;
  g_signal_connect_object (recorder, "conversation", G_CALLBACK (on_conversation), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "appended", G_CALLBACK (on_appended), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "dropped", G_CALLBACK (on_dropped), self, G_CONNECT_SWAPPED);
  return self;
}
