/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Which connection the composer writes to. */
#include "ui/composer/wsi-composer-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/store/wsi-store.h"
#include "ui/composer/wsi-connection-name.h"

#define REFRESH_MS 100
#define MAX_TARGETS 100         /* that are offered: the latest ones */
#define MAX_LOOKED_AT 2000

static WsiConversation *
dup_conversation (WsiComposer *self,
                  guint32      number)
{
  return number != 0 ? wsi_store_dup_conversation (wsi_session_get_store (self->session), number)
                     : NULL;
}

static gboolean
may_write_to (WsiComposer     *self,
              WsiConversation *conversation)
{
  const char *advice;

  return conversation != NULL &&
         wsi_session_find_obstacle (self->session, conversation, &advice) == NULL;
}

/* Latest first. */
static void
collect_targets (WsiComposer *self,
                 GArray      *numbers)
{
  guint32 n_kept, n = wsi_store_count_conversations (wsi_session_get_store (self->session),
                                                     &n_kept);

  for (guint32 i = 0; i < MIN (n, MAX_LOOKED_AT) && numbers->len < MAX_TARGETS; i++)
    {
      guint32 number = n - i;
      g_autoptr (WsiConversation) conversation = dup_conversation (self, number);

      if (may_write_to (self, conversation))
        g_array_append_val (numbers, number);
    }
}

static guint
find_number (const GArray *numbers,
             guint32       number)
{
  for (guint i = 0; i < numbers->len; i++)
    if (g_array_index (numbers, guint32, i) == number)
      return i;
  return GTK_INVALID_LIST_POSITION;
}

static gboolean
is_equal (const GArray *one,
          const GArray *other)
{
  return one->len == other->len &&
         (one->len == 0 || memcmp (one->data, other->data, one->len * sizeof (guint32)) == 0);
}

/* The list is filled again only if it changes: a user may have it open. */
static void
fill_targets (WsiComposer *self)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (guint32));

  collect_targets (self, numbers);
  if (is_equal (numbers, self->numbers))
    {
      g_array_unref (numbers);
      return;
    }

  g_array_unref (self->numbers);
  self->numbers = numbers;
  self->is_filling = TRUE;
  gtk_string_list_splice (self->target_names, 0,
                          g_list_model_get_n_items (G_LIST_MODEL (self->target_names)), NULL);
  for (guint i = 0; i < numbers->len; i++)
    {
      g_autoptr (WsiConversation) conversation =
        dup_conversation (self, g_array_index (numbers, guint32, i));
      g_autofree char *name = conversation != NULL ? wsi_connection_name_dup (conversation)
                                                   : g_strdup ("");

      gtk_string_list_append (self->target_names, name);
    }
  self->is_filling = FALSE;
}

/* The one that the user wants, and no other, which may be closed or gone; else the one that was,
 * else the latest. */
static WsiConversation *
choose (WsiComposer *self)
{
  WsiConversation *latest = wsi_session_get_conversation (self->session);

  if (self->wanted != 0)
    return dup_conversation (self, self->wanted);
  if (may_write_to (self, self->conversation))
    return g_object_ref (self->conversation);
  if (self->numbers->len > 0)
    return dup_conversation (self, g_array_index (self->numbers, guint32, 0));

  return latest != NULL ? g_object_ref (latest) : NULL;
}

static void
show_target (WsiComposer *self)
{
  g_autofree char *name =
    self->conversation != NULL ? wsi_connection_name_dup (self->conversation) : NULL;
  g_autofree char *text = NULL;
  guint position = self->conversation != NULL
                   ? find_number (self->numbers, wsi_conversation_get_number (self->conversation))
                   : GTK_INVALID_LIST_POSITION;

  /* Then the list says the rest. */
  if (self->numbers->len > 1 && position != GTK_INVALID_LIST_POSITION)
    text = g_strdup (_("To the open connection"));
  else if (name != NULL)
    text = self->obstacle == NULL ? g_strdup_printf (_("To %s (open)"), name)
                                  : g_strdup_printf (_("To %s"), name);
  gtk_label_set_text (self->target, text != NULL ? text : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->target), text);
  gtk_widget_set_visible (GTK_WIDGET (self->targets), self->numbers->len > 1 ||
                          (self->numbers->len == 1 && position == GTK_INVALID_LIST_POSITION));
  self->is_filling = TRUE;
  gtk_drop_down_set_selected (self->targets, position);
  self->is_filling = FALSE;
}

static void
set_target (WsiComposer     *self,
            WsiConversation *conversation)
{
  WspRole before = self->conversation != NULL ? wsi_conversation_get_role (self->conversation)
                                              : WSP_ROLE_CLIENT;

  if (!g_set_object (&self->conversation, conversation) || conversation == NULL)
    return;

  if (wsi_conversation_get_role (conversation) != before)
    wsi_frame_editor_set_sender (self->frame, wsi_conversation_get_role (conversation));
}

/* A sentence about the last message stays, as long as the connection can be written to. */
static void
show_obstacle (WsiComposer *self)
{
  const char *advice = NULL, *before = self->obstacle;
  gboolean may_write;

  self->obstacle = wsi_session_find_obstacle (self->session, self->conversation, &advice);
  may_write = self->obstacle == NULL;
  if (!may_write)
    {
      g_autofree char *text = g_strdup_printf ("%s %s", _(self->obstacle), _(advice));

      wsi_composer_show_sentence (self, text);
    }
  else if (before != NULL)
    wsi_composer_show_sentence (self, NULL);

  gtk_widget_set_visible (self->line, may_write && !self->is_expanded);
  gtk_widget_set_visible (self->advice_button, !may_write);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.send", may_write);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.ping", may_write);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.close", may_write);
}

void
wsi_composer_refresh_targets (WsiComposer *self)
{
  g_autoptr (WsiConversation) conversation = NULL;

  g_clear_handle_id (&self->refresh, g_source_remove);
  self->is_stale = FALSE;
  if (self->session == NULL)
    return;

  fill_targets (self);
  conversation = choose (self);
  set_target (self, conversation);
  show_obstacle (self);
  show_target (self);
}

static gboolean
on_refresh (gpointer composer)
{
  WsiComposer *self = composer;

  self->refresh = 0;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    wsi_composer_refresh_targets (self);
  else
    self->is_stale = TRUE;
  return G_SOURCE_REMOVE;
}

void
wsi_composer_refresh_stale (WsiComposer *self)
{
  if (self->is_stale)
    wsi_composer_refresh_targets (self);
}

/* Thousands of connections may open and end in a second. */
void
wsi_composer_refresh_soon (WsiComposer *self)
{
  if (self->refresh == 0)
    self->refresh = g_timeout_add (REFRESH_MS, on_refresh, self);
}

void
wsi_composer_choose_target (WsiComposer *self)
{
  guint selected = gtk_drop_down_get_selected (self->targets);

  if (!self->is_filling && selected < self->numbers->len)
    wsi_composer_set_conversation (self, g_array_index (self->numbers, guint32, selected));
}

void
wsi_composer_set_conversation (WsiComposer *self,
                               guint32      number)
{
  self->wanted = number;
  wsi_composer_refresh_targets (self);
}

WsiConversation *
wsi_composer_get_target (WsiComposer *self)
{
  wsi_composer_refresh_stale (self);
  return self->obstacle == NULL ? self->conversation : NULL;
}
