/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/opening/wsp-routes-private.h"

#include <string.h>

#include "base/wsp-error-private.h"
#include "log/wsp-excerpt-private.h"

#define MAX_SHOWN 80            /* bytes of a pattern */

/* The characters that a path may have (RFC 3986 3.3), without "%". */
#define PATH_CHARACTERS G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-._~!$&'()*+,;=:@/"

typedef struct
{
  guint number;         /* the routes that the table had before */
  int  *is_untaken;     /* atomic: the log has a line for it; tables share it */
} Route;

/* Copies of routes share a table, to which routes are only added: a copy has the first ones.  So
 * adding a route takes the same time for any number of routes. */
typedef struct
{
  GMutex      lock;
  GHashTable *known;    /* routes by their pattern, which is interned (Route) */
} Table;

struct _WspRoutes
{
  Table *table;
  guint  n;             /* routes with a lower number are in self */
};

static void
route_free (Route *self)
{
  g_atomic_rc_box_release (self->is_untaken);
  g_free (self);
}

static Table *
table_new (void)
{
  Table *self = g_atomic_rc_box_new0 (Table);

  g_mutex_init (&self->lock);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                       (GDestroyNotify) route_free);
  return self;
}

static void
table_clear (Table *self)
{
  g_hash_table_unref (self->known);
  g_mutex_clear (&self->lock);
}

static void
table_unref (Table *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) table_clear);
}

/* Takes is_untaken. */
static void
table_add (Table      *self,
           const char *pattern,
           int        *is_untaken)
{
  Route *route = g_new (Route, 1);

  route->number = g_hash_table_size (self->known);
  route->is_untaken = is_untaken;
  g_hash_table_insert (self->known, (char *) pattern, route);
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

/* A Route lives as long as its table. */
static Route *
routes_find (const WspRoutes *self,
             const char      *pattern)
{
  g_mutex_lock (&self->table->lock);

  Route *route = g_hash_table_lookup (self->table->known, pattern);

  g_mutex_unlock (&self->table->lock);
  return route != NULL && route->number < self->n ? route : NULL;
}

static gboolean
check_pattern (const WspRoutes *self,
               const char      *pattern,
               GError         **error)
{
  const char *rule = NULL;

  if (pattern[0] != '/')
    rule = "begins with \"/\"";
  else if (pattern[strspn (pattern, PATH_CHARACTERS)] != '\0')
    rule = "is one path, letter by letter: letters, digits and -._~!$&'()*+,;=:@/, without a query "
           "and without \"%\"";
  else if (routes_find (self, pattern) != NULL)
    rule = "the server does not have yet";
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
  table_add (self->table, g_intern_string (pattern), g_atomic_rc_box_new0 (int));
  g_mutex_unlock (&self->table->lock);
  self->n++;
  return TRUE;
}

/* Copies keep the table, and so the route. */
gboolean
wsp_routes_remove (WspRoutes  *self,
                   const char *pattern)
{
  if (routes_find (self, pattern) == NULL)
    return FALSE;

  Table *before = self->table;
  GHashTableIter iter;
  gpointer other, route;

  self->table = table_new ();
  g_hash_table_iter_init (&iter, before->known);
  while (g_hash_table_iter_next (&iter, &other, &route))
    {
      if (strcmp (other, pattern) != 0)
        table_add (self->table, other, g_atomic_rc_box_acquire (((Route *) route)->is_untaken));
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

GQuark
wsp_routes_find (const WspRoutes *self,
                 WscBytes         path)
{
  g_autofree char *text = g_strndup ((const char *) path.at, path.length);

  return routes_find (self, text) != NULL ? g_quark_try_string (text) : 0;
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
  const Route *known = routes_find (self, g_quark_to_string (route));

  return known != NULL && g_atomic_int_compare_and_exchange (known->is_untaken, FALSE, TRUE);
}
