/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A tolerant reader of HTTP heads: it checks only what it needs.  The dissector checks the heads of
 * an upgrade. */

#include "inspect/sources/http/wsi-http-head.h"

#include <string.h>

typedef struct
{
  const char *at;
  gsize       length;
} Text;

gsize
wsi_http_head_find_end (const guint8 *at,
                        gsize         length,
                        gsize         n_searched)
{
  const guint8 *const end = at + length;
  const guint8 *from = at + (n_searched > 3 ? n_searched - 3 : 0);

  while (from < end && (from = memchr (from, '\n', (gsize) (end - from))) != NULL)
    {
      from++;
      if (from < end && *from == '\n')
        return (gsize) (from + 1 - at);
      if (from + 1 < end && from[0] == '\r' && from[1] == '\n')
        return (gsize) (from + 2 - at);
    }
  return 0;
}

gsize
wsi_http_head_skip (gboolean     *is_line_ended,
                    gboolean     *has_ended,
                    const guint8 *at,
                    gsize         length)
{
  gsize n = 0;

  *has_ended = FALSE;
  while (n < length && !*has_ended)
    {
      *has_ended = at[n] == '\n' && *is_line_ended;
      if (at[n] != '\r')
        *is_line_ended = at[n] == '\n';
      n++;
    }
  return n;
}

/* Cuts the first line off, without its end. */
static Text
http_http_head_take_line (Text *rest)
{
  const char *const end = memchr (rest->at, '\n', rest->length);
  Text line = { rest->at, end != NULL ? (gsize) (end - rest->at) : rest->length };
  const gsize n_taken = line.length + (end != NULL ? 1 : 0);

  rest->at += n_taken;
  rest->length -= n_taken;
  if (line.length > 0 && line.at[line.length - 1] == '\r')
    line.length--;
  return line;
}

/* Cuts a field off, with the lines that go on with its value. */
static Text
take_field (Text *rest)
{
  Text field = http_http_head_take_line (rest);

  while (rest->length > 0 && (*rest->at == ' ' || *rest->at == '\t'))
    {
      const Text fold = http_http_head_take_line (rest);

      field.length = (gsize) (fold.at + fold.length - field.at);
    }
  return field;
}

static gboolean
starts_with (Text        text,
             const char *prefix)
{
  return text.length >= strlen (prefix) && memcmp (text.at, prefix, strlen (prefix)) == 0;
}

/* Whether a list of words, separated by commas, has the word in any case. */
static gboolean
http_http_head_names (Text        list,
                      const char *word)
{
  const gsize n = strlen (word);

  for (gsize i = 0; i + n <= list.length; i++)
    if (g_ascii_strncasecmp (list.at + i, word, n) == 0 &&
        (i == 0 || strchr (", \t\r\n", list.at[i - 1]) != NULL) &&
        (i + n == list.length || strchr (", \t\r\n;/", list.at[i + n]) != NULL))
      return TRUE;
  return FALSE;
}

/* Whether the line is the header of this name; then the value is set. */
static gboolean
http_http_head_read_header (Text        line,
                            const char *name,
                            Text       *value)
{
  gsize n = strlen (name);

  if (line.length <= n || g_ascii_strncasecmp (line.at, name, n) != 0)
    return FALSE;

  while (n < line.length && (line.at[n] == ' ' || line.at[n] == '\t'))
    n++;
  if (n == line.length || line.at[n] != ':')
    return FALSE;

  value->at = line.at + n + 1;
  value->length = line.length - n - 1;
  while (value->length > 0 && g_ascii_isspace (*value->at))
    {
      value->at++;
      value->length--;
    }
  return TRUE;
}

static void
http_http_head_take_header (WsiHttpHead *self,
                            Text         line)
{
  Text value;

  if (http_http_head_read_header (line, "Upgrade", &value))
    {
      self->is_websocket |= http_http_head_names (value, "websocket");
    }
  else if (http_http_head_read_header (line, "Transfer-Encoding", &value))
    {
      self->is_chunked |= http_http_head_names (value, "chunked");
    }
  else if (http_http_head_read_header (line, "Content-Length", &value))
    {
      g_autofree char *number = g_strndup (value.at, MIN (value.length, 20));

      self->has_length = g_ascii_isdigit (*number);
      self->length = g_ascii_strtoull (number, NULL, 10);
    }
}

static gboolean
take_request_line (WsiHttpHead *self,
                   Text         line)
{
  Text version;

  while (line.length > 0 && (line.at[line.length - 1] == ' ' || line.at[line.length - 1] == '\t'))
    line.length--;
  version = (Text) { line.at + line.length - 8, 8 };
  if (line.length < 8 || !starts_with (version, "HTTP/1."))
    return FALSE;

  self->method = starts_with (line, "HEAD ") ? WSI_HTTP_METHOD_HEAD
                 : starts_with (line, "CONNECT ") ? WSI_HTTP_METHOD_CONNECT
                 : WSI_HTTP_METHOD_OTHER;
  return TRUE;
}

static gboolean
take_status_line (WsiHttpHead *self,
                  Text         line)
{
  gsize begin = 8;

  if (!starts_with (line, "HTTP/1.") || line.length < 12 || line.at[begin] != ' ')
    return FALSE;

  while (begin < line.length && line.at[begin] == ' ')
    begin++;
  if (line.length - begin < 3)
    return FALSE;

  for (gsize i = begin; i < begin + 3; i++)
    {
      if (!g_ascii_isdigit (line.at[i]))
        return FALSE;
      self->status = self->status * 10 + (guint) (line.at[i] - '0');
    }
  return TRUE;
}

gboolean
wsi_http_head_parse (WsiHttpHead  *self,
                     WsiHttpKind   kind,
                     const guint8 *at,
                     gsize         length)
{
  Text rest = { (const char *) at, length };
  const Text first = http_http_head_take_line (&rest);

  memset (self, 0, sizeof *self);
  if (kind == WSI_HTTP_REQUEST && !take_request_line (self, first))
    return FALSE;
  if (kind == WSI_HTTP_RESPONSE && !take_status_line (self, first))
    return FALSE;

  while (rest.length > 0)
    http_http_head_take_header (self, take_field (&rest));
  return TRUE;
}

char *
wsi_http_head_dup_extensions (const guint8 *at,
                              gsize         length)
{
  Text rest = { (const char *) at, length };
  Text value;

  while (rest.length > 0)
    if (http_http_head_read_header (take_field (&rest), "Sec-WebSocket-Extensions", &value))
      return g_strndup (value.at, value.length);
  return g_strdup ("");
}
