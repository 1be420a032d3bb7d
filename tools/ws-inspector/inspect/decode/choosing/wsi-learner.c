/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/choosing/wsi-learner.h"

#define SLICE_US 4000
/* Bytes of a message that are learned, so that one message does not stop the main loop.  Names that
 * pair requests with replies come early in a message. */
#define MAX_LENGTH (64 * 1024)

struct _WsiLearner
{
  GObject         parent_instance;

  WsiStore       *store;
  WsiInterpreter *interpreter;
  guint64         next;         /* number of the record that is learned next */
  GSource        *slice;        /* source of the next slice of work; NULL = all is learned */
  guint           n_changes;    /* n_changes of the interpreter at the last notification */
};

enum
{
  LEARNED,
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiLearner, wsi_learner, G_TYPE_OBJECT)

/* Records that are gone are not learned. */
static void
learn_some (WsiLearner *self)
{
  gint64 end_us = g_get_monotonic_time () + SLICE_US;
  guint reading = wsi_store_begin_reading (self->store);
  guint64 end = wsi_store_get_end (self->store);

  self->next = MAX (self->next, wsi_store_get_first (self->store));
  while (self->next < end && g_get_monotonic_time () < end_us)
    {
      const WsiRecord *record = wsi_store_get_record (self->store, self->next);

      if (record != NULL)
        wsi_interpreter_learn (self->interpreter, self->next, record);
      self->next++;
    }
  wsi_interpreter_forget_learned (self->interpreter);
  wsi_store_end_reading (self->store, reading);
}

static gboolean
learner_on_slice (gpointer data)
{
  WsiLearner *self = data;
  g_autoptr (WsiLearner) kept = g_object_ref (self);
  guint n_changes;

  learn_some (self);
  n_changes = wsi_interpreter_get_n_changes (self->interpreter);
  g_signal_emit (self, signals[LEARNED], 0);
  if (n_changes != self->n_changes)
    {
      self->n_changes = n_changes;
      g_signal_emit (self, signals[CHANGED], 0);
    }
  if (self->slice == NULL || self->next < wsi_store_get_end (self->store))
    return self->slice != NULL;

  g_clear_pointer (&self->slice, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
learner_ensure_slice (WsiLearner *self)
{
  if (self->slice != NULL || self->next >= wsi_store_get_end (self->store))
    return;

  self->slice = g_idle_source_new ();
  g_source_set_callback (self->slice, learner_on_slice, self, NULL);
  g_source_attach (self->slice, g_main_context_get_thread_default ());
}

static void
learner_stop (WsiLearner *self)
{
  if (self->slice != NULL)
    g_source_destroy (self->slice);
  g_clear_pointer (&self->slice, g_source_unref);
}

static void
wsi_learner_dispose (GObject *object)
{
  WsiLearner *self = WSI_LEARNER (object);

  learner_stop (self);
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  G_OBJECT_CLASS (wsi_learner_parent_class)->dispose (object);
}

static void
wsi_learner_finalize (GObject *object)
{
  WsiLearner *self = WSI_LEARNER (object);

  g_clear_pointer (&self->interpreter, wsi_interpreter_free);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (wsi_learner_parent_class)->finalize (object);
}

static void
wsi_learner_class_init (WsiLearnerClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_learner_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_learner_finalize;
  signals[LEARNED] = g_signal_new ("learned", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
wsi_learner_init (WsiLearner *self)
{
}

WsiLearner *
wsi_learner_new (WsiStore *store)
{
  WsiLearner *self = g_object_new (WSI_TYPE_LEARNER, NULL);

  self->store = g_object_ref (store);
  self->interpreter = wsi_interpreter_new (store);
  wsi_interpreter_set_max_learned (self->interpreter, MAX_LENGTH);
  g_signal_connect_swapped (store, "appended", G_CALLBACK (learner_ensure_slice), self);
  learner_ensure_slice (self);
  return self;
}

WsiInterpreter *
wsi_learner_get_interpreter (WsiLearner *self)
{
  return self->interpreter;
}

guint64
wsi_learner_get_n_learned (WsiLearner *self)
{
  return self->next;
}

void
wsi_learner_restart (WsiLearner *self)
{
  wsi_interpreter_restart (self->interpreter);
  self->next = 0;
  learner_ensure_slice (self);
}
