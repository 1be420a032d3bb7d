/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/files/wsi-har-file.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "inspect/capture/wsi-sorted-rows.h"
#include "inspect/sources/files/json/wsi-json-object.h"
#include "inspect/sources/files/wsi-har-cutter.h"
#include "inspect/sources/files/wsi-har-head.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-event-texts.h"
#include "inspect/store/wsi-frame-bytes.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
/* Times of a connection are near its start; a clock that begins anywhere is far from it. */
#define NEAR_US (G_GINT64_CONSTANT (366) * 24 * 3600 * G_USEC_PER_SEC)
#define MAX_TIME_US (G_GINT64_CONSTANT (1) << 60)

#define ROWS_PER_ENTRY 256      /* that one step records */

/* The unit of `time`. */
typedef enum
{
  UNIT_UNKNOWN,
  UNIT_SECONDS,
  UNIT_MILLISECONDS,
  UNIT_ANY_CLOCK,
} Unit;

/* An entry while it is read. */
typedef struct
{
  const WsiHarEntry *pieces;
  JsonObject        *object;
  gint64             started_us;
  Unit               unit;
  double             first_time;        /* with UNIT_ANY_CLOCK: that of the start */
  gint64             now_us;
} Entry;

struct _WsiHarFile
{
  WsiHarCutter *cutter;
  JsonParser   *parser;
  WsiSortedRows *rows;
  gboolean      is_read;        /* to its end, or as far as it can be */
  GCancellable *cancellable;
  char         *name;
  guint64       n_too_long, n_damaged;
  GError       *damage;         /* the first one */
  GError       *failure;        /* why the rest cannot be read */
};

/* An object with a member "log".  So much of it is known of the first bytes. */
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
  self->parser = json_parser_new ();
  self->rows = wsi_sorted_rows_new (recorder);
  self->name = g_strdup (name);
  g_set_object (&self->cancellable, cancellable);
  return self;
}

void
wsi_har_file_free (WsiHarFile *self)
{
  wsi_har_cutter_free (self->cutter);
  g_object_unref (self->parser);
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

/* In µs; MAX_TIME_US or less, so that sums and differences do not overflow. */
static gint64
to_us (double time,
       double n_us)
{
  double us = time * n_us;

  if (us > (double) MAX_TIME_US || us < -(double) MAX_TIME_US)
    return us < 0 ? 0 : MAX_TIME_US;

  return (gint64) (us + (us < 0 ? -0.5 : 0.5));
}

/* 0: it is not known. */
static gint64
read_start (JsonObject *object)
{
  const char *text = wsi_json_get_string (object, "startedDateTime");
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, zone) : NULL;

  return time != NULL ? g_date_time_to_unix (time) * G_USEC_PER_SEC +
         g_date_time_get_microsecond (time) : 0;
}

static gboolean
is_near (const Entry *entry,
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
  if (is_near (entry, to_us (time, G_USEC_PER_SEC)))
    entry->unit = UNIT_SECONDS;
  else if (is_near (entry, to_us (time, 1000)))
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
read_time (Entry      *entry,
           JsonObject *message)
{
  double time = wsi_json_get_double (message, "time", -1);

  gint64 time_us;

  if (time < 0)
    return entry->now_us;

  find_unit (entry, time);
  if (entry->unit == UNIT_ANY_CLOCK)
    return entry->started_us + to_us (time - entry->first_time, G_USEC_PER_SEC);

  time_us = to_us (time, entry->unit == UNIT_SECONDS ? G_USEC_PER_SEC : 1000);
  return is_near (entry, time_us) ? time_us : entry->now_us;
}

static const char *
get_text (const Entry         *entry,
          const WsiHarMessage *piece)
{
  return (const char *) entry->pieces->bytes->data + piece->begin;
}

static gboolean
is_base64 (const char *text)
{
  gsize n_digits = 0, n_padding = 0;

  while (g_ascii_isalnum (text[n_digits]) || text[n_digits] == '+' || text[n_digits] == '/')
    n_digits++;
  n_padding = strspn (text + n_digits, "=");
  return text[n_digits + n_padding] == '\0' && n_padding <= 2 && (n_digits + n_padding) % 4 == 0;
}

/* wsinspect writes text that is not UTF-8 twice.  Some programs put a note where bytes were. */
static GBytes *
read_payload (const Entry         *entry,
              const WsiHarMessage *piece,
              JsonObject          *message,
              gint64               opcode)
{
  JsonObject *extras = wsi_json_get_object (message, "_wsinspect");
  const char *exact = extras != NULL ? wsi_json_get_string (extras, "base64") : NULL;
  const char *data = wsi_json_get_string (message, "data");
  const char *encoded = exact != NULL ? exact : opcode != WSI_OPCODE_TEXT ? data : NULL;
  gsize length;
  guchar *bytes;

  if (data != NULL && (encoded == NULL || !is_base64 (encoded)))
    return wsi_json_dup_bytes (message, "data", get_text (entry, piece), piece->end - piece->begin);
  if (encoded == NULL || !is_base64 (encoded))
    return g_bytes_new_static ("", 0);

  if (*encoded == '\0')
    return g_bytes_new_static ("", 0);

  bytes = g_base64_decode (encoded, &length);
  return g_bytes_new_take (bytes, length);
}

static gboolean
record_message (WsiHarFile          *self,
                Entry               *entry,
                const WsiHarMessage *piece,
                JsonObject          *message,
                GError             **error)
{
  const char *type = wsi_json_get_string (message, "type");
  gint64 opcode = wsi_json_get_number (message, "opcode", WSI_OPCODE_TEXT);
  WspDirection direction = g_strcmp0 (type, "send") == 0 ? WSP_DIRECTION_SENT
                                                         : WSP_DIRECTION_RECEIVED;
  g_autoptr (GBytes) payload = NULL;

  entry->now_us = read_time (entry, message);
  if (g_strcmp0 (type, "error") == 0)
    {
      wsi_sorted_rows_event (self->rows, WSI_EVENT_NOTE, wsi_json_get_string (message, "data"),
                             entry->now_us);
      return TRUE;
    }

  if ((direction == WSP_DIRECTION_RECEIVED && g_strcmp0 (type, "receive") != 0) ||
      opcode < 0 || opcode > WSI_OPCODE)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "expected a type send, receive or error, and an opcode");
      return FALSE;
    }

  payload = read_payload (entry, piece, message, opcode);
  wsi_sorted_rows_message (self->rows, direction, opcode, payload, entry->now_us);
  return TRUE;
}

static void
read_message (WsiHarFile          *self,
              Entry               *entry,
              const WsiHarMessage *piece)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) message =
    wsi_json_parse_object (self->parser, get_text (entry, piece), piece->end - piece->begin,
                           &error);

  if (message == NULL || !record_message (self, entry, piece, message, &error))
    note_damage (self, g_steal_pointer (&error), "Message", piece->offset);
}

/* How many messages are before a control frame. */
static guint64
read_place (WsiHarFile          *self,
            Entry               *entry,
            const WsiHarMessage *piece)
{
  g_autoptr (JsonObject) frame =
    wsi_json_parse_object (self->parser, get_text (entry, piece), piece->end - piece->begin, NULL);

  return frame != NULL ? MAX (wsi_json_get_number (frame, "after", 0), 0) : 0;
}

/* From here on, the next piece of this kind; NULL if there is none. */
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
read_messages (WsiHarFile *self,
               Entry      *entry)
{
  const GArray *pieces = entry->pieces->messages;
  guint next_control = 0, next_message = 0;
  guint64 n_read = 0;

  for (;;)
    {
      const WsiHarMessage *control = find_next (pieces, &next_control, TRUE);
      guint64 place = control != NULL ? read_place (self, entry, control) : G_MAXUINT64;

      while (n_read < place)
        {
          const WsiHarMessage *message = find_next (pieces, &next_message, FALSE);

          if (message == NULL)
            break;

          read_message (self, entry, message);
          n_read++;
        }

      if (control == NULL)
        return;

      read_message (self, entry, control);
    }
}

/* The address, and the port of the URL. */
static char *
dup_server (JsonObject *object,
            const char *url)
{
  const char *address = wsi_json_get_string (object, "serverIPAddress");
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;
  int port = uri != NULL ? g_uri_get_port (uri) : -1;
  gboolean has_colons, is_open;

  if (address == NULL || *address == '\0')
    return NULL;

  is_open = g_str_has_prefix (url != NULL ? url : "", "ws:");
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
    wsi_sorted_rows_event (self->rows, WSI_EVENT_NOTE, WSI_TEXT_HAR_WITHOUT_HEADERS,
                           entry->started_us);
}

static void
begin_conversation (WsiHarFile *self,
                    Entry      *entry)
{
  JsonObject *request = wsi_json_get_object (entry->object, "request");
  JsonObject *response = wsi_json_get_object (entry->object, "response");
  const char *url = request != NULL ? wsi_json_get_string (request, "url") : NULL;
  g_autofree char *server = dup_server (entry->object, url);
  WsiHarHeads heads;
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT,
    .source = self->name,
    .server = server,
    .uri = url,
    .handshake = wsi_har_heads_init (&heads, request, response) ? WSI_HANDSHAKE_READ
                                                                : WSI_HANDSHAKE_MISSING,
  };

  wsi_sorted_rows_open (self->rows, &opening, entry->started_us);
  record_heads (self, entry, &heads);
  wsi_har_heads_clear (&heads);
}

static void
end_conversation (WsiHarFile *self,
                  Entry      *entry)
{
  JsonObject *extras = wsi_json_get_object (entry->object, "_wsinspect");
  const char *name = extras != NULL ? wsi_json_get_string (extras, "ending") : NULL;
  const char *text = extras != NULL ? wsi_json_get_string (extras, "text") : NULL;
  WsiEnding ending = WSI_ENDING_CUT;

  wsi_ending_parse (name, &ending);
  wsi_sorted_rows_close (self->rows, ending, text != NULL ? text : WSI_TEXT_HAR_WITHOUT_END,
                         entry->now_us);
}

static gboolean
is_websocket (const Entry *entry)
{
  JsonObject *request = wsi_json_get_object (entry->object, "request");
  const char *url = request != NULL ? wsi_json_get_string (request, "url") : NULL;

  return entry->pieces->has_messages ||
         g_strcmp0 (wsi_json_get_string (entry->object, "_resourceType"), "websocket") == 0 ||
         g_str_has_prefix (url != NULL ? url : "", "ws:") ||
         g_str_has_prefix (url != NULL ? url : "", "wss:");
}

/* Most entries are no WebSocket connections: these words save parsing them. */
static gboolean
may_be_websocket (const WsiHarEntry *pieces)
{
  const GByteArray *text = pieces->text;

  return pieces->has_messages ||
         (text->len > 0 && (memmem (text->data, text->len, "\"websocket\"", 11) != NULL ||
                            memmem (text->data, text->len, "\"ws:", 4) != NULL ||
                            memmem (text->data, text->len, "\"wss:", 5) != NULL));
}

static void
read_entry (WsiHarFile        *self,
            const WsiHarEntry *pieces)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object =
    wsi_json_parse_object (self->parser, (const char *) pieces->text->data, pieces->text->len,
                           &error);
  Entry entry = { .pieces = pieces, .object = object };

  if (object == NULL)
    {
      note_damage (self, g_steal_pointer (&error), "Entry", pieces->offset);
      return;
    }

  if (!is_websocket (&entry))
    return;

  entry.started_us = entry.now_us = read_start (object);
  self->n_too_long += pieces->n_lost;
  begin_conversation (self, &entry);
  read_messages (self, &entry);
  end_conversation (self, &entry);
}

static void
report_loss (WsiHarFile *self,
             GError    **error)
{
  guint64 n = wsi_sorted_rows_get_n_lost (self->rows);

  if (n > 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                 _("Rows that do not fit on the disk: %" PRIu64 " (make room in /var/tmp)"), n);
}

/* Damage of parts is the error of the whole, once it was read. */
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
      report_loss (self, error);
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

/* FALSE: there are no more entries. */
static gboolean
read_next (WsiHarFile *self)
{
  const WsiHarEntry *pieces = wsi_har_cutter_read (self->cutter, self->cancellable, &self->failure);

  self->is_read = pieces == NULL;
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

  while (i < max_entries && !self->is_read && read_next (self))
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
