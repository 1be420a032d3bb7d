/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/files/wsi-har-file.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "inspect/capture/wsi-handshake-report.h"
#include "inspect/capture/wsi-sorted-rows.h"
#include "inspect/decode/json/wsi-json.h"
#include "inspect/decode/wsi-text-error.h"
#include "inspect/sources/files/session/wsi-sentence-fields.h"
#include "inspect/sources/files/wsi-har-cutter.h"
#include "inspect/sources/files/wsi-har-head.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-frame-bytes.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
/* Times of a connection are near its start; a clock that begins anywhere is far from it. */
#define NEAR_US (G_GINT64_CONSTANT (366) * 24 * 3600 * G_USEC_PER_SEC)
#define MAX_TIME_US (G_GINT64_CONSTANT (1) << 60)

#define SWITCHING_PROTOCOLS 101
#define OK 200                  /* status of a response that opens a WebSocket of HTTP/2 */
#define ROWS_PER_ENTRY 256      /* rows that one step records */

/* The unit of `time`. */
typedef enum
{
  UNIT_UNKNOWN,
  UNIT_SECONDS,
  UNIT_MILLISECONDS,
  UNIT_ANY_CLOCK,
} Unit;

typedef enum
{
  ENTRY_STARTED,
  ENTRY_SERVER_ADDRESS,
  ENTRY_RESOURCE_TYPE,
  ENTRY_REQUEST,
  ENTRY_RESPONSE,
  ENTRY_CLOSE,
  ENTRY_EXTRAS,
  N_ENTRY_MEMBERS,
} EntryMember;

/* Members that HTTP Toolkit and others write about the end. */
typedef enum
{
  CLOSE_CODE,
  CLOSE_REASON,
  CLOSE_TIME,
  CLOSE_TIMESTAMP,
  N_CLOSE_MEMBERS,
} CloseMember;

/* Members that only wsinspect writes. */
typedef enum
{
  ENTRY_EXTRAS_ENDING,
  ENTRY_EXTRAS_TEXT,
  ENTRY_EXTRAS_SENTENCE,
  N_ENTRY_EXTRAS,
} EntryExtra;

typedef enum
{
  MESSAGE_TYPE,
  MESSAGE_TIME,
  MESSAGE_OPCODE,
  MESSAGE_DATA,
  MESSAGE_EXTRAS,
  N_MESSAGE_MEMBERS,
} MessageMember;

static const char *const entry_names[N_ENTRY_MEMBERS] = {
  [ENTRY_STARTED] = "startedDateTime",
  [ENTRY_SERVER_ADDRESS] = "serverIPAddress",
  [ENTRY_RESOURCE_TYPE] = "_resourceType",
  [ENTRY_REQUEST] = "request",
  [ENTRY_RESPONSE] = "response",
  [ENTRY_CLOSE] = "_webSocketClose",
  [ENTRY_EXTRAS] = "_wsinspect",
};

static const char *const close_names[N_CLOSE_MEMBERS] = {
  [CLOSE_CODE] = "code",
  [CLOSE_REASON] = "reason",
  [CLOSE_TIME] = "time",
  [CLOSE_TIMESTAMP] = "timestamp",
};

static const char *const entry_extra_names[N_ENTRY_EXTRAS] = {
  [ENTRY_EXTRAS_ENDING] = "ending",
  [ENTRY_EXTRAS_TEXT] = "text",
  [ENTRY_EXTRAS_SENTENCE] = "sentence",
};

static const char *const message_names[N_MESSAGE_MEMBERS] = {
  [MESSAGE_TYPE] = "type",
  [MESSAGE_TIME] = "time",
  [MESSAGE_OPCODE] = "opcode",
  [MESSAGE_DATA] = "data",
  [MESSAGE_EXTRAS] = "_wsinspect",
};

/* Members of a message that only wsinspect writes. */
typedef enum
{
  EXTRA_BASE64,
  EXTRA_HIDDEN,
  N_MESSAGE_EXTRAS,
} MessageExtra;

static const char *const extra_names[N_MESSAGE_EXTRAS] = {
  [EXTRA_BASE64] = "base64",
  [EXTRA_HIDDEN] = "hidden",
};

static const char *const after_name = "after";

/* An entry while it is read. */
typedef struct
{
  const WsiHarEntry *pieces;
  WsiJsonField       fields[N_ENTRY_MEMBERS];
  WsiHarRequest      request;
  char              *uri;               /* URI of the WebSocket; NULL: the entry has none */
  gint64             started_us;
  char              *failure;           /* browser's words about a failure; NULL: not failed */
  Unit               unit;
  double             first_time;        /* time of the start, with UNIT_ANY_CLOCK */
  gint64             now_us;
} Entry;

struct _WsiHarFile
{
  WsiHarCutter *cutter;
  WsiSortedRows *rows;
  GCancellable *cancellable;
  char         *name;
  guint64       n_too_long, n_damaged;
  GError       *damage;         /* first damage that was found */
  GError       *failure;        /* why the rest of the file cannot be read */
};

/* Whether the bytes begin a HAR, an object with a member "log", as far as the first bytes show
 * it. */
gboolean
wsi_har_file_is_one (const guint8 *at,
                     gsize         length)
{
  g_autofree char *text = length > 0 ? g_strndup ((const char *) at, length) : g_strdup ("");
  const char *place = text;

  if (g_str_has_prefix (place, BYTE_ORDER_MARK))
    place += strlen (BYTE_ORDER_MARK);
  place += strspn (place, " \t\r\n");
  if (*place != '{')
    return FALSE;

  place += 1 + strspn (place + 1, " \t\r\n");
  return *place == '\0' || g_str_has_prefix (place, "\"log\"");
}

WsiHarFile *
wsi_har_file_new (GInputStream *stream,
                  const char   *name,
                  WsiRecorder  *recorder,
                  GCancellable *cancellable)
{
  WsiHarFile *self = g_new0 (WsiHarFile, 1);

  self->cutter = wsi_har_cutter_new (stream);
  self->rows = wsi_sorted_rows_new (recorder);
  self->name = g_strdup (name);
  g_set_object (&self->cancellable, cancellable);
  return self;
}

void
wsi_har_file_free (WsiHarFile *self)
{
  wsi_har_cutter_free (self->cutter);
  wsi_sorted_rows_free (self->rows);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->damage);
  g_clear_error (&self->failure);
  g_free (self->name);
  g_free (self);
}

guint64
wsi_har_file_get_n_too_long (const WsiHarFile *self)
{
  return self->n_too_long;
}

/* Reads the members of an object.  Strings are put where the text is, so that it is read once. */
static gboolean
har_file_read_object (WsiJsonField      *fields,
                      const char *const *names,
                      guint              n,
                      guint8            *text,
                      gsize              length,
                      GError           **error)
{
  WsiJsonMistake mistake;
  g_autofree char *received = NULL;

  if (wsi_json_fields_read (fields, names, n, text, length, &mistake))
    return TRUE;

  received = mistake.has_place ? wsi_text_error_quote ((const char *) text + mistake.place) : NULL;
  if (mistake.expected == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                         _("expected an object of JSON"));
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 received != NULL ? _("expected an object of JSON: %s, received %s")
                                  : _("expected an object of JSON: %s"),
                 _(mistake.expected), received);
  return FALSE;
}

/* Takes the error of a part that begins at this byte of the file. */
static void
note_damage (WsiHarFile *self,
             GError     *error,
             const char *part,
             guint64     offset)
{
  self->n_damaged++;
  if (self->damage == NULL)
    {
      g_prefix_error (&error, _("%s at byte %" PRIu64 ": "), part, offset);
      self->damage = error;
    }
  else
    g_error_free (error);
}

/* Converts a time to µs, at most MAX_TIME_US, so that sums and differences do not overflow. */
static gint64
har_file_to_us (double time,
                double n_us)
{
  double us = time * n_us;

  if (us > (double) MAX_TIME_US || us < -(double) MAX_TIME_US)
    return us < 0 ? 0 : MAX_TIME_US;

  return (gint64) (us + (us < 0 ? -0.5 : 0.5));
}

/* The start of an entry.  0: it is not known.  Programs write the beginning of their own calendar
 * for an unknown time. */
static gint64
read_start (const Entry *entry)
{
  const char *text = wsi_json_field_get_string (&entry->fields[ENTRY_STARTED]);
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, zone) : NULL;

  return time != NULL && g_date_time_to_unix (time) > 0
         ? g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time) : 0;
}

static gboolean
har_file_is_near (const Entry *entry,
                  gint64       time_us)
{
  gint64 distance = time_us - entry->started_us;

  return entry->started_us == 0 ? time_us > NEAR_US && time_us < 200 * NEAR_US
                                : distance > -NEAR_US && distance < NEAR_US;
}

/* Decided anew by each time that is near the start in another unit, so that a first time of zero
 * does not decide for all.  Those near it in no unit are of another clock, until one is. */
static void
find_unit (Entry *entry,
           double time)
{
  if (har_file_is_near (entry, har_file_to_us (time, G_USEC_PER_SEC)))
    entry->unit = UNIT_SECONDS;
  else if (har_file_is_near (entry, har_file_to_us (time, 1000)))
    entry->unit = UNIT_MILLISECONDS;
  else if (entry->unit == UNIT_UNKNOWN)
    {
      entry->unit = UNIT_ANY_CLOCK;
      entry->first_time = time;
    }
}

/* Playwright writes -1 where times are left out.  One that is far from the start tells nothing once
 * the unit is known. */
static gint64
read_time (Entry              *entry,
           const WsiJsonField *field)
{
  double time = wsi_json_field_get_real (field, -1);
  gint64 time_us;

  if (time < 0)
    return entry->now_us;

  find_unit (entry, time);
  if (entry->unit == UNIT_ANY_CLOCK)
    return entry->started_us + har_file_to_us (time - entry->first_time, G_USEC_PER_SEC);

  time_us = har_file_to_us (time, entry->unit == UNIT_SECONDS ? G_USEC_PER_SEC : 1000);
  return har_file_is_near (entry, time_us) ? time_us : entry->now_us;
}

static guint8 *
har_file_get_text (const Entry         *entry,
                   const WsiHarMessage *piece)
{
  return entry->pieces->bytes->data + piece->begin;
}

/* wsinspect writes text that is not UTF-8 twice.  Some programs put a note where bytes were. */
static GBytes *
har_file_read_payload (WsiJsonField *data,
                       WsiJsonField *exact,
                       gint64        opcode)
{
  GBytes *bytes = wsi_json_field_take_base64 (exact);

  if (bytes == NULL && exact->kind != WSI_JSON_STRING && opcode != WSI_OPCODE_TEXT)
    bytes = wsi_json_field_take_base64 (data);
  return bytes != NULL ? bytes : wsi_json_field_dup_bytes (data);
}

/* Notes a failure: the first error with words is the end of the connection, and a later one is a
 * row. */
static void
har_file_note_failure (WsiHarFile *self,
                       Entry      *entry,
                       const char *text)
{
  if (entry->failure == NULL || *entry->failure == '\0')
    {
      g_free (entry->failure);
      entry->failure = g_strdup (text);
    }
  else if (*text != '\0')
    wsi_sorted_rows_event (self->rows, WSI_EVENT_NOTE, WSI_SENTENCE (TEXT, text), entry->now_us);
}

static gboolean
record_message (WsiHarFile   *self,
                Entry        *entry,
                WsiJsonField *message,
                GError      **error)
{
  const char *type = wsi_json_field_get_string (&message[MESSAGE_TYPE]);
  const char *data = wsi_json_field_get_string (&message[MESSAGE_DATA]);
  gint64 opcode = wsi_json_field_get_number (&message[MESSAGE_OPCODE], WSI_OPCODE_TEXT);
  WspDirection direction = g_strcmp0 (type, "send") == 0 ? WSP_DIRECTION_SENT
                                                         : WSP_DIRECTION_RECEIVED;
  g_autoptr (GBytes) payload = NULL;
  WsiJsonField extras[N_MESSAGE_EXTRAS];

  entry->now_us = read_time (entry, &message[MESSAGE_TIME]);
  if (g_strcmp0 (type, "error") == 0)
    {
      har_file_note_failure (self, entry, data != NULL ? data : "");
      return TRUE;
    }

  if ((direction == WSP_DIRECTION_RECEIVED && g_strcmp0 (type, "receive") != 0) ||
      opcode < 0 || opcode > WSI_OPCODE)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "expected a type send, receive or error, and an opcode");
      return FALSE;
    }

  wsi_json_field_read_object (&message[MESSAGE_EXTRAS], extras, extra_names, N_MESSAGE_EXTRAS);
  payload = har_file_read_payload (&message[MESSAGE_DATA], &extras[EXTRA_BASE64], opcode);
  wsi_sorted_rows_message (self->rows, direction, opcode, payload,
                           wsi_json_field_is_true (&extras[EXTRA_HIDDEN]), entry->now_us);
  return TRUE;
}

static void
har_file_read_message (WsiHarFile          *self,
                       Entry               *entry,
                       const WsiHarMessage *piece)
{
  g_autoptr (GError) error = NULL;
  WsiJsonField message[N_MESSAGE_MEMBERS];

  if (!har_file_read_object (message, message_names, N_MESSAGE_MEMBERS,
                             har_file_get_text (entry, piece),
                             piece->end - piece->begin, &error) ||
      !record_message (self, entry, message, &error))
    note_damage (self, g_steal_pointer (&error), "Message", piece->offset);
}

/* The number of messages before a control frame. */
static guint64
read_place (Entry               *entry,
            const WsiHarMessage *piece)
{
  const WsiJsonValue frame =
    wsi_json_read (har_file_get_text (entry, piece), piece->end - piece->begin);
  const WsiJsonValue after = wsi_json_get_member (&frame, after_name);
  gint64 place = 0;

  wsi_json_to_whole (&after, &place);
  return MAX (place, 0);
}

/* The next piece of this kind from here on; NULL if there is none. */
static const WsiHarMessage *
find_next (const GArray *pieces,
           guint        *from,
           gboolean      is_control)
{
  while (*from < pieces->len)
    {
      const WsiHarMessage *piece = &g_array_index (pieces, WsiHarMessage, (*from)++);

      if (piece->is_control == is_control)
        return piece;
    }

  return NULL;
}

/* Control frames are between the messages where they were.  The place of each is read once: a frame
 * may be long, and many messages may be before it. */
static void
har_file_read_messages (WsiHarFile *self,
                        Entry      *entry)
{
  const GArray *pieces = entry->pieces->messages;
  guint next_control = 0, next_message = 0;
  guint64 n_read = 0;

  for (;;)
    {
      const WsiHarMessage *control = find_next (pieces, &next_control, TRUE);
      guint64 place = control != NULL ? read_place (entry, control) : G_MAXUINT64;

      while (n_read < place)
        {
          const WsiHarMessage *message = find_next (pieces, &next_message, FALSE);

          if (message == NULL)
            break;

          har_file_read_message (self, entry, message);
          n_read++;
        }

      if (control == NULL)
        return;

      har_file_read_message (self, entry, control);
    }
}

/* The address of the server, with the port of the URL. */
static char *
har_file_dup_server (const Entry *entry)
{
  const char *address = wsi_json_field_get_string (&entry->fields[ENTRY_SERVER_ADDRESS]);
  const char *url = entry->uri != NULL ? entry->uri : "";
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  int port = uri != NULL ? g_uri_get_port (uri) : -1;
  gboolean has_colons, is_open;

  if (address == NULL || *address == '\0')
    return NULL;

  is_open = g_str_has_prefix (url, "ws:");
  has_colons = strchr (address, ':') != NULL && *address != '[';
  return g_strdup_printf (has_colons ? "[%s]:%d" : "%s:%d", address,
                          port > 0 ? port : is_open ? 80 : 443);
}

static void
record_heads (WsiHarFile        *self,
              Entry             *entry,
              const WsiHarHeads *heads)
{
  if (heads->request != NULL)
    wsi_sorted_rows_push (self->rows, WSP_DIRECTION_SENT, heads->request, entry->started_us);
  if (heads->response != NULL)
    wsi_sorted_rows_push (self->rows, WSP_DIRECTION_RECEIVED, heads->response, entry->started_us);
  if (heads->request == NULL)
    wsi_sorted_rows_event (self->rows, WSI_EVENT_NOTE, WSI_SENTENCE (HAR_WITHOUT_HEADERS),
                           entry->started_us);
  if (!entry->pieces->has_messages &&
      (heads->status < 0 || heads->status == SWITCHING_PROTOCOLS || heads->status == OK))
    wsi_sorted_rows_event (self->rows, WSI_EVENT_NOTE, WSI_SENTENCE (HAR_WITHOUT_MESSAGES),
                           entry->started_us);
}

/* Begins a conversation; a status of 0 means that the handshake has failed, perhaps before it
 * began. */
static void
begin_conversation (WsiHarFile *self,
                    Entry      *entry)
{
  g_autofree char *server = har_file_dup_server (entry);
  WsiHarHeads heads;
  gboolean has_heads = wsi_har_heads_init (&heads, &entry->request, &entry->fields[ENTRY_RESPONSE]);
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT,
    .source = self->name,
    .server = server,
    .uri = entry->uri,
    .handshake = has_heads || heads.status == 0 ? WSI_HANDSHAKE_TOLD : WSI_HANDSHAKE_MISSING,
  };

  wsi_sorted_rows_open (self->rows, &opening, entry->started_us);
  record_heads (self, entry, &heads);
  wsi_har_heads_clear (&heads);
}

static void
close_conversation (WsiHarFile        *self,
                    const Entry       *entry,
                    WsiEnding          ending,
                    const WsiSentence *sentence)
{
  wsi_sorted_rows_close (self->rows, ending, sentence, entry->now_us);
}

/* The object says neither which side has closed nor which code the other one has sent. */
static void
close_with_code (WsiHarFile *self,
                 Entry      *entry)
{
  WsiJsonField close[N_CLOSE_MEMBERS];
  const char *reason;
  g_autofree char *code = NULL;
  gint64 number;

  wsi_json_field_read_object (&entry->fields[ENTRY_CLOSE], close, close_names, N_CLOSE_MEMBERS);
  entry->now_us = read_time (entry, &close[CLOSE_TIME]);
  entry->now_us = read_time (entry, &close[CLOSE_TIMESTAMP]);
  reason = wsi_json_field_get_string (&close[CLOSE_REASON]);
  number = wsi_json_field_get_number (&close[CLOSE_CODE], 0);
  code = g_strdup_printf ("%" PRId64, number);
  if (entry->fields[ENTRY_CLOSE].kind == WSI_JSON_STRING || number == WSP_CLOSE_CODE_ABNORMAL)
    close_conversation (self, entry, WSI_ENDING_ABNORMAL, WSI_SENTENCE (ENDED_WITHOUT_CLOSE));
  else if (number <= 0 || number > G_MAXUINT16 || number == WSP_CLOSE_CODE_NO_STATUS)
    close_conversation (self, entry, WSI_ENDING_CLEAN, WSI_SENTENCE (TOLD_NO_CODE));
  else
    close_conversation (self, entry,
                        wsi_close_code_is_failure ((guint16) number) ? WSI_ENDING_ABNORMAL
                                                                     : WSI_ENDING_CLEAN,
                        reason != NULL && *reason != '\0'
                        ? WSI_SENTENCE (TOLD_CODE_AND_REASON, code, reason)
                        : WSI_SENTENCE (TOLD_CODE, code, code));
}

static void
har_file_end_conversation (WsiHarFile *self,
                           Entry      *entry)
{
  WsiJsonField extras[N_ENTRY_EXTRAS];
  WsiJsonKind close = entry->fields[ENTRY_CLOSE].kind;
  WsiEnding ending = WSI_ENDING_CUT;
  WsiSentence sentence;

  wsi_json_field_read_object (&entry->fields[ENTRY_EXTRAS], extras, entry_extra_names,
                              N_ENTRY_EXTRAS);
  wsi_ending_parse (wsi_json_field_get_string (&extras[ENTRY_EXTRAS_ENDING]), &ending);
  if (wsi_sentence_fields_take (&extras[ENTRY_EXTRAS_TEXT], &extras[ENTRY_EXTRAS_SENTENCE],
                                &sentence))
    close_conversation (self, entry, ending, &sentence);
  else if (entry->failure != NULL)
    close_conversation (self, entry, WSI_ENDING_ABNORMAL,
                        *entry->failure != '\0' ? WSI_SENTENCE (BROWSER_FAILED, entry->failure)
                                                : WSI_SENTENCE (BROWSER_FAILED_UNSAID));
  else if (close == WSI_JSON_OBJECT || close == WSI_JSON_STRING)
    close_with_code (self, entry);
  else
    close_conversation (self, entry, ending, WSI_SENTENCE (HAR_WITHOUT_END));
}

static gboolean
is_websocket (const Entry *entry)
{
  const char *url = entry->request.url != NULL ? entry->request.url : "";

  return entry->pieces->has_messages ||
         wsi_json_field_is_text (&entry->fields[ENTRY_RESOURCE_TYPE], "websocket") ||
         g_str_has_prefix (url, "ws:") || g_str_has_prefix (url, "wss:");
}

/* Whether an entry may be a WebSocket connection: most are not, and looking for these words saves
 * parsing them. */
static gboolean
may_be_websocket (const WsiHarEntry *pieces)
{
  const GByteArray *text = pieces->text;

  return pieces->has_messages || memmem (text->data, text->len, "\"websocket\"", 11) != NULL ||
         memmem (text->data, text->len, "\"ws:", 4) != NULL ||
         memmem (text->data, text->len, "\"wss:", 5) != NULL;
}

static void
read_entry (WsiHarFile        *self,
            const WsiHarEntry *pieces)
{
  g_autoptr (GError) error = NULL;
  Entry entry = { .pieces = pieces };

  if (!har_file_read_object (entry.fields, entry_names, N_ENTRY_MEMBERS, pieces->text->data,
                             pieces->text->len, &error))
    {
      note_damage (self, g_steal_pointer (&error), "Entry", pieces->offset);
      return;
    }

  wsi_har_request_read (&entry.request, &entry.fields[ENTRY_REQUEST]);
  if (!is_websocket (&entry))
    return;

  entry.uri = entry.request.url != NULL ? wsi_head_make_uri (entry.request.url, NULL, FALSE) : NULL;
  if (entry.uri == NULL)
    entry.uri = g_strdup (entry.request.url);
  entry.started_us = entry.now_us = read_start (&entry);
  self->n_too_long += pieces->n_lost;
  begin_conversation (self, &entry);
  har_file_read_messages (self, &entry);
  har_file_end_conversation (self, &entry);
  g_free (entry.uri);
  g_free (entry.failure);
}

static void
har_file_report_loss (WsiHarFile *self,
                      GError    **error)
{
  guint64 n = wsi_sorted_rows_get_n_lost (self->rows);

  if (n > 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                 _("Rows that do not fit on the disk: %" PRIu64 " (make room in /var/tmp)"), n);
}

/* Reports damage: that of parts is the error of the whole, once it was read. */
static void
report_damage (WsiHarFile *self,
               GError    **error)
{
  if (self->failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->failure));
      return;
    }

  if (self->damage == NULL)
    {
      har_file_report_loss (self, error);
      return;
    }

  if (self->n_damaged > 1)
    {
      g_autofree char *first = g_strdup (self->damage->message);

      g_free (self->damage->message);
      self->damage->message =
        g_strdup_printf (_("%s (and %" PRIu64 " more)"), first, self->n_damaged - 1);
    }
  g_propagate_error (error, g_steal_pointer (&self->damage));
}

/* Reads the next entry.  FALSE: there are no more, or they cannot be read. */
static gboolean
read_next (WsiHarFile *self)
{
  const WsiHarEntry *pieces = wsi_har_cutter_read (self->cutter, self->cancellable, &self->failure);

  if (pieces == NULL)
    return FALSE;

  if (pieces->is_too_long)
    self->n_too_long += pieces->has_messages;
  else if (may_be_websocket (pieces))
    read_entry (self, pieces);
  return TRUE;
}

/* Rows are recorded once all entries were read: nothing says that these are in the order of time.
 * A failure, or the end by a cancellable, comes after the rows that were read before it. */
gboolean
wsi_har_file_step (WsiHarFile *self,
                   guint       max_entries,
                   GError    **error)
{
  guint i = 0;

  while (i < max_entries && read_next (self))
    i++;
  if (i == max_entries)
    return TRUE;

  if (g_cancellable_is_cancelled (self->cancellable))
    {
      wsi_sorted_rows_record (self->rows, G_MAXUINT64);
      g_cancellable_set_error_if_cancelled (self->cancellable, error);
      return FALSE;
    }
  if (wsi_sorted_rows_record (self->rows, (guint64) (max_entries - i) * ROWS_PER_ENTRY))
    return TRUE;

  report_damage (self, error);
  return FALSE;
}
