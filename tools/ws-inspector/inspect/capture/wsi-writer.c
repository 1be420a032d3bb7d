/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-writer.h"

#include <libwsproto/wsproto.h>

#include "inspect/capture/wsi-dissection.h"
#include "inspect/capture/wsi-handshake-report.h"
#include "inspect/capture/wsi-row-numbers.h"
#include "inspect/store/memory/wsi-bytes.h"

#define MIN_SILENCE_US (5 * G_USEC_PER_SEC)     /* silence before an end that a sentence mentions */
#define MAX_PART (16 * 1024)    /* bytes that are dissected at once */
#define MAX_HELD_ROWS 256
#define SWITCHING_PROTOCOLS 101
#define REQUEST_TIMEOUT 408     /* RFC 9110 15.5.9 */

/* A note on a row that its line is yet to make. */
typedef struct
{
  guint    file;
  guint64  number;              /* number of the line */
  guint    kind, mark;          /* kind and mark of the entry */
  char    *text;
} LateNote;

struct _WsiWriter
{
  WsiStore            *store;
  WsiConversationFunc  begins;
  gpointer             user_data;
  gboolean             holds_rows;      /* the rows of many pushes are announced at once */
  GHashTable          *dissections;     /* dissections: WsiConversation to WsiDissection */
  WsiConversation     *latest;          /* conversation of the last push; NULL = none, or closed */
  WsiDissection       *latest_dissection;
  gint64               latest_us;
  GPtrArray           *numbers; /* row numbers of each file (WsiRowNumbers); NULL = none */
  GArray              *late;    /* notes that wait for their rows (LateNote) */
};

static void
free_numbers (gpointer numbers)
{
  if (numbers != NULL)
    wsi_row_numbers_free (numbers);
}

static void
clear_late_note (gpointer note)
{
  g_free (((LateNote *) note)->text);
}

WsiWriter *
wsi_writer_new (WsiStore           *store,
                WsiConversationFunc begins,
                gpointer            user_data)
{
  WsiWriter *self = g_new0 (WsiWriter, 1);

  self->store = g_object_ref (store);
  self->begins = begins;
  self->user_data = user_data;
  self->dissections = g_hash_table_new_full (NULL, NULL, g_object_unref,
                                             (GDestroyNotify) wsi_dissection_free);
  self->numbers = g_ptr_array_new_with_free_func (free_numbers);
  self->late = g_array_new (FALSE, FALSE, sizeof (LateNote));
  g_array_set_clear_func (self->late, clear_late_note);
  return self;
}

void
wsi_writer_free (WsiWriter *self)
{
  g_array_unref (self->late);
  g_ptr_array_unref (self->numbers);
  g_hash_table_unref (self->dissections);
  g_object_unref (self->store);
  g_free (self);
}

void
wsi_writer_hold_rows (WsiWriter *self)
{
  self->holds_rows = TRUE;
}

void
wsi_writer_announce (WsiWriter *self)
{
  if (self->holds_rows)
    wsi_store_announce (self->store);
}

void
wsi_writer_release_rows (WsiWriter *self)
{
  wsi_writer_announce (self);
  self->holds_rows = FALSE;
}

static void
writer_take_open (WsiWriter      *self,
                  const WsiEntry *entry)
{
  WsiConversation *conversation = entry->conversation;
  WsiDissection *dissection = wsi_dissection_new (self->store, conversation);
  const char *uri = wsi_conversation_get_uri (conversation);
  const char *tls = wsi_conversation_get_tls (conversation);

  g_hash_table_insert (self->dissections, g_object_ref (conversation), dissection);
  wsi_dissection_add_event (dissection, WSI_EVENT_OPENED,
                            wsi_conversation_is_decrypted (conversation)
                            ? WSI_SENTENCE (DECRYPTED, tls)
                            : tls != NULL ? WSI_SENTENCE (INSIDE_TLS, tls)
                            : uri != NULL ? WSI_SENTENCE (TEXT, uri) : NULL, entry->time_us);
  self->begins (conversation, self->user_data);
}

static WsiDissection *
writer_find (WsiWriter       *self,
             WsiConversation *conversation)
{
  return conversation == self->latest ? self->latest_dissection
                                      : g_hash_table_lookup (self->dissections, conversation);
}

/* A dissection keeps the bytes of its last push.  set_latest () releases those of the conversation
 * before, so that only one conversation keeps bytes. */
static void
set_latest (WsiWriter       *self,
            WsiConversation *conversation,
            WsiDissection   *dissection)
{
  if (self->latest == conversation)
    return;

  if (self->latest != NULL)
    wsi_dissection_release_bytes (self->latest_dissection, self->latest_us);
  self->latest = conversation;
  self->latest_dissection = dissection;
}

/* Rows are announced before the handshake and the end of their conversation. */
static gboolean
may_hold_rows (WsiWriter       *self,
               WsiConversation *conversation)
{
  return self->holds_rows && wsi_conversation_is_answered (conversation) &&
         wsi_store_get_n_unannounced (self->store) < MAX_HELD_ROWS;
}

/* Many bytes are dissected in parts, so that their records are announced before a small store
 * evicts them.  A receiver of the signal may close the conversation. */
static void
writer_take_push (WsiWriter      *self,
                  const WsiEntry *entry)
{
  gsize length = g_bytes_get_size (entry->bytes), at = 0;

  do
    {
      WsiDissection *dissection = writer_find (self, entry->conversation);
      gsize n_part = MIN (length - at, MAX_PART);
      g_autoptr (GBytes) part =
        n_part < length ? g_bytes_new_from_bytes (entry->bytes, at, n_part) : NULL;

      if (dissection == NULL)
        return;

      if (!may_hold_rows (self, entry->conversation))
        wsi_writer_announce (self);
      set_latest (self, entry->conversation, dissection);
      self->latest_us = entry->time_us;
      wsi_conversation_set_last_time (entry->conversation, entry->time_us);
      wsi_dissection_set_hidden (dissection, entry->direction, entry->is_hidden);
      wsi_dissection_push (dissection, entry->direction, part != NULL ? part : entry->bytes,
                           entry->time_us);
      if (!may_hold_rows (self, entry->conversation))
        wsi_store_announce (self->store);
      at += n_part;
    }
  while (at < length);
}

/* A reader that sees the last row knows how the conversation ended; one that waits for its end
 * knows all rows. */
static void
writer_end_conversation (WsiWriter         *self,
                         WsiConversation   *conversation,
                         WsiEnding          ending,
                         const WsiSentence *sentence,
                         gint64             time_us)
{
  WsiDissection *dissection = writer_find (self, conversation);

  for (guint i = 0; i < 2; i++)
    wsi_dissection_end_direction (dissection, i, time_us);
  wsi_conversation_end (conversation, ending, sentence, time_us);
  wsi_dissection_add_event (dissection, WSI_EVENT_ENDED, sentence, time_us);
  if (self->latest == conversation)
    set_latest (self, NULL, NULL);
  g_hash_table_remove (self->dissections, conversation);
  wsi_store_announce (self->store);
  wsi_conversation_announce_end (conversation);
}

/* Frames of the client are a sign, too, where the response was skipped. */
static gboolean
was_open (WsiWriter       *self,
          WsiConversation *conversation)
{
  const WspDirection of_client = wsi_conversation_get_role (conversation) == WSP_ROLE_CLIENT
                                 ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED;
  WsiCounters client;

  wsi_conversation_get_counters (conversation, of_client, &client);
  return wsi_conversation_was_open (conversation) ||
         (client.n_frames > 0 && wsi_dissection_misses_response (writer_find (self, conversation)));
}

static gboolean
writer_is_failed (WsiConversation *conversation)
{
  return wsi_close_code_is_failure (wsi_conversation_get_close_code (conversation));
}

static WsiSentenceId
describe_failure (WsiConversation *conversation)
{
  gboolean is_client = wsi_conversation_get_role (conversation) == WSP_ROLE_CLIENT;
  gboolean was_sent = wsi_conversation_get_closer (conversation) == WSP_DIRECTION_SENT;

  return is_client == was_sent ? WSI_SENTENCE_FAILED_BY_CLIENT : WSI_SENTENCE_FAILED_BY_SERVER;
}

/* The first bytes of a record of TLS: a handshake, and the version (RFC 8446 5.1). */
static gboolean
writer_is_tls (GBytes *head)
{
  gsize length;
  const guint8 *at = wsi_bytes_get_data (head, &length);

  return length >= 2 && at[0] == 0x16 && at[1] == 0x03;
}

/* The sentence about a connection that was not a WebSocket at any time. */
static WsiSentenceId
describe_unopened (WsiWriter       *self,
                   WsiConversation *conversation)
{
  g_autoptr (GBytes) request = wsi_conversation_dup_request (conversation);
  g_autoptr (GBytes) response = wsi_conversation_dup_response (conversation);

  if (request == NULL && response == NULL)
    return WSI_SENTENCE_NO_REQUEST;
  if (!wsi_conversation_is_answered (conversation))
    return WSI_SENTENCE_ENDED_BEFORE_RESPONSE;
  if (wsi_conversation_is_refused_by_proxy (conversation))
    return WSI_SENTENCE_REFUSED_BY_PROXY;
  if (request == NULL || wsi_dissection_has_request (writer_find (self, conversation)))
    return WSI_SENTENCE_REFUSED;
  if (wsi_conversation_get_status (conversation) == REQUEST_TIMEOUT)
    return WSI_SENTENCE_REQUEST_TOO_SLOW;

  return writer_is_tls (request) ? WSI_SENTENCE_REQUEST_IS_TLS : WSI_SENTENCE_REQUEST_IS_NO_HTTP;
}

/* The sentence about a connection whose source does not say why it ended. */
static WsiSentenceId
describe_freed (WsiWriter       *self,
                WsiConversation *conversation)
{
  return wsi_conversation_get_status (conversation) == SWITCHING_PROTOCOLS
         ? WSI_SENTENCE_CONNECTION_FREED : describe_unopened (self, conversation);
}

/* The sentence about a connection that was dropped: after silence it was probably a timeout, of an
 * endpoint or of something between.  0: it was not. */
static WsiSentenceId
describe_drop (WsiConversation *conversation)
{
  gboolean is_client = wsi_conversation_get_role (conversation) == WSP_ROLE_CLIENT;
  WspDirection direction;
  WsiTcpEnding how = wsi_conversation_get_tcp_ending (conversation, &direction);
  gboolean is_of_client = is_client == (direction == WSP_DIRECTION_SENT);

  if (how == WSI_TCP_ENDING_NONE || wsi_conversation_get_silence (conversation) < MIN_SILENCE_US)
    return 0;

  return how == WSI_TCP_ENDING_RESET
         ? is_of_client ? WSI_SENTENCE_RESET_BY_CLIENT : WSI_SENTENCE_RESET_BY_SERVER
         : is_of_client ? WSI_SENTENCE_DROPPED_BY_CLIENT : WSI_SENTENCE_DROPPED_BY_SERVER;
}

static WsiSentenceId
describe_stream_end (WsiWriter       *self,
                     WsiConversation *conversation,
                     WsiStreamEnd     how)
{
  gboolean has_close = wsi_conversation_get_closer (conversation) != WSI_NO_CLOSER;

  if (how == WSI_STREAM_CUT)
    return WSI_SENTENCE_CAPTURE_ENDS;
  if (how == WSI_STREAM_UNREAD)
    return WSI_SENTENCE_FILE_NOT_READ;
  if (!has_close && was_open (self, conversation) && describe_drop (conversation) != 0)
    return describe_drop (conversation);
  if (how == WSI_STREAM_RESET)
    return has_close ? WSI_SENTENCE_RESET_AFTER_CLOSE : WSI_SENTENCE_RESET;

  return !was_open (self, conversation) ? describe_unopened (self, conversation)
         : has_close ? WSI_SENTENCE_ENDED_AFTER_CLOSE
                     : WSI_SENTENCE_ENDED_WITHOUT_CLOSE;
}

/* A connection that one side has failed stays failed, whatever is missing after it. */
static WsiEnding
choose_ending (WsiConversation *conversation,
               WsiStreamEnd     how)
{
  if (writer_is_failed (conversation) || how == WSI_STREAM_RESET)
    return WSI_ENDING_ABNORMAL;
  if (how == WSI_STREAM_CUT || how == WSI_STREAM_UNREAD)
    return WSI_ENDING_CUT;

  return wsi_conversation_get_closer (conversation) != WSI_NO_CLOSER ? WSI_ENDING_CLEAN
                                                                     : WSI_ENDING_ABNORMAL;
}

/* Whether it ended well is known once everything before was dissected. */
static void
take_close_stream (WsiWriter      *self,
                   const WsiEntry *entry)
{
  WsiConversation *conversation = entry->conversation;
  WsiSentence sentence = { 0 };
  g_autofree char *code = NULL;
  g_autofree char *silence =
    g_strdup_printf ("%.1f s", wsi_conversation_get_silence (conversation) / 1e6);

  for (guint i = 0; i < 2; i++)
    wsi_dissection_end_direction (writer_find (self, conversation), i, entry->time_us);
  if (writer_is_failed (conversation))
    {
      code = g_strdup_printf ("%u", wsi_conversation_get_close_code (conversation));
      sentence = (WsiSentence) { describe_failure (conversation), { code, code } };
    }
  else
    sentence.id = describe_stream_end (self, conversation, entry->code);
  if (sentence.id == describe_drop (conversation))
    sentence.arguments[0] = silence;
  writer_end_conversation (self, conversation, choose_ending (conversation, entry->code), &sentence,
                           entry->time_us);
}

/* Without a sentence the source has not said why it ended. */
static void
writer_take_close (WsiWriter      *self,
                   const WsiEntry *entry)
{
  WsiSentence freed = { 0 };

  if (entry->sentence == NULL)
    freed.id = describe_freed (self, entry->conversation);
  writer_end_conversation (self, entry->conversation, entry->code,
                           entry->sentence != NULL ? entry->sentence : &freed, entry->time_us);
}

static void
writer_take_known (WsiWriter      *self,
                   WsiDissection  *dissection,
                   const WsiEntry *entry)
{
  switch (entry->kind)
    {
    case WSI_ENTRY_OPEN:
    case WSI_ENTRY_PUSH:
    case WSI_ENTRY_COMMENT:
    case WSI_ENTRY_MARK:
      return;
    case WSI_ENTRY_SKIP:
      wsi_dissection_skip (dissection, entry->direction, entry->length, entry->time_us);
      break;
    case WSI_ENTRY_EXPECT_FRAME:
      wsi_dissection_expect_frame (dissection, entry->direction, entry->time_us);
      break;
    case WSI_ENTRY_CONTINUE:
      wsi_dissection_continue_at (dissection, entry->direction, entry->bytes, entry->length,
                                  entry->time_us);
      break;
    case WSI_ENTRY_MESSAGE:
      wsi_conversation_set_last_time (entry->conversation, entry->time_us);
      wsi_dissection_set_hidden (dissection, entry->direction, entry->is_hidden);
      wsi_dissection_add_message (dissection, entry->direction, entry->code, entry->bytes,
                                  entry->time_us);
      break;
    case WSI_ENTRY_EVENT:
      wsi_dissection_add_event (dissection, entry->code, entry->sentence, entry->time_us);
      break;
    case WSI_ENTRY_END_DIRECTION:
      wsi_conversation_set_tcp_ending (entry->conversation, entry->direction, entry->code,
                                       entry->time_us);
      wsi_dissection_end_direction (dissection, entry->direction, entry->time_us);
      break;
    case WSI_ENTRY_CLOSE:
      writer_take_close (self, entry);
      break;
    case WSI_ENTRY_CLOSE_STREAM:
      take_close_stream (self, entry);
      break;
    }

  wsi_store_announce (self->store);
}

/* The numbers of rows that a file has. */
static WsiRowNumbers *
writer_get_numbers (WsiWriter *self,
                    guint      file)
{
  if (file >= self->numbers->len)
    g_ptr_array_set_size (self->numbers, file + 1);
  if (self->numbers->pdata[file] == NULL)
    self->numbers->pdata[file] = wsi_row_numbers_new ();
  return self->numbers->pdata[file];
}

static gboolean
is_note (const WsiEntry *entry)
{
  return entry->kind == WSI_ENTRY_COMMENT || entry->kind == WSI_ENTRY_MARK;
}

/* Sets a note; the store takes none of a row that is gone. */
static void
set_note (WsiWriter  *self,
          guint64     row,
          guint       kind,
          guint       mark,
          const char *text)
{
  if (row >= wsi_store_get_end (self->store))
    return;

  if (kind == WSI_ENTRY_MARK)
    wsi_store_set_recorded_mark (self->store, row, mark);
  else
    wsi_store_set_recorded_comment (self->store, row, text);
}

/* Keeps a note until its row is made.  The last note of a kind counts, so there are at most two for
 * each line that waits. */
static void
keep_note (WsiWriter      *self,
           const WsiEntry *entry,
           guint64         number)
{
  const LateNote note = {
    entry->file, number, entry->kind, entry->code, g_strdup (entry->text),
  };

  for (guint i = 0; i < self->late->len; i++)
    {
      const LateNote *late = &g_array_index (self->late, LateNote, i);

      if (late->file == note.file && late->number == number && late->kind == note.kind)
        {
          g_array_remove_index (self->late, i);
          break;
        }
    }
  g_array_append_val (self->late, note);
}

/* Sets the notes whose rows are made now. */
static void
set_late_notes (WsiWriter *self,
                guint      file)
{
  WsiRowNumbers *numbers = writer_get_numbers (self, file);
  guint64 row;

  for (guint i = 0; i < self->late->len;)
    {
      const LateNote *late = &g_array_index (self->late, LateNote, i);

      if (late->file != file || wsi_row_numbers_is_waiting (numbers, late->number))
        {
          i++;
          continue;
        }

      if (wsi_row_numbers_find (numbers, late->number, &row))
        set_note (self, row, late->kind, late->mark, late->text);
      g_array_remove_index (self->late, i);
    }
}

/* Takes a note, also on a row of a conversation that was closed: it may be the last line of a
 * file.  Bytes that are in no frame make their row later. */
static void
take_note (WsiWriter      *self,
           const WsiEntry *entry)
{
  WsiRowNumbers *numbers = writer_get_numbers (self, entry->file);
  guint32 conversation = wsi_conversation_get_number (entry->conversation);
  guint64 number = entry->number != 0 ? entry->number
                                      : wsi_row_numbers_get_waiting (numbers, conversation);
  guint64 row = wsi_conversation_get_end_record (entry->conversation) - 1;

  if (number != 0 && wsi_row_numbers_is_waiting (numbers, number))
    keep_note (self, entry, number);
  else if (number == 0 || wsi_row_numbers_find (numbers, number, &row))
    set_note (self, row, entry->kind, entry->code, entry->text);
}

/* Writes an entry that belongs to no conversation. */
static void
take_event_of_all (WsiWriter      *self,
                   const WsiEntry *entry)
{
  const WsiRecord event = {
    .time_us = entry->time_us, .event = entry->code, .direction = WSI_NO_DIRECTION,
  };

  wsi_store_append_event (self->store, NULL, &event, entry->sentence);
  wsi_store_announce (self->store);
}

/* Ends a conversation again: it was closed when its keys were missing, before its TCP ended. */
static void
take_late_end (WsiWriter      *self,
               const WsiEntry *entry)
{
  if (wsi_conversation_get_state (entry->conversation) != WSI_STATE_ENCRYPTED)
    return;

  wsi_conversation_set_tcp_ending (entry->conversation, entry->direction, entry->code,
                                   entry->time_us);
  wsi_store_announce (self->store);
}

/* Only a note, and the end of TCP, are recorded of a conversation that was closed. */
static void
writer_take (WsiWriter      *self,
             const WsiEntry *entry)
{
  WsiDissection *dissection;

  if (entry->kind == WSI_ENTRY_PUSH)
    {
      writer_take_push (self, entry);
      return;
    }

  wsi_writer_announce (self);
  if (entry->kind == WSI_ENTRY_OPEN)
    {
      writer_take_open (self, entry);
      return;
    }

  if (is_note (entry))
    {
      take_note (self, entry);
      return;
    }

  if (entry->conversation == NULL)
    {
      take_event_of_all (self, entry);
      return;
    }

  dissection = writer_find (self, entry->conversation);
  if (dissection != NULL)
    writer_take_known (self, dissection, entry);
  else if (entry->kind == WSI_ENTRY_END_DIRECTION)
    take_late_end (self, entry);
}

static void
take_numbered (WsiWriter      *self,
               const WsiEntry *entry)
{
  WsiRowNumbers *numbers = writer_get_numbers (self, entry->file);
  WsiNumberedRows rows = {
    .number = entry->number,
    .direction = entry->kind == WSI_ENTRY_CLOSE ? WSI_NO_DIRECTION : entry->direction,
    .first = wsi_store_get_end (self->store),
  };

  writer_take (self, entry);
  rows.conversation = entry->conversation != NULL
                      ? wsi_conversation_get_number (entry->conversation) : 0;
  rows.end = wsi_store_get_end (self->store);
  wsi_row_numbers_forget (numbers, wsi_store_get_first (self->store));
  wsi_row_numbers_add (numbers, &rows);
  if (self->late->len > 0)
    set_late_notes (self, entry->file);
}

void
wsi_writer_take (WsiWriter      *self,
                 const WsiEntry *entry)
{
  g_autoptr (WsiConversation) kept = entry->conversation != NULL
                                     ? g_object_ref (entry->conversation) : NULL;

  if (entry->number != 0 && !is_note (entry))
    take_numbered (self, entry);
  else
    writer_take (self, entry);
}
