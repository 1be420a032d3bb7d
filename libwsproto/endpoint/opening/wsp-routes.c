/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/opening/wsp-routes-private.h"

#include <string.h>

#include "base/wsp-error-private.h"
#include "core/handshake/token-list.h"
#include "http/wsp-path-pattern-private.h"
#include "log/wsp-excerpt-private.h"

#define MAX_SHOWN 80            /* bytes of a pattern */

typedef struct
{
  GQuark pattern;
  guint  number;        /* the routes that the table had before */
  int   *is_untaken;    /* atomic: the log has a line for it; tables share it */
} Route;

typedef struct _Node Node;

struct _Node                    /* the segments with which some patterns begin */
{
  const Node  *parent;
  WscBytes     literal;         /* last of these segments, if that is no parameter */
  Node        *parameter;       /* node below for a parameter; NULL: none */
  const Route *here, *rest;     /* routes that end here, and with {name...} behind; NULL: none */
};

/* Copies of routes share a table, to which routes are only added: a copy has the first ones.  So
 * adding a route takes the same time for any number of routes.
 *
 * The nodes are a tree, and one hash table has the nodes of all literals: a path finds its route in
 * the time of its segments, unless patterns have a literal and a parameter in the same place, of
 * which each path may have to try both. */
typedef struct
{
  GMutex      lock;
  GPtrArray  *routes;   /* all routes, by their number */
  GPtrArray  *nodes;    /* all nodes but root */
  GHashTable *literals; /* the nodes of literals, by their parent and literal */
  Node        root;
} Table;

struct _WspRoutes
{
  Table *table;
  guint  n;             /* routes with a lower number are in self */
};

static void
route_free (gpointer data)
{
  Route *self = data;

  g_atomic_rc_box_release (self->is_untaken);
  g_free (self);
}

static guint
hash_literal (gconstpointer data)
{
  const Node *node = data;
  guint hash = 5381;

  for (gsize i = 0; i < node->literal.length; i++)
    hash = hash * 33 + node->literal.at[i];
  return hash ^ (guint) (GPOINTER_TO_SIZE (node->parent) >> 4);
}

static gboolean
are_equal_literals (gconstpointer one,
                    gconstpointer other)
{
  const Node *a = one, *b = other;

  return a->parent == b->parent && wsc_texts_are_equal (a->literal, b->literal);
}

static Table *
table_new (void)
{
  Table *self = g_atomic_rc_box_new0 (Table);

  g_mutex_init (&self->lock);
  self->routes = g_ptr_array_new_with_free_func (route_free);
  self->nodes = g_ptr_array_new_with_free_func (g_free);
  self->literals = g_hash_table_new (hash_literal, are_equal_literals);
  return self;
}

static void
table_clear (Table *self)
{
  g_hash_table_unref (self->literals);
  g_ptr_array_unref (self->nodes);
  g_ptr_array_unref (self->routes);
  g_mutex_clear (&self->lock);
}

static void
table_unref (Table *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) table_clear);
}

static Node *
find_literal (const Table *self,
              const Node  *parent,
              WscBytes     literal)
{
  const Node wanted = { .parent = parent, .literal = literal };

  return g_hash_table_lookup (self->literals, &wanted);
}

static Node *
add_node (Table      *self,
          const Node *parent,
          WscBytes    literal)
{
  Node *node = g_new0 (Node, 1);

  node->parent = parent;
  node->literal = literal;
  g_ptr_array_add (self->nodes, node);
  return node;
}

static Node *
ensure_literal (Table      *self,
                const Node *parent,
                WscBytes    literal)
{
  Node *node = find_literal (self, parent, literal);

  if (node == NULL)
    {
      node = add_node (self, parent, literal);
      g_hash_table_add (self->literals, node);
    }
  return node;
}

static Node *
ensure_parameter (Table *self,
                  Node  *parent)
{
  if (parent->parameter == NULL)
    parent->parameter = add_node (self, parent, (WscBytes) { NULL, 0 });
  return parent->parameter;
}

/* Takes is_untaken.  No route of the table fits the same paths. */
static void
table_add (Table *self,
           GQuark pattern,
           int   *is_untaken)
{
  WscBytes rest = wsc_text (g_quark_to_string (pattern));
  Route *route = g_new (Route, 1);
  const Route **place = NULL;
  Node *node = &self->root;
  WspSegment segment;

  *route = (Route) { pattern, self->routes->len, is_untaken };
  g_ptr_array_add (self->routes, route);
  while (wsp_path_pattern_next (&rest, &segment))
    {
      if (segment.kind == WSP_SEGMENT_LITERAL)
        node = ensure_literal (self, node, segment.text);
      else if (segment.kind == WSP_SEGMENT_PARAMETER)
        node = ensure_parameter (self, node);
      place = segment.kind == WSP_SEGMENT_REST ? &node->rest : &node->here;
    }
  *place = route;
}

/* Returns the route that fits the same paths as pattern, which breaks no rule, or NULL. */
static const Route *
table_find_alike (const Table *self,
                  const char  *pattern)
{
  WscBytes rest = wsc_text (pattern);
  const Node *node = &self->root;
  WspSegment segment;

  while (node != NULL && wsp_path_pattern_next (&rest, &segment))
    {
      if (segment.kind == WSP_SEGMENT_REST)
        return node->rest;

      node = segment.kind == WSP_SEGMENT_LITERAL ? find_literal (self, node, segment.text)
                                                 : node->parameter;
    }
  return node != NULL ? node->here : NULL;
}

WspRoutes *
wsp_routes_new (void)
{
  WspRoutes *self = g_new0 (WspRoutes, 1);

  self->table = table_new ();
  return self;
}

WspRoutes *
wsp_routes_copy (const WspRoutes *other)
{
  WspRoutes *self = g_new (WspRoutes, 1);

  self->table = g_atomic_rc_box_acquire (other->table);
  self->n = other->n;
  return self;
}

void
wsp_routes_free (WspRoutes *self)
{
  table_unref (self->table);
  g_free (self);
}

/* NULL if route is NULL, or was added after self was copied. */
static const Route *
routes_take (const WspRoutes *self,
             const Route     *route)
{
  return route != NULL && route->number < self->n ? route : NULL;
}

/* A Route lives as long as its table. */
static const Route *
routes_find_alike (const WspRoutes *self,
                   const char      *pattern)
{
  g_mutex_lock (&self->table->lock);

  const Route *route = table_find_alike (self->table, pattern);

  g_mutex_unlock (&self->table->lock);
  return routes_take (self, route);
}

/* The route of this pattern; NULL: self does not have it. */
static const Route *
routes_get (const WspRoutes *self,
            const char      *pattern)
{
  const Route *route = wsp_path_pattern_find_rule (pattern) == NULL
                       ? routes_find_alike (self, pattern) : NULL;

  return route != NULL && strcmp (g_quark_to_string (route->pattern), pattern) == 0 ? route : NULL;
}

static gboolean
check_pattern (const WspRoutes *self,
               const char      *pattern,
               GError         **error)
{
  const char *rule = wsp_path_pattern_find_rule (pattern);
  const Route *alike = rule == NULL ? routes_find_alike (self, pattern) : NULL;
  g_autofree char *other = NULL;

  if (alike != NULL && strcmp (g_quark_to_string (alike->pattern), pattern) == 0)
    rule = "the server does not have yet";
  else if (alike != NULL)
    rule = other = g_strdup_printf ("differs from %s in more than the names of parameters",
                                    g_quark_to_string (alike->pattern));
  if (rule == NULL)
    return TRUE;

  g_autofree char *received = wsp_excerpt_quote (pattern, strlen (pattern), MAX_SHOWN);

  g_set_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
               "Cannot add a route: expected a pattern that %s, received %s", rule, received);
  return FALSE;
}

gboolean
wsp_routes_add (WspRoutes  *self,
                const char *pattern,
                GError    **error)
{
  if (!check_pattern (self, pattern, error))
    return FALSE;

  g_mutex_lock (&self->table->lock);
  table_add (self->table, g_quark_from_string (pattern), g_atomic_rc_box_new0 (int));
  g_mutex_unlock (&self->table->lock);
  self->n++;
  return TRUE;
}

/* Copies keep the table, and so the route. */
gboolean
wsp_routes_remove (WspRoutes  *self,
                   const char *pattern)
{
  const Route *removed = routes_get (self, pattern);
  Table *before = self->table;

  if (removed == NULL)
    return FALSE;

  self->table = table_new ();
  for (guint i = 0; i < before->routes->len; i++)
    {
      const Route *route = before->routes->pdata[i];

      if (route != removed)
        table_add (self->table, route->pattern, g_atomic_rc_box_acquire (route->is_untaken));
    }
  self->n--;
  table_unref (before);
  return TRUE;
}

gboolean
wsp_routes_are_none (const WspRoutes *self)
{
  return self->n == 0;
}

/* rest: the path behind that of node.  The first segment in which two routes differ decides, so the
 * routes of one node are tried in the order of their kinds. */
static const Route *
find_below (const WspRoutes *self,
            const Node      *node,
            WscBytes         rest)
{
  WscBytes after = rest;
  const WscBytes segment = wsp_path_take_segment (&after);
  const Node *const below[] = {
    find_literal (self->table, node, segment), segment.length > 0 ? node->parameter : NULL,
  };

  for (guint i = 0; i < G_N_ELEMENTS (below); i++)
    {
      const Route *found = NULL;

      if (below[i] != NULL)
        found = after.length > 0 ? find_below (self, below[i], after)
                                 : routes_take (self, below[i]->here);
      if (found != NULL)
        return found;
    }

  return segment.length > 0 ? routes_take (self, node->rest) : NULL;
}

GQuark
wsp_routes_find (const WspRoutes *self,
                 WscBytes         path)
{
  g_mutex_lock (&self->table->lock);

  const Route *route = find_below (self, &self->table->root, path);

  g_mutex_unlock (&self->table->lock);
  return route != NULL ? route->pattern : 0;
}

gboolean
wsp_routes_serve (const WspRoutes *self,
                  GQuark           route)
{
  return route != 0 || wsp_routes_are_none (self);
}

gboolean
wsp_routes_note_untaken (const WspRoutes *self,
                         GQuark           route)
{
  const Route *known = routes_find_alike (self, g_quark_to_string (route));

  return known != NULL && known->pattern == route &&
         g_atomic_int_compare_and_exchange (known->is_untaken, FALSE, TRUE);
}
