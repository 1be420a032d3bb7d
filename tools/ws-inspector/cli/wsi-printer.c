/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/wsi-printer.h"

#include "cli/wsi-output.h"
#include "inspect/decode/wsi-hex.h"
#include "inspect/decode/wsi-payload.h"

struct _WsiPrinter
{
  GObject      parent_instance;

  WsiStore    *store;
  WsiRecorder *recorder;
  gint64       begin_us;        /* the time of the first record */
};

G_DEFINE_FINAL_TYPE (WsiPrinter, wsi_printer, G_TYPE_OBJECT)

static void
print_head (const char *title,
            GBytes     *head)
{
  g_auto (GStrv) lines = wsi_text_show_head (head, wsi_output_get_charset ());

  wsi_output_line ("%s", title);
  for (guint i = 0; lines[i] != NULL; i++)
    wsi_output_line ("  %s", lines[i]);
}

static const char *
name_verdict (WspHandshakeVerdict verdict)
{
  switch (verdict)
    {
    case WSP_HANDSHAKE_VERDICT_PASSED:
      return "passed";
    case WSP_HANDSHAKE_VERDICT_WARNING:
      return "warning";
    case WSP_HANDSHAKE_VERDICT_FAILED:
      return "FAILED";
    case WSP_HANDSHAKE_VERDICT_NOT_CHECKED:
      return "-";
    }

  g_assert_not_reached ();
}

static void
print_checks (const WsiHandshakeReport *report)
{
  wsi_output_line ("Checks: %u passed, %u with a warning, %u failed, %u not checked",
                   report->n_passed, report->n_warnings, report->n_failed, report->n_not_checked);
  for (guint i = 0; i < report->checks->len; i++)
    {
      const WspHandshakeCheck *check = report->checks->pdata[i];
      g_autofree char *text = wsi_text_escape_line (wsp_handshake_check_get_text (check),
                                                    wsi_output_get_charset ());

      wsi_output_line ("  %-7s  %-16s  %s",
                       name_verdict (wsp_handshake_check_get_verdict (check)),
                       wsp_handshake_check_get_section (check), text);
    }
}

static void
print_derivation (const WsiHandshakeReport *report)
{
  g_autofree char *key = wsi_text_escape_line (report->key, wsi_output_get_charset ());
  g_autofree char *digest = wsi_hex_line (report->digest, g_bytes_get_size (report->digest));
  g_autofree char *received = NULL;

  wsi_output_line ("Derivation");
  wsi_output_line ("  key     %s", key);
  wsi_output_line ("  + GUID  %s", WSP_ACCEPT_KEY_GUID);
  wsi_output_line ("  SHA-1   %s", digest);
  wsi_output_line ("  base64  %s  expected", report->expected);
  if (report->received == NULL)
    return;

  received = wsi_text_escape_line (report->received, wsi_output_get_charset ());
  wsi_output_line ("          %s  received, %s", received,
                   wsi_handshake_report_is_equal (report) ? "matches" : "DOES NOT MATCH");
}

static void
print_handshake (WsiConversation *conversation)
{
  g_autoptr (WsiHandshakeReport) report = wsi_conversation_make_report (conversation);

  if (report == NULL)
    return;

  print_head ("Request", report->request);
  if (report->response != NULL)
    print_head ("Response", report->response);
  print_checks (report);
  if (report->key != NULL)
    print_derivation (report);
  wsi_output_line ("%s", "");
}

/* Prints the received part of an incomplete response. */
static void
on_ended (WsiConversation *conversation)
{
  if (!wsi_conversation_is_answered (conversation))
    print_handshake (conversation);
  wsi_output_escaped (wsi_conversation_get_sentence (conversation));
}

static void
on_conversation (WsiPrinter      *self,
                 WsiConversation *conversation)
{
  if (wsi_recorder_get_role (self->recorder) == WSP_ROLE_SERVER)
    wsi_output_line ("Connection #%u", wsi_conversation_get_number (conversation));
  g_signal_connect (conversation, "handshake", G_CALLBACK (print_handshake), NULL);
  g_signal_connect (conversation, "ended", G_CALLBACK (on_ended), NULL);
}

/* Connection and direction; a client has only one connection. */
static char *
format_way (WsiPrinter      *self,
            const WsiRecord *record)
{
  const char *arrow = record->frame.direction == WSP_DIRECTION_SENT ? "->" : "<-";

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
print_frame (WsiPrinter *self,
             guint64     number)
{
  const WsiRecord *record = wsi_store_get_record (self->store, number);
  const WspFrameRecord *frame = &record->frame;
  g_autoptr (GBytes) payload = wsi_store_dup_payload (self->store, number,
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
    print_frame (self, first + i);
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
                 WsiRecorder *recorder)
{
  WsiPrinter *self = g_object_new (WSI_TYPE_PRINTER, NULL);

  self->store = g_object_ref (store);
  self->recorder = g_object_ref (recorder);
  g_signal_connect_object (recorder, "conversation", G_CALLBACK (on_conversation), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "appended", G_CALLBACK (on_appended), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "dropped", G_CALLBACK (on_dropped), self, G_CONNECT_SWAPPED);
  return self;
}
