/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-recorder.h"

struct _WsiRecorder
{
  GObject     parent_instance;

  WsiStore   *store;
  WspRole     role;
  GHashTable *conversations;    /* source to WsiConversation, while the source lives */
  guint32     n_conversations;
};

enum
{
  CONVERSATION,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
forget_source (gpointer recorder,
               GObject *source)
{
  WsiRecorder *self = recorder;

  g_hash_table_remove (self->conversations, source);
}

static WsiConversation *
begin_conversation (WsiRecorder *self,
                    GObject     *source)
{
  WsiConversation *conversation = wsi_conversation_new (++self->n_conversations, self->role);

  g_hash_table_insert (self->conversations, source, conversation);
  g_object_weak_ref (source, forget_source, self);
  g_signal_emit (self, signals[CONVERSATION], 0, conversation);
  return conversation;
}

/* Keeps the records in the order of the bytes, each with its payload. */
static void
keep_records (WsiRecorder  *self,
              guint32       conversation,
              WspDissector *dissector)
{
  WspFrameRecord *next;

  while ((next = wsp_dissector_next_record (dissector)))
    {
      g_autoptr (WspFrameRecord) record = next;
      g_autoptr (GBytes) payload = wsp_dissector_dup_payload (dissector, record);

      wsi_store_append (self->store, conversation, record, payload);
    }
}

static void
wsi_recorder_bytes (WspTap      *tap,
                    GObject     *source,
                    WspDirection direction,
                    GBytes      *bytes,
                    gint64       time_us)
{
  WsiRecorder *self = WSI_RECORDER (tap);
  WsiConversation *conversation = wsi_recorder_get_for (self, source);
  WspDissector *dissector = wsi_conversation_push (conversation, direction, bytes, time_us);

  if (dissector == NULL)
    return;

  keep_records (self, wsi_conversation_get_number (conversation), dissector);
  wsi_store_count_dropped (self->store, wsi_conversation_take_dropped (conversation));
  wsi_conversation_forget_payload (conversation);
  wsi_store_announce (self->store);
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
  wsi_conversation_end (wsi_recorder_get_for (self, source),
                        wsp_close_info_is_clean (info) ? WSI_ENDING_CLEAN : WSI_ENDING_ABNORMAL,
                        sentence);
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

  g_hash_table_iter_init (&iter, self->conversations);
  while (g_hash_table_iter_next (&iter, &source, NULL))
    g_object_weak_unref (source, forget_source, self);
  g_hash_table_unref (self->conversations);
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
  self->conversations = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
}

/* role: whose connections these are. */
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

/* The conversation of a source, which begins when it is first asked for. */
WsiConversation *
wsi_recorder_get_for (WsiRecorder *self,
                      GObject     *source)
{
  WsiConversation *conversation = g_hash_table_lookup (self->conversations, source);

  return conversation != NULL ? conversation : begin_conversation (self, source);
}
