/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The source's part makes an entry of each call.  The writer's part, take_ (), dissects it: at once
 * for a recorder without a lane, else later and in the writer's thread. */

#include "inspect/capture/wsi-recorder.h"

#include "inspect/capture/wsi-dissection.h"

#define MAX_PART (16 * 1024)    /* bytes that are dissected at once */
#define MAX_HELD_ROWS 256

struct _WsiRecorder
{
  GObject     parent_instance;

  WsiStore   *store;
  WspRole     role;
  gint64      wall_us, monotonic_us;    /* the same moment on both clocks */

  WsiLane    *lane;             /* NULL: the source is in the writer's thread */
  gboolean    holds_rows;       /* many pushes are announced at once */
  gboolean    has_ended;        /* the source's: nothing of a tap is recorded any more */
  GHashTable *sources;          /* the source's: GObject to WsiConversation, while it lives */
  GHashTable *open;             /* the source's: each WsiConversation until it is closed */
  GHashTable *dissections;      /* the writer's: WsiConversation to WsiDissection, as long */
};

enum
{
  CONVERSATION,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
take_open (WsiRecorder    *self,
           const WsiEntry *entry)
{
  WsiConversation *conversation = entry->conversation;
  WsiDissection *dissection = wsi_dissection_new (self->store, conversation);

  g_hash_table_insert (self->dissections, g_object_ref (conversation), dissection);
  wsi_dissection_add_event (dissection, WSI_EVENT_OPENED, wsi_conversation_get_uri (conversation),
                            entry->time_us);
  g_signal_emit (self, signals[CONVERSATION], 0, conversation);
}

static WsiDissection *
find (WsiRecorder     *self,
      WsiConversation *conversation)
{
  return g_hash_table_lookup (self->dissections, conversation);
}

/* Rows are announced before the handshake and the end of their conversation. */
static gboolean
may_hold_rows (WsiRecorder     *self,
               WsiConversation *conversation)
{
  return self->holds_rows && wsi_conversation_is_answered (conversation) &&
         wsi_store_get_n_unannounced (self->store) < MAX_HELD_ROWS;
}

/* Many bytes are dissected in parts, so that their records are announced before a small store
 * evicts them.  A receiver of the signal may close the conversation. */
static void
take_push (WsiRecorder    *self,
           const WsiEntry *entry)
{
  gsize length = g_bytes_get_size (entry->bytes), at = 0;

  do
    {
      WsiDissection *dissection = find (self, entry->conversation);
      g_autoptr (GBytes) part =
        g_bytes_new_from_bytes (entry->bytes, at, MIN (length - at, MAX_PART));

      if (dissection == NULL)
        return;

      if (!may_hold_rows (self, entry->conversation))
        wsi_recorder_announce (self);
      wsi_dissection_push (dissection, entry->direction, part, entry->time_us);
      if (!may_hold_rows (self, entry->conversation))
        wsi_store_announce (self->store);
      at += g_bytes_get_size (part);
    }
  while (at < length);
}

/* A reader that sees the last row knows how the conversation ended; one that waits for its end
 * knows all rows. */
static void
end_conversation (WsiRecorder     *self,
                  WsiConversation *conversation,
                  WsiEnding        ending,
                  const char      *sentence,
                  gint64           time_us)
{
  WsiDissection *dissection = find (self, conversation);

  for (guint i = 0; i < 2; i++)
    wsi_dissection_end_direction (dissection, i, time_us);
  wsi_conversation_end (conversation, ending, sentence, time_us);
  wsi_dissection_add_event (dissection, WSI_EVENT_CLOSE, sentence, time_us);
  g_hash_table_remove (self->dissections, conversation);
  wsi_store_announce (self->store);
  wsi_conversation_announce_end (conversation);
}

/* The response may be missing; then frames of the server are a sign of it. */
static gboolean
was_open (WsiConversation *conversation)
{
  WspRole role = wsi_conversation_get_role (conversation);
  WsiCounters counters;

  wsi_conversation_get_counters (conversation,
                                 role == WSP_ROLE_CLIENT ? WSP_DIRECTION_RECEIVED
                                                         : WSP_DIRECTION_SENT, &counters);
  return wsi_conversation_get_status (conversation) == 101 || counters.n_frames > 0 ||
         wsi_conversation_get_handshake_presence (conversation) == WSI_HANDSHAKE_MISSING;
}

static const char *
describe_stream_end (WsiConversation *conversation,
                     WsiStreamEnd     how)
{
  gboolean has_close = wsi_conversation_get_closer (conversation) != WSI_NO_CLOSER;

  if (how == WSI_STREAM_RESET)
    return has_close ? "Connection was reset after a Close frame" : "Connection was reset";

  return !was_open (conversation) ? "Connection ended before the response"
         : has_close ? "Connection ended after a Close frame"
                     : "Connection ended without a Close frame";
}

/* Whether it ended well is known once everything before was dissected. */
static void
take_close_stream (WsiRecorder    *self,
                   const WsiEntry *entry)
{
  WsiConversation *conversation = entry->conversation;
  gboolean is_clean;

  for (guint i = 0; i < 2; i++)
    wsi_dissection_end_direction (find (self, conversation), i, entry->time_us);
  is_clean = entry->code == WSI_STREAM_ENDED &&
             wsi_conversation_get_closer (conversation) != WSI_NO_CLOSER;
  end_conversation (self, conversation, is_clean ? WSI_ENDING_CLEAN : WSI_ENDING_ABNORMAL,
                    describe_stream_end (conversation, entry->code), entry->time_us);
}

static void
take_known (WsiRecorder    *self,
            WsiDissection  *dissection,
            const WsiEntry *entry)
{
  switch (entry->kind)
    {
    case WSI_ENTRY_OPEN:
    case WSI_ENTRY_PUSH:
      return;
    case WSI_ENTRY_SKIP:
      wsi_dissection_skip (dissection, entry->direction, entry->length, entry->time_us);
      break;
    case WSI_ENTRY_MESSAGE:
      wsi_dissection_add_message (dissection, entry->direction, entry->code, entry->bytes,
                                  entry->time_us);
      break;
    case WSI_ENTRY_EVENT:
      wsi_dissection_add_event (dissection, entry->code, entry->text, entry->time_us);
      break;
    case WSI_ENTRY_END_DIRECTION:
      wsi_dissection_end_direction (dissection, entry->direction, entry->time_us);
      break;
    case WSI_ENTRY_CLOSE:
      end_conversation (self, entry->conversation, entry->code, entry->text, entry->time_us);
      break;
    case WSI_ENTRY_CLOSE_STREAM:
      take_close_stream (self, entry);
      break;
    }

  wsi_store_announce (self->store);
}

/* Nothing is recorded of a conversation that was closed. */
static void
take (gpointer        recorder,
      const WsiEntry *entry)
{
  g_autoptr (WsiRecorder) self = g_object_ref (recorder);       /* a receiver may drop it */
  g_autoptr (WsiConversation) kept = g_object_ref (entry->conversation);
  WsiDissection *dissection;

  if (entry->kind != WSI_ENTRY_PUSH)
    wsi_recorder_announce (self);
  if (entry->kind == WSI_ENTRY_OPEN)
    {
      take_open (self, entry);
      return;
    }

  if (entry->kind == WSI_ENTRY_PUSH)
    {
      take_push (self, entry);
      return;
    }

  dissection = find (self, entry->conversation);
  if (dissection != NULL)
    take_known (self, dissection, entry);
}

/* The source's part, from here on. */

static void
hand_on (WsiRecorder    *self,
         const WsiEntry *entry)
{
  if (self->lane != NULL)
    wsi_lane_put (self->lane, entry);
  else
    take (self, entry);
}

/* A connection may be freed before it has an end. */
static void
forget_source (gpointer recorder,
               GObject *source)
{
  WsiRecorder *self = recorder;
  g_autoptr (WsiConversation) conversation = NULL;

  g_hash_table_steal_extended (self->sources, source, NULL, (gpointer *) &conversation);
  wsi_recorder_close (self, conversation, WSI_ENDING_ABNORMAL, "The connection was freed",
                      g_get_monotonic_time ());
}

/* time_us: of what is recorded next. */
static WsiConversation *
get_for (WsiRecorder *self,
         GObject     *source,
         gint64       time_us)
{
  WsiConversation *conversation = g_hash_table_lookup (self->sources, source);
  const WsiOpening opening = {
    .role = self->role,
    .wall_us = self->wall_us,
    .monotonic_us = self->monotonic_us,
  };

  if (conversation != NULL)
    return conversation;

  conversation = wsi_recorder_open (self, &opening, time_us);
  g_hash_table_insert (self->sources, source, g_object_ref (conversation));
  g_object_weak_ref (source, forget_source, self);
  return conversation;
}

static void
wsi_recorder_bytes (WspTap      *tap,
                    GObject     *source,
                    WspDirection direction,
                    GBytes      *bytes,
                    gint64       time_us)
{
  WsiRecorder *self = WSI_RECORDER (tap);

  if (!self->has_ended)
    wsi_recorder_push (self, get_for (self, source, time_us), direction, bytes, time_us);
}

static void
wsi_recorder_state (WspTap  *tap,
                    GObject *source)
{
  WsiRecorder *self = WSI_RECORDER (tap);
  WspCloseInfo *info = WSP_IS_CONNECTION (source)
                       ? wsp_connection_get_close_info (WSP_CONNECTION (source)) : NULL;
  g_autofree char *sentence = NULL;

  if (info == NULL || self->has_ended)
    return;

  sentence = wsp_close_info_to_string (info);
  wsi_recorder_close (self, wsi_recorder_get_for (self, source),
                      wsp_close_info_is_clean (info) ? WSI_ENDING_CLEAN : WSI_ENDING_ABNORMAL,
                      sentence, g_get_monotonic_time ());
}

static void
wsi_recorder_tap_iface_init (WspTapInterface *iface)
{
  iface->bytes = wsi_recorder_bytes;
  iface->state = wsi_recorder_state;
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
  g_hash_table_unref (self->sources);
  g_hash_table_unref (self->open);
  g_hash_table_unref (self->dissections);
  g_clear_pointer (&self->lane, wsi_lane_unref);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (wsi_recorder_parent_class)->finalize (object);
}

static void
wsi_recorder_class_init (WsiRecorderClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_recorder_finalize;

  /* A WsiConversation begins; in the writer's thread. */
  signals[CONVERSATION] = g_signal_new ("conversation", G_TYPE_FROM_CLASS (class),
                                        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        WSI_TYPE_CONVERSATION);
}

static void
wsi_recorder_init (WsiRecorder *self)
{
  self->sources = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->open = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->dissections = g_hash_table_new_full (NULL, NULL, g_object_unref,
                                             (GDestroyNotify) wsi_dissection_free);
  self->wall_us = g_get_real_time ();
  self->monotonic_us = g_get_monotonic_time ();
}

/* role: whose connections these are, if it is used as a tap. */
WsiRecorder *
wsi_recorder_new (WsiStore *store,
                  WspRole   role)
{
  WsiRecorder *self = g_object_new (WSI_TYPE_RECORDER, NULL);

  self->store = g_object_ref (store);
  self->role = role;
  return self;
}

/* For a source in another thread than the writer's: from now on only that thread may use the
 * recorder, but for its signal. */
WsiRecorder *
wsi_recorder_new_in_lane (WsiStore             *store,
                          WspRole               role,
                          WsiMerger            *merger,
                          const WsiLaneOptions *options)
{
  WsiRecorder *self = wsi_recorder_new (store, role);

  self->lane = wsi_lane_new (merger, options, take, g_object_ref (self), g_object_unref);
  return self;
}

/* Nothing more comes from the source: conversations that are open end here. */
void
wsi_recorder_end (WsiRecorder *self)
{
  g_autoptr (GList) open = g_hash_table_get_keys (self->open);

  for (GList *i = open; i != NULL; i = i->next)
    wsi_recorder_close (self, i->data, WSI_ENDING_ABNORMAL, "The recording has ended",
                        g_get_monotonic_time ());
  forget_sources (self);
  self->has_ended = TRUE;
  if (self->lane != NULL)
    wsi_lane_end (self->lane);
}

/* The source is to end: its thread never waits for the writer again.  From any thread. */
void
wsi_recorder_stop_waiting (WsiRecorder *self)
{
  if (self->lane != NULL)
    wsi_lane_stop_waiting (self->lane);
}

WspRole
wsi_recorder_get_role (WsiRecorder *self)
{
  return self->role;
}

/* The conversation of a source of a tap, which begins when it is first asked for. */
WsiConversation *
wsi_recorder_get_for (WsiRecorder *self,
                      GObject     *source)
{
  return get_for (self, source, g_get_monotonic_time ());
}

/* A conversation begins; it is the store's and the recorder's until it is closed. */
WsiConversation *
wsi_recorder_open (WsiRecorder      *self,
                   const WsiOpening *opening,
                   gint64            time_us)
{
  WsiConversation *conversation = wsi_conversation_new (opening, time_us);
  const WsiEntry entry = {
    .kind = WSI_ENTRY_OPEN, .conversation = conversation, .time_us = time_us,
  };

  g_hash_table_add (self->open, conversation);
  hand_on (self, &entry);
  return conversation;
}

/* The next bytes of a direction. */
void
wsi_recorder_push (WsiRecorder     *self,
                   WsiConversation *conversation,
                   WspDirection     direction,
                   GBytes          *bytes,
                   gint64           time_us)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_PUSH,
    .conversation = conversation,
    .direction = direction,
    .bytes = bytes,
    .time_us = time_us,
  };

  hand_on (self, &entry);
}

/* For a source that pushes much before it waits: many pushes are announced at once.  It calls
 * wsi_recorder_announce () then.  A lane has an order of its own. */
void
wsi_recorder_hold_rows (WsiRecorder *self)
{
  self->holds_rows = self->lane == NULL;
}

void
wsi_recorder_announce (WsiRecorder *self)
{
  if (self->holds_rows)
    wsi_store_announce (self->store);
}

/* So many bytes of a direction are missing here; G_MAXUINT64: it is not known how many. */
void
wsi_recorder_skip (WsiRecorder     *self,
                   WsiConversation *conversation,
                   WspDirection     direction,
                   guint64          length,
                   gint64           time_us)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_SKIP,
    .conversation = conversation,
    .direction = direction,
    .length = length,
    .time_us = time_us,
  };

  hand_on (self, &entry);
}

/* A message of which only the payload is known, not its frames. */
void
wsi_recorder_message (WsiRecorder     *self,
                      WsiConversation *conversation,
                      WspDirection     direction,
                      guint            opcode,
                      GBytes          *payload,
                      gint64           time_us)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_MESSAGE,
    .conversation = conversation,
    .direction = direction,
    .code = opcode,
    .bytes = payload,
    .time_us = time_us,
  };

  hand_on (self, &entry);
}

/* text may be NULL. */
void
wsi_recorder_event (WsiRecorder     *self,
                    WsiConversation *conversation,
                    WsiEvent         event,
                    const char      *text,
                    gint64           time_us)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_EVENT,
    .conversation = conversation,
    .code = event,
    .text = (char *) text,
    .time_us = time_us,
  };

  hand_on (self, &entry);
}

/* The end of the stream of a direction; what is in hand is recorded as cut. */
void
wsi_recorder_end_direction (WsiRecorder     *self,
                            WsiConversation *conversation,
                            WspDirection     direction,
                            gint64           time_us)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_END_DIRECTION,
    .conversation = conversation,
    .direction = direction,
    .time_us = time_us,
  };

  hand_on (self, &entry);
}

/* Only the first time counts.  The recorder gives its reference away. */
void
wsi_recorder_close (WsiRecorder     *self,
                    WsiConversation *conversation,
                    WsiEnding        ending,
                    const char      *sentence,
                    gint64           time_us)
{
  const WsiEntry entry = {
    .kind = WSI_ENTRY_CLOSE,
    .conversation = conversation,
    .code = ending,
    .text = (char *) sentence,
    .time_us = time_us,
  };

  hand_on (self, &entry);
  g_hash_table_remove (self->open, conversation);
}

/* The transport has ended: a Close frame before it makes that clean. */
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

  hand_on (self, &entry);
  g_hash_table_remove (self->open, conversation);
}
