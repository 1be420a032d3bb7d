/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/wsi-plan-private.h"

#define WEIGHT_SCAN 10          /* an automaton against the search for some bytes */

static WsiStep *make_step (WsiPlan       *self,
                           const WsiNode *node);

/* Compares steps by cost: they have no effects on each other, so their order is free. */
static int
compare_steps (gconstpointer a,
               gconstpointer b)
{
  const WsiStep *one = *(const WsiStep *const *) a, *other = *(const WsiStep *const *) b;

  if (one->cost != other->cost)
    return one->cost < other->cost ? -1 : 1;
  return one->weight < other->weight ? -1 : one->weight > other->weight;
}

static void
plan_add_children (WsiPlan       *self,
                   const WsiNode *node,
                   WsiStep       *step)
{
  g_autoptr (GPtrArray) children = g_ptr_array_new ();

  for (guint i = 0; i < node->children->len; i++)
    {
      WsiStep *child = make_step (self, node->children->pdata[i]);

      step->cost = MAX (step->cost, child->cost);
      step->weight += child->weight;
      g_ptr_array_add (children, child);
    }
  g_ptr_array_sort (children, compare_steps);
  step->n_children = children->len;
  step->children = (WsiStep **) g_ptr_array_steal (children, NULL);
}

/* A comparison of one number with one, as a range. */
static void
plan_set_range (WsiStep    *step,
                WsiOperator operator,
                gint64      number)
{
  step->low = G_MININT64;
  step->high = G_MAXINT64;
  step->is_outside = operator == WSI_OPERATOR_NOT_EQUAL || operator == WSI_OPERATOR_LESS ||
                     operator == WSI_OPERATOR_GREATER;
  if (operator == WSI_OPERATOR_EQUAL || operator == WSI_OPERATOR_NOT_EQUAL ||
      operator == WSI_OPERATOR_GREATER_OR_EQUAL || operator == WSI_OPERATOR_LESS)
    step->low = number;
  if (operator == WSI_OPERATOR_EQUAL || operator == WSI_OPERATOR_NOT_EQUAL ||
      operator == WSI_OPERATOR_LESS_OR_EQUAL || operator == WSI_OPERATOR_GREATER)
    step->high = number;
}

static gboolean
plan_set_number (WsiStep       *step,
                 const WsiNode *node)
{
  const WsiLiteral *first = node->literals->len > 0 ? node->literals->pdata[0] : NULL;

  step->get_number = node->field->get_number;
  if (step->get_number == NULL || node->operator == WSI_OPERATOR_IN_SET)
    return FALSE;

  if (node->kind == WSI_NODE_FLAG)
    plan_set_range (step, WSI_OPERATOR_EQUAL, node->flag->value);
  else if (node->operator == WSI_OPERATOR_IN_RANGE)
    {
      step->low = first->number;
      step->high = ((const WsiLiteral *) node->literals->pdata[1])->number;
    }
  else if (first != NULL)
    plan_set_range (step, node->operator, first->number);
  else if (node->field->type == WSI_VALUE_BOOLEAN)
    plan_set_range (step, WSI_OPERATOR_NOT_EQUAL, FALSE);
  else
    plan_set_range (step, WSI_OPERATOR_NONE, 0);
  return TRUE;
}

static void
add_scanners (WsiPlan       *self,
              const WsiNode *node,
              WsiStep       *step)
{
  step->scanner = self->n_scanners;
  self->n_scanners += node->literals->len;
  for (guint i = 0; i < node->literals->len; i++)
    if (((const WsiLiteral *) node->literals->pdata[i])->pattern != NULL)
      step->weight += WEIGHT_SCAN;
}

static void
set_term (WsiPlan       *self,
          const WsiNode *node,
          WsiStep       *step)
{
  step->kind = WSI_STEP_VALUES;
  step->cost = node->field->cost;
  step->weight = 1;
  if (plan_set_number (step, node))
    step->kind = WSI_STEP_RANGE;
  else
    add_scanners (self, node, step);
  if (step->cost == WSI_COST_CONVERSATION)
    step->cache = self->n_cached++;
}

static WsiStep *
make_step (WsiPlan       *self,
           const WsiNode *node)
{
  WsiStep *step = g_new0 (WsiStep, 1);

  step->node = node;
  step->cache = WSI_NOT_CACHED;
  switch (node->kind)
    {
    case WSI_NODE_OR:
    case WSI_NODE_AND:
    case WSI_NODE_NOT:
      step->kind = node->kind == WSI_NODE_OR ? WSI_STEP_OR : WSI_STEP_AND;
      if (node->kind == WSI_NODE_NOT)
        step->kind = WSI_STEP_NOT;
      plan_add_children (self, node, step);
      break;

    case WSI_NODE_TERM:
    case WSI_NODE_FLAG:
      set_term (self, node, step);
      break;

    case WSI_NODE_SEARCH:
      step->kind = WSI_STEP_SEARCH;
      step->cost = WSI_COST_PAYLOAD;
      add_scanners (self, node, step);
      break;
    }
  return step;
}

static void
free_step (WsiStep *step)
{
  for (guint i = 0; i < step->n_children; i++)
    free_step (step->children[i]);
  g_free (step->children);
  g_free (step);
}

void
wsi_plan_init (WsiPlan       *self,
               const WsiNode *node)
{
  *self = (WsiPlan) { .root = NULL };
  self->root = make_step (self, node);
}

void
wsi_plan_clear (WsiPlan *self)
{
  g_clear_pointer (&self->root, free_step);
}
