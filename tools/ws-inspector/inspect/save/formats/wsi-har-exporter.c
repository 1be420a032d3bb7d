/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/formats/wsi-har-exporter.h"

#include <string.h>

#include "inspect/save/formats/parts/wsi-har-frames.h"
#include "inspect/save/formats/parts/wsi-json-text.h"
#include "inspect/save/formats/parts/wsi-spill.h"
#include "inspect/save/formats/parts/wsi-wall-time.h"
#include "inspect/save/formats/parts/wsi-whole-message.h"
#include "inspect/save/formats/wsi-hidden-messages.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-sentence.h"

/* A connection, and its messages and control frames so far. */
typedef struct
{
  WsiConversation *conversation;
  WsiHarFrames     frames;
} Entry;

typedef struct
{
  WsiExporter  exporter;
  GPtrArray   *entries;         /* entries of the file (Entry), in the order of their first rows */
  GHashTable  *by_number;       /* entries by the number of their connection (Entry) */
  WsiSpill    *spill;
  JsonBuilder *json;
  WsiHiddenMessages *messages;
} WsiHarExporter;

static void
har_exporter_entry_free (gpointer data)
{
  Entry *self = data;

  g_object_unref (self->conversation);
  g_free (self);
}

static Entry *
har_exporter_ensure_entry (WsiHarExporter  *self,
                           WsiConversation *conversation)
{
  gpointer number = GUINT_TO_POINTER (wsi_conversation_get_number (conversation));
  Entry *entry = g_hash_table_lookup (self->by_number, number);

  if (entry != NULL)
    return entry;

  entry = g_new0 (Entry, 1);
  entry->conversation = g_object_ref (conversation);
  g_ptr_array_add (self->entries, entry);
  g_hash_table_insert (self->by_number, number, entry);
  return entry;
}

static gboolean
har_exporter_add (WsiExporter *exporter,
                  guint64      number,
                  GError     **error)
{
  WsiHarExporter *self = (WsiHarExporter *) exporter;
  guint reading = wsi_store_begin_reading (exporter->store);
  const WsiRecord *found = wsi_store_get_record (exporter->store, number);
  guint32 conversation_number = found != NULL ? found->conversation : 0;
  g_autoptr (WsiConversation) conversation = NULL;

  wsi_store_end_reading (exporter->store, reading);
  conversation = wsi_store_dup_conversation (exporter->store, conversation_number);
  return conversation == NULL ||
         wsi_har_frames_add (&har_exporter_ensure_entry (self, conversation)->frames, self->spill,
                             exporter->store, number, error);
}

static gboolean
har_exporter_write_text (WsiHarExporter *self,
                         const char     *text,
                         GError        **error)
{
  return g_output_stream_write_all (self->exporter.stream, text, strlen (text), NULL, NULL, error);
}

/* Adds data: text that is not UTF-8, or has a zero, is written twice. */
static gboolean
add_data (WsiHarExporter        *self,
          const WsiWholeMessage *message,
          GBytes                *payload)
{
  gsize length = 0;
  const char *at = payload != NULL ? wsi_bytes_get_data (payload, &length) : "";
  g_autofree char *text = g_strndup (at, length);
  gboolean is_text = message->opcode == WSI_OPCODE_TEXT;
  gboolean is_exact = !is_text || g_utf8_validate_len (at, length, NULL);

  if (is_text || length == 0)
    wsi_json_add_string (self->json, "data", text);
  else
    wsi_json_add_base64 (self->json, "data", payload);
  return is_exact;
}

/* Adds the members of wsinspect.  If a message has no frames, neither they nor the bytes on the
 * wire are known. */
static void
add_extras (WsiHarExporter        *self,
            const WsiWholeMessage *message,
            GBytes                *payload,
            gboolean               is_hidden)
{
  const WsiRecord *record = &message->record;
  guint64 length = payload != NULL ? g_bytes_get_size (payload) : 0;

  wsi_json_add_number (self->json, "no", message->number + 1);
  if (is_hidden)
    wsi_json_add_true (self->json, "hidden");
  if ((record->flags & WSI_RECORD_NO_FRAME) != 0)
    return;

  wsi_json_add_number (self->json, "frames", message->is_folded ? message->info.n_frames : 1);
  wsi_json_add_number (self->json, "wire", wsi_whole_message_get_wire_length (message));
  if ((record->flags & WSI_RECORD_COMPRESSED) != 0)
    wsi_json_add_true (self->json, "compressed");
  if (message->is_folded && !message->info.is_complete)
    wsi_json_add_true (self->json, "incomplete");
  if (length < wsi_whole_message_get_length (message))
    wsi_json_add_true (self->json, "withheld");
}

/* Whether a message is sent: a HAR is seen from the client. */
static gboolean
is_from_client (const Entry           *entry,
                const WsiWholeMessage *message)
{
  gboolean is_client = wsi_conversation_get_role (entry->conversation) == WSP_ROLE_CLIENT;

  return is_client == (message->record.direction == WSP_DIRECTION_SENT);
}

static double
to_seconds (gint64 time_us)
{
  return time_us / (double) G_USEC_PER_SEC;
}

typedef enum
{
  PART_MESSAGES,
  PART_CONTROL,
} Part;

/* An array without its brackets. */
typedef struct
{
  WsiHarExporter *exporter;
  const Entry    *entry;
  Part            part;
  guint64         n_written;
  guint64         n_messages;   /* messages that were written in this entry */
} Array;

/* Writes a message.  payload: with secrets hidden; is_hidden: some are. */
static gboolean
har_exporter_write_message (const Array           *array,
                            const WsiWholeMessage *message,
                            GBytes                *payload,
                            gboolean               is_hidden,
                            GError               **error)
{
  WsiHarExporter *self = array->exporter;
  gboolean is_sent = is_from_client (array->entry, message), is_exact;

  json_builder_begin_object (self->json);
  wsi_json_add_string (self->json, "type", is_sent ? "send" : "receive");
  json_builder_set_member_name (self->json, "time");
  json_builder_add_double_value (self->json, to_seconds (message->record.time_us));
  wsi_json_add_number (self->json, "opcode", message->opcode);
  is_exact = add_data (self, message, payload);
  if (!wsi_whole_message_is_data (message))
    wsi_json_add_number (self->json, "after", array->n_messages);
  json_builder_set_member_name (self->json, "_wsinspect");
  json_builder_begin_object (self->json);
  if (!is_exact)
    wsi_json_add_base64 (self->json, "base64", payload);
  add_extras (self, message, payload, is_hidden);
  json_builder_end_object (self->json);
  json_builder_end_object (self->json);
  return wsi_json_write (self->json, self->exporter.stream, error);
}

static gboolean
write_if_in_part (const WsiWholeMessage *message,
                  GBytes                *payload,
                  gpointer               user_data,
                  GError               **error)
{
  Array *array = user_data;
  WsiHarExporter *self = array->exporter;
  gboolean is_data = wsi_whole_message_is_data (message), is_written = TRUE;

  if (is_data == (array->part == PART_MESSAGES))
    {
      g_autoptr (GBytes) open =
        wsi_hidden_messages_hide (self->messages, message, payload);

      is_written = (array->n_written++ == 0 || har_exporter_write_text (self, ",", error)) &&
                   har_exporter_write_message (array, message, open,
                                               message->record.is_hidden || open != payload, error);
    }
  array->n_messages += is_data;
  return is_written;
}

static gboolean
write_messages (WsiHarExporter *self,
                const Entry    *entry,
                Part            part,
                GError        **error)
{
  Array array = { .exporter = self, .entry = entry, .part = part };

  return wsi_har_frames_each (&entry->frames, self->spill, write_if_in_part, &array, error);
}

/* Adds headers.  lines: those of a head, without the first one. */
static void
har_exporter_add_headers (WsiHarExporter    *self,
                          const char *const *lines)
{
  json_builder_set_member_name (self->json, "headers");
  json_builder_begin_array (self->json);
  for (; *lines != NULL; lines++)
    {
      const char *colon = strchr (*lines, ':');
      g_autofree char *name = colon != NULL ? g_strndup (*lines, colon - *lines) : NULL;

      if (name == NULL)
        continue;

      json_builder_begin_object (self->json);
      wsi_json_add_string (self->json, "name", name);
      wsi_json_add_string (self->json, "value", colon + 1 + strspn (colon + 1, " \t"));
      json_builder_end_object (self->json);
    }
  json_builder_end_array (self->json);
}

static void
add_empty (WsiHarExporter *self,
           const char     *name)
{
  json_builder_set_member_name (self->json, name);
  json_builder_begin_array (self->json);
  json_builder_end_array (self->json);
}

/* The members that a request and a response have in common.  Returns the words of the first line,
 * of which there are three at most; NULL: there is no head. */
static char **
har_exporter_add_head (WsiHarExporter *self,
                       GBytes         *head)
{
  const char *const none[] = { NULL };
  g_auto (GStrv) lines =
    head != NULL ? wsi_redactor_split_head (self->exporter.redactor, head) : NULL;
  gboolean has_lines = lines != NULL && lines[0] != NULL;

  wsi_json_add_string (self->json, "httpVersion", "HTTP/1.1");
  add_empty (self, "cookies");
  har_exporter_add_headers (self, has_lines ? (const char *const *) lines + 1 : none);
  json_builder_set_member_name (self->json, "headersSize");
  json_builder_add_int_value (self->json, head != NULL ? (gint64) g_bytes_get_size (head) : -1);
  wsi_json_add_number (self->json, "bodySize", 0);
  return has_lines ? g_strsplit (lines[0], " ", 3) : NULL;
}

/* Adds a part of a query, decoded where that is UTF-8. */
static void
add_query_part (WsiHarExporter *self,
                const char     *name,
                const char     *part,
                gsize           length)
{
  g_autofree char *raw = g_strndup (part, length);
  g_autofree char *decoded = NULL;

  g_strdelimit (raw, "+", ' ');
  decoded = g_uri_unescape_string (raw, NULL);
  if (decoded != NULL && !g_utf8_validate (decoded, -1, NULL))
    g_clear_pointer (&decoded, g_free);
  wsi_json_add_string (self->json, name, decoded != NULL ? decoded : raw);
}

static void
add_query (WsiHarExporter *self,
           const char     *uri)
{
  const char *query = uri + strcspn (uri, "?#");

  json_builder_set_member_name (self->json, "queryString");
  json_builder_begin_array (self->json);
  while (*query == '?' || *query == '&')
    {
      gsize length = strcspn (++query, "&#"), n_name = MIN (strcspn (query, "="), length);
      gsize value = MIN (n_name + 1, length);

      if (length > 0)
        {
          json_builder_begin_object (self->json);
          add_query_part (self, "name", query, n_name);
          add_query_part (self, "value", query + value, length - value);
          json_builder_end_object (self->json);
        }
      query += length;
    }
  json_builder_end_array (self->json);
}

static void
add_request (WsiHarExporter *self,
             const Entry    *entry)
{
  g_autoptr (GBytes) head = wsi_conversation_dup_request (entry->conversation);
  const char *uri = wsi_conversation_get_uri (entry->conversation);
  g_autofree char *open =
    wsi_redactor_hide_text (self->exporter.redactor, uri != NULL ? uri : "ws://unknown/");
  g_auto (GStrv) words = NULL;

  json_builder_set_member_name (self->json, "request");
  json_builder_begin_object (self->json);
  wsi_json_add_string (self->json, "url", open);
  add_query (self, open);
  words = har_exporter_add_head (self, head);
  wsi_json_add_string (self->json, "method", words != NULL && words[0] != NULL ? words[0] : "GET");
  json_builder_end_object (self->json);
}

static void
add_response (WsiHarExporter *self,
              const Entry    *entry)
{
  g_autoptr (GBytes) head = wsi_conversation_dup_response (entry->conversation);
  g_auto (GStrv) words = NULL;

  json_builder_set_member_name (self->json, "response");
  json_builder_begin_object (self->json);
  words = har_exporter_add_head (self, head);
  wsi_json_add_number (self->json, "status", wsi_conversation_get_status (entry->conversation));
  wsi_json_add_string (self->json, "statusText",
                       words != NULL && g_strv_length (words) == 3 ? words[2] : "");
  wsi_json_add_string (self->json, "redirectURL", "");
  json_builder_set_member_name (self->json, "content");
  json_builder_begin_object (self->json);
  wsi_json_add_number (self->json, "size", 0);
  wsi_json_add_string (self->json, "mimeType", "x-unknown");
  json_builder_end_object (self->json);
  json_builder_end_object (self->json);
}

static void
har_exporter_add_times (WsiHarExporter *self,
                        const Entry    *entry)
{
  gint64 begin_us = wsi_conversation_get_begin_time (entry->conversation);
  gint64 end_us = wsi_conversation_get_end_time (entry->conversation);
  gint64 wall_us = begin_us;
  double duration_ms = MAX (end_us - begin_us, 0) / 1000.0;
  g_autofree char *start = wsi_wall_time_to_text (wall_us);

  wsi_json_add_string (self->json, "startedDateTime", start);
  json_builder_set_member_name (self->json, "time");
  json_builder_add_double_value (self->json, duration_ms);
  json_builder_set_member_name (self->json, "timings");
  json_builder_begin_object (self->json);
  wsi_json_add_number (self->json, "send", 0);
  wsi_json_add_number (self->json, "wait", 0);
  json_builder_set_member_name (self->json, "receive");
  json_builder_add_double_value (self->json, duration_ms);
  json_builder_end_object (self->json);
  json_builder_set_member_name (self->json, "cache");
  json_builder_begin_object (self->json);
  json_builder_end_object (self->json);
}

static void
add_server (WsiHarExporter *self,
            const Entry    *entry)
{
  const char *server = wsi_conversation_get_server (entry->conversation);
  const char *colon = server != NULL ? strrchr (server, ':') : NULL;
  g_autofree char *host = colon != NULL ? g_strndup (server, colon - server) : NULL;

  if (host != NULL && *host == '[' && g_str_has_suffix (host, "]"))
    {
      host[strlen (host) - 1] = '\0';
      wsi_json_add_string (self->json, "serverIPAddress", host + 1);
    }
  else
    wsi_json_add_string (self->json, "serverIPAddress", host);
}

static void
har_exporter_add_facts (WsiHarExporter *self,
                        const Entry    *entry)
{
  WsiConversation *conversation = entry->conversation;
  const WsiSentence *sentence = wsi_conversation_get_sentence (conversation);
  g_autofree char *text = wsi_sentence_to_string (sentence);
  g_autofree char *open =
    text != NULL ? wsi_redactor_hide_text (self->exporter.redactor, text) : NULL;
  gboolean is_client = wsi_conversation_get_role (conversation) == WSP_ROLE_CLIENT;

  wsi_json_add_number (self->json, "conn", wsi_conversation_get_number (conversation));
  wsi_json_add_string (self->json, "recorded", is_client ? "client" : "server");
  wsi_json_add_string (self->json, "client", wsi_conversation_get_client (conversation));
  wsi_json_add_string (self->json, "ending",
                       wsi_ending_get_name (wsi_conversation_get_ending (conversation)));
  wsi_json_add_sentence (self->json, open, sentence);
  if (wsi_conversation_get_closer (conversation) != WSI_NO_CLOSER)
    wsi_json_add_number (self->json, "close", wsi_conversation_get_close_code (conversation));
}

/* The builder's object without its last bracket, so that more can follow. */
static gboolean
write_open_object (WsiHarExporter *self,
                   GError        **error)
{
  g_autofree char *text = NULL;

  json_builder_end_object (self->json);
  text = wsi_json_to_text (self->json);
  text[strlen (text) - 1] = '\0';
  return har_exporter_write_text (self, text, error);
}

static gboolean
write_entry (WsiHarExporter *self,
             Entry          *entry,
             GError        **error)
{
  if (!wsi_har_frames_end (&entry->frames, self->spill, self->exporter.store, error))
    return FALSE;

  json_builder_begin_object (self->json);
  har_exporter_add_times (self, entry);
  wsi_json_add_string (self->json, "_resourceType", "websocket");
  add_request (self, entry);
  add_response (self, entry);
  add_server (self, entry);
  if (!write_open_object (self, error) ||
      !har_exporter_write_text (self, ",\"_webSocketMessages\":[\n", error) ||
      !write_messages (self, entry, PART_MESSAGES, error) ||
      !har_exporter_write_text (self, "],\"_wsinspect\":", error))
    return FALSE;

  json_builder_begin_object (self->json);
  har_exporter_add_facts (self, entry);
  return write_open_object (self, error) &&
         har_exporter_write_text (self, ",\"control\":[\n", error) &&
         (!entry->frames.has_control || write_messages (self, entry, PART_CONTROL, error)) &&
         har_exporter_write_text (self, "]}}", error);
}

static gboolean
har_exporter_end (WsiExporter *exporter,
                  GError     **error)
{
  WsiHarExporter *self = (WsiHarExporter *) exporter;

  if (!har_exporter_write_text (self,
                                "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"wsinspect\","
                                "\"version\":\"1\"},\"pages\":[],\"entries\":[\n", error))
    return FALSE;

  for (guint i = 0; i < self->entries->len; i++)
    if ((i > 0 && !har_exporter_write_text (self, ",\n", error)) ||
        !write_entry (self, self->entries->pdata[i], error))
      return FALSE;

  return har_exporter_write_text (self, "]}}\n", error);
}

static void
har_exporter_clear (WsiExporter *exporter)
{
  WsiHarExporter *self = (WsiHarExporter *) exporter;

  g_hash_table_unref (self->by_number);
  g_ptr_array_unref (self->entries);
  wsi_spill_free (self->spill);
  g_object_unref (self->json);
  wsi_hidden_messages_free (self->messages);
}

WsiExporter *
wsi_har_exporter_new (WsiStore      *store,
                      WsiRedactor   *redactor,
                      GOutputStream *stream)
{
  static const WsiExporterClass class =
  { har_exporter_add, har_exporter_end, har_exporter_clear, NULL };
  WsiHarExporter *self = wsi_exporter_alloc (sizeof *self, &class, store, redactor, stream);

  self->entries = g_ptr_array_new_with_free_func (har_exporter_entry_free);
  self->by_number = g_hash_table_new (NULL, NULL);
  self->spill = wsi_spill_new ();
  self->json = json_builder_new ();
  self->messages = wsi_hidden_messages_new (store, redactor);
  return &self->exporter;
}
