/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Cuts a HAR into its entries, and each entry into messages and the rest: a parser of JSON sees one
 * of them at a time.  Brackets are counted only, so their number does not matter. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_HAR_MAX_ENTRY (16 * 1024 * 1024)            /* bytes of an entry without its messages */
#define WSI_HAR_MAX_MESSAGES (128 * 1024 * 1024)        /* bytes of one entry's messages */

typedef struct
{
  gsize    begin, end;          /* place of the message in the bytes of all messages */
  guint64  offset;              /* offset of the message in the file */
  gboolean is_control;          /* the message is a control frame, which only wsinspect writes */
} WsiHarMessage;

/* An entry, valid until the next one is read. */
typedef struct
{
  guint64     offset;           /* offset of the entry in the file */
  GByteArray *text;             /* text of the entry, without the messages in its arrays */
  gboolean    is_too_long;      /* the entry is too long, so text is not complete */
  gboolean    has_messages;     /* the entry has an array of messages, which may be empty */
  GByteArray *bytes;            /* bytes of the messages */
  GArray     *messages;         /* messages of the entry (WsiHarMessage), in their order */
  guint64     n_lost;           /* messages above the limit */
} WsiHarEntry;

typedef struct _WsiHarCutter WsiHarCutter;

WsiHarCutter      *wsi_har_cutter_new  (GInputStream *stream);
void               wsi_har_cutter_free (WsiHarCutter *self);
/* Reads the next entry.  NULL without an error: the end.  An error if the file ends too early, or
 * holds no entries. */
const WsiHarEntry *wsi_har_cutter_read (WsiHarCutter *self,
                                        GCancellable *cancellable,
                                        GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiHarCutter, wsi_har_cutter_free)

G_END_DECLS
