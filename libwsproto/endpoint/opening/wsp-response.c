/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Writes the HTTP responses of a server.  They consist of constants and of values that the program
 * gave.  They contain nothing of the request. */
#include "endpoint/opening/wsp-response-private.h"

#include <time.h>

#include "core/handshake/server-handshake.h"
#include "core/handshake/token-list.h"
#include "core/limits.h"
#include "endpoint/opening/wsp-heads-private.h"
#include "handshake/wsp-handshake-private.h"
#include "http/wsp-headers-private.h"

#define USUAL_LENGTH 256

typedef struct
{
  guint       status;
  const char *phrase;
} StatusPhrase;

static const StatusPhrase phrases[] = {
  { 200, "OK" },
  { 201, "Created" },
  { 202, "Accepted" },
  { 204, "No Content" },
  { 301, "Moved Permanently" },
  { 302, "Found" },
  { 303, "See Other" },
  { 304, "Not Modified" },
  { 307, "Temporary Redirect" },
  { 308, "Permanent Redirect" },
  { 400, "Bad Request" },
  { 401, "Unauthorized" },
  { 403, "Forbidden" },
  { 404, "Not Found" },
  { 405, "Method Not Allowed" },
  { 408, "Request Timeout" },
  { 414, "URI Too Long" },
  { 421, "Misdirected Request" },
  { 426, "Upgrade Required" },
  { 429, "Too Many Requests" },
  { 431, "Request Header Fields Too Large" },
  { 500, "Internal Server Error" },
  { 503, "Service Unavailable" },
  { 505, "HTTP Version Not Supported" },
};

/* The library sets these fields, which frame the body and close the connection. */
static const char * const framing_headers[] = {
  "Connection", "Content-Length", "Transfer-Encoding", "Upgrade", NULL
};

const char *
wsp_response_get_phrase (guint status)
{
  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++)
    {
      if (phrases[i].status == status)
        return phrases[i].phrase;
    }

  if (status < 300)
    return "Success";

  return status < 400 ? "Redirection" : "Refused";
}

static void
append_connection (GString *text,
                   guint    status)
{
  if (status == 426)
    g_string_append (text, "Connection: close, Upgrade\r\nUpgrade: websocket\r\n"
                     "Sec-WebSocket-Version: " WSC_VERSION_TEXT "\r\n");
  else
    g_string_append (text, "Connection: close\r\n");
}

static gboolean
frames_the_response (const char *name)
{
  for (guint i = 0; framing_headers[i] != NULL; i++)
    {
      if (g_ascii_strcasecmp (name, framing_headers[i]) == 0)
        return TRUE;
    }

  return FALSE;
}

static void
response_append_field (GString    *text,
                       const char *name,
                       const char *value)
{
  wsp_headers_append_lines (text, &(WscHeader) { wsc_text (name), wsc_text (value) }, 1);
}

static void
append_custom_headers (GString    *text,
                       WspHeaders *headers)
{
  gsize n_fields = 0;
  g_autofree WscHeader *fields = headers != NULL ? wsp_headers_view (headers, &n_fields) : NULL;

  for (gsize i = 0; i < n_fields; i++)
    {
      if (!frames_the_response (wsp_headers_get_name (headers, i)))
        wsp_headers_append_lines (text, &fields[i], 1);
    }
}

/* IMF-fixdate (RFC 9110 5.6.7), whatever the locale. */
static void
append_date (GString *text)
{
  static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
  static const char months[][4] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  };
  time_t now = (time_t) (g_get_real_time () / G_USEC_PER_SEC);
  struct tm date;

  if (gmtime_r (&now, &date) != NULL)
    g_string_append_printf (text, "Date: %s, %02d %s %d %02d:%02d:%02d GMT\r\n",
                            days[date.tm_wday], date.tm_mday, months[date.tm_mon],
                            date.tm_year + 1900, date.tm_hour, date.tm_min, date.tm_sec);
}

/* Fields that the program may set itself. */
static void
append_usual_headers (GString                   *text,
                      guint                      status,
                      WspHeaders                *headers,
                      const WspResponseDefaults *defaults)
{
  if (!wsp_heads_have (headers, "Date"))
    append_date (text);
  if (status == 405 && !wsp_heads_have (headers, "Allow"))
    response_append_field (text, "Allow", defaults->methods);
  if (defaults->server != NULL && !wsp_heads_have (headers, "Server"))
    response_append_field (text, "Server", defaults->server);
}

GString *
wsp_response_begin_acceptance (WspHeaders *headers,
                               const char *server)
{
  GString *text = g_string_sized_new (USUAL_LENGTH);

  g_string_append (text, WSC_ANSWER_LINE "\r\n");
  if (server != NULL && !wsp_heads_have (headers, "Server"))
    response_append_field (text, "Server", server);

  return text;
}

gboolean
wsp_response_has_body (guint status)
{
  return status != 204 && status != 304;
}

GBytes *
wsp_response_make_head (guint                      status,
                        WspHeaders                *headers,
                        gsize                      length,
                        const WspResponseDefaults *defaults)
{
  GString *text = g_string_sized_new (USUAL_LENGTH);

  g_string_append_printf (text, "HTTP/1.1 %u %s\r\n", status, wsp_response_get_phrase (status));
  append_connection (text, status);
  append_usual_headers (text, status, headers, defaults);
  if (length > 0 && wsp_response_has_body (status) && !wsp_heads_have (headers, "Content-Type"))
    g_string_append (text, "Content-Type: text/plain; charset=utf-8\r\n");
  append_custom_headers (text, headers);
  if (wsp_response_has_body (status))
    g_string_append_printf (text, "Content-Length: %" G_GSIZE_FORMAT "\r\n", length);
  g_string_append (text, "\r\n");

  return g_string_free_to_bytes (text);
}
