/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/wsi-printer.h"

#include "cli/wsi-output.h"
#include "inspect/decode/wsi-payload.h"

struct _WsiPrinter
{
  GObject      parent_instance;

  WsiStore    *store;
  WsiRecorder *recorder;
  WsiDetail    detail;
  gint64       begin_us;        /* the time of the first record */
};

G_DEFINE_FINAL_TYPE (WsiPrinter, wsi_printer, G_TYPE_OBJECT)

/* A client that was refused diagnoses that itself; then its heads follow. */
static void
on_handshake (WsiPrinter      *self,
              WsiConversation *conversation)
{
  g_autoptr (WsiHandshakeReport) report = wsi_conversation_make_report (conversation);

  if (report == NULL)
    return;

  if (self->detail == WSI_DETAIL_FULL)
    {
      wsi_handshake_text_print_full (report);
    }
  else if (!wsi_handshake_text_has_failed (report))
    {
      wsi_handshake_text_print_line (report);
    }
  else if (wsi_recorder_get_role (self->recorder) == WSP_ROLE_SERVER)
    {
      wsi_handshake_text_print_failed (report);
      wsi_handshake_text_print_heads (report);
    }
}

/* Prints the received part of an incomplete response. */
static void
on_ended (WsiPrinter      *self,
          WsiConversation *conversation)
{
  g_autoptr (WsiHandshakeReport) report = wsi_conversation_make_report (conversation);

  if (report != NULL && self->detail == WSI_DETAIL_BRIEF && wsi_handshake_text_has_failed (report))
    wsi_handshake_text_print_heads (report);
  else if (report != NULL && !wsi_conversation_is_answered (conversation))
    wsi_handshake_text_print_full (report);
  wsi_output_sentence (wsi_conversation_get_sentence (conversation));
}

static void
on_conversation (WsiPrinter      *self,
                 WsiConversation *conversation)
{
  if (wsi_recorder_get_role (self->recorder) == WSP_ROLE_SERVER)
    wsi_output_line ("Connection #%u", wsi_conversation_get_number (conversation));
  g_signal_connect_object (conversation, "handshake", G_CALLBACK (on_handshake), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (conversation, "ended", G_CALLBACK (on_ended), self, G_CONNECT_SWAPPED);
}

/* Connection and direction; a client has only one connection. */
static char *
format_way (WsiPrinter      *self,
            const WsiRecord *record)
{
  const char *arrow = record->direction == WSP_DIRECTION_SENT ? "->" : "<-";

  if (wsi_recorder_get_role (self->recorder) == WSP_ROLE_CLIENT)
    return g_strdup (arrow);

  return g_strdup_printf ("#%u %s", record->conversation, arrow);
}

static char *
format_mask (const WspFrameRecord *frame)
{
  return frame->masked ? g_strdup_printf ("mask %08x", frame->masking_key)
                       : g_strdup ("no mask");
}

/* The reserved bits that are set, and the inflated length if it differs from that on the wire. */
static char *
format_extension (const WspFrameRecord *frame)
{
  GString *text = g_string_new (NULL);

  for (guint i = 1; i <= 3; i++)
    if (frame->rsv & 8 >> i)
      g_string_append_printf (text, "RSV%u  ", i);
  if (frame->inflated_length != frame->payload_length)
    g_string_append_printf (text, "inflated to %" G_GUINT64_FORMAT " bytes  ",
                            frame->inflated_length);
  return g_string_free (text, FALSE);
}

static void
print_frame (WsiPrinter           *self,
             guint64               number,
             const WsiRecord      *record,
             const WspFrameRecord *frame)
{
  g_autoptr (GBytes) payload = wsi_store_dup_payload (self->store, number, WSI_VIEW_INFLATED,
                                                      WSI_SUMMARY_LENGTH);
  g_autofree char *way = format_way (self, record);
  g_autofree char *mask = format_mask (frame);
  g_autofree char *extension = format_extension (frame);
  g_autofree char *summary = wsi_payload_summarize (frame, payload, wsi_output_get_charset ());
  const char *fault = wsp_frame_record_describe_fault (frame);

  wsi_output_line ("%6" G_GUINT64_FORMAT " %11.6f %s %-12s %s %7" G_GUINT64_FORMAT
                   " bytes  %-13s  %s%s", number + 1,
                   (frame->time_us - self->begin_us) / (double) G_USEC_PER_SEC, way,
                   wsi_payload_name_kind (frame), frame->fin ? "FIN" : "...",
                   frame->payload_length, mask, extension, summary);
  if (fault != NULL)
    wsi_output_line ("       FAULT: %s", fault);
}

static void
on_appended (WsiPrinter *self,
             guint64     first,
             guint64     n_records)
{
  for (guint64 i = 0; i < n_records; i++)
    {
      const WsiRecord *record = wsi_store_get_record (self->store, first + i);
      WspFrameRecord frame;

      wsi_record_to_frame (record, &frame);
      print_frame (self, first + i, record, &frame);
    }
}

static void
on_dropped (WsiPrinter *self,
            guint64     n_dropped)
{
  wsi_output_line ("       DROPPED: %" G_GUINT64_FORMAT " frames so far", n_dropped);
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
}

/* Prints everything that the recorder adds to the store from now on. */
WsiPrinter *
wsi_printer_new (WsiStore    *store,
                 WsiRecorder *recorder,
                 WsiDetail    detail)
{
  WsiPrinter *self = g_object_new (WSI_TYPE_PRINTER, NULL);

  self->store = g_object_ref (store);
  self->recorder = g_object_ref (recorder);
  self->detail = detail;
  g_signal_connect_object (recorder, "conversation", G_CALLBACK (on_conversation), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "appended", G_CALLBACK (on_appended), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "dropped", G_CALLBACK (on_dropped), self, G_CONNECT_SWAPPED);
  return self;
}
