/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/lines/wsi-json-layout.h"

#include "inspect/decode/json/wsi-json-scanner.h"
#include "inspect/store/memory/wsi-bytes.h"

#include <string.h>

#define INDENTATION 2
#define MAX_INDENTED 16         /* levels that are indented: more would make small texts huge */
#define MAX_LINE_START (INDENTATION * MAX_INDENTED + 2)
#define TOKENS_AT_ONCE 4096     /* tokens between two looks at the cancellable */

typedef struct
{
  WsiJsonScanner scanner;
  const guint8  *from;          /* bytes for the scanner, or the text that they stand for */
  GByteArray    *text;
  WsiJsonKind    before;        /* kind of the token before */
  gsize          end;           /* end of the token before */
} Layout;

static void
json_layout_append (Layout       *self,
                    const guint8 *at,
                    gsize         length)
{
  if (length > 0)
    g_byte_array_append (self->text, at, length);
}

static void
json_layout_begin_line (Layout *self,
                        guint   depth)
{
  static const char blanks[] = "\n                                ";
  gsize n_blanks = INDENTATION * MIN (depth, MAX_INDENTED);

  json_layout_append (self, (const guint8 *) blanks, 1 + n_blanks);
}

static gboolean
is_begin (WsiJsonKind kind)
{
  return kind == WSI_JSON_OBJECT || kind == WSI_JSON_ARRAY;
}

static gboolean
json_layout_is_end (WsiJsonKind kind)
{
  return kind == WSI_JSON_OBJECT_END || kind == WSI_JSON_ARRAY_END;
}

/* The scanner has taken the token: within a list that begins, the depth is already one more. */
static void
append_token (Layout             *self,
              const WsiJsonToken *token)
{
  guint depth = self->scanner.depth - is_begin (token->kind);

  if (json_layout_is_end (token->kind))
    {
      if (!is_begin (self->before))
        json_layout_begin_line (self, depth);
    }
  else if (self->before == WSI_JSON_NAME)
    {
      json_layout_append (self, (const guint8 *) ": ", 2);
    }
  else if (self->before != WSI_JSON_END)
    {
      if (!is_begin (self->before))
        json_layout_append (self, (const guint8 *) ",", 1);
      json_layout_begin_line (self, depth);
    }
  json_layout_append (self, self->from + token->at, token->length);
  self->before = token->kind;
  self->end = token->at + token->length;
}

/* Lays the text out.  FALSE: it was cancelled. */
static gboolean
json_layout_run (Layout       *self,
                 GCancellable *cancellable)
{
  gsize max_length = self->scanner.length * WSI_JSON_LAYOUT_GROWTH
                     + WSI_JSON_LAYOUT_MORE;

  for (guint64 n = 1; n % TOKENS_AT_ONCE != 0 || !g_cancellable_is_cancelled (cancellable); n++)
    {
      WsiJsonToken token;
      WsiJsonKind kind = wsi_json_scanner_next (&self->scanner, &token);
      gsize rest = self->scanner.length - self->end;

      if (kind == WSI_JSON_END || kind == WSI_JSON_CUT || kind == WSI_JSON_PROBLEM ||
          self->text->len + rest + MAX_LINE_START + 2 > max_length)
        {
          json_layout_append (self, self->from + self->end, rest);
          return TRUE;
        }
      append_token (self, &token);
    }
  return FALSE;
}

/* Lays JSON out.  NULL: the text is not a list or object, or it was cancelled. */
static GBytes *
json_layout_lay_out (const guint8 *from,
                     const guint8 *scanned,
                     gsize         length,
                     GCancellable *cancellable)
{
  Layout self = { .from = from, .before = WSI_JSON_END };
  gboolean is_done;
  WsiJsonToken token;

  wsi_json_scanner_init (&self.scanner, scanned, length);
  if (length > (G_MAXUINT - WSI_JSON_LAYOUT_MORE) / WSI_JSON_LAYOUT_GROWTH ||
      !is_begin (wsi_json_scanner_next (&self.scanner, &token)))
    return NULL;

  wsi_json_scanner_init (&self.scanner, scanned, length);
  self.text = g_byte_array_new ();
  is_done = json_layout_run (&self, cancellable);
  if (!is_done)
    {
      g_byte_array_unref (self.text);
      return NULL;
    }
  return g_byte_array_free_to_bytes (self.text);
}

GBytes *
wsi_json_layout_new (GBytes       *bytes,
                     GCancellable *cancellable)
{
  gsize length;
  const guint8 *at = wsi_bytes_get_data (bytes, &length);

  return json_layout_lay_out (at, at, length, cancellable);
}

GBytes *
wsi_json_layout_new_masked (const char *text,
                            const char *masked)
{
  return json_layout_lay_out ((const guint8 *) text, (const guint8 *) masked, strlen (text), NULL);
}
