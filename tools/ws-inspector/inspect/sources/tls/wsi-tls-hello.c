/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/tls/wsi-tls-hello.h"

#include <string.h>

#include "inspect/sources/tls/wsi-tls-suite.h"

#define MAX_NAME 253            /* characters of a host name */

/* Extensions (RFC 8446 4.2, RFC 7301, RFC 5077). */
enum
{
  SERVER_NAME = 0,
  ALPN = 16,
  SESSION_TICKET = 35,
  EARLY_DATA = 42,
  SUPPORTED_VERSIONS = 43,
};

/* The bytes that follow; after a failure there are none. */
typedef struct
{
  const guint8 *at;
  gsize         n_left;
  gboolean      has_failed;
} Rest;

static const guint8 *
tls_hello_take (Rest *self,
                gsize length)
{
  const guint8 *at = self->at;

  if (at == NULL || length > self->n_left)
    {
      self->has_failed = TRUE;
      self->n_left = 0;
      return NULL;
    }
  self->at += length;
  self->n_left -= length;
  return at;
}

static guint
tls_hello_take_number (Rest *self,
                       gsize n_bytes)
{
  const guint8 *at = tls_hello_take (self, n_bytes);
  guint number = 0;

  for (gsize i = 0; i < n_bytes && at != NULL; i++)
    number = number << 8 | at[i];
  return number;
}

/* Takes a vector, whose length is in so many bytes before it. */
static Rest
take_vector (Rest *self,
             gsize n_bytes)
{
  const gsize length = tls_hello_take_number (self, n_bytes);
  const guint8 *at = tls_hello_take (self, length);

  return (Rest) { .at = at, .n_left = at != NULL ? length : 0 };
}

static gboolean
take_session_id (Rest   *self,
                 guint8 *session_id,
                 gsize  *length)
{
  const Rest id = take_vector (self, 1);

  if (self->has_failed || id.n_left > WSI_TLS_MAX_SESSION_ID)
    return FALSE;

  memcpy (session_id, id.at, id.n_left);
  *length = id.n_left;
  return TRUE;
}

/* Takes the first host name that is fit to be shown. */
static char *
take_server_name (Rest extension)
{
  Rest names = take_vector (&extension, 2);
  guint type = tls_hello_take_number (&names, 1);
  const Rest name = take_vector (&names, 2);

  if (names.has_failed || type != 0 || name.n_left == 0 || name.n_left > MAX_NAME)
    return NULL;

  for (gsize i = 0; i < name.n_left; i++)
    if (!g_ascii_isalnum (name.at[i]) && memchr ("-._", name.at[i], 3) == NULL)
      return NULL;
  return g_strndup ((const char *) name.at, name.n_left);
}

/* Whether a server has chosen HTTP/2: its list has one protocol. */
static gboolean
tls_hello_is_http_2 (Rest extension)
{
  Rest names = take_vector (&extension, 2);
  const Rest name = take_vector (&names, 1);

  return !names.has_failed && name.n_left == 2 && memcmp (name.at, "h2", 2) == 0;
}

static void
take_client_extension (WsiTlsClientHello *self,
                       guint              type,
                       Rest               extension)
{
  if (type == SERVER_NAME && self->name == NULL)
    self->name = take_server_name (extension);
  else if (type == SESSION_TICKET && extension.n_left > 0 && self->ticket == NULL)
    self->ticket = g_bytes_new (extension.at, extension.n_left);
  else if (type == EARLY_DATA)
    self->has_early_data = TRUE;
}

gboolean
wsi_tls_client_hello_parse (WsiTlsClientHello *self,
                            const guint8      *at,
                            gsize              length)
{
  Rest rest = { .at = at, .n_left = length }, extensions;
  const guint8 *random;

  *self = (WsiTlsClientHello) { 0 };
  tls_hello_take (&rest, 2);                      /* skips the version */
  random = tls_hello_take (&rest, WSI_TLS_RANDOM_LENGTH);
  if (random == NULL || !take_session_id (&rest, self->session_id, &self->n_session_id))
    return FALSE;

  memcpy (self->random, random, WSI_TLS_RANDOM_LENGTH);
  take_vector (&rest, 2);               /* skips cipher suites */
  take_vector (&rest, 1);               /* skips compression */
  extensions = rest.n_left > 0 ? take_vector (&rest, 2) : rest;
  while (extensions.n_left > 0)
    {
      const guint type = tls_hello_take_number (&extensions, 2);

      take_client_extension (self, type, take_vector (&extensions, 2));
    }
  if (!rest.has_failed && !extensions.has_failed)
    return TRUE;

  wsi_tls_client_hello_clear (self);
  return FALSE;
}

void
wsi_tls_client_hello_clear (WsiTlsClientHello *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->ticket, g_bytes_unref);
}

static void
take_server_extension (WsiTlsServerHello *self,
                       guint              type,
                       Rest               extension)
{
  if (type == SUPPORTED_VERSIONS)
    self->version = (guint16) tls_hello_take_number (&extension, 2);
  else if (type == ALPN)
    self->is_http_2 = tls_hello_is_http_2 (extension);
}

gboolean
wsi_tls_server_hello_parse (WsiTlsServerHello *self,
                            const guint8      *at,
                            gsize              length)
{
  /* SHA-256 of "HelloRetryRequest" (RFC 8446 4.1.3) */
  static const guint8 retry[WSI_TLS_RANDOM_LENGTH] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
  };
  Rest rest = { .at = at, .n_left = length }, extensions;
  const guint8 *random;

  *self = (WsiTlsServerHello) { 0 };
  self->version = (guint16) tls_hello_take_number (&rest, 2);
  random = tls_hello_take (&rest, WSI_TLS_RANDOM_LENGTH);
  if (random == NULL || !take_session_id (&rest, self->session_id, &self->n_session_id))
    return FALSE;

  memcpy (self->random, random, WSI_TLS_RANDOM_LENGTH);
  self->is_retry = memcmp (random, retry, sizeof retry) == 0;
  self->suite = (guint16) tls_hello_take_number (&rest, 2);
  tls_hello_take_number (&rest, 1);               /* skips compression */
  extensions = rest.n_left > 0 ? take_vector (&rest, 2) : rest;
  while (extensions.n_left > 0)
    {
      const guint type = tls_hello_take_number (&extensions, 2);

      take_server_extension (self, type, take_vector (&extensions, 2));
    }
  return !rest.has_failed && !extensions.has_failed;
}

gboolean
wsi_tls_extensions_parse (WsiTlsExtensions *self,
                          const guint8     *at,
                          gsize             length)
{
  Rest rest = { .at = at, .n_left = length }, extensions = take_vector (&rest, 2);

  *self = (WsiTlsExtensions) { 0 };
  while (extensions.n_left > 0)
    {
      const guint type = tls_hello_take_number (&extensions, 2);
      const Rest extension = take_vector (&extensions, 2);

      if (type == ALPN)
        self->is_http_2 = tls_hello_is_http_2 (extension);
      else if (type == EARLY_DATA && !extensions.has_failed)
        self->has_early_data = TRUE;
    }
  return !rest.has_failed && !extensions.has_failed;
}

GBytes *
wsi_tls_ticket_parse (const guint8 *at,
                      gsize         length)
{
  Rest rest = { .at = at, .n_left = length }, ticket;

  tls_hello_take (&rest, 4);                      /* skips the lifetime */
  ticket = take_vector (&rest, 2);
  return !rest.has_failed && ticket.n_left > 0 ? g_bytes_new (ticket.at, ticket.n_left) : NULL;
}
