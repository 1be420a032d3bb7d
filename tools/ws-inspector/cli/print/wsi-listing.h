/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Prints frames and events in the format that the options name. */
#pragma once

#include <libwsproto/observe/wsp-frame-record.h>

#include "cli/decoded/wsi-decoded-view.h"
#include "cli/print/wsi-column.h"
#include "cli/print/wsi-json-printer.h"
#include "cli/print/wsi-screen.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/save/redaction/wsi-redactor.h"

G_BEGIN_DECLS

typedef struct
{
  const WsiOptions *options;
  WsiScreen         screen;
  WsiRedactor      *redactor;
  WsiHide           hide;       /* hides with the redactor */
  WsiFilter        *filter;     /* filter of the frames; NULL = all frames are printed */
  WsiDecodedView    decoded;
  GPtrArray        *fields;     /* columns of type WsiColumn; NULL = the usual line */
  GString          *line;       /* memory of the line that is being made */
  WsiCharset        charset;
  gsize             max_decoded;        /* bytes of a message that are decoded */
  guint64           n_frames;   /* number of frames printed */
  /* number of incomplete messages, which --format=payload does not print */
  guint64           n_parts;
  gboolean          is_begun;   /* the array of JSON has an element */
  GSourceFunc       on_full;    /* called later, once the limit is reached; NULL = no function */
  gpointer          full_data;
} WsiListing;

/* options must outlive the listing. */
gboolean wsi_listing_init (WsiListing       *self,
                           const WsiOptions *options,
                           GError          **error);
/* Ends an array of JSON, and prints what was left out. */
void     wsi_listing_end   (WsiListing *self);
void     wsi_listing_clear (WsiListing *self);

/* Whether lines between the frames, such as the handshake, are printed as text. */
gboolean wsi_listing_is_text      (const WsiListing *self);
/* Whether events are printed as objects. */
gboolean wsi_listing_is_json      (const WsiListing *self);
gboolean wsi_listing_is_by_message (const WsiListing *self);
/* Whether the message of a last fragment is needed, in addition to its payload. */
gboolean wsi_listing_wants_message (const WsiListing *self);
/* The number of bytes of a payload that the listing needs. */
gsize    wsi_listing_get_max_payload (const WsiListing *self);
gboolean wsi_listing_wants        (const WsiListing     *self,
                                   const WspFrameRecord *frame);
gboolean wsi_listing_is_full      (const WsiListing *self);
/* A live verb calls this to end itself after the last frame that the limit permits. */
void     wsi_listing_set_on_full  (WsiListing *self,
                                   GSourceFunc on_full,
                                   gpointer    user_data);
/* Prints a frame.  The view is completed with what its decoder says. */
void     wsi_listing_add_frame    (WsiListing   *self,
                                   WsiFrameView *view);
/* Begins an object for an event, which the caller fills. */
void     wsi_listing_begin_event  (WsiJsonPrinter *event,
                                   const char     *name,
                                   guint32         conversation);
void     wsi_listing_add_event    (WsiListing     *self,
                                   WsiJsonPrinter *event);
/* Prints the address that is listened on, in every format: with --format=payload as an error line.
 * target: where connections go; NULL = they end here. */
void     wsi_listing_print_place  (WsiListing *self,
                                   const char *uri,
                                   const char *target);

G_END_DECLS
