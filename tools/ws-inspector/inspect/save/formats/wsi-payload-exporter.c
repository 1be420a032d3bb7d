/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/formats/wsi-payload-exporter.h"

#include "inspect/decode/wsi-hex.h"
#include "inspect/decode/wsi-summary.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/save/formats/parts/wsi-wall-time.h"
#include "inspect/save/formats/parts/wsi-whole-message.h"
#include "inspect/save/formats/wsi-hidden-messages.h"
#include "inspect/store/memory/wsi-bytes.h"

typedef void (*AppendFunc) (GString               *text,
                            const WsiWholeMessage *message,
                            WsiConversation       *conversation,
                            GBytes                *payload);

typedef struct
{
  WsiExporter exporter;
  AppendFunc  append;
  WsiHiddenMessages *messages;
  GHashTable *unfinished;       /* map: message to its last row so far, as number + 1 */
} WsiPayloadExporter;

static const char *
get_kind_name (const WsiWholeMessage *message)
{
  const WspFrameRecord frame = { .opcode = message->opcode };

  return wsi_summary_name_kind (&frame);
}

/* Appends a title without anything that a peer could choose. */
static void
append_title (GString               *text,
              const WsiWholeMessage *message,
              WsiConversation       *conversation,
              GBytes                *payload)
{
  gint64 time_us = message->record.time_us;
  g_autofree char *time = wsi_wall_time_to_text (time_us);
  guint64 length = wsi_whole_message_get_length (message);

  g_string_append_printf (text, length == 1 ? "%s #%u %s %s, %" G_GUINT64_FORMAT " byte"
                                            : "%s #%u %s %s, %" G_GUINT64_FORMAT " bytes", time,
                          message->record.conversation,
                          message->record.direction == WSP_DIRECTION_SENT ? "sent" : "received",
                          get_kind_name (message), length);
  if (g_bytes_get_size (payload) < length)
    g_string_append_printf (text, ", %" G_GSIZE_FORMAT " of them here", g_bytes_get_size (payload));
}

static void
payload_exporter_append_text (GString               *text,
                              const WsiWholeMessage *message,
                              WsiConversation       *conversation,
                              GBytes                *payload)
{
  g_autofree char *shown = wsi_text_is_readable (payload)
                           ? wsi_text_escape (payload, G_MAXSIZE, WSI_CHARSET_UTF8)
                           : wsi_hex_line (payload, G_MAXSIZE);

  append_title (text, message, conversation, payload);
  g_string_append_printf (text, ": %s\n", shown);
}

static void
append_raw (GString                            *text,
            const WsiWholeMessage *message      G_GNUC_UNUSED,
            WsiConversation       *conversation G_GNUC_UNUSED,
            GBytes                             *payload)
{
  gsize length;
  const char *at = wsi_bytes_get_data (payload, &length);

  if (length > 0)
    g_string_append_len (text, at, (gssize) length);
}

static void
append_hex (GString               *text,
            const WsiWholeMessage *message,
            WsiConversation       *conversation,
            GBytes                *payload)
{
  g_autofree char *dump = wsi_hex_dump (payload, G_MAXSIZE);

  append_title (text, message, conversation, payload);
  g_string_append_printf (text, "\n%s\n", dump);
}

/* Appends an array of C, which has no empty arrays. */
static void
append_c (GString               *text,
          const WsiWholeMessage *message,
          WsiConversation       *conversation,
          GBytes                *payload)
{
  gsize length;
  const guint8 *at = wsi_bytes_get_data (payload, &length);

  g_string_append (text, "/* ");
  append_title (text, message, conversation, payload);
  g_string_append_printf (text, " */\nconst unsigned char message_%" G_GUINT64_FORMAT "[] = {",
                          message->number + 1);
  wsi_hex_append_array (text, at, length);
  g_string_append_printf (text, "\n};\nconst unsigned long message_%" G_GUINT64_FORMAT
                          "_length = %" G_GSIZE_FORMAT ";\n\n",
                          message->number + 1, length);
}

static gboolean
payload_exporter_write_message (WsiPayloadExporter    *self,
                                const WsiWholeMessage *message,
                                GError               **error)
{
  WsiExporter *exporter = &self->exporter;
  g_autoptr (WsiConversation) conversation =
    wsi_store_dup_conversation (exporter->store, message->record.conversation);
  g_autoptr (GBytes) payload = wsi_hidden_messages_dup (self->messages, message);
  g_autoptr (GBytes) none = g_bytes_new_static ("", 0);
  g_autoptr (GString) text = g_string_new (NULL);

  if (conversation == NULL)
    return TRUE;

  self->append (text, message, conversation, payload != NULL ? payload : none);
  return g_output_stream_write_all (exporter->stream, text->str, text->len, NULL, NULL, error);
}

static gboolean
payload_exporter_add (WsiExporter *exporter,
                      guint64      number,
                      GError     **error)
{
  WsiPayloadExporter *self = (WsiPayloadExporter *) exporter;
  WsiWholeMessage message;
  WsiWholeness wholeness = wsi_whole_message_init (&message, exporter->store, number);
  gpointer key = GUINT_TO_POINTER (message.record.message);

  if (wholeness == WSI_WHOLE)
    g_hash_table_remove (self->unfinished, key);
  if (wholeness == WSI_WHOLE_UNFINISHED)
    g_hash_table_insert (self->unfinished, key, GSIZE_TO_POINTER (number + 1));

  return wholeness != WSI_WHOLE || payload_exporter_write_message (self, &message, error);
}

static int
payload_exporter_compare_numbers (gconstpointer one,
                                  gconstpointer two)
{
  gsize first = GPOINTER_TO_SIZE (one), second = GPOINTER_TO_SIZE (two);

  return first < second ? -1 : first > second;
}

static gboolean
payload_exporter_end (WsiExporter *exporter,
                      GError     **error)
{
  WsiPayloadExporter *self = (WsiPayloadExporter *) exporter;
  g_autoptr (GList) numbers =
    g_list_sort (g_hash_table_get_values (self->unfinished), payload_exporter_compare_numbers);

  for (GList *at = numbers; at != NULL; at = at->next)
    {
      WsiWholeMessage message;
      guint64 number = GPOINTER_TO_SIZE (at->data) - 1;

      /* a message that is gone has no conversation, and is not written */
      wsi_whole_message_init (&message, exporter->store, number);
      if (!payload_exporter_write_message (self, &message, error))
        return FALSE;
    }

  return TRUE;
}

static void
payload_exporter_clear (WsiExporter *exporter)
{
  WsiPayloadExporter *self = (WsiPayloadExporter *) exporter;

  wsi_hidden_messages_free (self->messages);
  g_hash_table_unref (self->unfinished);
}

static WsiExporter *
payload_exporter_make (WsiStore      *store,
                       WsiRedactor   *redactor,
                       GOutputStream *stream,
                       AppendFunc     append)
{
  static const WsiExporterClass class =
  { payload_exporter_add, payload_exporter_end, payload_exporter_clear, NULL };
  WsiPayloadExporter *self = wsi_exporter_alloc (sizeof *self, &class, store, redactor, stream);

  self->append = append;
  self->messages = wsi_hidden_messages_new (store, redactor);
  self->unfinished = g_hash_table_new (NULL, NULL);
  return &self->exporter;
}

WsiExporter *
wsi_text_exporter_new (WsiStore      *store,
                       WsiRedactor   *redactor,
                       GOutputStream *stream)
{
  return payload_exporter_make (store, redactor, stream, payload_exporter_append_text);
}

WsiExporter *
wsi_raw_exporter_new (WsiStore      *store,
                      WsiRedactor   *redactor,
                      GOutputStream *stream)
{
  return payload_exporter_make (store, redactor, stream, append_raw);
}

WsiExporter *
wsi_hex_exporter_new (WsiStore      *store,
                      WsiRedactor   *redactor,
                      GOutputStream *stream)
{
  return payload_exporter_make (store, redactor, stream, append_hex);
}

WsiExporter *
wsi_c_exporter_new (WsiStore      *store,
                    WsiRedactor   *redactor,
                    GOutputStream *stream)
{
  return payload_exporter_make (store, redactor, stream, append_c);
}
