/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The content and looks of rows: decoders of the session, the time that they count from, colours,
 * and marks where a text was found. */
#include "ui/frames/wsi-frame-list-private.h"

#include <glib/gi18n.h>

#include "inspect/capture/wsi-row.h"
#include "inspect/show/columns/wsi-row-format.h"

void
wsi_frame_list_refresh (WsiFrameList *self)
{
  if (self->format == NULL)
    return;

  self->is_stale = FALSE;
  wsi_row_format_forget (self->format);
  wsi_frame_cells_refresh (self->view);
}

void
wsi_frame_list_set_reference (WsiFrameList *self,
                              WsiRow       *row)
{
  if (self->format == NULL)
    return;

  wsi_row_format_set_reference (self->format, row);
  wsi_frame_list_refresh (self);
}

/* NULL: there is none. */
const WsiInterpreter *
wsi_frame_list_get_interpreter (WsiFrameList *self)
{
  return self->learner != NULL ? wsi_learner_get_interpreter (self->learner) : NULL;
}

/* Rows that are visible were written before: once for each tick is enough. */
static void
on_changed (WsiFrameList *self)
{
  self->is_stale = TRUE;
  wsi_frame_list_ensure_tick (self);
}

void
wsi_frame_list_set_learner (WsiFrameList *self,
                            WsiLearner   *learner)
{
  if (self->learner != NULL)
    g_signal_handlers_disconnect_by_data (self->learner, self);
  g_set_object (&self->learner, learner);
  if (learner != NULL)
    g_signal_connect_swapped (learner, "changed", G_CALLBACK (on_changed), self);
  if (self->format == NULL)
    return;

  wsi_row_format_set_interpreter (self->format, learner != NULL
                                  ? wsi_learner_get_interpreter (learner) : NULL);
  if (learner != NULL)
    wsi_frame_list_refresh (self);
}

/* Also rows that the filter finds. */
void
wsi_frame_list_decode_anew (WsiFrameList *self)
{
  wsi_frame_list_refresh (self);
  wsi_frame_list_apply_filter (self);
}

/* Styles of rules as CSS has them; other words have none. */
static const char *
find_class (const char *style)
{
  static const struct
  {
    const char *style, *class;
  } classes[] = {
    { "error", "row-error" }, { "warning", "row-warning" }, { "accent", "row-accent" },
    { "success", "row-success" }, { "dim", "row-dim" },
  };

  for (guint i = 0; style != NULL && i < G_N_ELEMENTS (classes); i++)
    if (g_str_equal (classes[i].style, style))
      return classes[i].class;
  return NULL;
}

WsiRowLook
wsi_frame_list_choose_look (WsiRow * row,
                            gpointer list)
{
  /* The names of wsi_colour_rules_dup_usual (). */
  static const char *const usual[] = {
    N_("Problem"), N_("Marked"), N_("Close"), N_("Ping and pong"), N_("Event"),
  };
  WsiFrameList *self = list;
  const char *name = NULL, *style = NULL;

  if (self->rules != NULL)
    style = wsi_colour_rules_choose (self->rules, wsi_row_get_number (row), &name);
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (usual); i++)
    if (g_str_equal (name, usual[i]))
      return (WsiRowLook) { find_class (style), _(usual[i]) };
  return (WsiRowLook) { find_class (style), name };
}

void
wsi_frame_list_make_rules (WsiFrameList *self)
{
  g_clear_pointer (&self->rules, wsi_colour_rules_free);
  if (self->store != NULL)
    self->rules = wsi_colour_rules_new (self->store, self->colours);
}

void
wsi_frame_list_set_colours (WsiFrameList *self,
                            GVariant     *colours)
{
  g_clear_pointer (&self->colours, g_variant_unref);
  self->colours = colours != NULL ? g_variant_ref_sink (colours) : NULL;
  wsi_frame_list_make_rules (self);
  wsi_frame_list_refresh (self);
}

void
wsi_frame_list_set_search (WsiFrameList *self,
                           const char   *text)
{
  const char *wanted = text != NULL && *text != '\0' ? text : NULL;

  if (g_strcmp0 (wanted, self->cells.search) == 0)
    return;

  g_free (self->cells.search);
  self->cells.search = g_strdup (wanted);
  wsi_frame_list_refresh (self);
}
