/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/opening/wsp-routes-private.h"

#include <string.h>

#include "base/wsp-error-private.h"
#include "log/wsp-excerpt-private.h"

#define MAX_SHOWN 80            /* bytes of a pattern */

/* What a path may consist of (RFC 3986 3.3), without "%". */
#define PATH_CHARACTERS G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-._~!$&'()*+,;=:@/"

struct _WspRoutes
{
  GHashTable *known;    /* interned pattern -> an atomic int: the log has a line for it */
};

WspRoutes *
wsp_routes_new (void)
{
  WspRoutes *self = g_new0 (WspRoutes, 1);

  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_atomic_rc_box_release);
  return self;
}

WspRoutes *
wsp_routes_copy (const WspRoutes *other)
{
  WspRoutes *self = wsp_routes_new ();
  GHashTableIter iter;
  gpointer pattern, is_untaken;

  g_hash_table_iter_init (&iter, other->known);
  while (g_hash_table_iter_next (&iter, &pattern, &is_untaken))
    g_hash_table_insert (self->known, pattern, g_atomic_rc_box_acquire (is_untaken));

  return self;
}

void
wsp_routes_free (WspRoutes *self)
{
  g_hash_table_unref (self->known);
  g_free (self);
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
  else if (g_hash_table_contains (self->known, pattern))
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

  g_hash_table_insert (self->known, (char *) g_intern_string (pattern),
                       g_atomic_rc_box_new0 (int));
  return TRUE;
}

gboolean
wsp_routes_remove (WspRoutes  *self,
                   const char *pattern)
{
  return g_hash_table_remove (self->known, pattern);
}

gboolean
wsp_routes_are_none (const WspRoutes *self)
{
  return g_hash_table_size (self->known) == 0;
}

GQuark
wsp_routes_find (const WspRoutes *self,
                 WscBytes         path)
{
  g_autofree char *text = g_strndup ((const char *) path.at, path.length);

  return g_hash_table_contains (self->known, text) ? g_quark_try_string (text) : 0;
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
  int *is_untaken = g_hash_table_lookup (self->known, g_quark_to_string (route));

  return is_untaken != NULL && g_atomic_int_compare_and_exchange (is_untaken, FALSE, TRUE);
}
