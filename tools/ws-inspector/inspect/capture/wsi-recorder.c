/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-recorder.h"

#include "inspect/capture/wsi-dissection.h"

#define MAX_PART (16 * 1024)    /* bytes that are pushed at once */

struct _WsiRecorder
{
  GObject     parent_instance;

  WsiStore   *store;
  WspRole     role;
  gint64      wall_us, monotonic_us;    /* the same moment on both clocks */
  GHashTable *sources;          /* GObject to WsiConversation, while the object lives */
  GHashTable *dissections;      /* WsiConversation to WsiDissection, until it is closed */
};

enum
{
  CONVERSATION,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

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

static WsiDissection *
find (WsiRecorder     *self,
      WsiConversation *conversation)
{
  return g_hash_table_lookup (self->dissections, conversation);
}

static void
wsi_recorder_bytes (WspTap      *tap,
                    GObject     *source,
                    WspDirection direction,
                    GBytes      *bytes,
                    gint64       time_us)
{
  WsiRecorder *self = WSI_RECORDER (tap);

  wsi_recorder_push (self, wsi_recorder_get_for (self, source), direction, bytes, time_us);
}

static void
wsi_recorder_state (WspTap  *tap,
                    GObject *source)
{
  WsiRecorder *self = WSI_RECORDER (tap);
  WspCloseInfo *info = WSP_IS_CONNECTION (source)
                       ? wsp_connection_get_close_info (WSP_CONNECTION (source)) : NULL;
  g_autofree char *sentence = NULL;

  if (info == NULL)
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
wsi_recorder_finalize (GObject *object)
{
  WsiRecorder *self = WSI_RECORDER (object);
  GHashTableIter iter;
  gpointer source;

  g_hash_table_iter_init (&iter, self->sources);
  while (g_hash_table_iter_next (&iter, &source, NULL))
    g_object_weak_unref (source, forget_source, self);
  g_hash_table_unref (self->sources);
  g_hash_table_unref (self->dissections);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (wsi_recorder_parent_class)->finalize (object);
}

static void
wsi_recorder_class_init (WsiRecorderClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_recorder_finalize;

  /* A WsiConversation begins. */
  signals[CONVERSATION] = g_signal_new ("conversation", G_TYPE_FROM_CLASS (class),
                                        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        WSI_TYPE_CONVERSATION);
}

static void
wsi_recorder_init (WsiRecorder *self)
{
  self->sources = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
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
  WsiConversation *conversation = g_hash_table_lookup (self->sources, source);
  const WsiOpening opening = {
    .role = self->role,
    .wall_us = self->wall_us,
    .monotonic_us = self->monotonic_us,
  };

  if (conversation != NULL)
    return conversation;

  conversation = wsi_recorder_open (self, &opening, g_get_monotonic_time ());
  g_hash_table_insert (self->sources, source, g_object_ref (conversation));
  g_object_weak_ref (source, forget_source, self);
  return conversation;
}

/* A conversation begins; it is the store's and the recorder's until it is closed. */
WsiConversation *
wsi_recorder_open (WsiRecorder      *self,
                   const WsiOpening *opening,
                   gint64            time_us)
{
  WsiDissection *dissection = wsi_dissection_new (self->store, opening, time_us);
  WsiConversation *conversation = wsi_dissection_get_conversation (dissection);

  g_hash_table_insert (self->dissections, g_object_ref (conversation), dissection);
  wsi_dissection_add_event (dissection, WSI_EVENT_OPENED, opening->uri, time_us);
  g_signal_emit (self, signals[CONVERSATION], 0, conversation);
  return conversation;
}

/* The next bytes of a direction.  Nothing is recorded of a conversation that was closed.  Many
 * bytes are pushed in parts, so that their records are announced before a small store evicts
 * them. */
void
wsi_recorder_push (WsiRecorder     *self,
                   WsiConversation *conversation,
                   WspDirection     direction,
                   GBytes          *bytes,
                   gint64           time_us)
{
  gsize length = g_bytes_get_size (bytes), at = 0;

  do
    {
      WsiDissection *dissection = find (self, conversation);
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, at, MIN (length - at, MAX_PART));

      if (dissection == NULL)
        return;

      wsi_dissection_push (dissection, direction, part, time_us);
      wsi_store_announce (self->store);
      at += g_bytes_get_size (part);
    }
  while (at < length);
}

/* So many bytes of a direction are missing here; G_MAXUINT64: it is not known how many. */
void
wsi_recorder_skip (WsiRecorder     *self,
                   WsiConversation *conversation,
                   WspDirection     direction,
                   guint64          length,
                   gint64           time_us)
{
  WsiDissection *dissection = find (self, conversation);

  if (dissection == NULL)
    return;

  wsi_dissection_skip (dissection, direction, length, time_us);
  wsi_store_announce (self->store);
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
  WsiDissection *dissection = find (self, conversation);

  if (dissection == NULL)
    return;

  wsi_dissection_add_message (dissection, direction, opcode, payload, time_us);
  wsi_store_announce (self->store);
}

/* text may be NULL. */
void
wsi_recorder_event (WsiRecorder     *self,
                    WsiConversation *conversation,
                    WsiEvent         event,
                    const char      *text,
                    gint64           time_us)
{
  WsiDissection *dissection = find (self, conversation);

  if (dissection == NULL)
    return;

  wsi_dissection_add_event (dissection, event, text, time_us);
  wsi_store_announce (self->store);
}

/* The end of the stream of a direction; what is in hand is recorded as cut. */
void
wsi_recorder_end_direction (WsiRecorder     *self,
                            WsiConversation *conversation,
                            WspDirection     direction,
                            gint64           time_us)
{
  WsiDissection *dissection = find (self, conversation);

  if (dissection == NULL)
    return;

  wsi_dissection_end_direction (dissection, direction, time_us);
  wsi_store_announce (self->store);
}

/* Only the first time counts.  The recorder gives its reference away.  A reader that sees the last
 * row knows how the conversation ended; one that waits for its end knows all rows. */
void
wsi_recorder_close (WsiRecorder     *self,
                    WsiConversation *conversation,
                    WsiEnding        ending,
                    const char      *sentence,
                    gint64           time_us)
{
  WsiDissection *dissection = find (self, conversation);
  g_autoptr (WsiConversation) kept = g_object_ref (conversation);

  if (dissection == NULL)
    return;

  for (guint i = 0; i < 2; i++)
    wsi_dissection_end_direction (dissection, i, time_us);
  wsi_conversation_end (kept, ending, sentence, time_us);
  wsi_dissection_add_event (dissection, WSI_EVENT_CLOSE, sentence, time_us);
  g_hash_table_remove (self->dissections, conversation);
  wsi_store_announce (self->store);
  wsi_conversation_announce_end (kept);
}
