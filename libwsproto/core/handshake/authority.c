/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Splits a text into host and port, and checks them by RFC 3986.
 *
 * wsc_authority_split () takes any text: a Host header was checked before its host is read, but a
 * URI that is only shown may have anything in its place.  User names are not parsed, and the parts
 * of an address in brackets are not counted: a resolver or GIO does that.
 *
 * (1) The host and the port are parts of the text.
 */

#include "core/handshake/authority.h"

#include "core/bytes/byte-order.h"
#include "core/handshake/token-list.h"

#include <assert.h>
#include <string.h>

/* Returns the length of text if byte is not in it. */
static size_t
authority_length_before (WscBytes text,
                         uint8_t  byte)
{
  size_t n = 0;

  while (n < text.length && text.at[n] != byte)
    n++;
  return n;
}

/* The port begins after the first colon that is not in brackets. */
WscAuthority
wsc_authority_split (WscBytes text)
{
  bool is_open = text.length > 0 && text.at[0] == '[';
  size_t n_before = is_open ? authority_length_before (text, ']') : 0;
  size_t n_closed = n_before < text.length ? n_before : 0;
  size_t n_host = n_closed + authority_length_before (bytes_after (text, n_closed), ':');
  WscAuthority self = { .host = bytes_first (text, n_host) };

  self.port = bytes_after (text, n_host < text.length ? n_host + 1 : n_host);
  self.is_in_brackets = n_closed > 0 && n_closed + 1 == n_host;
  if (self.is_in_brackets)
    self.host = bytes_after (bytes_first (text, n_closed), 1);

  assert (self.host.length + self.port.length <= text.length);          /* (1) */
  return self;
}

static bool
authority_is_digit (uint8_t byte)
{
  return byte >= '0' && byte <= '9';
}

static bool
is_hex_digit (uint8_t byte)
{
  return authority_is_digit (byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static bool
may_stand_in_name (uint8_t byte)
{
  return authority_is_digit (byte) || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z') ||
         (byte != 0 && strchr ("-._~!$&'()*+,;=", byte) != NULL);
}

static bool
is_escaped (WscBytes text)
{
  return text.length > 2 && text.at[0] == '%' &&
         is_hex_digit (text.at[1]) && is_hex_digit (text.at[2]);
}

static bool
authority_is_name (WscBytes host)
{
  size_t n = 0;

  while (n < host.length)
    {
      if (may_stand_in_name (host.at[n]))
        n++;
      else if (is_escaped (bytes_after (host, n)))
        n += 3;
      else
        return false;
    }
  return n > 0;
}

static bool
authority_is_address (WscBytes host)
{
  for (size_t i = 0; i < host.length; i++)
    {
      if (!is_hex_digit (host.at[i]) && host.at[i] != ':' && host.at[i] != '.')
        return false;
    }
  return host.length > 0;
}

static bool
is_port (WscBytes text)
{
  uint32_t port = 0;

  for (size_t i = 0; i < text.length; i++)
    {
      if (!authority_is_digit (text.at[i]))
        return false;
      port = port * 10 + (uint32_t) (text.at[i] - '0');
      if (port > UINT16_MAX)
        return false;
    }
  return true;
}

bool
wsc_authority_is_valid (WscBytes text)
{
  WscAuthority self = wsc_authority_split (text);

  return is_port (self.port) && (self.is_in_brackets ? authority_is_address (self.host)
                                                     : authority_is_name (self.host));
}

uint16_t
wsc_scheme_get_default_port (const char *scheme)
{
  WscBytes text = wsc_text (scheme);

  if (wsc_text_is_ignoring_case (text, "ws") || wsc_text_is_ignoring_case (text, "http"))
    return 80;
  if (wsc_text_is_ignoring_case (text, "wss") || wsc_text_is_ignoring_case (text, "https"))
    return 443;

  return 0;
}
