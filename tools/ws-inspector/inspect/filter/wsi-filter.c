/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/wsi-filter-fields-private.h"

#include "inspect/filter/grammar/wsi-node.h"
#include "inspect/filter/wsi-plan-private.h"

G_DEFINE_BOXED_TYPE (WsiFilter, wsi_filter, wsi_filter_ref, wsi_filter_unref)

WsiFilter *
wsi_filter_new_with_fields (WsiFields * fields,
                            const char *text,
                            GError * *error)
{
  WsiNode *node = wsi_parser_parse (fields, text, error);
  WsiFilter *self;

  if (node == NULL)
    return NULL;

  self = g_new0 (WsiFilter, 1);
  g_atomic_ref_count_init (&self->n_references);
  self->fields = wsi_fields_ref (fields);
  self->node = node;
  wsi_plan_init (&self->plan, node);
  return self;
}

WsiFilter *
wsi_filter_new (const char *text,
                GError    **error)
{
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();

  return wsi_filter_new_with_fields (fields, text, error);
}

WsiFilter *
wsi_filter_ref (WsiFilter *self)
{
  g_atomic_ref_count_inc (&self->n_references);
  return self;
}

void
wsi_filter_unref (WsiFilter *self)
{
  if (!g_atomic_ref_count_dec (&self->n_references))
    return;

  wsi_plan_clear (&self->plan);
  wsi_node_free (self->node);
  wsi_fields_unref (self->fields);
  g_free (self);
}

static gboolean
asks_for (const WsiNode *node,
          WsiComes       comes)
{
  if (node->field != NULL && node->field->comes == comes)
    return TRUE;

  for (guint i = 0; i < node->children->len; i++)
    if (asks_for (node->children->pdata[i], comes))
      return TRUE;

  return FALSE;
}

gboolean
wsi_filter_asks_for_notes (WsiFilter *self)
{
  return asks_for (self->node, WSI_COMES_FROM_USER);
}

gboolean
wsi_filter_asks_for_replies (WsiFilter *self)
{
  return asks_for (self->node, WSI_COMES_WITH_REPLY);
}

/* Whether the filter names events, by the field or by the flag of this name. */
static gboolean
asks_for_events (const WsiNode *node)
{
  if ((node->field != NULL && g_str_equal (node->field->name, "event")) ||
      (node->flag != NULL && g_str_equal (node->flag->name, "event")))
    return TRUE;

  for (guint i = 0; i < node->children->len; i++)
    if (asks_for_events (node->children->pdata[i]))
      return TRUE;

  return FALSE;
}

gboolean
wsi_filter_asks_for_events (WsiFilter *self)
{
  return asks_for_events (self->node);
}

struct _WsiFieldReader
{
  WsiFields     *fields;
  WsiNode       *node;          /* term of the field, without an operator */
  const WsiHide *hide;
  WsiSubject     subject;       /* record that is read; its store is NULL before the first one */
};

WsiFieldReader *
wsi_field_reader_new (const char    *name,
                      const WsiHide *hide,
                      GError       **error)
{
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();
  g_autoptr (WsiNode) node = wsi_parser_parse_field (fields, name, error);
  WsiFieldReader *self;

  if (node == NULL)
    return NULL;

  self = g_new0 (WsiFieldReader, 1);
  self->fields = g_steal_pointer (&fields);
  self->node = g_steal_pointer (&node);
  self->hide = hide;
  return self;
}

void
wsi_field_reader_free (WsiFieldReader *self)
{
  if (self->subject.store != NULL)
    wsi_subject_clear (&self->subject);
  wsi_node_free (self->node);
  wsi_fields_unref (self->fields);
  g_free (self);
}

const WsiField *
wsi_field_reader_get_field (const WsiFieldReader *self)
{
  return self->node->field;
}

gboolean
wsi_field_reader_is_of (const WsiFieldReader *self,
                        const char           *name)
{
  return self->node->path->len == 0 && wsi_fields_find (self->fields, name) == self->node->field;
}

void
wsi_field_reader_read (WsiFieldReader *self,
                       WsiStore       *store,
                       guint64         number,
                       WsiTakeValue    take,
                       gpointer        user_data)
{
  WsiValues values = { .take = take, .take_data = user_data, .node = self->node };
  const WsiField *field = self->node->field;
  gint64 found;

  if (self->subject.store == NULL)
    wsi_subject_init (&self->subject, store, field->cost);
  self->subject.hide = self->hide;
  wsi_subject_forget (&self->subject);
  if (!wsi_subject_move (&self->subject, number))
    return;

  if (field->get_number == NULL)
    field->get_values (&self->subject, (const WsiPathStep *) self->node->path->data,
                       self->node->path->len, &values);
  else if (field->get_number (&self->subject, &found))
    wsi_values_add_number (&values, found);
}
