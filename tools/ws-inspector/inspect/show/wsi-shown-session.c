/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/wsi-shown-session.h"

#include "inspect/capture/wsi-row.h"
#include "inspect/show/charts/wsi-timeline.h"
#include "inspect/sources/wsi-source.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-store.h"

struct _WsiShownSession
{
  GObject       parent_instance;

  WsiSession   *session;
  WsiShownRows *rows;
  WsiLearner   *learner;
  WsiChartFeed *feed;
  WsiSample    *sample;
  guint64       wanted;         /* number of the row to select, plus one; 0 = none */
  gboolean      has_row;        /* a row is selected */
  gboolean      has_had_row;    /* a row was selected: no handshake is shown without one */
  guint32       shown;          /* number of the connection of the details; 0 = none */
  guint32       chosen;         /* number of the chosen connection; 0 = none */
};

enum
{
  CONNECTION,
  ROW_FOUND,
  SOURCES_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiShownSession, wsi_shown_session, G_TYPE_OBJECT)

static WsiConversation *
shown_session_dup_conversation (WsiShownSession * self,
                                guint32          number)
{
  return wsi_store_dup_conversation (wsi_session_get_store (self->session), number);
}

static void
show_connection (WsiShownSession *self,
                 WsiConversation *conversation)
{
  guint32 number = conversation != NULL ? wsi_conversation_get_number (conversation) : 0;

  if (number == 0 && self->shown == 0)
    return;

  self->shown = number;
  g_signal_emit (self, signals[CONNECTION], 0, conversation);
}

/* Shows the connection of the details while no row is selected: the chosen one, or the only one
 * until a row is selected.  If there are several, the details show none. */
static void
show_without_row (WsiShownSession *self)
{
  guint32 n_kept, n = wsi_store_count_conversations (wsi_session_get_store (self->session),
                                                     &n_kept);
  guint32 number = self->chosen != 0 ? self->chosen : n == 1 && !self->has_had_row ? 1 : 0;
  g_autoptr (WsiConversation) conversation =
    number != 0 ? shown_session_dup_conversation (self, number) : NULL;

  show_connection (self, conversation);
}

static void
shown_session_on_handshake (WsiShownSession *self)
{
  if (!self->has_row && self->chosen == 0)
    show_without_row (self);
}

void
wsi_shown_session_select_row (WsiShownSession *self,
                              WsiRow          *row)
{
  g_autoptr (WsiConversation) conversation =
    row != NULL ? shown_session_dup_conversation (self, wsi_row_get_conversation (row)) : NULL;

  self->has_row = row != NULL;
  self->has_had_row |= self->has_row;
  if (self->has_row)
    show_connection (self, conversation);
  else
    show_without_row (self);
}

void
wsi_shown_session_select_connection (WsiShownSession *self,
                                     guint32          number)
{
  self->chosen = number;
  wsi_shown_rows_set_conversation (self->rows, number);
  wsi_chart_feed_set_conversation (self->feed, number);
  if (number != 0 || !self->has_row)
    show_without_row (self);
}

gboolean
wsi_shown_session_is_live (WsiShownSession *self)
{
  guint n = wsi_session_get_n_sources (self->session);
  gboolean is_live = n == 0;

  for (guint i = 0; i < n; i++)
    is_live |= wsi_source_get_kind (wsi_session_get_source (self->session, i)) !=
               WSI_SOURCE_KIND_FILE;
  return is_live;
}

gboolean
wsi_shown_session_may_grow (WsiShownSession *self)
{
  guint n = wsi_session_get_n_sources (self->session);
  gboolean may_grow = n == 0;

  for (guint i = 0; i < n; i++)
    may_grow |= !wsi_source_has_ended (wsi_session_get_source (self->session, i));
  return may_grow;
}

static void
shown_session_on_sources (WsiShownSession *self)
{
  g_signal_emit (self, signals[SOURCES_CHANGED], 0);
}

gboolean
wsi_shown_session_has_row (WsiShownSession *self,
                           guint64          number)
{
  const WsiRecord *wanted = wsi_store_get_record (wsi_session_get_store (self->session), number);
  g_autoptr (WsiRow) row = NULL;
  guint position;

  if (!wsi_shown_rows_find (self->rows, number, &position))
    return FALSE;

  row = g_list_model_get_item (G_LIST_MODEL (wsi_shown_rows_get_model (self->rows)), position);
  return wsi_row_get_number (row) == number ||
         (wanted != NULL && wanted->message != 0 &&
          wsi_row_get_record (row)->message == wanted->message);
}

static void
look_for_row (WsiShownSession *self)
{
  guint64 number = self->wanted - 1;
  WsiShownCounts counts;

  if (self->wanted == 0)
    return;

  wsi_shown_rows_get_counts (self->rows, &counts);
  if (!wsi_shown_session_has_row (self, number) && counts.n_tested < counts.n_rows)
    return;

  self->wanted = 0;
  g_signal_emit (self, signals[ROW_FOUND], 0, number);
}

void
wsi_shown_session_wait_for_row (WsiShownSession *self,
                                guint64          number)
{
  self->wanted = number + 1;
  look_for_row (self);
}

WsiLearner *
wsi_shown_session_get_learner (WsiShownSession *self)
{
  return self->learner;
}

WsiChartFeed *
wsi_shown_session_get_feed (WsiShownSession *self)
{
  return self->feed;
}

WsiSample *
wsi_shown_session_get_sample (WsiShownSession *self)
{
  return self->sample;
}

static void
wsi_shown_session_dispose (GObject *object)
{
  WsiShownSession *self = WSI_SHOWN_SESSION (object);

  g_clear_object (&self->feed);
  g_clear_object (&self->sample);
  g_clear_object (&self->learner);
  g_clear_object (&self->rows);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (wsi_shown_session_parent_class)->dispose (object);
}

static void
wsi_shown_session_class_init (WsiShownSessionClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_shown_session_dispose;
  signals[CONNECTION] = g_signal_new ("connection", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, WSI_TYPE_CONVERSATION);
  signals[SOURCES_CHANGED] = g_signal_new ("sources-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
  signals[ROW_FOUND] = g_signal_new ("row-found", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_UINT64);
}

static void
wsi_shown_session_init (WsiShownSession *self)
{
}

static void
shown_session_on_learned (WsiShownSession *self)
{
  wsi_sample_follow (self->sample, wsi_learner_get_interpreter (self->learner),
                     wsi_learner_get_n_learned (self->learner));
}

WsiShownSession *
wsi_shown_session_new (WsiSession   *session,
                       WsiShownRows *rows)
{
  static const char *const changes[] = { "swapped", "changed", "advanced" };
  WsiShownSession *self = g_object_new (WSI_TYPE_SHOWN_SESSION, NULL);
  WsiStore *store = wsi_session_get_store (session);

  self->session = g_object_ref (session);
  self->rows = g_object_ref (rows);
  self->learner = wsi_learner_new (store);
  self->feed = wsi_chart_feed_new (store);
  self->sample = wsi_sample_new (store, WSI_REDACTION_DEFAULT);
  g_signal_connect_object (session, "handshake", G_CALLBACK (shown_session_on_handshake), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (wsi_session_get_sources (session), "items-changed",
                           G_CALLBACK (shown_session_on_sources), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->learner, "learned", G_CALLBACK (wsi_chart_feed_look_again),
                           self->feed, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->learner, "learned", G_CALLBACK (shown_session_on_learned), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect_object (rows, changes[i], G_CALLBACK (look_for_row), self, G_CONNECT_SWAPPED);
  return self;
}
