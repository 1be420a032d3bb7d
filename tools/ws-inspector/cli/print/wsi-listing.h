/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Prints frames and events in the format that the options name. */
#pragma once

#include "cli/decoded/wsi-decoded-view.h"
#include "cli/print/wsi-column.h"
#include "cli/print/wsi-json.h"
#include "cli/print/wsi-screen.h"
#include "inspect/export/wsi-redactor.h"
#include "inspect/filter/wsi-filter.h"

G_BEGIN_DECLS

typedef struct
{
  const WsiOptions *options;
  WsiScreen         screen;
  WsiRedactor      *redactor;
  WsiHide           hide;       /* by it */
  WsiFilter        *filter;     /* NULL = all frames */
  WsiDecodedView    decoded;
  GPtrArray        *fields;     /* of WsiColumn; NULL = all of them */
  GString          *line;       /* that is being made */
  WsiCharset        charset;
  gsize             max_decoded;        /* bytes of a message */
  guint64           n_frames;   /* printed */
  guint64           n_parts;    /* messages that are not whole, and were not printed as payload */
  gboolean          is_begun;   /* of an array: it has a member */
  GSourceFunc       on_full;    /* called later, once the limit is reached; NULL = none */
  gpointer          full_data;
} WsiListing;

/* options: as long as the listing. */
gboolean wsi_listing_init (WsiListing       *self,
                           const WsiOptions *options,
                           GError          **error);
/* Ends an array of JSON, and tells what was left out. */
void     wsi_listing_end   (WsiListing *self);
void     wsi_listing_clear (WsiListing *self);

/* Lines between the frames, such as the handshake, are printed as text. */
gboolean wsi_listing_is_text      (const WsiListing *self);
/* Events are printed as objects. */
gboolean wsi_listing_is_json      (const WsiListing *self);
gboolean wsi_listing_is_by_message (const WsiListing *self);
/* Whether the message of a last fragment is needed, in addition to its payload. */
gboolean wsi_listing_wants_message (const WsiListing *self);
/* So much of a payload is needed. */
gsize    wsi_listing_get_max_payload (const WsiListing *self);
gboolean wsi_listing_wants        (const WsiListing     *self,
                                   const WspFrameRecord *frame);
gboolean wsi_listing_is_full      (const WsiListing *self);
/* A live verb ends with its last frame. */
void     wsi_listing_set_on_full  (WsiListing *self,
                                   GSourceFunc on_full,
                                   gpointer    user_data);
/* The view is filled up with what its decoder says. */
void     wsi_listing_add_frame    (WsiListing   *self,
                                   WsiFrameView *view);
/* Begins an object for an event, which the caller fills. */
void     wsi_listing_begin_event  (WsiJson    *event,
                                   const char *name,
                                   guint32     conversation);
void     wsi_listing_add_event    (WsiListing *self,
                                   WsiJson    *event);

G_END_DECLS
