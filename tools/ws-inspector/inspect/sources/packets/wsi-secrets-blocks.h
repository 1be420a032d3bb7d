/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The Decryption Secrets Blocks of a pcapng file, which libpcap leaves out: those with a key log of
 * TLS.  They are read from the bytes of the file, beside libpcap. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A part of the text of a key log; length 0: its block has ended. */
typedef void (*WsiSecretsFunc) (const guint8 *at,
                                gsize         length,
                                gpointer      user_data);

typedef struct
{
  guint8   header[16];          /* of the block, as far as it is needed */
  guint    n_header;
  gboolean is_swapped;          /* numbers are in the other byte order */
  gboolean is_damaged;          /* nothing more is read, as libpcap will not either */
  guint64  n_secrets;           /* bytes of the key log that follow */
  guint64  n_skipped;           /* bytes of the block that follow after them */
} WsiSecretsBlocks;

/* Takes the next bytes of the file; a value of zeros begins it. */
void wsi_secrets_blocks_take (WsiSecretsBlocks *self,
                              const guint8     *at,
                              gsize             length,
                              WsiSecretsFunc    function,
                              gpointer          user_data);

G_END_DECLS
