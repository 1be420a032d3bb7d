/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/files/wsi-session-file.h"

#include "inspect/files/wsi-json-lines.h"
#include "inspect/files/wsi-session-frame.h"
#include "inspect/memory/wsi-bytes.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#define VERSION 1
#define MAX_TIME (G_MAXINT64 / 4)
#define LATE_COMMENT "{\"type\":\"comment\",\"no\":"
#define MAX_LATER (16 * 1024 * 1024)    /* bytes of comments that come later */
#define SIZE_OF_LATER 128               /* of one, without its text */

/* The end of a direction within a frame: known only when the next line does not say that bytes are
 * missing. */
typedef struct
{
  WsiConversation *conversation;        /* NULL = there is none */
  WspDirection     direction;
  gint64           time_us;
} Cut;

struct _WsiSessionFile
{
  WsiJsonLines *lines;
  WsiRecorder  *recorder;
  GCancellable *cancellable;
  GHashTable   *open;           /* number in the file to WsiConversation */
  gint64        offset_us;      /* of wall times to those of the file */
  Cut           cut;
  WsiConversation *last;        /* of the last line that has one; NULL = there was none */
  gint64        number;         /* of the last row; 0 = it has none */
  GHashTable   *later;          /* number of a row to the last comment on it, or to NULL */
  gsize         n_later;        /* bytes */
  gboolean      is_ended;
};

void
wsi_session_file_free (WsiSessionFile *self)
{
  wsi_json_lines_free (self->lines);
  g_object_unref (self->recorder);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->cut.conversation);
  g_clear_object (&self->last);
  g_hash_table_unref (self->open);
  g_hash_table_unref (self->later);
  g_free (self);
}

static gboolean
fail (WsiSessionFile *self,
      GError        **error,
      const char     *expected)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               _("Line %" PRIu64 ", byte %" PRIu64 ": expected %s"),
               wsi_json_lines_get_line (self->lines), wsi_json_lines_get_offset (self->lines),
               expected);
  return FALSE;
}

/* A file may name any times: those that are possible are far from the limits. */
static gint64
subtract (gint64 one,
          gint64 other)
{
  return CLAMP (one, -MAX_TIME, MAX_TIME) - CLAMP (other, -MAX_TIME, MAX_TIME);
}

static gboolean
check_first_line (WsiSessionFile *self,
                  JsonObject     *line,
                  GError        **error)
{
  const char *type = wsi_json_get_string (line, "type");
  gint64 version = wsi_json_get_number (line, "version", 0);

  if (json_object_has_member (line, "no") || json_object_has_member (line, "event"))
    return fail (self, error, _("a session, received a listing of -T jsonl, which has no bytes of "
                                "the wire (write a .wsinspect file instead)"));

  if (g_strcmp0 (type, "wsinspect-session") != 0)
    return fail (self, error, _("the first line of a session, "
                                "{\"type\":\"wsinspect-session\",...}"));

  if (version != VERSION)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   _("Session file: expected version %d, received %" PRIi64
                     " (a later wsinspect may read it)"), VERSION, version);
      return FALSE;
    }

  self->offset_us = subtract (wsi_json_get_number (line, "wall_us", 0),
                              wsi_json_get_number (line, "monotonic_us", 0));
  return TRUE;
}

WsiSessionFile *
wsi_session_file_new (GInputStream *stream,
                      WsiRecorder  *recorder,
                      GCancellable *cancellable,
                      GError      **error)
{
  g_autoptr (WsiSessionFile) self = g_new0 (WsiSessionFile, 1);
  g_autoptr (JsonObject) line = NULL;
  g_autoptr (GError) reason = NULL;

  self->lines = wsi_json_lines_new (stream);
  self->recorder = g_object_ref (recorder);
  g_set_object (&self->cancellable, cancellable);
  self->open = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->later = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);

  line = wsi_json_lines_read (self->lines, cancellable, &reason);
  if (line == NULL && reason == NULL)
    fail (self, &reason, _("the first line of a session, received the end of the file"));
  if (reason != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }

  return check_first_line (self, line, error) ? g_steal_pointer (&self) : NULL;
}

static void
keep_later (WsiSessionFile *self,
            JsonObject     *line)
{
  const char *text = wsi_json_get_string (line, "text");
  gint64 number = wsi_json_get_number (line, "no", 0);
  gsize size = SIZE_OF_LATER + (text != NULL ? strlen (text) : 0);

  if (number < 1 || size > MAX_LATER - self->n_later)
    return;

  self->n_later += size;
  g_hash_table_insert (self->later, g_memdup2 (&number, sizeof number), g_strdup (text));
}

void
wsi_session_file_look_ahead (WsiSessionFile *self,
                             GInputStream   *rest)
{
  g_autoptr (WsiJsonLines) lines = wsi_json_lines_new (rest);
  JsonObject *line;

  while ((line = wsi_json_lines_find (lines, LATE_COMMENT, self->cancellable)) != NULL)
    {
      keep_later (self, line);
      json_object_unref (line);
    }
}

static WsiConversation *
find (WsiSessionFile *self,
      JsonObject     *line)
{
  gint64 number = wsi_json_get_number (line, "conn", 0);

  return number > 0 && number <= G_MAXUINT32
         ? g_hash_table_lookup (self->open, GUINT_TO_POINTER (number)) : NULL;
}

static gboolean
is_named (JsonObject *line,
          const char *member,
          const char *value)
{
  return g_strcmp0 (wsi_json_get_string (line, member), value) == 0;
}

static gint64
get_time (WsiSessionFile *self,
          JsonObject     *line)
{
  return subtract (wsi_json_get_number (line, "t", 0), -self->offset_us);
}

static gboolean
read_direction (JsonObject   *line,
                WspDirection *direction)
{
  *direction = is_named (line, "dir", "sent") ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED;
  return *direction == WSP_DIRECTION_SENT || is_named (line, "dir", "recv");
}

static GBytes *
read_base64 (JsonObject *line,
             const char *name)
{
  const char *text = wsi_json_get_string (line, name);
  gsize length;
  guchar *bytes = text != NULL && *text != '\0' ? g_base64_decode (text, &length) : NULL;

  if (bytes != NULL)
    return g_bytes_new_take (bytes, length);

  return text != NULL ? g_bytes_new_static ("", 0) : NULL;
}

/* NULL: they are not there. */
static GBytes *
read_bytes (WsiSessionFile *self,
            JsonObject     *line)
{
  gsize length;
  const char *line_text = wsi_json_lines_get_text (self->lines, &length);
  GBytes *text = wsi_json_dup_bytes (line, "text", line_text, length);

  return text != NULL ? text : read_base64 (line, "base64");
}

static gboolean
read_open (WsiSessionFile *self,
           JsonObject     *line,
           GError        **error)
{
  gint64 number = wsi_json_get_number (line, "conn", 0);
  gboolean is_missing = is_named (line, "handshake", "missing");
  const WsiOpening opening = {
    .role = is_named (line, "role", "server") ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT,
    .source = wsi_json_get_string (line, "source"),
    .client = wsi_json_get_string (line, "client"),
    .server = wsi_json_get_string (line, "server"),
    .uri = wsi_json_get_string (line, "uri"),
    .handshake = is_missing ? WSI_HANDSHAKE_MISSING : WSI_HANDSHAKE_READ,
    .extensions = wsi_json_get_string (line, "extensions"),
  };

  if (number < 1 || number > G_MAXUINT32 || find (self, line) != NULL)
    return fail (self, error, _("a new number of a connection"));

  if (g_hash_table_size (self->open) >= WSI_SESSION_MAX_OPEN)
    return fail (self, error, _("at most 65536 open connections"));

  g_set_object (&self->last, wsi_recorder_open (self->recorder, &opening, get_time (self, line)));
  g_hash_table_insert (self->open, GUINT_TO_POINTER (number), g_object_ref (self->last));
  return TRUE;
}

static gboolean
read_head (WsiSessionFile  *self,
           WsiConversation *conversation,
           WspDirection     direction,
           JsonObject      *line,
           GError         **error)
{
  g_autoptr (GBytes) bytes = read_bytes (self, line);

  if (bytes == NULL)
    return fail (self, error, _("the bytes of a head"));

  wsi_recorder_push (self->recorder, conversation, direction, bytes, get_time (self, line));
  return TRUE;
}

/* The bytes after the known ones are missing. */
static void
push_known (WsiSessionFile  *self,
            WsiConversation *conversation,
            WspDirection     direction,
            GByteArray      *known,
            guint64          n_missing,
            gint64           time_us)
{
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_byte_array_ref (known));

  wsi_recorder_push (self->recorder, conversation, direction, bytes, time_us);
  if (n_missing > 0)
    wsi_recorder_skip (self->recorder, conversation, direction, n_missing, time_us);
}

static gboolean
read_loose_bytes (WsiSessionFile  *self,
                  WsiConversation *conversation,
                  WspDirection     direction,
                  JsonObject      *line,
                  GError         **error)
{
  g_autoptr (GBytes) bytes = read_bytes (self, line);
  g_autoptr (GByteArray) known = g_byte_array_new ();
  gint64 length = wsi_json_get_number (line, "length", -1);
  gint64 n_known = bytes != NULL ? (gint64) g_bytes_get_size (bytes) : 0;
  gint64 n_missing = wsi_json_get_number (line, "missing", 0);

  if (length < n_known || n_missing < 0 || n_missing > length - n_known)
    return fail (self, error, _("the number of the bytes"));

  if (n_known > 0)
    g_byte_array_append (known, wsi_bytes_get_data (bytes, NULL), n_known);
  push_known (self, conversation, direction, known, length - n_missing - n_known,
              get_time (self, line));
  return TRUE;
}

/* A header that was cut: only its first byte is known for sure. */
static gboolean
read_cut_header (WsiSessionFile  *self,
                 WsiConversation *conversation,
                 WspDirection     direction,
                 JsonObject      *line,
                 GError         **error)
{
  gint64 n_header = wsi_json_get_number (line, "header", -1);
  guint8 first = wsi_session_frame_make_first_byte (line);
  g_autoptr (GByteArray) known = g_byte_array_new ();

  if (!wsi_json_is_true (line, "cut") || n_header < 1 || n_header >= WSI_MAX_FRAME_HEADER)
    return fail (self, error, _("the fields of a frame header"));

  g_byte_array_append (known, &first, 1);
  push_known (self, conversation, direction, known, n_header - 1, get_time (self, line));
  return TRUE;
}

static gboolean
read_frame (WsiSessionFile  *self,
            WsiConversation *conversation,
            WspDirection     direction,
            JsonObject      *line,
            GError         **error)
{
  WsiSessionFrame header = { 0 };
  g_autoptr (GBytes) wire = read_base64 (line, "wire");
  g_autoptr (GBytes) payload = wire != NULL ? g_bytes_ref (wire) : read_bytes (self, line);
  g_autoptr (GByteArray) known = g_byte_array_new ();
  guint64 n_missing = MAX (wsi_json_get_number (line, "missing", 0), 0);
  guint64 n_known = payload != NULL ? g_bytes_get_size (payload) : 0;
  gboolean is_cut = wsi_json_is_true (line, "cut");

  if (is_cut)
    {
      g_set_object (&self->cut.conversation, conversation);
      self->cut.direction = direction;
      self->cut.time_us = get_time (self, line);
    }

  if (!wsi_session_frame_read (&header, line) || (is_cut && header.payload_length == 0))
    return read_cut_header (self, conversation, direction, line, error);

  /* The bytes after such a header are in no frame, and have lines of their own. */
  if (header.payload_length > G_MAXINT64)
    {
      n_missing = header.payload_length - n_known;
      g_clear_object (&self->cut.conversation);
    }

  if (n_missing > header.payload_length || n_known > header.payload_length - n_missing)
    return fail (self, error, _("a payload of the length of the frame"));

  g_byte_array_append (known, header.bytes, header.length);
  if (payload != NULL)
    wsi_session_frame_append_masked (&header, payload, known);
  push_known (self, conversation, direction, known, header.payload_length - n_missing - n_known,
              get_time (self, line));
  return TRUE;
}

/* One that an export withheld is missing bytes, as many as they may be. */
static gboolean
read_message (WsiSessionFile  *self,
              WsiConversation *conversation,
              WspDirection     direction,
              JsonObject      *line,
              GError         **error)
{
  g_autoptr (GBytes) payload = read_bytes (self, line);
  gint64 opcode = wsi_json_get_number (line, "opcode", -1);

  if (opcode >= 0 && opcode <= 15 && payload == NULL && json_object_has_member (line, "withheld"))
    {
      wsi_recorder_skip (self->recorder, conversation, direction, G_MAXUINT64,
                         get_time (self, line));
      return TRUE;
    }
  if (opcode < 0 || opcode > 15 || payload == NULL)
    return fail (self, error, _("a message with opcode and payload"));

  wsi_recorder_message (self->recorder, conversation, direction, opcode, payload,
                        get_time (self, line));
  return TRUE;
}

static gboolean
read_gap (WsiSessionFile  *self,
          WsiConversation *conversation,
          WspDirection     direction,
          JsonObject      *line,
          GError         **error)
{
  gint64 length = wsi_json_get_number (line, "length", 0);

  if (length < 0)
    return fail (self, error, _("a length of 0 or more"));

  wsi_recorder_skip (self->recorder, conversation, direction,
                     length > 0 ? (guint64) length : G_MAXUINT64, get_time (self, line));
  return TRUE;
}

static const struct
{
  const char *type;
  gboolean    (*read)(WsiSessionFile  *self,
                      WsiConversation *conversation,
                      WspDirection     direction,
                      JsonObject      *line,
                      GError         **error);
} rows[] = {
  { "head", read_head },
  { "frame", read_frame },
  { "bytes", read_loose_bytes },
  { "message", read_message },
  { "gap", read_gap },
};

/* Faults, and what a store did not keep, are found again or not of interest. */
static gboolean
read_event (WsiSessionFile  *self,
            WsiConversation *conversation,
            JsonObject      *line)
{
  static const struct
  {
    const char *name;
    WsiEvent    event;
  } events[] = {
    { "paused", WSI_EVENT_PAUSED }, { "resumed", WSI_EVENT_RESUMED }, { "note", WSI_EVENT_NOTE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    if (is_named (line, "event", events[i].name))
      wsi_recorder_event (self->recorder, conversation, events[i].event,
                          wsi_json_get_string (line, "text"), get_time (self, line));
  return TRUE;
}

static gboolean
read_close (WsiSessionFile  *self,
            WsiConversation *conversation,
            JsonObject      *line)
{
  gboolean is_clean = is_named (line, "ending", "clean");

  wsi_recorder_close (self->recorder, conversation,
                      is_clean ? WSI_ENDING_CLEAN : WSI_ENDING_ABNORMAL,
                      wsi_json_get_string (line, "text"), get_time (self, line));
  g_hash_table_remove (self->open, GUINT_TO_POINTER (wsi_json_get_number (line, "conn", 0)));
  return TRUE;
}

static gboolean
is_later (WsiSessionFile *self,
          gint64          number,
          gpointer       *text)
{
  return number > 0 && g_hash_table_lookup_extended (self->later, &number, NULL, text);
}

/* About the row of the line before, or, with a number, about an earlier one, which has no comment
 * any more if there is no text. */
static gboolean
read_comment (WsiSessionFile *self,
              JsonObject     *line,
              GError        **error)
{
  const char *text = wsi_json_get_string (line, "text");
  gint64 number = wsi_json_get_number (line, "no", 0);
  gpointer last;

  if (number < 0 || (number == 0 && json_object_has_member (line, "no")))
    return fail (self, error, _("the number of a row"));

  if (self->last == NULL || (number == 0 && (text == NULL || is_later (self, self->number, NULL))))
    return TRUE;

  wsi_recorder_comment (self->recorder, self->last, number,
                        is_later (self, number, &last) ? last : text);
  return TRUE;
}

/* The row was just read, and its comment comes later in the file. */
static void
add_later (WsiSessionFile *self)
{
  gpointer text = NULL;

  if (self->last != NULL && is_later (self, self->number, &text) && text != NULL)
    wsi_recorder_comment (self->recorder, self->last, self->number, text);
}

static void
end_cut (WsiSessionFile *self)
{
  g_autoptr (WsiConversation) conversation = g_steal_pointer (&self->cut.conversation);

  if (conversation != NULL)
    wsi_recorder_end_direction (self->recorder, conversation, self->cut.direction,
                                self->cut.time_us);
}

/* Lines of types that are not known are left out, so that later versions may add some. */
static gboolean
read_row (WsiSessionFile *self,
          JsonObject     *line,
          GError        **error)
{
  WsiConversation *conversation = find (self, line);
  WspDirection direction;
  gboolean has_direction = read_direction (line, &direction);

  if (!is_named (line, "type", "gap") || conversation != self->cut.conversation)
    end_cut (self);
  g_clear_object (&self->cut.conversation);
  self->number = MAX (wsi_json_get_number (line, "no", 0), 0);
  wsi_recorder_number_row (self->recorder, self->number);

  if (is_named (line, "type", "open"))
    return read_open (self, line, error);
  if (conversation == NULL)
    return is_named (line, "type", "event") || fail (self, error, _("an open connection"));

  g_set_object (&self->last, conversation);
  if (is_named (line, "type", "event"))
    return read_event (self, conversation, line);
  if (is_named (line, "type", "close"))
    return read_close (self, conversation, line);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (is_named (line, "type", rows[i].type))
      return has_direction ? rows[i].read (self, conversation, direction, line, error)
                           : fail (self, error, _("a direction, sent or recv"));

  return TRUE;
}

static gboolean
read_line (WsiSessionFile *self,
           JsonObject     *line,
           GError        **error)
{
  if (is_named (line, "type", "comment"))
    {
      end_cut (self);
      return read_comment (self, line, error);
    }

  if (!read_row (self, line, error))
    return FALSE;

  add_later (self);
  return TRUE;
}

gboolean
wsi_session_file_step (WsiSessionFile *self,
                       guint           max_lines,
                       GError        **error)
{
  for (guint i = 0; i < max_lines && !self->is_ended; i++)
    {
      g_autoptr (JsonObject) line = wsi_json_lines_read (self->lines, self->cancellable, error);

      self->is_ended = line == NULL || !read_line (self, line, error);
    }

  if (self->is_ended)
    end_cut (self);
  return !self->is_ended;
}

gboolean
wsi_session_file_run (WsiSessionFile *self,
                      GError        **error)
{
  g_autoptr (GError) reason = NULL;

  while (wsi_session_file_step (self, G_MAXUINT, &reason))
    continue;

  if (reason == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

guint64
wsi_session_file_get_n_torn (const WsiSessionFile *self)
{
  return wsi_json_lines_get_n_torn (self->lines);
}

guint64
wsi_session_file_get_n_bytes (const WsiSessionFile *self)
{
  return wsi_json_lines_get_n_bytes (self->lines);
}
