/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/files/wsi-session-file.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "inspect/sources/files/json/wsi-json-lines.h"
#include "inspect/sources/files/session/wsi-sentence-fields.h"
#include "inspect/sources/files/session/wsi-session-frame.h"
#include "inspect/sources/files/session/wsi-session-line.h"
#include "inspect/store/wsi-conversation.h"

#define VERSION 1
#define MAX_TIME (G_MAXINT64 / 4)
#define MAX_MARK 255
#define MAX_LATER (16 * 1024 * 1024)    /* bytes of notes that come later */
#define SIZE_OF_LATER 128               /* bytes of a later note without its text */

/* The end of a direction within a frame: known only when the next line does not say that bytes are
 * missing. */
typedef struct
{
  WsiConversation *conversation;        /* conversation of the direction; NULL = none is cut */
  WspDirection     direction;
  gint64           time_us;
} Cut;

struct _WsiSessionFile
{
  WsiJsonLines *lines;
  WsiRecorder  *recorder;
  GCancellable *cancellable;
  GHashTable   *open;           /* open conversations by number in the file (WsiConversation) */
  gint64        offset_us;      /* offset that makes a wall time of a time of the file */
  Cut           cut;
  WsiConversation *last;        /* conversation of the last line with one; NULL = there was none */
  gint64        number;         /* number of the last row; 0 = it has none */
  GHashTable   *later;          /* number of a row to the last comment on it, or to NULL */
  GHashTable   *later_marks;    /* number of a row to its last mark */
  gsize         n_later;        /* bytes of later and later_marks */
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
  g_hash_table_unref (self->later_marks);
  g_free (self);
}

static gboolean
session_file_fail (WsiSessionFile *self,
                   GError        **error,
                   const char     *expected)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               _("Line %" PRIu64 ", byte %" PRIu64 ": expected %s"),
               wsi_json_lines_get_line (self->lines), wsi_json_lines_get_offset (self->lines),
               expected);
  return FALSE;
}

/* Subtracts times; a file may name any, so those far from the possible ones are limited. */
static gint64
session_file_subtract (gint64 one,
                       gint64 other)
{
  return CLAMP (one, -MAX_TIME, MAX_TIME) - CLAMP (other, -MAX_TIME, MAX_TIME);
}

static gboolean
check_first_line (WsiSessionFile     *self,
                  const WsiJsonField *line,
                  GError            **error)
{
  const char *type = wsi_session_line_get_string (line, WSI_LINE_TYPE);
  gint64 version = wsi_session_line_get_number (line, WSI_LINE_VERSION, 0);

  if (wsi_session_line_has (line, WSI_LINE_NO) || wsi_session_line_has (line, WSI_LINE_EVENT))
    return session_file_fail (self, error,
                              _("a session, received a listing of -T jsonl, which has no bytes of "
                                "the wire (write a .wsinspect file instead)"));

  if (g_strcmp0 (type, "wsinspect-session") != 0)
    return session_file_fail (self, error, _("the first line of a session, "
                                             "{\"type\":\"wsinspect-session\",...}"));

  if (version != VERSION)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   _("Session file: expected version %d, received %" PRIi64
                     " (a later wsinspect may read it)"), VERSION, version);
      return FALSE;
    }

  self->offset_us = session_file_subtract (wsi_session_line_get_number (line, WSI_LINE_WALL_US, 0),
                                           wsi_session_line_get_number (line, WSI_LINE_MONOTONIC_US,
                                                                        0));
  return TRUE;
}

WsiSessionFile *
wsi_session_file_new (GInputStream *stream,
                      WsiRecorder  *recorder,
                      GCancellable *cancellable,
                      GError      **error)
{
  g_autoptr (WsiSessionFile) self = g_new0 (WsiSessionFile, 1);
  const WsiJsonField *line;
  g_autoptr (GError) reason = NULL;

  self->lines = wsi_json_lines_new (stream, wsi_session_line_names, WSI_N_LINE_MEMBERS);
  self->recorder = g_object_ref (recorder);
  g_set_object (&self->cancellable, cancellable);
  self->open = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->later = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->later_marks = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  line = wsi_json_lines_read (self->lines, cancellable, &reason);
  if (line == NULL && reason == NULL)
    session_file_fail (self, &reason,
                       _("the first line of a session, received the end of the file"));
  if (reason != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }

  return check_first_line (self, line, error) ? g_steal_pointer (&self) : NULL;
}

static gboolean
is_type (const WsiJsonField *line,
         const char         *type)
{
  return wsi_session_line_is_named (line, WSI_LINE_TYPE, type);
}

/* Reads the number of a mark.  FALSE: no row may have it. */
static gboolean
read_mark_number (const WsiJsonField *line,
                  guint              *mark)
{
  gint64 number = wsi_session_line_get_number (line, WSI_LINE_MARK, -1);

  *mark = CLAMP (number, 0, MAX_MARK);
  return number == *mark;
}

static void
keep_later (WsiSessionFile     *self,
            const WsiJsonField *line)
{
  gboolean is_mark = is_type (line, "mark");
  const char *text = is_mark ? NULL : wsi_session_line_get_string (line, WSI_LINE_TEXT);
  gint64 number = wsi_session_line_get_number (line, WSI_LINE_NO, 0);
  gsize size = SIZE_OF_LATER + (text != NULL ? strlen (text) : 0);

  guint mark = 0;

  if (number < 1 || size > MAX_LATER - self->n_later ||
      (is_mark && !read_mark_number (line, &mark)))
    return;

  self->n_later += size;
  if (is_mark)
    g_hash_table_insert (self->later_marks, g_memdup2 (&number, sizeof number),
                         GUINT_TO_POINTER (mark));
  else
    g_hash_table_insert (self->later, g_memdup2 (&number, sizeof number), g_strdup (text));
}

void
wsi_session_file_look_ahead (WsiSessionFile *self,
                             GInputStream   *rest)
{
  static const char *const begins[] = {
#define NOTE(id, type, sentence) "{\"type\":\"" type "\",\"no\":",
#include "inspect/store/wsi-made-rows.h"
    NULL,
  };
  g_autoptr (WsiJsonLines) lines =
    wsi_json_lines_new (rest, wsi_session_line_names, WSI_N_LINE_MEMBERS);
  const WsiJsonField *line;

  while ((line = wsi_json_lines_find (lines, begins, self->cancellable)) != NULL)
    keep_later (self, line);
}

static WsiConversation *
session_file_find (WsiSessionFile     *self,
                   const WsiJsonField *line)
{
  gint64 number = wsi_session_line_get_number (line, WSI_LINE_CONN, 0);

  return g_hash_table_lookup (self->open, &number);
}

static gint64
session_file_get_time (WsiSessionFile     *self,
                       const WsiJsonField *line)
{
  return session_file_subtract (wsi_session_line_get_number (line, WSI_LINE_T, 0),
                                -self->offset_us);
}

static gboolean
session_file_read_open (WsiSessionFile     *self,
                        const WsiJsonField *line,
                        GError            **error)
{
  gint64 number = wsi_session_line_get_number (line, WSI_LINE_CONN, 0);
  gboolean is_missing = wsi_session_line_is_named (line, WSI_LINE_HANDSHAKE, "missing");
  gboolean is_told = wsi_session_line_is_named (line, WSI_LINE_HANDSHAKE, "told");
  gboolean is_server = wsi_session_line_is_named (line, WSI_LINE_ROLE, "server");
  const WsiOpening opening = {
    .role = is_server ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT,
    .source = wsi_session_line_get_string (line, WSI_LINE_SOURCE),
    .client = wsi_session_line_get_string (line, WSI_LINE_CLIENT),
    .server = wsi_session_line_get_string (line, WSI_LINE_SERVER),
    .uri = wsi_session_line_get_string (line, WSI_LINE_URI),
    .tls = wsi_session_line_get_string (line, WSI_LINE_TLS),
    .handshake = is_missing ? WSI_HANDSHAKE_MISSING : is_told ? WSI_HANDSHAKE_TOLD
                                                              : WSI_HANDSHAKE_READ,
    .extensions = wsi_session_line_get_string (line, WSI_LINE_EXTENSIONS),
  };

  if (number < 1 || number > G_MAXUINT32 || session_file_find (self, line) != NULL)
    return session_file_fail (self, error, _("a new number of a connection"));

  if (g_hash_table_size (self->open) >= WSI_SESSION_MAX_OPEN)
    return session_file_fail (self, error, _("at most 65536 open connections"));

  g_set_object (&self->last,
                wsi_recorder_open (self->recorder, &opening, session_file_get_time (self, line)));
  g_hash_table_insert (self->open, g_memdup2 (&number, sizeof number), g_object_ref (self->last));
  return TRUE;
}

static gboolean
session_file_read_head (WsiSessionFile  *self,
                        WsiConversation *conversation,
                        WspDirection     direction,
                        WsiJsonField    *line,
                        GError         **error)
{
  WsiLineBytes head = wsi_session_line_take_bytes (line);
  g_autoptr (GBytes) bytes = NULL;

  if (head.at == NULL)
    return session_file_fail (self, error, _("the bytes of a head"));

  bytes = g_bytes_new (head.at, head.length);
  wsi_recorder_push (self->recorder, conversation, direction, bytes,
                     session_file_get_time (self, line));
  return TRUE;
}

/* Records the bytes that are known; those after them are missing. */
static void
push_known (WsiSessionFile  *self,
            WsiConversation *conversation,
            WspDirection     direction,
            GBytes          *known,
            guint64          n_missing,
            gint64           time_us)
{
  wsi_recorder_push (self->recorder, conversation, direction, known, time_us);
  if (n_missing > 0)
    wsi_recorder_skip (self->recorder, conversation, direction, n_missing, time_us);
}

static gboolean
read_loose_bytes (WsiSessionFile  *self,
                  WsiConversation *conversation,
                  WspDirection     direction,
                  WsiJsonField    *line,
                  GError         **error)
{
  WsiLineBytes bytes = wsi_session_line_take_bytes (line);
  g_autoptr (GBytes) known = g_bytes_new (bytes.at, bytes.length);
  gint64 length = wsi_session_line_get_number (line, WSI_LINE_LENGTH, -1);
  gint64 n_known = bytes.length;
  gint64 n_missing = wsi_session_line_get_number (line, WSI_LINE_MISSING, 0);

  if (length < n_known || n_missing < 0 || n_missing > length - n_known)
    return session_file_fail (self, error, _("the number of the bytes"));

  push_known (self, conversation, direction, known, length - n_missing - n_known,
              session_file_get_time (self, line));
  return TRUE;
}

/* Reads a header that was cut: only its first byte is known for sure. */
static gboolean
read_cut_header (WsiSessionFile     *self,
                 WsiConversation    *conversation,
                 WspDirection        direction,
                 const WsiJsonField *line,
                 GError            **error)
{
  gint64 n_header = wsi_session_line_get_number (line, WSI_LINE_HEADER, -1);
  guint8 first = wsi_session_frame_make_first_byte (line);
  g_autoptr (GBytes) known = g_bytes_new (&first, sizeof first);

  if (!wsi_session_line_is_true (line, WSI_LINE_CUT) || n_header < 1 ||
      n_header >= WSI_MAX_HEADER)
    return session_file_fail (self, error, _("the fields of a frame header"));

  push_known (self, conversation, direction, known, n_header - 1,
              session_file_get_time (self, line));
  return TRUE;
}

static gboolean
read_frame (WsiSessionFile  *self,
            WsiConversation *conversation,
            WspDirection     direction,
            WsiJsonField    *line,
            GError         **error)
{
  WsiSessionFrame header = { 0 };
  WsiLineBytes wire = wsi_session_line_take_base64 (line, WSI_LINE_WIRE);
  WsiLineBytes payload = wire.at != NULL ? wire : wsi_session_line_take_bytes (line);
  g_autoptr (GBytes) known = NULL;
  guint64 n_missing = MAX (wsi_session_line_get_number (line, WSI_LINE_MISSING, 0), 0);
  guint64 n_known = payload.length;
  gboolean is_cut = wsi_session_line_is_true (line, WSI_LINE_CUT);

  if (is_cut)
    {
      g_set_object (&self->cut.conversation, conversation);
      self->cut.direction = direction;
      self->cut.time_us = session_file_get_time (self, line);
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
    return session_file_fail (self, error, _("a payload of the length of the frame"));

  known = wsi_session_frame_make_bytes (&header, payload);
  push_known (self, conversation, direction, known, header.payload_length - n_missing - n_known,
              session_file_get_time (self, line));
  return TRUE;
}

/* Reads a message; one that an export withheld is missing bytes, as many as they may be. */
static gboolean
session_file_read_message (WsiSessionFile  *self,
                           WsiConversation *conversation,
                           WspDirection     direction,
                           WsiJsonField    *line,
                           GError         **error)
{
  WsiLineBytes payload = wsi_session_line_take_bytes (line);
  gint64 opcode = wsi_session_line_get_number (line, WSI_LINE_OPCODE, -1);
  g_autoptr (GBytes) bytes = NULL;

  if (opcode >= 0 && opcode <= 15 && payload.at == NULL &&
      wsi_session_line_has (line, WSI_LINE_WITHHELD))
    {
      wsi_recorder_skip (self->recorder, conversation, direction, G_MAXUINT64,
                         session_file_get_time (self, line));
      return TRUE;
    }
  if (opcode < 0 || opcode > 15 || payload.at == NULL)
    return session_file_fail (self, error, _("a message with opcode and payload"));

  bytes = g_bytes_new (payload.at, payload.length);
  wsi_recorder_message (self->recorder, conversation, direction, opcode, bytes,
                        session_file_get_time (self, line));
  return TRUE;
}

static gboolean
read_gap (WsiSessionFile  *self,
          WsiConversation *conversation,
          WspDirection     direction,
          WsiJsonField    *line,
          GError         **error)
{
  gint64 length = wsi_session_line_get_number (line, WSI_LINE_LENGTH, 0);

  if (length < 0)
    return session_file_fail (self, error, _("a length of 0 or more"));

  wsi_recorder_skip (self->recorder, conversation, direction,
                     length > 0 ? (guint64) length : G_MAXUINT64,
                     session_file_get_time (self, line));
  return TRUE;
}

static const struct
{
  const char *type;
  gboolean    (*read)(WsiSessionFile  *self,
                      WsiConversation *conversation,
                      WspDirection     direction,
                      WsiJsonField    *line,
                      GError         **error);
} rows[] = {
  { "head", session_file_read_head },
  { "frame", read_frame },
  { "bytes", read_loose_bytes },
  { "message", session_file_read_message },
  { "gap", read_gap },
};

static gboolean
take_sentence (const WsiJsonField *line,
               WsiSentence        *sentence)
{
  return wsi_sentence_fields_take (&line[WSI_LINE_TEXT], &line[WSI_LINE_SENTENCE], sentence);
}

/* Faults, and what a store did not keep, are found again or not of interest. */
static gboolean
read_event (WsiSessionFile     *self,
            WsiConversation    *conversation,
            const WsiJsonField *line)
{
  static const struct
  {
    const char *name;
    WsiEvent    event;
  } events[] = {
    { "paused", WSI_EVENT_PAUSED }, { "resumed", WSI_EVENT_RESUMED }, { "note", WSI_EVENT_NOTE },
  };
  WsiSentence sentence;
  gboolean has_text = take_sentence (line, &sentence);

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    if (wsi_session_line_is_named (line, WSI_LINE_EVENT, events[i].name))
      wsi_recorder_event (self->recorder, conversation, events[i].event,
                          has_text ? &sentence : NULL, session_file_get_time (self, line));
  return TRUE;
}

/* Reads an event without a connection.  Others than notes are those of the program that has written
 * the file. */
static void
read_event_of_all (WsiSessionFile     *self,
                   const WsiJsonField *line)
{
  WsiSentence sentence;

  if (!wsi_session_line_has (line, WSI_LINE_CONN) &&
      wsi_session_line_is_named (line, WSI_LINE_EVENT, "note") && take_sentence (line, &sentence))
    wsi_recorder_event (self->recorder, NULL, WSI_EVENT_NOTE, &sentence,
                        session_file_get_time (self, line));
}

/* How TCP has ended, and whose end was first. */
static void
read_tcp_ending (WsiSessionFile     *self,
                 WsiConversation    *conversation,
                 const WsiJsonField *line)
{
  WsiTcpEnding how = wsi_session_line_is_named (line, WSI_LINE_TCP, "fin")
                     ? WSI_TCP_ENDING_FIN
                     : wsi_session_line_is_named (line, WSI_LINE_TCP, "rst")
                     ? WSI_TCP_ENDING_RESET : WSI_TCP_ENDING_NONE;
  gint64 time_us = wsi_session_line_get_number (line, WSI_LINE_TCP_T, 0);
  WspDirection direction;

  if (wsi_session_line_get_direction (line, &direction))
    wsi_conversation_set_tcp_ending (conversation, direction, how,
                                     session_file_subtract (time_us, -self->offset_us));
}

static gboolean
read_close (WsiSessionFile     *self,
            WsiConversation    *conversation,
            const WsiJsonField *line)
{
  WsiEnding ending = WSI_ENDING_ABNORMAL;
  WsiSentence sentence;
  gboolean has_text = take_sentence (line, &sentence);
  gint64 number = wsi_session_line_get_number (line, WSI_LINE_CONN, 0);

  wsi_ending_parse (wsi_session_line_get_string (line, WSI_LINE_ENDING), &ending);
  read_tcp_ending (self, conversation, line);
  wsi_recorder_close (self->recorder, conversation, ending, has_text ? &sentence : NULL,
                      session_file_get_time (self, line));
  g_hash_table_remove (self->open, &number);
  return TRUE;
}

static gboolean
is_later (WsiSessionFile *self,
          gint64          number,
          gpointer       *text)
{
  return g_hash_table_lookup_extended (self->later, &number, NULL, text);
}

/* Reads a comment on the row of the line before, or, with a number, on an earlier one, which has no
 * comment any more if there is no text. */
static gboolean
read_comment (WsiSessionFile     *self,
              const WsiJsonField *line,
              GError            **error)
{
  const char *text = wsi_session_line_get_string (line, WSI_LINE_TEXT);
  gint64 number = wsi_session_line_get_number (line, WSI_LINE_NO, 0);
  gpointer last;

  if (number < 0 || (number == 0 && wsi_session_line_has (line, WSI_LINE_NO)))
    return session_file_fail (self, error, _("the number of a row"));

  if (self->last == NULL || (number == 0 && (text == NULL || is_later (self, self->number, NULL))))
    return TRUE;

  wsi_recorder_comment (self->recorder, self->last, number,
                        is_later (self, number, &last) ? last : text);
  return TRUE;
}

/* Reads a mark; one that no row may have is left out. */
static gboolean
read_mark (WsiSessionFile     *self,
           const WsiJsonField *line,
           GError            **error)
{
  gint64 number = wsi_session_line_get_number (line, WSI_LINE_NO, 0);
  guint mark;

  if (number < 1)
    return session_file_fail (self, error, _("the number of a row"));

  if (self->last != NULL && read_mark_number (line, &mark))
    wsi_recorder_mark (self->recorder, self->last, number, mark);
  return TRUE;
}

/* The row was just read, and notes on it come later in the file. */
static void
add_later (WsiSessionFile *self)
{
  gpointer text = NULL, mark = NULL;
  gboolean has_comment = is_later (self, self->number, &text);
  gboolean has_mark =
    g_hash_table_lookup_extended (self->later_marks, &self->number, NULL, &mark);

  if (self->last == NULL || (!has_comment && !has_mark))
    return;

  wsi_recorder_announce (self->recorder);
  if (has_comment)
    wsi_recorder_comment (self->recorder, self->last, self->number, text);
  if (has_mark)
    wsi_recorder_mark (self->recorder, self->last, self->number, GPOINTER_TO_UINT (mark));
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
          WsiJsonField   *line,
          GError        **error)
{
  WsiConversation *conversation = session_file_find (self, line);
  WspDirection direction;
  gboolean has_direction = wsi_session_line_get_direction (line, &direction);

  if (!is_type (line, "gap") || conversation != self->cut.conversation)
    end_cut (self);
  g_clear_object (&self->cut.conversation);
  self->number = MAX (wsi_session_line_get_number (line, WSI_LINE_NO, 0), 0);
  wsi_recorder_number_row (self->recorder, self->number);

  if (is_type (line, "open"))
    return session_file_read_open (self, line, error);
  if (conversation == NULL && !is_type (line, "event"))
    return session_file_fail (self, error, _("an open connection"));

  if (conversation == NULL)
    {
      read_event_of_all (self, line);
      return TRUE;
    }

  g_set_object (&self->last, conversation);
  if (is_type (line, "event"))
    return read_event (self, conversation, line);
  if (is_type (line, "close"))
    return read_close (self, conversation, line);

  wsi_recorder_set_hidden (self->recorder, wsi_session_line_is_true (line, WSI_LINE_HIDDEN));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (is_type (line, rows[i].type))
      return has_direction ? rows[i].read (self, conversation, direction, line, error)
                           : session_file_fail (self, error, _("a direction, sent or recv"));

  return TRUE;
}

/* Frames after each other are announced together: a signal for each costs more than to read it.
 * Other lines may change what is known of a connection, and are announced by themselves. */
static void
hold_rows (WsiSessionFile     *self,
           const WsiJsonField *line)
{
  if (is_type (line, "frame") || is_type (line, "bytes"))
    wsi_recorder_hold_rows (self->recorder);
  else
    wsi_recorder_release_rows (self->recorder);
}

static gboolean
session_file_read_line (WsiSessionFile *self,
                        WsiJsonField   *line,
                        GError        **error)
{
  hold_rows (self, line);
  if (is_type (line, "comment") || is_type (line, "mark"))
    {
      end_cut (self);
      return is_type (line, "mark") ? read_mark (self, line, error)
                                    : read_comment (self, line, error);
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
      WsiJsonField *line;

      if (!wsi_json_lines_has_next (self->lines))
        wsi_recorder_announce (self->recorder);
      line = wsi_json_lines_read (self->lines, self->cancellable, error);
      self->is_ended = line == NULL || !session_file_read_line (self, line, error);
    }

  if (self->is_ended)
    end_cut (self);
  wsi_recorder_announce (self->recorder);
  return !self->is_ended;
}

guint64
wsi_session_file_get_n_cut (const WsiSessionFile *self)
{
  return wsi_json_lines_get_n_cut (self->lines);
}
