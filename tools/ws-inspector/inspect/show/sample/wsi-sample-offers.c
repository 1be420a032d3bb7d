/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/sample/wsi-sample-offers.h"

#include <string.h>

/* Whether the path, or a name in it, begins with the text: "ty" finds json.type. */
static gboolean
sample_offers_is_wanted (const char *path,
                         const char *beginning)
{
  const char *step = path;

  if (g_str_has_prefix (path, beginning))
    return TRUE;

  while ((step = strchr (step, '.')) != NULL)
    if (g_str_has_prefix (++step, beginning))
      return TRUE;
  return FALSE;
}

static void
add_paths (WsiSample                *self,
           const WsiCompletionPlace *place,
           guint                     max,
           GArray                   *list)
{
  g_autoptr (GPtrArray) fields = wsi_sample_list_fields (self);
  guint n = 0;

  for (guint i = 0; i < fields->len && n < max; i++)
    {
      const WsiCountedField *field = fields->pdata[i];

      if (field->kind != WSI_COUNTED_PATH ||
          !sample_offers_is_wanted (field->name, place->beginning))
        continue;

      wsi_completion_add (list, field->name, NULL, field->n);
      n++;
    }
}

/* The name of a field in the filter, which may differ from that in the sample. */
static const char *
sample_offers_get_name (const WsiCompletionPlace *place)
{
  return place->field->path_form == WSI_PATH_NONE ? place->field->name : place->name;
}

static void
sample_offers_add_values (WsiSample                *self,
                          const WsiCompletionPlace *place,
                          guint                     max,
                          GArray                   *list)
{
  g_autoptr (GPtrArray) values = NULL;

  if (place->field == NULL)
    return;

  values = wsi_sample_list_values (self, sample_offers_get_name (place), place->beginning,
                                   place->length, max);
  for (guint i = 0; i < values->len; i++)
    {
      const WsiCountedValue *value = values->pdata[i];
      g_autofree char *text = wsi_sample_print_value (value);

      wsi_completion_add (list, text, NULL, value->n);
    }
}

void
wsi_sample_add_offers (WsiSample                *self,
                       const WsiCompletionPlace *place,
                       guint                     max,
                       GArray                   *list)
{
  switch (place->next)
    {
    case WSI_COMPLETION_CONDITION:
      add_paths (self, place, max, list);
      break;
    case WSI_COMPLETION_VALUE:
      sample_offers_add_values (self, place, max, list);
      break;
    case WSI_COMPLETION_OPERATOR:
    case WSI_COMPLETION_LINK:
    case WSI_COMPLETION_NOTHING:
      break;
    }
}
