/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The packets that a dumpcap of ours writes, while it captures.  A read waits until there are some,
 * and never fails: once dumpcap has ended, or was asked to end, the rest of its packets is read. */
#pragma once

#include "inspect/sources/dumpcap/wsi-dumpcap.h"

G_BEGIN_DECLS

#define WSI_TYPE_DUMPCAP_STREAM (wsi_dumpcap_stream_get_type ())

G_DECLARE_FINAL_TYPE (WsiDumpcapStream, wsi_dumpcap_stream, WSI, DUMPCAP_STREAM, GInputStream)

typedef struct
{
  const char    *interface, *filter;
  GOutputStream *packets;       /* file that gets a copy of the packets; NULL = none */
  GCancellable  *stop;          /* cancellable that is cancelled when dumpcap is to end */
  /* Is called when packets cannot be written any more; NULL if packets is. */
  void           (*write_failed)(const GError *error,
                                 gpointer      user_data);
  /* Is called again and again while packets are waited for, and between two reads; NULL = none. */
  void           (*turned)(gpointer user_data);
  gpointer       user_data;
} WsiDumpcapStart;

/* Starts dumpcap, which ends with this program in any case.  NULL: it cannot be started. */
WsiDumpcapStream       *wsi_dumpcap_stream_new (const WsiDumpcapStart *start,
                                                WsiSentence          **obstacle);
/* Ends dumpcap, if it has not ended, and waits for it.  The report belongs to the stream. */
const WsiDumpcapReport *wsi_dumpcap_stream_end (WsiDumpcapStream *self);
/* The sentence about the failure, after the end; NULL: dumpcap has ended well. */
WsiSentence            *wsi_dumpcap_stream_dup_failure (WsiDumpcapStream *self);

G_END_DECLS
