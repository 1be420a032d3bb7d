/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/lines/wsi-line-diff.h"

#include <string.h>

#include "inspect/store/memory/wsi-bytes.h"

typedef struct
{
  const char *at;
  gsize       length;
  guint       hash;
} Line;

/* One text, without the lines that both have at their beginnings and ends. */
typedef struct
{
  const Line *lines;
  gssize      n;
} Part;

/* The furthest place in the first text on each diagonal, for each number of changes.  Diagonal k of
 * round d is at index d * d + k + d. */
typedef struct
{
  GArray *furthest;             /* places in the first text (gssize) */
} Rounds;

static void
clear_line (gpointer data)
{
  g_free (((WsiDiffLine *) data)->text);
}

static guint
line_diff_hash_bytes (const char *at,
                      gsize       length)
{
  guint hash = 5381;

  for (gsize i = 0; i < length; i++)
    hash = 33 * hash + (guchar) at[i];
  return hash;
}

static GArray *
line_diff_split (GBytes   *bytes,
                 gboolean *is_cut)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (Line));
  gsize length;
  const char *at = wsi_bytes_get_data (bytes, &length);
  const char *end = at + MIN (length, WSI_DIFF_MAX_BYTES);

  while (at < end && lines->len < WSI_DIFF_MAX_LINES)
    {
      const char *newline = memchr (at, '\n', end - at);
      Line line = { at, (newline != NULL ? newline : end) - at, 0 };

      line.hash = line_diff_hash_bytes (at, line.length);
      g_array_append_val (lines, line);
      at += line.length + (newline != NULL);
    }
  *is_cut |= at < (const char *) wsi_bytes_get_data (bytes, NULL) + length;
  return lines;
}

static gboolean
line_diff_is_equal (const Line *one,
                    const Line *other)
{
  return one->hash == other->hash && one->length == other->length &&
         memcmp (one->at, other->at, one->length) == 0;
}

static void
line_diff_add (WsiLineDiff *self,
               WsiDiffKind  kind,
               const Line  *line)
{
  WsiDiffLine added = { kind, NULL, MIN (line->length, WSI_DIFF_MAX_LINE) };

  added.text = g_strndup (line->at, added.length);
  memcpy (added.text, line->at, added.length);          /* the comparison goes on after a NUL */
  self->is_cut |= added.length < line->length;
  self->n_removed += kind == WSI_DIFF_REMOVED;
  self->n_added += kind == WSI_DIFF_ADDED;
  g_array_append_val (self->lines, added);
}

static gssize *
get_furthest (Rounds *rounds,
              gssize  n_changes,
              gssize  diagonal)
{
  return &g_array_index (rounds->furthest, gssize,
                         n_changes * n_changes + diagonal + n_changes);
}

/* Whether the way to a diagonal comes from the one above, by a line that was added. */
static gboolean
is_from_above (Rounds *rounds,
               gssize  n_changes,
               gssize  diagonal)
{
  if (diagonal == -n_changes)
    return TRUE;
  if (diagonal == n_changes)
    return FALSE;

  return *get_furthest (rounds, n_changes - 1, diagonal - 1)
         < *get_furthest (rounds, n_changes - 1, diagonal + 1);
}

/* The beginning of a way on a diagonal, before the equal lines. */
static gssize
get_start (Rounds *rounds,
           gssize  n_changes,
           gssize  diagonal)
{
  if (n_changes == 0)
    return 0;

  return is_from_above (rounds, n_changes, diagonal)
         ? *get_furthest (rounds, n_changes - 1, diagonal + 1)
         : *get_furthest (rounds, n_changes - 1, diagonal - 1) + 1;
}

/* Makes a round; returns whether the ends were reached. */
static gboolean
line_diff_advance (Rounds     *rounds,
                   const Part *first,
                   const Part *second,
                   gssize      n_changes)
{
  g_array_set_size (rounds->furthest, (n_changes + 1) * (n_changes + 1));
  for (gssize diagonal = -n_changes; diagonal <= n_changes; diagonal += 2)
    {
      gssize at = get_start (rounds, n_changes, diagonal);

      while (at < first->n && at - diagonal < second->n &&
             line_diff_is_equal (&first->lines[at], &second->lines[at - diagonal]))
        at++;
      *get_furthest (rounds, n_changes, diagonal) = at;
      if (at >= first->n && at - diagonal >= second->n)
        return TRUE;
    }
  return FALSE;
}

/* Adds the changes from the ends to the beginnings. */
static void
add_changes (WsiLineDiff *self,
             Rounds      *rounds,
             const Part  *first,
             const Part  *second,
             gssize       n_changes)
{
  g_autoptr (GArray) kinds = g_array_new (FALSE, FALSE, sizeof (WsiDiffKind));
  gssize diagonal = first->n - second->n, at = first->n, at_second = second->n;

  for (; n_changes >= 0; n_changes--)
    {
      gssize start = get_start (rounds, n_changes, diagonal);
      WsiDiffKind same = WSI_DIFF_SAME, kind;

      for (; at > start; at--)
        g_array_append_val (kinds, same);
      if (n_changes == 0)
        break;

      kind = is_from_above (rounds, n_changes, diagonal) ? WSI_DIFF_ADDED : WSI_DIFF_REMOVED;
      g_array_append_val (kinds, kind);
      diagonal += kind == WSI_DIFF_ADDED ? 1 : -1;
      at -= kind == WSI_DIFF_REMOVED;
    }

  at = at_second = 0;
  for (guint i = kinds->len; i > 0; i--)
    {
      WsiDiffKind kind = g_array_index (kinds, WsiDiffKind, i - 1);

      line_diff_add (self, kind, kind == WSI_DIFF_ADDED ? &second->lines[at_second]
                     : &first->lines[at]);
      at += kind != WSI_DIFF_ADDED;
      at_second += kind != WSI_DIFF_REMOVED;
    }
}

static void
line_diff_compare (WsiLineDiff *self,
                   const Part  *first,
                   const Part  *second)
{
  Rounds rounds = { g_array_new (FALSE, TRUE, sizeof (gssize)) };
  gssize n_changes = 0;

  while (n_changes <= WSI_DIFF_MAX_CHANGES &&
         !line_diff_advance (&rounds, first, second, n_changes))
    n_changes++;
  if (n_changes <= WSI_DIFF_MAX_CHANGES)
    add_changes (self, &rounds, first, second, n_changes);
  else
    {
      self->is_coarse = TRUE;
      for (gssize i = 0; i < first->n; i++)
        line_diff_add (self, WSI_DIFF_REMOVED, &first->lines[i]);
      for (gssize i = 0; i < second->n; i++)
        line_diff_add (self, WSI_DIFF_ADDED, &second->lines[i]);
    }
  g_array_unref (rounds.furthest);
}

WsiLineDiff *
wsi_line_diff_new (GBytes *first,
                   GBytes *second)
{
  WsiLineDiff *self = g_new0 (WsiLineDiff, 1);
  g_autoptr (GArray) one = line_diff_split (first, &self->is_cut);
  g_autoptr (GArray) other = line_diff_split (second, &self->is_cut);
  static const Line none;       /* an array without lines has no data */
  const Line *a = one->len > 0 ? (const Line *) one->data : &none;
  const Line *b = other->len > 0 ? (const Line *) other->data : &none;
  guint n_before = 0, n_after = 0, n_least = MIN (one->len, other->len);

  while (n_before < n_least && line_diff_is_equal (&a[n_before], &b[n_before]))
    n_before++;
  while (n_after < n_least - n_before &&
         line_diff_is_equal (&a[one->len - n_after - 1], &b[other->len - n_after - 1]))
    n_after++;

  self->lines = g_array_new (FALSE, FALSE, sizeof (WsiDiffLine));
  g_array_set_clear_func (self->lines, clear_line);
  for (guint i = 0; i < n_before; i++)
    line_diff_add (self, WSI_DIFF_SAME, &a[i]);
  line_diff_compare (self, &(Part) { a + n_before, one->len - n_before - n_after },
                     &(Part) { b + n_before, other->len - n_before - n_after });
  for (guint i = one->len - n_after; i < one->len; i++)
    line_diff_add (self, WSI_DIFF_SAME, &a[i]);
  return self;
}

void
wsi_line_diff_free (WsiLineDiff *self)
{
  g_array_unref (self->lines);
  g_free (self);
}
