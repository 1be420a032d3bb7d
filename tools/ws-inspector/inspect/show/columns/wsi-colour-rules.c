/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-colour-rules.h"

#include "inspect/filter/wsi-filter.h"

typedef struct
{
  WsiMatcher *matcher;
  const char *style;            /* style of the rule, interned */
  char       *name;
} Rule;

struct _WsiColourRules
{
  GArray *rules;                /* colour rules (Rule), in their order */
};

static const struct
{
  const char *name, *filter, *style;
} usual[] = {
  { "Problem", "issue or event == gap or event == fault or event == dropped", "error" },
  { "Marked", "mark > 0", "accent" },
  { "Close", "close", "warning" },
  { "Ping and pong", "ping or pong", "dim" },
  { "Event", "event", "dim" },
};

static void
clear_rule (gpointer data)
{
  wsi_matcher_free (((Rule *) data)->matcher);
  g_free (((Rule *) data)->name);
}

GVariant *
wsi_colour_rules_dup_usual (void)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sss)"));

  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    g_variant_builder_add (&builder, "(sss)", usual[i].name, usual[i].filter, usual[i].style);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
add_rule (WsiColourRules *self,
          WsiStore       *store,
          const char     *name,
          const char     *text,
          const char     *style)
{
  g_autoptr (WsiFilter) filter = wsi_filter_new (text, NULL);
  Rule rule;

  if (filter == NULL || g_str_has_prefix (style, WSI_COLOUR_OFF))
    return;

  rule = (Rule) {
    wsi_matcher_new (filter, store), g_intern_string (style), g_strdup (name),
  };
  g_array_append_val (self->rules, rule);
}

WsiColourRules *
wsi_colour_rules_new (WsiStore *store,
                      GVariant *rules)
{
  WsiColourRules *self = g_new0 (WsiColourRules, 1);
  g_autoptr (GVariant) used = rules != NULL && g_variant_n_children (rules) > 0
                              ? g_variant_ref (rules) : wsi_colour_rules_dup_usual ();
  const char *name, *text, *style;
  GVariantIter iter;

  self->rules = g_array_new (FALSE, FALSE, sizeof (Rule));
  g_array_set_clear_func (self->rules, clear_rule);
  g_variant_iter_init (&iter, used);
  while (self->rules->len < WSI_MAX_COLOUR_RULES &&
         g_variant_iter_next (&iter, "(&s&s&s)", &name, &text, &style))
    add_rule (self, store, name, text, style);
  return self;
}

void
wsi_colour_rules_free (WsiColourRules *self)
{
  g_array_unref (self->rules);
  g_free (self);
}

const char *
wsi_colour_rules_choose (WsiColourRules *self,
                         guint64         number,
                         const char    **name)
{
  *name = NULL;
  for (guint i = 0; i < self->rules->len; i++)
    {
      const Rule *rule = &g_array_index (self->rules, Rule, i);

      if (!wsi_matcher_match (rule->matcher, number))
        continue;

      *name = rule->name;
      return rule->style;
    }
  return NULL;
}
