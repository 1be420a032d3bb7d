/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Log: one line for one event, structured, in the domain "Wsp".
 *
 * A line contains no payload.  wsp_log () escapes the text of each line, because it may contain
 * text of the peer.
 *
 * A line has at most MAX_LINE bytes and no control characters.
 */
#include "log/wsp-log-private.h"

#include <stdio.h>

#define MAX_LINE 400            /* room for an error text and what to do */
#define ELLIPSIS "…"
#define MAX_FIELDS 8
#define MANY_MILLISECONDS 100   /* fewer look like seconds */

static const GDebugKey topics[] = {
  { "handshake", WSP_LOG_HANDSHAKE },
  { "frames", WSP_LOG_FRAMES },
  { "io", WSP_LOG_IO },
  { "limits", WSP_LOG_LIMITS },
  { "close", WSP_LOG_CLOSE },
  { "timers", WSP_LOG_TIMERS },
};

/* A bit above the topics: the variable was read. */
#define WAS_READ ((gsize) 1 << 16)

static gsize
read_topics (void)
{
  return WAS_READ | g_parse_debug_string (g_getenv ("WSP_DEBUG"), topics, G_N_ELEMENTS (topics));
}

gboolean
wsp_log_has_topic (WspLogTopic topic)
{
  static gsize asked;           /* topics, read once for all threads */

  if (g_once_init_enter (&asked))
    g_once_init_leave (&asked, read_topics ());

  return (asked & topic) != 0;
}

static GLogLevelFlags
get_log_level (WspLogTopic topic,
               WspLogLevel level)
{
  if (level == WSP_LOG_LEVEL_MESSAGE || wsp_log_has_topic (topic))
    return G_LOG_LEVEL_MESSAGE;

  return level == WSP_LOG_LEVEL_INFO ? G_LOG_LEVEL_INFO : G_LOG_LEVEL_DEBUG;
}

#if GLIB_CHECK_VERSION (2, 80, 0)
static gboolean
is_debug_shown (void)
{
  return !g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN);
}
#else
/* G_MESSAGES_DEBUG is read once: GLib before 2.80 reads it for each line, and g_getenv () compares
 * the name with all variables.  g_log_set_debug_enabled () may be called at any time. */
static gboolean
is_debug_shown (void)
{
  static gsize answer;          /* 1 + whether the variable names the domain; 0: not read yet */

  if (g_log_get_debug_enabled ())
    return TRUE;

  if (g_once_init_enter (&answer))
    {
      gboolean would_drop = g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN);

      g_once_init_leave (&answer, would_drop ? 1 : 2);
    }
  return answer == 2;
}
#endif

/* If neither WSP_DEBUG nor GLib's settings show a debug line, the line is not formatted. */
gboolean
wsp_log_is_enabled (WspLogTopic topic,
                    WspLogLevel level)
{
  return level != WSP_LOG_LEVEL_DEBUG || wsp_log_has_topic (topic) ||
         is_debug_shown ();
}

static void
log_append_escaped (GString    *line,
                    const char *at,
                    gsize       length,
                    gunichar    character)
{
  if (character < 0x110000 && g_unichar_isprint (character))
    {
      g_string_append_len (line, at, length);
      return;
    }

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (line, "\\x%02x", (guchar) at[i]);
}

char *
wsp_log_escape (const char *text)
{
  GString *line = g_string_new (NULL);
  gsize fits = 0;               /* length of the line that leaves room for the ellipsis */

  for (const char *at = text; *at != '\0' && line->len <= MAX_LINE;)
    {
      gunichar character = g_utf8_get_char_validated (at, -1);
      gsize length = character < 0x110000 ? g_utf8_next_char (at) - at : 1;

      if (line->len + strlen (ELLIPSIS) <= MAX_LINE)
        fits = line->len;
      log_append_escaped (line, at, length, character);
      at += length;
    }

  if (line->len > MAX_LINE)
    {
      g_string_truncate (line, fits);
      g_string_append (line, ELLIPSIS);
    }
  return g_string_free (line, FALSE);
}

static void
log_add_field (GLogField  *fields,
               gsize      *n_fields,
               const char *key,
               const char *value)
{
  if (value == NULL || value[0] == '\0')
    return;

  g_assert (*n_fields < MAX_FIELDS);
  fields[(*n_fields)++] = (GLogField) { key, value, -1 };
}

static const char *
name_topic (WspLogTopic topic)
{
  for (guint i = 0; i < G_N_ELEMENTS (topics); i++)
    if (topics[i].value == (guint) topic)
      return topics[i].key;

  g_assert_not_reached ();
}

static const char *
get_priority (GLogLevelFlags level)
{
  switch (level & G_LOG_LEVEL_MASK)
    {
    case G_LOG_LEVEL_MESSAGE:
      return "5";
    case G_LOG_LEVEL_INFO:
      return "6";
    default:
      return "7";
    }
}

static void
log_write_number (char *buffer,
                  gsize size,
                  guint number)
{
  buffer[0] = '\0';
  if (number > 0)
    g_snprintf (buffer, size, "%u", number);
}

static void
write_line (WspLogTopic         topic,
            GLogLevelFlags      level,
            const WspLogFields *subject,
            const char         *line)
{
  GLogField fields[MAX_FIELDS];
  gsize n_fields = 0;
  char connection[16], close_code[16];

  log_write_number (connection, sizeof connection, subject->connection);
  log_write_number (close_code, sizeof close_code, subject->close_code);
  log_add_field (fields, &n_fields, "MESSAGE", line);
  log_add_field (fields, &n_fields, "PRIORITY", get_priority (level));
  log_add_field (fields, &n_fields, "GLIB_DOMAIN", G_LOG_DOMAIN);
  log_add_field (fields, &n_fields, "WSP_TOPIC", name_topic (topic));
  log_add_field (fields, &n_fields, "WSP_CONNECTION", connection);
  log_add_field (fields, &n_fields, "WSP_PEER", subject->peer);
  log_add_field (fields, &n_fields, "WSP_CLOSE_CODE", close_code);
  log_add_field (fields, &n_fields, "WSP_LIMIT", subject->limit);
  g_log_structured_array (level, fields, n_fields);
}

void
wsp_log (WspLogTopic         topic,
         WspLogLevel         level,
         const WspLogFields *fields,
         const char         *format,
         ...)
{
  if (!wsp_log_is_enabled (topic, level))
    return;

  va_list arguments;
  GString *text = g_string_new (NULL);

  if (fields->connection > 0)
    g_string_append_printf (text, "#%u", fields->connection);
  if (fields->peer != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", fields->peer);
  if (text->len > 0)
    g_string_append (text, ": ");

  va_start (arguments, format);
  g_string_append_vprintf (text, format, arguments);
  va_end (arguments);

  g_autofree char *line = wsp_log_escape (text->str);

  g_string_free (text, TRUE);
  write_line (topic, get_log_level (topic, level), fields, line);
}

void
wsp_log_if_like_seconds (const char *property,
                         guint       milliseconds)
{
  if (milliseconds > 0 && milliseconds < MANY_MILLISECONDS)
    wsp_log (WSP_LOG_TIMERS, WSP_LOG_LEVEL_MESSAGE, &(WspLogFields) { 0 },
             "%s is in milliseconds: set to %u (for %u seconds set it to %u)", property, milliseconds,
             milliseconds, milliseconds * 1000);
}

guint
wsp_log_next_number (void)
{
  static int last;              /* last number that any thread has got */

  return (guint) g_atomic_int_add (&last, 1) + 1;
}
