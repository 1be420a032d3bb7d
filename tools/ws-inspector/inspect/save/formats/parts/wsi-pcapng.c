/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/formats/parts/wsi-pcapng.h"

#include <string.h>

#define SECTION_HEADER 0x0a0d0d0a
#define BYTE_ORDER_MAGIC 0x1a2b3c4d
#define INTERFACE_DESCRIPTION 1
#define ENHANCED_PACKET 6
#define OPTION_COMMENT 1
#define OPTION_APPLICATION 4
#define LINK_RAW_IP 101

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define TCP_HEADER 20
#define PROTOCOL_TCP 6
#define HOP_LIMIT 64
#define DO_NOT_FRAGMENT 0x4000
#define WINDOW 65535

static void
append_big (GByteArray *to,
            guint       n_bytes,
            guint64     number)
{
  for (guint i = n_bytes; i-- > 0;)
    g_byte_array_append (to, &(guint8) { number >> 8 * i }, 1);
}

static void
append_little (GByteArray *to,
               guint       n_bytes,
               guint64     number)
{
  for (guint i = 0; i < n_bytes; i++)
    g_byte_array_append (to, &(guint8) { number >> 8 * i }, 1);
}

static void
append_padding (GByteArray *to)
{
  static const guint8 zeros[3] = { 0 };

  g_byte_array_append (to, zeros, -to->len & 3);
}

static void
pcapng_append_option (GByteArray *to,
                      guint       code,
                      const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  gsize length = strlen (valid);

  if (length > WSI_PCAPNG_MAX_COMMENT)
    length = g_utf8_find_prev_char (valid, valid + WSI_PCAPNG_MAX_COMMENT + 1) - valid;

  append_little (to, 2, code);
  append_little (to, 2, length);
  g_byte_array_append (to, (const guint8 *) valid, length);
  append_padding (to);
}

static void
append_end_of_options (GByteArray *to)
{
  append_little (to, 4, 0);
}

/* Begins a block, which has its length at both ends. */
static guint
pcapng_begin_block (GByteArray *to,
                    guint32     type)
{
  guint begin = to->len;

  append_little (to, 4, type);
  append_little (to, 4, 0);
  return begin;
}

static void
pcapng_end_block (GByteArray *to,
                  guint       begin)
{
  guint32 length = GUINT32_TO_LE (to->len + 4 - begin);

  memcpy (to->data + begin + 4, &length, sizeof length);
  g_byte_array_append (to, (const guint8 *) &length, sizeof length);
}

void
wsi_pcapng_append_header (GByteArray *to)
{
  guint begin = pcapng_begin_block (to, SECTION_HEADER);

  append_little (to, 4, BYTE_ORDER_MAGIC);
  append_little (to, 2, 1);
  append_little (to, 2, 0);
  append_little (to, 8, G_MAXUINT64);
  pcapng_append_option (to, OPTION_COMMENT,
                        "The packets are made up: wsinspect recorded only the bytes "
                        "that they carry");
  pcapng_append_option (to, OPTION_APPLICATION, "wsinspect");
  append_end_of_options (to);
  pcapng_end_block (to, begin);

  begin = pcapng_begin_block (to, INTERFACE_DESCRIPTION);
  append_little (to, 2, LINK_RAW_IP);
  append_little (to, 2, 0);
  append_little (to, 4, 0);
  pcapng_end_block (to, begin);
}

static guint
get_address_length (const WsiPcapngPeer *peer)
{
  return peer->family == G_SOCKET_FAMILY_IPV4 ? 4 : 16;
}

gboolean
wsi_pcapng_peer_parse (WsiPcapngPeer *self,
                       const char    *text)
{
  const char *colon = text != NULL ? strrchr (text, ':') : NULL;
  gboolean is_bracketed = colon != NULL && *text == '[' && colon[-1] == ']';
  g_autofree char *host = NULL;
  g_autoptr (GInetAddress) address = NULL;
  guint64 port;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &port, NULL))
    return FALSE;

  host = is_bracketed ? g_strndup (text + 1, colon - text - 2) : g_strndup (text, colon - text);
  address = g_inet_address_new_from_string (host);
  if (address == NULL)
    return FALSE;

  *self = (WsiPcapngPeer) { .family = g_inet_address_get_family (address), .port = port };
  memcpy (self->address, g_inet_address_to_bytes (address), get_address_length (self));
  return TRUE;
}

static guint32
sum_bytes (guint32       sum,
           const guint8 *at,
           gsize         length)
{
  for (gsize i = 0; i < length; i++)
    sum += i % 2 == 0 ? at[i] << 8 : at[i];

  return (sum >> 16) + (sum & 0xffff);
}

static void
set_checksum (guint8 *at,
              guint32 sum)
{
  sum = (sum >> 16) + (sum & 0xffff);
  sum = ~((sum >> 16) + sum);
  at[0] = sum >> 8;
  at[1] = sum;
}

static void
append_ip (GByteArray             *to,
           const WsiPcapngSegment *segment)
{
  guint begin = to->len, n_address = get_address_length (segment->from);
  gboolean is_ipv4 = segment->from->family == G_SOCKET_FAMILY_IPV4;

  if (is_ipv4)
    {
      append_big (to, 2, 0x4500);
      append_big (to, 2, IPV4_HEADER + TCP_HEADER + segment->length);
      append_big (to, 2, 0);
      append_big (to, 2, DO_NOT_FRAGMENT);
      append_big (to, 1, HOP_LIMIT);
      append_big (to, 1, PROTOCOL_TCP);
      append_big (to, 2, 0);
    }
  else
    {
      append_big (to, 4, 0x60000000);
      append_big (to, 2, TCP_HEADER + segment->length);
      append_big (to, 1, PROTOCOL_TCP);
      append_big (to, 1, HOP_LIMIT);
    }
  g_byte_array_append (to, segment->from->address, n_address);
  g_byte_array_append (to, segment->to->address, n_address);
  if (is_ipv4)
    set_checksum (to->data + begin + 10, sum_bytes (0, to->data + begin, IPV4_HEADER));
}

/* The checksum of a segment that is not known as a whole is left out. */
static void
append_tcp (GByteArray             *to,
            const WsiPcapngSegment *segment)
{
  guint begin = to->len, n_address = get_address_length (segment->from);
  guint32 sum = PROTOCOL_TCP + TCP_HEADER + segment->length;

  append_big (to, 2, segment->from->port);
  append_big (to, 2, segment->to->port);
  append_big (to, 4, segment->sequence);
  append_big (to, 4, segment->acknowledgement);
  append_big (to, 2, TCP_HEADER / 4 << 12 | segment->flags);
  append_big (to, 2, WINDOW);
  append_big (to, 4, 0);
  if (segment->n_known > 0)
    g_byte_array_append (to, segment->at, segment->n_known);
  if (segment->n_known < segment->length)
    return;

  sum = sum_bytes (sum, segment->from->address, n_address);
  sum = sum_bytes (sum, segment->to->address, n_address);
  set_checksum (to->data + begin + 16,
                sum_bytes (sum, to->data + begin, TCP_HEADER + segment->n_known));
}

/* Appends a segment; both families have the same order of addresses, and one pseudo header. */
void
wsi_pcapng_append_segment (GByteArray             *to,
                           const WsiPcapngSegment *segment)
{
  guint begin = pcapng_begin_block (to, ENHANCED_PACKET);
  gsize n_headers = TCP_HEADER + (segment->from->family == G_SOCKET_FAMILY_IPV4 ? IPV4_HEADER
                                                                                : IPV6_HEADER);
  guint64 time_us = MAX (segment->time_us, 0);

  append_little (to, 4, 0);
  append_little (to, 4, time_us >> 32);
  append_little (to, 4, time_us);
  append_little (to, 4, n_headers + segment->n_known);
  append_little (to, 4, n_headers + segment->length);
  append_ip (to, segment);
  append_tcp (to, segment);
  append_padding (to);
  if (segment->comment != NULL)
    {
      pcapng_append_option (to, OPTION_COMMENT, segment->comment);
      append_end_of_options (to);
    }
  pcapng_end_block (to, begin);
}
