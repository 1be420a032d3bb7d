/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/http/wsi-made-head.h"

#include <string.h>

#define MIN_STATUS 100
#define MAX_STATUS 999

static gboolean
has_controls (const char *text)
{
  for (; *text != '\0'; text++)
    if (g_ascii_iscntrl (*text) && *text != '\t')
      return TRUE;

  return FALSE;
}

GString *
wsi_made_head_begin_request (const char *url)
{
  const char *authority = url != NULL ? strstr (url, "://") : NULL;
  const char *path;
  gsize length;
  GString *head;

  if (authority == NULL)
    return NULL;

  path = authority + strlen ("://") + strcspn (authority + strlen ("://"), "/?#");
  length = strcspn (path, "#");
  if (strcspn (path, " \t") < length || has_controls (path))
    return NULL;

  head = g_string_new (NULL);
  g_string_printf (head, "GET %s%.*s HTTP/1.1\r\n", *path == '/' ? "" : "/",
                   (int) MIN (length, G_MAXINT), path);
  return head;
}

GString *
wsi_made_head_begin_response (gint64      status,
                              const char *reason)
{
  GString *head;

  if (status < MIN_STATUS || status > MAX_STATUS)
    return NULL;

  head = g_string_new (NULL);
  g_string_printf (head, "HTTP/1.1 %u %s\r\n", (guint) status,
                   reason != NULL && !has_controls (reason) ? reason : "");
  return head;
}

/* Appends a header without control characters, which programs other than browsers write only by
 * mistake. */
void
wsi_made_head_append (GString    *head,
                      const char *name,
                      const char *values)
{
  g_auto (GStrv) lines = g_strsplit (values, "\n", -1);

  if (*name == '\0' || *name == ':' || has_controls (name) || strchr (name, ' ') != NULL)
    return;

  for (guint i = 0; lines[i] != NULL; i++)
    if (!has_controls (lines[i]))
      g_string_append_printf (head, "%s: %s\r\n", name, lines[i]);
}

GBytes *
wsi_made_head_end (GString *head)
{
  g_string_append (head, "\r\n");
  return g_string_free_to_bytes (head);
}
