/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/grammar/wsi-filter-error.h"

#include <glib/gi18n.h>

#include "inspect/decode/wsi-text.h"

#define MAX_RECEIVED 40

typedef struct
{
  guint column;
} WsiFilterErrorPrivate;

static void
wsi_filter_error_private_init (WsiFilterErrorPrivate *self)
{
  self->column = 0;
}

static void
wsi_filter_error_private_copy (const WsiFilterErrorPrivate *from,
                               WsiFilterErrorPrivate       *to)
{
  to->column = from->column;
}

static void
wsi_filter_error_private_clear (WsiFilterErrorPrivate *self)
{
}

G_DEFINE_EXTENDED_ERROR (WsiFilterError, wsi_filter_error)

guint
wsi_filter_error_get_column (const GError *error)
{
  if (!g_error_matches (error, WSI_FILTER_ERROR, error->code))
    return 0;

  return wsi_filter_error_get_private (error)->column;
}

/* Bytes that continue a character do not count.  The text need not be UTF-8. */
static guint
find_column (const char *text,
             gsize       at)
{
  guint column = 1;

  for (gsize i = 0; i < at; i++)
    column += (text[i] & 0xc0) != 0x80;
  return column;
}

static char *
filter_error_quote (const WsiFilterPlace *place)
{
  g_autoptr (GBytes) bytes = g_bytes_new (place->text + place->at, place->length);
  g_autofree char *shown = wsi_text_escape (bytes, MAX_RECEIVED, WSI_CHARSET_UTF8);

  return place->length == 0 ? g_strdup (_("the end")) : g_strdup_printf ("\"%s\"", shown);
}

gboolean
wsi_filter_error_set (GError              **error,
                      WsiFilterError        code,
                      const WsiFilterPlace *place,
                      const char           *problem,
                      const char           *expected,
                      const char           *advice)
{
  g_autofree char *received = filter_error_quote (place);
  guint column = find_column (place->text, place->at);

  if (advice != NULL)
    g_set_error (error, WSI_FILTER_ERROR, code,
                 _("%s at column %u: expected %s, received %s (%s)"), problem, column, expected,
                 received, advice);
  else
    g_set_error (error, WSI_FILTER_ERROR, code, _("%s at column %u: expected %s, received %s"),
                 problem, column, expected, received);
  if (error != NULL)
    wsi_filter_error_get_private (*error)->column = column;
  return FALSE;
}
