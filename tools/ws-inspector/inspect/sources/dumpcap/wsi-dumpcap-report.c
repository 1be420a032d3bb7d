/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/dumpcap/wsi-dumpcap-report.h"

#include <string.h>

#define MAX_LINE 1024           /* bytes of a line that are kept */
#define FAILURE "dumpcap: "
#define COUNTS "Packets received/dropped on interface '"
#define END_OF_INTERFACE "': "
/* The beginning of a line that a dumpcap without capabilities writes at each start, whether it can
 * capture or not. */
#define NOISE "cap_set_proc()"

void
wsi_dumpcap_report_init (WsiDumpcapReport *self)
{
  *self = (WsiDumpcapReport) { .line = g_string_new (NULL) };
}

void
wsi_dumpcap_report_clear (WsiDumpcapReport *self)
{
  if (self->line != NULL)
    g_string_free (self->line, TRUE);
  g_free (self->failure);
  *self = (WsiDumpcapReport) { 0 };
}

/* dumpcap quotes the filter and the interface, which may have any words. */
static char *
dup_unquoted (const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, "\"", -1);
  GString *text = g_string_new (NULL);

  for (guint i = 0; parts[i] != NULL; i += 2)
    {
      g_string_append (text, parts[i]);
      if (parts[i + 1] == NULL)
        break;
    }
  return g_string_free (text, FALSE);
}

/* The text alone tells: the status of dumpcap is the same for each failure. */
static gboolean
is_of_permission (const char *line)
{
  g_autofree char *unquoted = dup_unquoted (line);

  return strstr (unquoted, "permission") != NULL ||
         strstr (unquoted, "Permission denied") != NULL ||
         strstr (unquoted, "Operation not permitted") != NULL;
}

static void
dumpcap_report_take_failure (WsiDumpcapReport *self,
                             const char       *line)
{
  if (self->failure != NULL || g_str_has_prefix (line, FAILURE NOISE))
    return;

  self->failure = g_utf8_make_valid (line, -1);
  self->is_not_permitted = is_of_permission (line);
}

/* The name of an interface may have any characters; the numbers come after the last one. */
static void
take_counts (WsiDumpcapReport *self,
             const char       *line)
{
  const char *at = g_strrstr (line, END_OF_INTERFACE);
  char *end;
  guint64 n_received;

  if (at == NULL || !g_ascii_isdigit (at[strlen (END_OF_INTERFACE)]))
    return;

  n_received = g_ascii_strtoull (at + strlen (END_OF_INTERFACE), &end, 10);
  if (end[0] != '/' || !g_ascii_isdigit (end[1]))
    return;

  self->n_received += n_received;
  self->n_dropped += g_ascii_strtoull (end + 1, NULL, 10);
}

static void
dumpcap_report_take_line (WsiDumpcapReport *self)
{
  const char *line = self->line->str;

  if (g_str_has_prefix (line, FAILURE))
    dumpcap_report_take_failure (self, line);
  else if (g_str_has_prefix (line, COUNTS))
    take_counts (self, line);
  g_string_truncate (self->line, 0);
}

/* Takes text of dumpcap.  A carriage return begins a line anew, as dumpcap does where it shows its
 * progress. */
void
wsi_dumpcap_report_take (WsiDumpcapReport *self,
                         const char       *text,
                         gsize             length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] == '\n' || text[i] == '\r')
      dumpcap_report_take_line (self);
    else if (text[i] != '\0' && self->line->len < MAX_LINE)
      g_string_append_c (self->line, text[i]);
}

void
wsi_dumpcap_report_end (WsiDumpcapReport *self)
{
  dumpcap_report_take_line (self);
}
