/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-message-facts.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <libwsproto/observe/wsp-frame-record.h>
#include <libwsproto/wsproto.h>

#include "inspect/decode/wsi-summary.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/show/sentences/wsi-shown-sentence.h"
#include "inspect/show/sentences/wsi-translate.h"
#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-store.h"

#define MAX_REASON 256
#define MAX_EVENT 1024

static char *
message_facts_name_kind (const WsiWholeMessage *message)
{
  WspFrameRecord frame;

  wsi_record_to_frame (&message->record, &frame);
  if (message->is_folded)
    frame.opcode = message->info.opcode;
  return g_strdup (wsi_summary_name_kind (&frame));
}

static char *
make_event_title (WsiContent  *content,
                  WsiRedaction level)
{
  guint fault = wsi_content_get_message (content)->record.fault;
  g_autofree WsiSentence *sentence =
    wsi_store_dup_event_sentence (wsi_content_get_store (content),
                                  wsi_content_get_number (content));
  g_autofree char *text = fault != 0 ? wsi_translate_fault (fault)
                                     : wsi_shown_sentence_dup (sentence, level);
  g_autofree char *shown = text != NULL ? wsi_text_escape_sentence (text, WSI_CHARSET_UTF8) : NULL;

  return shown != NULL ? g_utf8_substring (shown, 0, MIN (g_utf8_strlen (shown, -1), MAX_EVENT))
                       : g_strdup (_("Event"));
}

char *
wsi_message_facts_make_title (WsiContent  *content,
                              WsiRedaction level)
{
  const WsiWholeMessage *message = wsi_content_get_message (content);
  g_autofree char *kind = NULL;
  const char *direction = message->record.direction == WSP_DIRECTION_SENT ? _("sent")
                                                                          : _("received");

  if (message->record.kind == WSI_RECORD_KIND_EVENT)
    return make_event_title (content, level);

  if (wsi_content_is_gone (content))
    return g_strdup_printf (_("Frame %" PRIu64 " was removed"), message->number + 1);

  kind = message_facts_name_kind (message);
  if (!message->is_folded)
    return g_strdup_printf (_("Frame %" PRIu64 " · %s · %s"), message->number + 1, kind,
                            direction);

  return g_strdup_printf (ngettext ("Message %u · %s · %s · %'" PRIu64 " fragment",
                                    "Message %u · %s · %s · %'" PRIu64 " fragments",
                                    (gulong) message->info.n_frames),
                          message->info.message, kind, direction, message->info.n_frames);
}

/* The ratio is that of the payload: headers and masks are not compressed. */
char *
wsi_message_facts_make_sizes (WsiContent *content)
{
  const WsiWholeMessage *message = wsi_content_get_message (content);
  guint64 wire = wsi_whole_message_get_wire_length (message);
  guint64 payload = wsi_whole_message_get_payload_length (message, wsi_content_get_store (content));
  guint64 length = wsi_whole_message_get_length (message);

  if (message->record.kind == WSI_RECORD_KIND_EVENT || wsi_content_is_gone (content))
    return NULL;

  if (wsi_whole_message_is_stopped (message))
    {
      g_autofree char *size = g_format_size_full (length, G_FORMAT_SIZE_IEC_UNITS);

      return g_strdup_printf (_("> %s, compressed to %'" PRIu64 ", %'" PRIu64 " on the wire"), size,
                              payload, wire);
    }

  if ((message->record.flags & WSI_RECORD_COMPRESSED) == 0 || payload == 0)
    return g_strdup_printf (ngettext ("%'" PRIu64 " byte, %'" PRIu64 " on the wire",
                                      "%'" PRIu64 " bytes, %'" PRIu64 " on the wire",
                                      MIN (length, G_MAXINT)), length, wire);

  return g_strdup_printf (ngettext ("%'" PRIu64 " byte, compressed to %'" PRIu64
                                    " (%.1f : 1), %'" PRIu64 " on the wire",
                                    "%'" PRIu64 " bytes, compressed to %'" PRIu64
                                    " (%.1f : 1), %'" PRIu64 " on the wire",
                                    MIN (length, G_MAXINT)),
                          length, payload, (double) length / (double) payload, wire);
}

char *
wsi_message_facts_explain_close (WsiRow *row,
                                 GBytes *payload)
{
  const WspFrameRecord *frame = wsi_row_get_frame (row);
  g_autoptr (GBytes) reason = NULL;
  g_autofree char *text = NULL, *sentence = NULL, *mark = NULL;

  if (wsp_frame_record_get_kind (frame) != WSP_FRAME_KIND_CLOSE)
    return NULL;

  if (frame->close_code == 0)
    return g_strdup (_("Close without a code"));

  reason = payload != NULL ? wsp_frame_record_dup_close_reason (frame, payload) : NULL;
  if (reason == NULL || g_bytes_get_size (reason) == 0)
    return g_strdup_printf (_("Close code %u: %s. No reason."), frame->close_code,
                            _(wsp_close_code_describe (frame->close_code)));

  text = wsi_text_escape (reason, MAX_REASON, WSI_CHARSET_UTF8);
  sentence = g_strdup_printf (_("Close code %u: %s. Reason: “%s”"), frame->close_code,
                              _(wsp_close_code_describe (frame->close_code)), text);
  mark = wsi_summary_explain_mark (frame, payload);
  return mark != NULL ? g_strdup_printf ("%s (%s)", sentence, mark) : g_steal_pointer (&sentence);
}

char *
wsi_message_facts_list_faults (WsiRow *row)
{
  guint faults[WSI_MAX_FAULTS];
  guint n = wsi_store_get_faults (wsi_row_get_store (row), wsi_row_get_number (row), faults,
                                  G_N_ELEMENTS (faults));
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < MIN (n, G_N_ELEMENTS (faults)); i++)
    {
      g_autofree char *fault = wsi_translate_fault (faults[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", fault);
    }
  return n > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static char *
message_facts_explain_missing (WsiContent *content)
{
  const WsiWholeMessage *message = wsi_content_get_message (content);
  guint flags = message->record.flags;

  if ((flags & WSI_RECORD_OPAQUE) != 0)
    return g_strdup (_("The meaning is not known: an extension that is not known may have changed "
                       "the payload"));
  if ((flags & WSI_RECORD_NOT_INFLATED) != 0)
    return g_strdup (_("The payload is compressed and cannot be inflated"));
  if (wsi_whole_message_is_stopped (message))
    return g_strdup (_("Only the beginning was inflated: the message has more bytes than the "
                       "inspector inflates"));
  if ((flags & WSI_RECORD_TRUNCATED) != 0 || (message->is_folded && message->info.is_cut))
    return g_strdup (_("Only the beginning was stored"));
  if (message->is_folded && !message->info.is_complete)
    return g_strdup (_("The message has not ended"));
  return NULL;
}

char *
wsi_message_facts_make_notice (WsiContent *content,
                               gsize       max_decoded)
{
  GBytes *bytes = wsi_content_get_bytes (content, WSI_VIEW_INFLATED);
  guint64 length = wsi_whole_message_get_length (wsi_content_get_message (content));
  g_autofree char *all = g_format_size_full (length, G_FORMAT_SIZE_IEC_UNITS);

  if (bytes != NULL && g_bytes_get_size (bytes) > max_decoded)
    return g_strdup_printf (_("The tree has the first %u MiB"), (guint) (max_decoded >> 20));
  if (wsi_content_is_limited (content))
    return g_strdup_printf (_("Only the beginning of %s is shown"), all);
  return message_facts_explain_missing (content);
}
