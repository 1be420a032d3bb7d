/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reads the blocks of a pcapng file.  A block has its type, its length, a body, and its length
 * again.  The body begins
 *
 *   of a Section Header Block       with a number that shows the byte order
 *   of an Interface Description     with the link type, two bytes, and the snapshot length
 *   of an Enhanced Packet Block     with the number of its interface
 *   of a Packet Block               with that number in two bytes
 *   of a Decryption Secrets Block   with the type and the length of the secrets
 *
 * A Simple Packet Block has the first interface. */

#include "inspect/sources/packets/wsi-pcapng-blocks.h"

#include <string.h>

#define SECTION_HEADER 0x0a0d0d0au
#define INTERFACE 1
#define OLD_PACKET 2
#define SIMPLE_PACKET 3
#define PACKET 6
#define SECRETS 10
#define TLS_KEY_LOG 0x544c534bu
#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define BLOCK_HEADER 8
#define MIN_BLOCK 12
#define MAX_INTERFACES 65536     /* interfaces of a section */

/* libpcap changes nothing in packets of this type (LINKTYPE_DBUS), and lets them be longest. */
#define ONE_LINK 231

static guint32
pcapng_blocks_get_number (const WsiPcapngBlocks *self,
                          guint                  at)
{
  guint32 number;

  memcpy (&number, self->header + at, sizeof number);
  return self->is_swapped ? GUINT32_SWAP_LE_BE (number) : number;
}

static guint16
get_short_number (const WsiPcapngBlocks *self,
                  guint                  at)
{
  guint16 number;

  memcpy (&number, self->header + at, sizeof number);
  return self->is_swapped ? GUINT16_SWAP_LE_BE (number) : number;
}

static guint
pcapng_blocks_get_wanted (const WsiPcapngBlocks *self)
{
  if (self->n_header < BLOCK_HEADER)
    return BLOCK_HEADER;

  switch (pcapng_blocks_get_number (self, 0))
    {
    case SECTION_HEADER:
    case OLD_PACKET:
    case PACKET:
      return BLOCK_HEADER + 4;
    case INTERFACE:
    case SECRETS:
      return BLOCK_HEADER + 8;
    default:
      return BLOCK_HEADER;
    }
}

static void
begin_section (WsiPcapngBlocks *self)
{
  self->is_swapped = FALSE;
  self->is_swapped = pcapng_blocks_get_number (self, BLOCK_HEADER) != BYTE_ORDER_MAGIC;
  self->is_damaged = pcapng_blocks_get_number (self, BLOCK_HEADER) != BYTE_ORDER_MAGIC;
  self->has_begun = TRUE;
  if (self->links != NULL)
    g_array_set_size (self->links, 0);
}

static void
pcapng_blocks_add_interface (WsiPcapngBlocks *self)
{
  const int link = get_short_number (self, BLOCK_HEADER);

  if (self->links == NULL)
    self->links = g_array_new (FALSE, FALSE, sizeof (int));
  if (self->links->len < MAX_INTERFACES)
    g_array_append_val (self->links, link);
}

static void
add_packet (WsiPcapngBlocks *self,
            guint32          interface)
{
  const gboolean is_known = self->links != NULL && interface < self->links->len;
  const int link = is_known ? g_array_index (self->links, int, interface) : WSI_PCAPNG_NO_LINK;

  if (self->packets == NULL)
    self->packets = g_array_new (FALSE, FALSE, sizeof (int));
  g_array_append_val (self->packets, link);
}

static void
pcapng_blocks_take_fields (WsiPcapngBlocks *self,
                           guint64          length)
{
  switch (pcapng_blocks_get_number (self, 0))
    {
    case INTERFACE:
      pcapng_blocks_add_interface (self);
      break;
    case OLD_PACKET:
      add_packet (self, get_short_number (self, BLOCK_HEADER));
      break;
    case SIMPLE_PACKET:
      add_packet (self, 0);
      break;
    case PACKET:
      add_packet (self, pcapng_blocks_get_number (self, BLOCK_HEADER));
      break;
    case SECRETS:
      if (pcapng_blocks_get_number (self, 8) == TLS_KEY_LOG)
        self->n_secrets = MIN (pcapng_blocks_get_number (self, 12), length - self->n_header - 4);
      break;
    default:
      break;
    }
}

/* Takes the bytes after the header: secrets, and the rest of the block. */
static void
pcapng_blocks_begin_body (WsiPcapngBlocks *self)
{
  guint64 length;

  if (pcapng_blocks_get_number (self, 0) == SECTION_HEADER)
    begin_section (self);
  length = ((guint64) pcapng_blocks_get_number (self, 4) + 3) / 4 * 4;
  if (!self->has_begun || length < self->n_header + 4)
    {
      self->is_damaged = TRUE;
      return;
    }

  pcapng_blocks_take_fields (self, length);
  self->n_skipped = length - self->n_header - self->n_secrets;
  self->n_header = 0;
}

/* The bytes of the header from n_header on: the link type and the snapshot length of an interface
 * get others. */
static void
change_interface (const WsiPcapngBlocks *self,
                  guint8                *at,
                  gsize                  length)
{
  const guint16 link = self->is_swapped ? GUINT16_SWAP_LE_BE (ONE_LINK) : ONE_LINK;
  guint8 body[sizeof self->header - BLOCK_HEADER] = { 0 };      /* snapshot length 0: the longest */

  memcpy (body, &link, sizeof link);
  memcpy (at, body + (self->n_header - BLOCK_HEADER), length);
}

static gsize
pcapng_blocks_take_header (WsiPcapngBlocks *self,
                           guint8          *at,
                           gsize            length)
{
  gsize n_taken = 0;
  guint wanted;

  while (self->n_header < (wanted = pcapng_blocks_get_wanted (self)))
    {
      const gsize n = MIN (wanted - self->n_header, length - n_taken);

      if (n == 0)
        return n_taken;

      memcpy (self->header + self->n_header, at + n_taken, n);
      if (self->has_begun && self->n_header >= BLOCK_HEADER &&
          pcapng_blocks_get_number (self, 0) == INTERFACE)
        change_interface (self, at + n_taken, n);
      self->n_header += (guint) n;
      n_taken += n;
    }
  pcapng_blocks_begin_body (self);
  return n_taken;
}

void
wsi_pcapng_blocks_clear (WsiPcapngBlocks *self)
{
  g_clear_pointer (&self->links, g_array_unref);
  g_clear_pointer (&self->packets, g_array_unref);
}

/* Drops taken packets: those stay that libpcap has not read yet, which are at most those of one
 * buffer. */
static void
drop_taken (WsiPcapngBlocks *self)
{
  if (self->n_taken > 0)
    g_array_remove_range (self->packets, 0, self->n_taken);
  self->n_taken = 0;
}

int
wsi_pcapng_blocks_take_link (WsiPcapngBlocks *self)
{
  if (self->packets == NULL || self->n_taken == self->packets->len)
    return WSI_PCAPNG_NO_LINK;

  return g_array_index (self->packets, int, self->n_taken++);
}

void
wsi_pcapng_blocks_take (WsiPcapngBlocks *self,
                        guint8          *at,
                        gsize            length,
                        WsiSecretsFunc   function,
                        gpointer         user_data)
{
  drop_taken (self);
  while (length > 0 && !self->is_damaged)
    {
      gsize n;

      if (self->n_secrets > 0)
        {
          n = (gsize) MIN (length, self->n_secrets);
          if (function != NULL)
            function (at, n, user_data);
          self->n_secrets -= n;
          if (self->n_secrets == 0 && function != NULL)
            function (at, 0, user_data);
        }
      else if (self->n_skipped > 0)
        {
          n = (gsize) MIN (length, self->n_skipped);
          self->n_skipped -= n;
        }
      else
        {
          n = pcapng_blocks_take_header (self, at, length);
        }
      at += n;
      length -= n;
    }
}
