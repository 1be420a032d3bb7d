/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-list-filter.h"

#include "inspect/filter/grammar/wsi-lexer.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/show/columns/wsi-row-format.h"

#include <stdio.h>
#include <string.h>

#define MAX_MINUTE_DIGITS 9

gboolean
wsi_list_filter_is_empty (const char *text)
{
  return text == NULL || text[strspn (text, " \t\r\n")] == '\0';
}

char *
wsi_list_filter_join (const char *first,
                      const char *second)
{
  if (wsi_list_filter_is_empty (first))
    return wsi_list_filter_is_empty (second) ? NULL : g_strdup (second);
  if (wsi_list_filter_is_empty (second))
    return g_strdup (first);

  return g_strdup_printf ("(%s) and (%s)", first, second);
}

char *
wsi_list_filter_join_either (const char *first,
                             const char *second)
{
  return g_strdup_printf ("(%s) or (%s)", first, second);
}

char *
wsi_list_filter_negate (const char *text)
{
  return g_strdup_printf ("not (%s)", text);
}

char *
wsi_list_filter_print_search (const char *text)
{
  return wsi_lexer_quote (text, strlen (text));
}

static void
list_filter_add (GString    *text,
                 const char *term)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? " and " : "", term);
}

/* Fragments after the first one go with both kinds of messages, and bytes that are in no frame go
 * with binary ones. */
static void
add_kinds (GString     *text,
           WsiListKinds kinds)
{
  static const struct
  {
    WsiListKinds kinds;
    const char  *name;
  } names[] = {
    { WSI_LIST_TEXT, "text" }, { WSI_LIST_BINARY, "binary" },
    { WSI_LIST_TEXT | WSI_LIST_BINARY, "cont" }, { WSI_LIST_BINARY, "bytes" },
    { WSI_LIST_CONTROL, "ping" }, { WSI_LIST_CONTROL, "pong" }, { WSI_LIST_CONTROL, "close" },
    { WSI_LIST_CONTROL, "reserved" }, { WSI_LIST_EVENTS, "event" },
  };
  GString *set;

  if ((kinds & WSI_LIST_ALL_KINDS) == WSI_LIST_ALL_KINDS)
    return;

  if ((kinds & WSI_LIST_ALL_KINDS) == 0)
    {
      list_filter_add (text, "no == 0");
      return;
    }

  set = g_string_new ("type in {");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if ((names[i].kinds & kinds) != 0)
      g_string_append_printf (set, "%s%s", g_str_has_suffix (set->str, "{") ? "" : ", ",
                              names[i].name);
  g_string_append_c (set, '}');
  list_filter_add (text, set->str);
  g_string_free (set, TRUE);
}

static void
list_filter_add_number (GString    *text,
                        const char *format,
                        guint64     number)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  g_autofree char *term = g_strconcat (format, digits, NULL);

  list_filter_add (text, term);
}

char *
wsi_list_filter_print (const WsiListFilter *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->first > 0)
    list_filter_add_number (text, "no > ", self->first);
  if (self->conversation != 0)
    list_filter_add_number (text, "conn == ", self->conversation);
  if (self->direction != WSI_NO_DIRECTION)
    list_filter_add (text, self->direction == WSP_DIRECTION_SENT ? "dir == sent" : "dir == recv");
  add_kinds (text, self->kinds);
  if (self->unit == WSI_UNIT_MESSAGES)
    list_filter_add (text, "(not fragment == yes or fin == yes)");

  return wsi_list_filter_join (text->str, self->text);
}

#define TIME_TERM "time in "
#define TIME_DIGITS "-0123456789."

/* The rest of a filter without the term of wsi_list_filter_set_time (); or the whole filter. */
static char *
dup_without_time (const char *text)
{
  const char *end;
  g_autofree char *rest = NULL;
  g_autoptr (WsiFilter) filter = NULL;

  if (text == NULL || !g_str_has_prefix (text, TIME_TERM))
    return g_strdup (text);

  end = text + strlen (TIME_TERM);
  end += strspn (end, TIME_DIGITS);
  if (*end == '\0')
    return NULL;

  if (!g_str_has_prefix (end, " and ("))
    return g_strdup (text);

  /* The filter may end with another term, or with a parenthesis of another term: then the rest,
   * which is one parenthesis short, is no filter. */
  rest = g_strndup (end + strlen (" and ("), strlen (end) - strlen (" and ()"));
  filter = wsi_filter_new (rest, NULL);
  return filter != NULL ? g_steal_pointer (&rest) : g_strdup (text);
}

/* Sets the time; a term alone has no parentheses, so that it can be read. */
char *
wsi_list_filter_set_time (const char *text,
                          gint64      begin_us,
                          gint64      end_us)
{
  g_autofree char *rest = dup_without_time (text);
  g_autofree char *begin = wsi_row_format_print_span (begin_us);
  g_autofree char *end = wsi_row_format_print_span (end_us);
  g_autofree char *term = g_strconcat (TIME_TERM, begin, "..", end, NULL);

  if (begin_us > end_us)
    return g_steal_pointer (&rest);

  return wsi_list_filter_is_empty (rest) ? g_steal_pointer (&term)
                                         : g_strdup_printf ("%s and (%s)", term, rest);
}

char *
wsi_list_filter_print_clock (const char *text,
                             gint64      origin_us)
{
  g_autofree char *word = g_strstrip (g_strdup (text));
  g_autoptr (GDateTime) origin = g_date_time_new_from_unix_local (origin_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *after = NULL;
  guint hour, minute;
  double second = 0;
  int n_read = 0;

  if (sscanf (word, "%2u:%2u%n", &hour, &minute, &n_read) < 2 || origin == NULL)
    return NULL;
  if (word[n_read] == ':')
    {
      char *end;

      second = g_ascii_strtod (word + n_read + 1, &end);
      n_read = end - word;
    }
  if (word[n_read] != '\0')
    return NULL;

  /* GLib refuses impossible hours, minutes and seconds */
  time = g_date_time_new_local (g_date_time_get_year (origin), g_date_time_get_month (origin),
                                g_date_time_get_day_of_month (origin), hour, minute, second);
  if (time == NULL)
    return NULL;

  after = wsi_row_format_print_span (g_date_time_to_unix (time) * G_USEC_PER_SEC +
                                     g_date_time_get_microsecond (time) - origin_us);
  return g_strconcat ("time >= ", after, NULL);
}

/* A filter for a time since the first row as a list shows it, such as "1:02.345".  NULL: the word
 * is not a time. */
static char *
print_minutes (const char *word)
{
  const gsize n_sign = *word == '-';
  const gsize n_minutes = strspn (word + n_sign, "0123456789");
  const char *seconds = word + n_sign + n_minutes + 1;
  g_autofree char *span = NULL;
  guint64 minutes, us;

  if (n_minutes == 0 || n_minutes > MAX_MINUTE_DIGITS || seconds[-1] != ':' ||
      strspn (seconds, "0123456789") != 2 || seconds[0] > '5' || seconds[2] != '.' ||
      seconds[3 + strspn (seconds + 3, "0123456789")] != '\0')
    return NULL;

  minutes = g_ascii_strtoull (word + n_sign, NULL, 10);
  us = (guint64) (g_ascii_strtod (seconds, NULL) * G_USEC_PER_SEC + 0.5);
  span = wsi_row_format_print_span (minutes * 60 * G_USEC_PER_SEC + us);
  return g_strconcat ("time >= ", n_sign > 0 ? "-" : "", span, NULL);
}

/* A filter for a number or a time.  NULL: the text is neither. */
char *
wsi_list_filter_print_place (const char *text)
{
  g_autofree char *word = g_strstrip (g_strdup (text));
  char *minutes = print_minutes (word);
  const gsize n_sign = *word == '-';
  gsize n_digits = strspn (word + n_sign, "0123456789") + n_sign;
  gsize length = strspn (word + n_sign, "0123456789.") + n_sign;

  if (minutes != NULL)
    return minutes;
  if (n_digits == n_sign || (word[length] != '\0' && !g_str_equal (word + length, "s")))
    return NULL;
  if (word[n_digits] == '\0')
    return n_sign > 0 ? NULL : g_strdup_printf ("no == %s", word);

  word[length] = '\0';
  return g_strdup_printf ("time >= %s", word);
}

gboolean
wsi_list_filter_may_have_secret (const char *text)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autofree char *open = wsi_redactor_hide_text (redactor, text);

  return strstr (text, "req[") != NULL || strstr (text, "resp[") != NULL ||
         strcmp (open, text) != 0;
}
