/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A block has its type, its length, a body, and its length again.  The body of a Section Header
 * Block begins with a number that shows the byte order, that of a Decryption Secrets Block with the
 * type and the length of the secrets. */

#include "inspect/sources/packets/wsi-secrets-blocks.h"

#include <string.h>

#define SECTION_HEADER 0x0a0d0d0au
#define SECRETS 10
#define TLS_KEY_LOG 0x544c534bu
#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define BLOCK_HEADER 8
#define MIN_BLOCK 12
#define MIN_SECRETS_BLOCK 20

static guint32
get_number (const WsiSecretsBlocks *self,
            guint                   at)
{
  guint32 number;

  memcpy (&number, self->header + at, sizeof number);
  return self->is_swapped ? GUINT32_SWAP_LE_BE (number) : number;
}

static guint
get_wanted (const WsiSecretsBlocks *self)
{
  return self->n_header < BLOCK_HEADER ? BLOCK_HEADER
         : get_number (self, 0) == SECTION_HEADER ? MIN_BLOCK
         : get_number (self, 0) == SECRETS ? sizeof self->header : BLOCK_HEADER;
}

static void
note_byte_order (WsiSecretsBlocks *self)
{
  self->is_swapped = FALSE;
  self->is_swapped = get_number (self, BLOCK_HEADER) != BYTE_ORDER_MAGIC;
  self->is_damaged = get_number (self, BLOCK_HEADER) != BYTE_ORDER_MAGIC;
}

/* What follows after the header: secrets, and the rest of the block. */
static void
begin_body (WsiSecretsBlocks *self)
{
  const guint32 type = get_number (self, 0);
  guint64 length;

  if (type == SECTION_HEADER)
    note_byte_order (self);
  length = ((guint64) get_number (self, 4) + 3) / 4 * 4;
  if (length < (type == SECRETS ? MIN_SECRETS_BLOCK : MIN_BLOCK))
    {
      self->is_damaged = TRUE;
      return;
    }

  self->n_skipped = length - self->n_header;
  if (type == SECRETS && get_number (self, 8) == TLS_KEY_LOG)
    {
      self->n_secrets = MIN (get_number (self, 12), length - MIN_SECRETS_BLOCK);
      self->n_skipped -= self->n_secrets;
    }
  self->n_header = 0;
}

static gsize
take_header (WsiSecretsBlocks *self,
             const guint8     *at,
             gsize             length)
{
  gsize n_taken = 0;

  while (self->n_header < get_wanted (self))
    {
      if (n_taken == length)
        return n_taken;

      self->header[self->n_header++] = at[n_taken++];
    }
  begin_body (self);
  return n_taken;
}

void
wsi_secrets_blocks_take (WsiSecretsBlocks *self,
                         const guint8     *at,
                         gsize             length,
                         WsiSecretsFunc    function,
                         gpointer          user_data)
{
  while (length > 0 && !self->is_damaged)
    {
      gsize n;

      if (self->n_secrets > 0)
        {
          n = (gsize) MIN (length, self->n_secrets);
          function (at, n, user_data);
          self->n_secrets -= n;
          if (self->n_secrets == 0)
            function (at, 0, user_data);
        }
      else if (self->n_skipped > 0)
        {
          n = (gsize) MIN (length, self->n_skipped);
          self->n_skipped -= n;
        }
      else
        {
          n = take_header (self, at, length);
        }
      at += n;
      length -= n;
    }
}
