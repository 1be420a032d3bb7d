/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/tls/wsp-tls-priority-private.h"

/* RFC 8996: no TLS 1.0 and 1.1.  A large group takes a third of a second, in the thread of all
 * connections, and the peer chooses it. */
#define ADDED_PRIORITY "%COMPAT:-VERS-TLS1.0:-VERS-TLS1.1:-GROUP-FFDHE8192:-GROUP-FFDHE6144"

/* The list belongs to GnuTLS, and is sorted by preference. */
typedef struct
{
  const guint *list;
  int          n;
} Groups;

static Groups
get_groups (gnutls_priority_t priority)
{
  Groups groups = { NULL, 0 };

  groups.n = gnutls_priority_group_list (priority, &groups.list);
  return groups;
}

static gboolean
begin_with (const Groups  *groups,
            gnutls_group_t first)
{
  return groups->n > 0 && groups->list[0] == first;
}

static gboolean
tls_priority_contain (const Groups  *groups,
                      gnutls_group_t sought)
{
  for (int i = 0; i < groups->n; i++)
    if (groups->list[i] == sought)
      return TRUE;
  return FALSE;
}

/* GnuTLS appends the string to its system-wide priority, as GIO appends %COMPAT. */
static int
init_with (gnutls_priority_t *self,
           const char        *added)
{
  return gnutls_priority_init2 (self, added, NULL, GNUTLS_PRIORITY_INIT_DEF_APPEND);
}

/* The groups stay those that the system's policy allows. */
static void
move_x25519_to_front (gnutls_priority_t *self,
                      const Groups      *groups)
{
  g_autoptr (GString) added = g_string_new (ADDED_PRIORITY ":-GROUP-ALL:+GROUP-X25519");
  gnutls_priority_t moved;

  for (int i = 0; i < groups->n; i++)
    if (groups->list[i] != GNUTLS_GROUP_X25519)
      g_string_append_printf (added, ":+GROUP-%s", gnutls_group_get_name (groups->list[i]));
  if (init_with (&moved, added->str) != GNUTLS_E_SUCCESS)
    return;

  gnutls_priority_deinit (*self);
  *self = moved;
}

/* A client prefers X25519 to SECP256R1, the first group of GnuTLS 3.7, because a key exchange with
 * it takes half of the time.  Where another group is first, the system prefers it on purpose, for
 * example because it withstands quantum computers. */
int
wsp_tls_priority_init (gnutls_priority_t *self,
                       const WspTlsRole  *role)
{
  const char *asked = g_getenv ("G_TLS_GNUTLS_PRIORITY");
  int result;

  if (asked != NULL)
    return gnutls_priority_init2 (self, asked, NULL, 0);

  result = init_with (self, ADDED_PRIORITY);
  if (result != GNUTLS_E_SUCCESS || role != &wsp_tls_role_client)
    return result;

  Groups groups = get_groups (*self);

  if (begin_with (&groups, GNUTLS_GROUP_SECP256R1) &&
      tls_priority_contain (&groups, GNUTLS_GROUP_X25519))
    move_x25519_to_front (self, &groups);
  return GNUTLS_E_SUCCESS;
}

/* GnuTLS would make keys for two groups, and throw one away.  A server that prefers another group
 * asks for its key by HelloRetryRequest (RFC 8446 4.1.4); nearly all servers take X25519. */
guint
wsp_tls_priority_get_init_flags (gnutls_priority_t self)
{
  Groups groups = get_groups (self);

  return begin_with (&groups, GNUTLS_GROUP_X25519) ? GNUTLS_KEY_SHARE_TOP : 0;
}
