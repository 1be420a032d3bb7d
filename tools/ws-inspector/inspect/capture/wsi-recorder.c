/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A recorder in two parts.  The source's part makes an entry of each call.  The writer dissects it:
 * at once for a recorder without a lane, else later and in its own thread. */

#include "inspect/capture/wsi-recorder.h"

#include <string.h>

#include "inspect/capture/lanes/wsi-wall-clock.h"
#include "inspect/capture/wsi-close-sentence.h"
#include "inspect/capture/wsi-socket-addresses.h"
#include "inspect/capture/wsi-writer.h"

struct _WsiRecorder
{
  GObject     parent_instance;

  WspRole     role;
  WsiWallClock   *clock;

  WsiLane    *lane;             /* lane to the writer's thread; NULL: the source is there, too */
  WsiLaneKind kind;
  gboolean    has_ended;        /* nothing of a tap is recorded any more (used by the source) */
  GHashTable *sources;          /* live sources: GObject to WsiConversation (used by the source) */
  WsiConversation *silent;      /* conversation of the last source that failed without sending
                                 * anything (used by the source) */
  GHashTable *open;             /* open ones: WsiConversation to its order (used by the source) */
  guint       n_opened;
  gint64      last_us;          /* latest time that was recorded (used by the source) */
  gboolean    is_hidden;        /* messages have hidden values (used by the source) */
  guint64     number;           /* number of the row in its file, 0 = none (used by the source) */
  WsiWriter  *writer;           /* writer of the store; NULL: the recorder is a part */
  WsiLaneFunc function;         /* function that gets what a part records; NULL: it is not a part */
  gpointer    user_data;
};

enum
{
  CONVERSATION,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
recorder_on_conversation (WsiConversation *conversation,
                          gpointer         self)
{
  g_signal_emit (self, signals[CONVERSATION], 0, conversation);
}

/* Gives an entry to the receiver, which may drop the recorder. */
static void
recorder_take (gpointer        recorder,
               const WsiEntry *entry)
{
  g_autoptr (WsiRecorder) self = g_object_ref (recorder);

  wsi_writer_take (self->writer, entry);
}

/* The source's part, from here on. */

static void
recorder_put (WsiRecorder    *self,
              const WsiEntry *entry)
{
  self->last_us = MAX (self->last_us, entry->time_us);
  if (self->function != NULL)
    self->function (self->user_data, entry);
  else if (self->lane != NULL)
    wsi_lane_put (self->lane, entry);
  else
    recorder_take (self, entry);
}

static void
recorder_hand_on (WsiRecorder    *self,
                  const WsiEntry *entry)
{
  WsiEntry numbered;

  if (self->number == 0)
    {
      recorder_put (self, entry);
      return;
    }

  numbered = *entry;
  numbered.number = self->number;
  recorder_put (self, &numbered);
}

gint64
wsi_recorder_get_now (WsiRecorder *self)
{
  return wsi_wall_clock_to_wall (self->clock, g_get_monotonic_time ());
}

/* A connection may be freed before it has an end: the writer knows whether it was refused. */
static void
forget_source (gpointer recorder,
               GObject *source)
{
  WsiRecorder *self = recorder;
  g_autoptr (WsiConversation) conversation = NULL;

  g_hash_table_steal_extended (self->sources, source, NULL, (gpointer *) &conversation);
  wsi_recorder_close (self, conversation, WSI_ENDING_ABNORMAL, NULL,
                      wsi_recorder_get_now (self));
}

/* The conversation of a source.  time_us: the time of the next thing to record. */
static WsiConversation *
get_for (WsiRecorder *self,
         GObject     *source,
         gint64       time_us)
{
  WsiConversation *conversation = g_hash_table_lookup (self->sources, source);
  g_autofree char *local = NULL;
  g_autofree char *remote = NULL;
  WsiOpening opening = { .role = self->role };

  if (conversation != NULL)
    return conversation;

  wsi_socket_addresses_describe (source, &local, &remote);
  opening.client = self->role == WSP_ROLE_CLIENT ? local : remote;
  opening.server = self->role == WSP_ROLE_CLIENT ? remote : local;
  conversation = wsi_recorder_open (self, &opening, time_us);
  g_hash_table_insert (self->sources, source, g_object_ref (conversation));
  g_object_weak_ref (source, forget_source, self);
  return conversation;
}

static void
recorder_on_bytes_passed (WspTap      *tap,
                          GObject     *source,
                          WspDirection direction,
                          GBytes      *bytes,
                          gint64       time_us)
{
  WsiRecorder *self = WSI_RECORDER (tap);

  gint64 wall_us;

  if (self->has_ended)
    return;

  wall_us = wsi_wall_clock_to_wall (self->clock, time_us);
  wsi_recorder_push (self, get_for (self, source, wall_us), direction, bytes, wall_us);
}

/* A client whose handshake has failed may have sent nothing. */
static void
recorder_note_failure (WsiRecorder *self,
                       GObject     *source)
{
  g_clear_object (&self->silent);
  if (g_hash_table_lookup (self->sources, source) == NULL)
    self->silent = g_object_ref (wsi_recorder_get_for (self, source));
}

static void
recorder_on_state_changed (WspTap  *tap,
                           GObject *source)
{
  WsiRecorder *self = WSI_RECORDER (tap);
  WspCloseInfo *info = WSP_IS_CONNECTION (source)
                       ? wsp_connection_get_close_info (WSP_CONNECTION (source)) : NULL;
  g_autofree WsiSentence *sentence = NULL;

  if (!self->has_ended && (WSP_IS_HANDSHAKE (source) || WSP_IS_HTTP_REQUEST (source)) &&
      self->role == WSP_ROLE_SERVER)
    recorder_note_failure (self, source);
  if (info == NULL || self->has_ended)
    return;

  sentence = wsi_close_sentence_new (info);
  wsi_recorder_close (self, wsi_recorder_get_for (self, source),
                      wsp_close_info_is_clean (info) ? WSI_ENDING_CLEAN : WSI_ENDING_ABNORMAL,
                      sentence, wsi_recorder_get_now (self));
}

static void
wsi_recorder_tap_iface_init (WspTapInterface *iface)
{
  iface->bytes_passed = recorder_on_bytes_passed;
  iface->state_changed = recorder_on_state_changed;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WsiRecorder, wsi_recorder, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, wsi_recorder_tap_iface_init))

static void
forget_sources (WsiRecorder *self)
{
  GHashTableIter iter;
  gpointer source;

  g_hash_table_iter_init (&iter, self->sources);
  while (g_hash_table_iter_next (&iter, &source, NULL))
    g_object_weak_unref (source, forget_source, self);
  g_hash_table_remove_all (self->sources);
}

static void
wsi_recorder_finalize (GObject *object)
{
  WsiRecorder *self = WSI_RECORDER (object);

  forget_sources (self);
  g_clear_object (&self->silent);
  g_hash_table_unref (self->sources);
  g_hash_table_unref (self->open);
  g_clear_pointer (&self->writer, wsi_writer_free);
  g_clear_pointer (&self->lane, wsi_lane_unref);
  wsi_wall_clock_unref (self->clock);

  G_OBJECT_CLASS (wsi_recorder_parent_class)->finalize (object);
}

static void
wsi_recorder_class_init (WsiRecorderClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_recorder_finalize;

  /* Signal for a WsiConversation that begins; emitted in the writer's thread. */
  signals[CONVERSATION] = g_signal_new ("conversation", G_TYPE_FROM_CLASS (class),
                                        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        WSI_TYPE_CONVERSATION);
}

static void
wsi_recorder_init (WsiRecorder *self)
{
  self->sources = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->open = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
}

static WsiRecorder *
recorder_construct (WsiStore     *store,
                    WspRole       role,
                    WsiWallClock *clock)
{
  WsiRecorder *self = g_object_new (WSI_TYPE_RECORDER, NULL);

  self->clock = clock;
  if (store != NULL)
    self->writer = wsi_writer_new (store, recorder_on_conversation, self);
  self->role = role;
  return self;
}

WsiRecorder *
wsi_recorder_new (WsiStore *store,
                  WspRole   role)
{
  return recorder_construct (store, role, wsi_wall_clock_new ());
}

WsiRecorder *
wsi_recorder_new_in_lane (WsiStore             *store,
                          WspRole               role,
                          WsiMerger            *merger,
                          const WsiLaneOptions *options)
{
  WsiRecorder *self =
    recorder_construct (store, role, wsi_wall_clock_ref (wsi_merger_get_clock (merger)));

  self->kind = options->kind;
  self->lane = wsi_lane_new (merger, options, recorder_take, g_object_ref (self), g_object_unref);
  return self;
}

WsiRecorder *
wsi_recorder_new_part (WsiRecorder *whole,
                       WsiLaneFunc  function,
                       gpointer     user_data)
{
  WsiRecorder *self = recorder_construct (NULL, whole->role, wsi_wall_clock_ref (whole->clock));

  self->function = function;
  self->user_data = user_data;
  return self;
}

void
wsi_recorder_pass (WsiRecorder    *self,
                   const WsiEntry *entry)
{
  if (entry->kind == WSI_ENTRY_OPEN)
    g_hash_table_insert (self->open, g_object_ref (entry->conversation),
                         GUINT_TO_POINTER (++self->n_opened));
  recorder_put (self, entry);
  if (entry->kind == WSI_ENTRY_CLOSE || entry->kind == WSI_ENTRY_CLOSE_STREAM)
    g_hash_table_remove (self->open, entry->conversation);
}

static int
compare_orders (gconstpointer a,
                gconstpointer b,
                gpointer      open)
{
  guint one = GPOINTER_TO_UINT (g_hash_table_lookup (open, a));
  guint other = GPOINTER_TO_UINT (g_hash_table_lookup (open, b));

  return (one > other) - (one < other);
}

static void
recorder_close_all (WsiRecorder       *self,
                    const WsiSentence *sentence,
                    gint64             time_us)
{
  g_autolist (WsiConversation) open =
    g_list_sort_with_data (g_hash_table_get_keys (self->open), compare_orders, self->open);

  for (GList *i = open; i != NULL; i = i->next)
    g_object_ref (i->data);
  for (GList *i = open; i != NULL; i = i->next)
    wsi_recorder_close (self, i->data, WSI_ENDING_CUT, sentence, time_us);
}

void
wsi_recorder_close_all (WsiRecorder       *self,
                        const WsiSentence *sentence)
{
  recorder_close_all (self, sentence, self->last_us);
}

void
wsi_recorder_end (WsiRecorder *self)
{
  recorder_close_all (self, WSI_SENTENCE (RECORDING_ENDED),
                      self->kind == WSI_LANE_RECORDED ? self->last_us
                      : wsi_recorder_get_now (self));
  forget_sources (self);
  self->has_ended = TRUE;
  if (self->lane != NULL)
    wsi_lane_end (self->lane);
}

void
wsi_recorder_stop_waiting (WsiRecorder *self)
{
  if (self->lane != NULL)
    wsi_lane_stop_waiting (self->lane);
}

WsiConversation *
wsi_recorder_get_for (WsiRecorder *self,
                      GObject     *source)
{
  return get_for (self, source, wsi_recorder_get_now (self));
}

void
wsi_recorder_explain_failure (WsiRecorder       *self,
                              const WsiSentence *sentence)
{
  g_autoptr (WsiConversation) silent = g_steal_pointer (&self->silent);

  if (silent != NULL)
    wsi_recorder_close (self, silent, WSI_ENDING_ABNORMAL, sentence, wsi_recorder_get_now (self));
}

WspConnection *
wsi_recorder_find_connection (WsiRecorder     *self,
                              WsiConversation *conversation)
{
  GHashTableIter iter;
  gpointer source, value;

  g_hash_table_iter_init (&iter, self->sources);
  while (g_hash_table_iter_next (&iter, &source, &value))
    if (value == conversation && WSP_IS_CONNECTION (source))
      return WSP_CONNECTION (source);
  return NULL;
}

WsiConversation *
wsi_recorder_open (WsiRecorder      *self,
                   const WsiOpening *opening,
                   gint64            time_us)
{
  WsiConversation *conversation = wsi_conversation_new (opening, time_us);
  const WsiEntry entry = {
    .kind = WSI_ENTRY_OPEN, .conversation = conversation, .time_us = time_us,
  };

  g_hash_table_insert (self->open, conversation, GUINT_TO_POINTER (++self->n_opened));
  recorder_hand_on (self, &entry);
  return conversation;
}

void
wsi_recorder_push (WsiRecorder     *self,
                   WsiConversation *conversation,
                   WspDirection     direction,
                   GBytes          *bytes,
                   gint64           time_us)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_PUSH, .conversation = conversation, .direction = direction, .bytes = bytes,
    .time_us = time_us, .is_hidden = self->is_hidden,
  };

  recorder_hand_on (self, &entry);
}

void
wsi_recorder_set_hidden (WsiRecorder *self,
                         gboolean     is_hidden)
{
  self->is_hidden = is_hidden;
}

void
wsi_recorder_hold_rows (WsiRecorder *self)
{
  if (self->lane == NULL && self->writer != NULL)
    wsi_writer_hold_rows (self->writer);
}

void
wsi_recorder_release_rows (WsiRecorder *self)
{
  if (self->lane == NULL && self->writer != NULL)
    wsi_writer_release_rows (self->writer);
}

void
wsi_recorder_announce (WsiRecorder *self)
{
  if (self->lane == NULL && self->writer != NULL)
    wsi_writer_announce (self->writer);
}

void
wsi_recorder_skip (WsiRecorder     *self,
                   WsiConversation *conversation,
                   WspDirection     direction,
                   guint64          length,
                   gint64           time_us)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_SKIP, .conversation = conversation, .direction = direction, .length = length,
    .time_us = time_us,
  };

  recorder_hand_on (self, &entry);
}

void
wsi_recorder_expect_frame (WsiRecorder     *self,
                           WsiConversation *conversation,
                           WspDirection     direction,
                           gint64           time_us)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_EXPECT_FRAME, .conversation = conversation, .direction = direction,
    .time_us = time_us,
  };

  recorder_hand_on (self, &entry);
}

void
wsi_recorder_continue_at (WsiRecorder             *self,
                          WsiConversation         *conversation,
                          WspDirection             direction,
                          const WspDissectorPlace *place,
                          guint64                  n_missing,
                          gint64                   time_us)
{
  GByteArray *joined = g_byte_array_sized_new (sizeof *place + place->window_length);
  g_autoptr (GBytes) bytes = NULL;
  WsiEntry entry = {
    .kind = WSI_ENTRY_CONTINUE, .conversation = conversation, .direction = direction,
    .length = n_missing, .time_us = time_us,
  };

  g_byte_array_append (joined, (const guint8 *) place, sizeof *place);
  if (place->window_length > 0)
    g_byte_array_append (joined, place->window, place->window_length);
  entry.bytes = bytes = g_byte_array_free_to_bytes (joined);
  recorder_hand_on (self, &entry);
}

void
wsi_recorder_message (WsiRecorder     *self,
                      WsiConversation *conversation,
                      WspDirection     direction,
                      guint            opcode,
                      GBytes          *payload,
                      gint64           time_us)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_MESSAGE, .conversation = conversation, .direction = direction, .code = opcode,
    .bytes = payload, .time_us = time_us, .is_hidden = self->is_hidden,
  };

  recorder_hand_on (self, &entry);
}

void
wsi_recorder_event (WsiRecorder       *self,
                    WsiConversation   *conversation,
                    WsiEvent           event,
                    const WsiSentence *sentence,
                    gint64             time_us)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_EVENT, .conversation = conversation, .code = event,
    .sentence = (WsiSentence *) sentence, .time_us = time_us,
  };

  recorder_hand_on (self, &entry);
}

void
wsi_recorder_number_row (WsiRecorder *self,
                         guint64      number)
{
  self->number = number;
}

void
wsi_recorder_comment (WsiRecorder     *self,
                      WsiConversation *conversation,
                      guint64          number,
                      const char      *text)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_COMMENT, .conversation = conversation, .number = number,
    .text = (char *) text, .time_us = self->last_us,
  };

  recorder_put (self, &entry);
}

void
wsi_recorder_mark (WsiRecorder     *self,
                   WsiConversation *conversation,
                   guint64          number,
                   guint            mark)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_MARK, .conversation = conversation, .number = number, .code = mark,
    .time_us = self->last_us,
  };

  recorder_put (self, &entry);
}

void
wsi_recorder_end_tcp (WsiRecorder     *self,
                      WsiConversation *conversation,
                      WspDirection     direction,
                      WsiTcpEnding     how,
                      gint64           time_us)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_END_DIRECTION,
    .conversation = conversation,
    .direction = direction,
    .code = how,
    .time_us = time_us,
  };

  recorder_hand_on (self, &entry);
}

void
wsi_recorder_end_direction (WsiRecorder     *self,
                            WsiConversation *conversation,
                            WspDirection     direction,
                            gint64           time_us)
{
  wsi_recorder_end_tcp (self, conversation, direction, WSI_TCP_ENDING_NONE, time_us);
}

void
wsi_recorder_close (WsiRecorder       *self,
                    WsiConversation   *conversation,
                    WsiEnding          ending,
                    const WsiSentence *sentence,
                    gint64             time_us)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_CLOSE, .conversation = conversation, .code = ending,
    .sentence = (WsiSentence *) sentence, .time_us = time_us,
  };

  recorder_hand_on (self, &entry);
  g_hash_table_remove (self->open, conversation);
}

void
wsi_recorder_close_stream (WsiRecorder     *self,
                           WsiConversation *conversation,
                           WsiStreamEnd     how,
                           gint64           time_us)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_CLOSE_STREAM,
    .conversation = conversation,
    .code = how,
    .time_us = time_us,
  };

  recorder_hand_on (self, &entry);
  g_hash_table_remove (self->open, conversation);
}
