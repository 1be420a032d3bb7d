/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A path fits a pattern as it was sent; only values are decoded, once.  The value of {name...} may
 * become the name of a file, and then leads to no other folder: it begins with no slash, and has no
 * encoded slash and no segment "." or "..". */
#include "http/wsp-path-pattern-private.h"

#include <string.h>

#include "core/handshake/token-list.h"
#include "http/wsp-request-values-private.h"
#include "log/wsp-excerpt-private.h"

#define MAX_SHOWN 80            /* bytes of a value */

/* The characters that a path may have (RFC 3986 3.3), without "%". */
#define SEGMENT_CHARACTERS G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-._~!$&'()*+,;=:@"

#define REST "..."              /* end of a parameter for the rest of the path */

WscBytes
wsp_path_take_segment (WscBytes *path)
{
  const guint8 *begin = path->at + 1;
  gsize n_left = path->length - 1;
  const guint8 *end = n_left > 0 ? memchr (begin, '/', n_left) : NULL;
  WscBytes segment = { begin, end != NULL ? (gsize) (end - begin) : n_left };

  *path = (WscBytes) { begin + segment.length, n_left - segment.length };
  return segment;
}

static WscBytes
without (WscBytes text,
         gsize    n_first,
         gsize    n_last)
{
  return (WscBytes) { text.at + n_first, text.length - n_first - n_last };
}

static gboolean
path_pattern_ends_with (WscBytes    text,
                        const char *end)
{
  gsize n = strlen (end);

  if (text.length < n)
    return FALSE;

  return memcmp (text.at + text.length - n, end, n) == 0;
}

gboolean
wsp_path_pattern_next (WscBytes   *pattern,
                       WspSegment *segment)
{
  if (pattern->length == 0)
    return FALSE;

  *segment = (WspSegment) { WSP_SEGMENT_LITERAL, wsp_path_take_segment (pattern) };
  if (segment->text.length < 2 || segment->text.at[0] != '{')
    return TRUE;

  segment->kind = WSP_SEGMENT_PARAMETER;
  segment->text = without (segment->text, 1, 1);
  if (!path_pattern_ends_with (segment->text, REST))
    return TRUE;

  segment->kind = WSP_SEGMENT_REST;
  segment->text = without (segment->text, 0, strlen (REST));
  return TRUE;
}

static gboolean
consists_of (WscBytes    text,
             const char *characters)
{
  for (gsize i = 0; i < text.length; i++)
    {
      if (strchr (characters, text.at[i]) == NULL)
        return FALSE;
    }

  return TRUE;
}

/* Something that is no letter follows an empty text in the pattern. */
static gboolean
is_name (WscBytes text)
{
  return g_ascii_islower (text.at[0]) &&
         consists_of (text, G_CSET_a_2_z G_CSET_DIGITS "_");
}

/* segment: as it stands in the pattern. */
static const char *
find_segment_rule (WscBytes segment)
{
  WscBytes pattern = { segment.at - 1, segment.length + 1 };
  WspSegment parsed;

  if (consists_of (segment, SEGMENT_CHARACTERS))
    return NULL;
  if (!consists_of (segment, SEGMENT_CHARACTERS "{}"))
    return "is one path, letter by letter: letters, digits and -._~!$&'()*+,;=:@/, without a query "
           "and without \"%\"";

  (void) wsp_path_pattern_next (&pattern, &parsed);
  if (segment.at[segment.length - 1] != '}' || !is_name (parsed.text))
    return "has a parameter as a whole segment, {name} or at its end {name...}, whose name has "
           "lower-case letters, digits and \"_\" and begins with a letter";

  return NULL;
}

const char *
wsp_path_pattern_find_rule (const char *pattern)
{
  WscBytes rest = wsc_text (pattern);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *rule = pattern[0] != '/' ? "begins with \"/\"" : NULL;
  WspSegment segment;

  for (WscBytes left = rest; rule == NULL && left.length > 0;)
    rule = find_segment_rule (wsp_path_take_segment (&left));

  while (rule == NULL && wsp_path_pattern_next (&rest, &segment))
    {
      if (segment.kind == WSP_SEGMENT_REST && rest.length > 0)
        rule = "has a parameter for the rest of the path, {name...}, at its end only";
      else if (segment.kind != WSP_SEGMENT_LITERAL &&
               !g_hash_table_add (names, g_strndup ((const char *) segment.text.at,
                                                    segment.text.length)))
        rule = "has each name of a parameter once";
    }

  return rule;
}

typedef struct                  /* a pattern and a path that fits it, from one segment on */
{
  WscBytes pattern, path;
} Fit;

/* Takes the next parameter and its value, as it was sent. */
static gboolean
take_value (Fit        *self,
            WspSegment *parameter,
            WscBytes   *value)
{
  while (wsp_path_pattern_next (&self->pattern, parameter))
    {
      WscBytes rest = without (self->path, 1, 0);

      *value = wsp_path_take_segment (&self->path);
      if (parameter->kind == WSP_SEGMENT_REST)
        *value = rest;
      if (parameter->kind != WSP_SEGMENT_LITERAL)
        return TRUE;
    }

  return FALSE;
}

static gboolean
has_encoded_slash (WscBytes value)
{
  for (gsize i = 0; i + 2 < value.length; i++)
    {
      if (value.at[i] == '%' && value.at[i + 1] == '2' && (value.at[i + 2] | 0x20) == 'f')
        return TRUE;
    }

  return FALSE;
}

static gboolean
has_dots (const char *value)
{
  g_auto (GStrv) segments = g_strsplit (value, "/", -1);

  return g_strv_contains ((const char * const *) segments, ".") ||
         g_strv_contains ((const char * const *) segments, "..");
}

/* decoded, out: the value, unless there is a mistake. */
static const char *
decode_value (WspSegmentKind kind,
              WscBytes       value,
              char         **decoded)
{
  g_autofree char *text = wsp_percent_decode (value, WSP_PLUS_IS_PLUS);

  if (text == NULL)
    return "Path is not percent-encoded UTF-8 without NUL";
  if (kind == WSP_SEGMENT_REST && (has_encoded_slash (value) || has_dots (text)))
    return "Path has an encoded slash, or a segment \".\" or \"..\"";

  *decoded = g_steal_pointer (&text);
  return NULL;
}

char *
wsp_path_dup_value (const char *pattern,
                    WscBytes    path,
                    const char *name)
{
  Fit fit = { wsc_text (pattern), path };
  char *decoded = NULL;
  WspSegment parameter;
  WscBytes value;

  while (take_value (&fit, &parameter, &value))
    {
      if (!wsc_text_is (parameter.text, name))
        continue;

      (void) decode_value (parameter.kind, value, &decoded);
      break;
    }

  return decoded;
}

const char *
wsp_path_find_mistake (const char *pattern,
                       WscBytes    path,
                       char      **details)
{
  Fit fit = { wsc_text (pattern), path };
  WspSegment parameter;
  WscBytes value;

  if (strchr (pattern, '{') == NULL)
    return NULL;                /* most routes have no parameters */

  while (take_value (&fit, &parameter, &value))
    {
      g_autofree char *decoded = NULL;
      const char *mistake = decode_value (parameter.kind, value, &decoded);

      if (mistake == NULL)
        continue;

      g_autofree char *received = wsp_excerpt_quote (value.at, value.length, MAX_SHOWN);

      *details = g_strdup_printf (": received %s for %.*s of the route %s", received,
                                  (int) parameter.text.length, (const char *) parameter.text.at,
                                  pattern);
      return mistake;
    }

  return NULL;
}
