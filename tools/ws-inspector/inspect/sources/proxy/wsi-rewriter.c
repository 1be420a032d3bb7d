/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Rewrites the heads of one request and its responses.  The request says that the connection closes
 * then, so that the target reads no second one where the client, or an attacker, has placed it (RFC
 * 9112 11.2).  Early bytes of a client that asks for an upgrade are held until the response is
 * read. */

#include "inspect/sources/proxy/wsi-rewriter.h"

#include <string.h>

#include "inspect/sources/http/wsi-http-head.h"
#include "inspect/store/memory/wsi-bytes.h"

#define MAX_HEAD (64 * 1024)
#define MAX_HELD (64 * 1024)
#define MAX_LENGTH_DIGITS 18
#define END_OF_HEAD "\r\n\r\n"

typedef enum
{
  STATE_HEAD,
  STATE_BODY,
  STATE_WAITING,                /* the client waits for the response to its upgrade */
  STATE_DONE,                   /* nothing more is passed */
  STATE_OPEN,                   /* everything is passed */
} State;

struct _WsiRewriter
{
  const WsiProxyNames *names;
  State                states[2];
  GByteArray          *held[2];         /* held bytes of each side: a head, or early bytes */
  WsiHttpBody          bodies[2];
  WsiHttpMethod        method;
  gboolean             is_upgrade;
};

typedef struct
{
  char       *first;            /* first line of the head */
  WspHeaders *headers;
} Head;

static void
head_clear (Head *head)
{
  g_clear_pointer (&head->first, g_free);
  g_clear_pointer (&head->headers, wsp_headers_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Head, head_clear)

void
wsi_proxy_names_free (WsiProxyNames *self)
{
  g_strfreev (self->own);
  g_free (self->own_scheme);
  g_free (self->target);
  g_free (self->target_origin);
  g_free (self);
}

WsiRewriter *
wsi_rewriter_new (const WsiProxyNames *names)
{
  WsiRewriter *self = g_new0 (WsiRewriter, 1);

  self->names = names;
  for (guint i = 0; i < 2; i++)
    self->held[i] = g_byte_array_new ();
  return self;
}

void
wsi_rewriter_free (WsiRewriter *self)
{
  for (guint i = 0; i < 2; i++)
    g_byte_array_unref (self->held[i]);
  g_free (self);
}

gboolean
wsi_rewriter_is_holding (const WsiRewriter *self)
{
  return self->states[WSI_REWRITER_CLIENT] == STATE_WAITING;
}

const char *
wsi_rewriter_describe (WsiRewriterResult result)
{
  switch (result)
    {
    case WSI_REWRITER_GOES_ON:
    case WSI_REWRITER_ENDED:
      return "200 OK";
    case WSI_REWRITER_BAD_REQUEST:
      return "400 Bad Request";
    case WSI_REWRITER_WRONG_HOST:
      return "421 Misdirected Request";
    case WSI_REWRITER_BAD_RESPONSE:
      return "502 Bad Gateway";
    }

  g_assert_not_reached ();
}

static gsize
rewriter_find_end (const GByteArray *bytes)
{
  const guint8 *end = memmem (bytes->data, bytes->len, END_OF_HEAD, strlen (END_OF_HEAD));

  return end != NULL ? end - bytes->data + strlen (END_OF_HEAD) : 0;
}

static guint
rewriter_count (WspHeaders *headers,
                const char *name)
{
  guint n = 0;

  for (guint i = 0; i < wsp_headers_get_length (headers); i++)
    n += g_ascii_strcasecmp (wsp_headers_get_name (headers, i), name) == 0;
  return n;
}

/* Whether a text has only the characters that the first line of a head may have. */
static gboolean
is_visible (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (*p < ' ' || *p > '~')
      return FALSE;

  return TRUE;
}

/* Reads a head.  FALSE: it is not a head, or not a strict one. */
static gboolean
rewriter_read_head (Head         *head,
                    const guint8 *at,
                    gsize         length,
                    char        **sentence)
{
  const char *text = (const char *) at;
  const char *end;
  g_autoptr (GError) error = NULL;

  if (memchr (at, '\0', length) != NULL)
    {
      *sentence = g_strdup ("Head has a zero byte");
      return FALSE;
    }

  end = g_strstr_len (text, (gssize) length, "\r\n");
  head->first = g_strndup (text, end - text);
  if (!is_visible (head->first))
    {
      *sentence = g_strdup ("First line of the head has control characters");
      return FALSE;
    }

  g_autoptr (GBytes) fields = g_bytes_new_static (end + 2, length - (end + 2 - text));

  head->headers = wsp_headers_parse (fields, &error);
  if (head->headers == NULL)
    *sentence = g_strdup (error->message);
  return head->headers != NULL;
}

/* Checks the length of a body, which only one header may state (RFC 9112 6.3). */
static gboolean
rewriter_check_length (WspHeaders *headers,
                       char      **sentence)
{
  guint n_encodings = rewriter_count (headers, "Transfer-Encoding");
  guint n_lengths = rewriter_count (headers, "Content-Length");
  const char *encoding = wsp_headers_get_one (headers, "Transfer-Encoding");
  const char *length = wsp_headers_get_one (headers, "Content-Length");

  if (n_encodings + n_lengths > 1)
    *sentence = g_strdup ("Length of the body is given more than once");
  else if (n_encodings == 1 &&
           (encoding == NULL || g_ascii_strcasecmp (encoding, "chunked") != 0))
    *sentence = g_strdup ("Invalid Transfer-Encoding header: expected chunked");
  else if (n_lengths == 1 &&
           (length == NULL || *length == '\0' || strspn (length, "0123456789") != strlen (length) ||
            strlen (length) > MAX_LENGTH_DIGITS))
    *sentence = g_strdup ("Invalid Content-Length header: expected digits");

  return *sentence == NULL;
}

/* Appends a head.  FALSE: the first line is neither that of a request nor of a response. */
static gboolean
append_head (GByteArray *to,
             const Head *head,
             char      **sentence)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = wsp_headers_write (head->headers, head->first, &error);

  if (bytes == NULL)
    *sentence = g_strdup (error->message);
  else
    g_byte_array_append (to, wsi_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return bytes != NULL;
}

/* Checks a line such as METHOD /path HTTP/1.1. */
static gboolean
rewriter_check_request_line (const char *line,
                             char      **sentence)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);

  if (g_strv_length (words) == 3 && words[0][0] != '\0' && words[1][0] == '/' &&
      strcmp (words[2], "HTTP/1.1") == 0 && strcmp (words[0], "CONNECT") != 0)
    return TRUE;

  *sentence = g_strdup ("Invalid request line: expected METHOD /PATH HTTP/1.1");
  return FALSE;
}

static gboolean
names_proxy (WsiRewriter *self,
             const char  *host)
{
  for (guint i = 0; self->names->own[i] != NULL; i++)
    if (g_ascii_strcasecmp (self->names->own[i], host) == 0)
      return TRUE;

  return FALSE;
}

/* Rewrites an Origin: a page that the proxy itself has served becomes one of the target; a foreign
 * page stays one. */
static void
rewrite_origin (WsiRewriter *self,
                WspHeaders  *headers)
{
  g_autofree char *prefix = g_strconcat (self->names->own_scheme, "://", NULL);
  const char *origin = wsp_headers_get_one (headers, "Origin");

  if (origin != NULL && g_str_has_prefix (origin, prefix) &&
      names_proxy (self, origin + strlen (prefix)))
    wsp_headers_replace (headers, "Origin", self->names->target_origin, NULL);
}

static WsiRewriterResult
pass_request (WsiRewriter  *self,
              const guint8 *at,
              gsize         length,
              GByteArray   *to,
              char        **sentence)
{
  g_auto (Head) head = { 0 };
  WsiHttpHead facts;
  const char *host;

  if (!rewriter_read_head (&head, at, length, sentence) ||
      !rewriter_check_request_line (head.first, sentence) ||
      !rewriter_check_length (head.headers, sentence) ||
      !wsi_http_head_parse (&facts, WSI_HTTP_REQUEST, at, length))
    return WSI_REWRITER_BAD_REQUEST;

  host = rewriter_count (head.headers, "Host") == 1 ? wsp_headers_get_one (head.headers, "Host")
  : NULL;
  if (host == NULL || !names_proxy (self, host))
    {
      *sentence = g_strdup_printf ("Host is not the proxy's: expected %s", self->names->own[0]);
      return WSI_REWRITER_WRONG_HOST;
    }

  self->method = facts.method;
  self->is_upgrade = facts.is_websocket;
  wsp_headers_replace (head.headers, "Host", self->names->target, NULL);
  rewrite_origin (self, head.headers);
  wsp_headers_replace (head.headers, "Connection", self->is_upgrade ? "Upgrade" : "close", NULL);
  if (!append_head (to, &head, sentence))
    return WSI_REWRITER_BAD_REQUEST;

  wsi_http_body_begin_request (&self->bodies[WSI_REWRITER_CLIENT], &facts, WSI_HTTP_CHUNKS_EXACT);
  self->states[WSI_REWRITER_CLIENT] = STATE_BODY;
  return WSI_REWRITER_GOES_ON;
}

/* Passes everything, first the held bytes. */
static void
open_all (WsiRewriter *self,
          GByteArray **to)
{
  GByteArray *early = self->held[WSI_REWRITER_CLIENT];

  g_byte_array_append (to[WSI_REWRITER_CLIENT], early->data, early->len);
  g_byte_array_set_size (early, 0);
  self->states[WSI_REWRITER_CLIENT] = self->states[WSI_REWRITER_TARGET] = STATE_OPEN;
}

static gboolean
is_expected (WsiRewriter *self,
             guint        status)
{
  return self->states[WSI_REWRITER_CLIENT] != STATE_HEAD && (status != 101 || self->is_upgrade);
}

static WsiRewriterResult
pass_response (WsiRewriter  *self,
               const guint8 *at,
               gsize         length,
               GByteArray  **to,
               char        **sentence)
{
  g_auto (Head) head = { 0 };
  WsiHttpHead facts;

  if (!rewriter_read_head (&head, at, length, sentence) ||
      !rewriter_check_length (head.headers, sentence))
    return WSI_REWRITER_BAD_RESPONSE;

  if (!wsi_http_head_parse (&facts, WSI_HTTP_RESPONSE, at, length) ||
      !is_expected (self, facts.status))
    {
      *sentence = g_strdup ("Response is malformed, or was not asked for");
      return WSI_REWRITER_BAD_RESPONSE;
    }

  if (facts.status >= 200)
    wsp_headers_replace (head.headers, "Connection", "close", NULL);
  if (!append_head (to[WSI_REWRITER_TARGET], &head, sentence))
    return WSI_REWRITER_BAD_RESPONSE;

  if (facts.status == 101)
    open_all (self, to);
  if (facts.status < 200)
    return WSI_REWRITER_GOES_ON;

  wsi_http_body_begin_response (&self->bodies[WSI_REWRITER_TARGET], &facts, self->method);
  self->states[WSI_REWRITER_TARGET] = STATE_BODY;
  self->states[WSI_REWRITER_CLIENT] = STATE_DONE;
  return WSI_REWRITER_GOES_ON;
}

/* Takes a head; its length is returned in *n_taken. */
static WsiRewriterResult
rewriter_take_head (WsiRewriter  *self,
                    guint         side,
                    const guint8 *at,
                    gsize         length,
                    gsize        *n_taken,
                    GByteArray  **to,
                    char        **sentence)
{
  GByteArray *held = self->held[side];
  gsize n_before = held->len;
  g_autoptr (GByteArray) head = NULL;
  gsize end;

  *n_taken = MIN (length, MAX_HEAD + 1 - n_before);
  g_byte_array_append (held, at, *n_taken);
  end = rewriter_find_end (held);
  if (end == 0 && held->len <= MAX_HEAD)
    return WSI_REWRITER_GOES_ON;

  if (end == 0)
    {
      *sentence = g_strdup_printf ("Head is too long: limit %u bytes", MAX_HEAD);
      return side == WSI_REWRITER_CLIENT ? WSI_REWRITER_BAD_REQUEST : WSI_REWRITER_BAD_RESPONSE;
    }

  *n_taken = end - n_before;
  head = g_steal_pointer (&self->held[side]);
  self->held[side] = g_byte_array_new ();
  return side == WSI_REWRITER_CLIENT
         ? pass_request (self, head->data, end, to[WSI_REWRITER_CLIENT], sentence)
         : pass_response (self, head->data, end, to, sentence);
}

/* The state after a body.  The response may have come before the request has ended. */
static WsiRewriterResult
rewriter_end_body (WsiRewriter *self,
                   guint        side)
{
  if (side == WSI_REWRITER_TARGET)
    {
      self->states[side] = STATE_DONE;
      return WSI_REWRITER_ENDED;
    }

  self->states[side] = self->is_upgrade ? STATE_WAITING : STATE_DONE;
  return WSI_REWRITER_GOES_ON;
}

static WsiRewriterResult
rewriter_take_body (WsiRewriter  *self,
                    guint         side,
                    const guint8 *at,
                    gsize         length,
                    gsize        *n_taken,
                    GByteArray   *to,
                    char        **sentence)
{
  WsiHttpBody *body = &self->bodies[side];

  *n_taken = body->state == WSI_HTTP_BODY_DONE ? 0 : wsi_http_body_take (body, at, length);
  if (side == WSI_REWRITER_CLIENT && body->state == WSI_HTTP_BODY_TO_END)
    {
      *sentence = g_strdup ("Body of the request is not chunked as it says");
      return WSI_REWRITER_BAD_REQUEST;
    }

  g_byte_array_append (to, at, *n_taken);
  return body->state == WSI_HTTP_BODY_DONE ? rewriter_end_body (self, side) : WSI_REWRITER_GOES_ON;
}

static WsiRewriterResult
rewriter_hold (WsiRewriter  *self,
               const guint8 *at,
               gsize         length,
               char        **sentence)
{
  GByteArray *held = self->held[WSI_REWRITER_CLIENT];

  if (held->len + length > MAX_HELD)
    {
      *sentence = g_strdup ("Too many bytes before the response to the upgrade");
      return WSI_REWRITER_BAD_REQUEST;
    }

  g_byte_array_append (held, at, length);
  return WSI_REWRITER_GOES_ON;
}

static WsiRewriterResult
rewriter_take_some (WsiRewriter  *self,
                    guint         side,
                    const guint8 *at,
                    gsize         length,
                    gsize        *n_taken,
                    GByteArray  **to,
                    char        **sentence)
{
  *n_taken = length;
  switch (self->states[side])
    {
    case STATE_HEAD:
      return rewriter_take_head (self, side, at, length, n_taken, to, sentence);
    case STATE_BODY:
      return rewriter_take_body (self, side, at, length, n_taken, to[side], sentence);
    case STATE_WAITING:
      return rewriter_hold (self, at, length, sentence);
    case STATE_DONE:
      return WSI_REWRITER_GOES_ON;
    case STATE_OPEN:
      g_byte_array_append (to[side], at, length);
      return WSI_REWRITER_GOES_ON;
    }

  g_assert_not_reached ();
}

WsiRewriterResult
wsi_rewriter_take (WsiRewriter  *self,
                   guint         side,
                   const guint8 *at,
                   gsize         length,
                   GByteArray  **to,
                   char        **sentence)
{
  WsiRewriterResult result = WSI_REWRITER_GOES_ON;

  while (result == WSI_REWRITER_GOES_ON &&
         (length > 0 || (self->states[side] == STATE_BODY &&
                         self->bodies[side].state == WSI_HTTP_BODY_DONE)))
    {
      gsize n_taken;

      result = rewriter_take_some (self, side, at, length, &n_taken, to, sentence);
      at += n_taken;
      length -= n_taken;
    }
  return result;
}
