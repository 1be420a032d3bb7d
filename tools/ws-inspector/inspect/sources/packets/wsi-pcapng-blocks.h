/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The blocks of a pcapng file, read from its bytes before libpcap gets them.
 *
 * libpcap leaves out the Decryption Secrets Blocks, and reads no file whose interfaces have several
 * link types or snapshot lengths.  So secrets are given from here, and each interface gets one type
 * and one length (6 bytes), while the link type of each packet is kept until libpcap gives it.
 * docs/rationales/captures.md has the reasons. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSI_PCAPNG_NO_LINK (-1)

/* Takes a part of the text of a key log; length 0: its block has ended. */
typedef void (*WsiSecretsFunc) (const guint8 *at,
                                gsize         length,
                                gpointer      user_data);

typedef struct
{
  guint8   header[16];          /* header of the block, as far as it is needed */
  guint    n_header;
  gboolean has_begun;           /* a section has begun, so the file is pcapng */
  gboolean is_swapped;          /* numbers are in the other byte order than ours */
  gboolean is_damaged;          /* the file is damaged: nothing more is read, as by libpcap */
  guint64  n_secrets;           /* bytes of the key log that follow */
  guint64  n_skipped;           /* bytes of the block that follow after them */
  GArray  *links;               /* link types of the section's interfaces (int); NULL: none yet */
  GArray  *packets;             /* link types of packets that were not taken (int); NULL: none */
  guint    n_taken;             /* elements at the front of packets that were taken */
} WsiPcapngBlocks;

/* Clears the state; a value of zeros has read nothing. */
void wsi_pcapng_blocks_clear (WsiPcapngBlocks *self);
/* Takes the next bytes of the file, and changes those of interfaces.  function NULL: secrets are
 * left out. */
void wsi_pcapng_blocks_take  (WsiPcapngBlocks *self,
                              guint8          *at,
                              gsize            length,
                              WsiSecretsFunc   function,
                              gpointer         user_data);
/* The link type (LINKTYPE_*) of the next packet; WSI_PCAPNG_NO_LINK: it has no interface. */
int  wsi_pcapng_blocks_take_link (WsiPcapngBlocks *self);

G_END_DECLS
