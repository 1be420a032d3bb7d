/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/saving/wsi-leaving.h"

struct _WsiLeaving
{
  GObject         parent_instance;

  WsiLeavingPhase phase;
  WsiDocument    *document;
  WsiMadeSet      drafts;       /* drafts of the window, which the document does not know */
  WsiLeavingFunc  after;
  gpointer        user_data;
};

enum
{
  PROP_0,
  PROP_FINISHING,
  N_PROPERTIES,
};

enum
{
  ASKED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiLeaving, wsi_leaving, G_TYPE_OBJECT)

static void
set_phase (WsiLeaving     *self,
           WsiLeavingPhase phase)
{
  gboolean was_finishing = self->phase == WSI_LEAVING_FINISHING;

  self->phase = phase;
  if (was_finishing != (phase == WSI_LEAVING_FINISHING))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FINISHING]);
}

static void
leaving_complete (WsiLeaving *self)
{
  g_clear_object (&self->document);
  set_phase (self, WSI_LEAVING_NOT);
  self->after (self->user_data);
}

static void
leaving_ask (WsiLeaving *self,
             const char *sentence)
{
  set_phase (self, WSI_LEAVING_ASKED);
  g_signal_emit (self, signals[ASKED], 0,
                 self->drafts | wsi_document_get_unsaved (self->document), sentence);
}

/* Handles the end of the saving; the window may have been destroyed in the meantime. */
static void
on_finished (GObject      *document,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (WsiLeaving) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_finished = wsi_document_finish_finish (WSI_DOCUMENT (document), result, &error);

  if (self->phase != WSI_LEAVING_FINISHING)
    return;

  if (is_finished)
    leaving_complete (self);
  else
    leaving_ask (self, error->message);
}

static void
leaving_finish (WsiLeaving *self)
{
  set_phase (self, WSI_LEAVING_FINISHING);
  wsi_document_finish_async (self->document, on_finished, g_object_ref (self));
}

/* Completes the file that is written, if there is one. */
static void
finish_file (WsiLeaving *self)
{
  if (self->document != NULL && wsi_document_is_written (self->document))
    leaving_finish (self);
  else
    leaving_complete (self);
}

static void
wsi_leaving_get_property (GObject    *object,
                          guint       id,
                          GValue     *value,
                          GParamSpec *param)
{
  g_value_set_boolean (value, WSI_LEAVING (object)->phase == WSI_LEAVING_FINISHING);
}

static void
wsi_leaving_dispose (GObject *object)
{
  g_clear_object (&WSI_LEAVING (object)->document);
  G_OBJECT_CLASS (wsi_leaving_parent_class)->dispose (object);
}

static void
wsi_leaving_class_init (WsiLeavingClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = wsi_leaving_dispose;
  object_class->get_property = wsi_leaving_get_property;
  properties[PROP_FINISHING] = g_param_spec_boolean ("finishing", NULL, NULL, FALSE,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  signals[ASKED] = g_signal_new ("asked", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
}

static void
wsi_leaving_init (WsiLeaving *self)
{
}

void
wsi_leaving_begin (WsiLeaving    *self,
                   WsiDocument   *document,
                   WsiMadeSet     drafts,
                   WsiLeavingFunc after,
                   gpointer       user_data)
{
  if (self->phase != WSI_LEAVING_NOT)
    return;

  self->after = after;
  self->user_data = user_data;
  self->drafts = drafts;
  g_set_object (&self->document, document);
  if (document != NULL && (drafts | wsi_document_get_unsaved (document)) != 0)
    leaving_ask (self, NULL);
  else
    finish_file (self);
}

void
wsi_leaving_saved (WsiLeaving *self)
{
  if (self->phase == WSI_LEAVING_ASKED)
    leaving_finish (self);
}

void
wsi_leaving_discard (WsiLeaving *self)
{
  if (self->phase == WSI_LEAVING_ASKED)
    finish_file (self);
  else if (self->phase == WSI_LEAVING_FINISHING)
    leaving_complete (self);
}

void
wsi_leaving_stay (WsiLeaving *self)
{
  g_clear_object (&self->document);
  set_phase (self, WSI_LEAVING_NOT);
}

WsiLeavingPhase
wsi_leaving_get_phase (WsiLeaving *self)
{
  return self->phase;
}
