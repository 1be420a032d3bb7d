/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The payload of a frame, in one line. */
#pragma once

#include <libwsproto/observe/wsp-frame-record.h>

#include "inspect/decode/wsi-text.h"

G_BEGIN_DECLS

#define WSI_SUMMARY_LENGTH 512  /* bytes of a payload that are enough for its line */

/* Words in addition to those of the flags. */
#define WSI_SUMMARY_NOT_KEPT "not-kept"
#define WSI_SUMMARY_HIDDEN "hidden"             /* a message whose values were hidden in its file */
#define WSI_SUMMARY_UNFINISHED "unfinished"     /* a message without its last frame */

typedef enum
{
  WSI_SUMMARY_TEXT,
  WSI_SUMMARY_HEX,
} WsiSummaryForm;

/* The name of a kind as the RFC has it, untranslated. */
const char    *wsi_summary_name_kind   (const WspFrameRecord *frame);
/* The word for each flag that is set: position is 0 for the first one.  NULL: there are no more. */
const char    *wsi_summary_name_flag   (WspFrameFlags flags,
                                        guint        *position);
/* The form of a payload.  A continuation and a ping do not say what they hold: it is guessed. */
WsiSummaryForm wsi_summary_choose_form (const WspFrameRecord *frame,
                                        GBytes               *payload);
/* Whether the frame holds text, and these bytes are UTF-8 without a NUL. */
gboolean       wsi_summary_is_text     (const WspFrameRecord *frame,
                                        gconstpointer         at,
                                        gsize                 length);
/* Explains the mark in the reason of a server's Close.  NULL: there is none.  (transfer full) */
char          *wsi_summary_explain_mark (const WspFrameRecord *frame,
                                         GBytes               *payload);
/* Appends the summary.  payload: NULL = it was not kept. */
void           wsi_summary_append      (GString              *line,
                                        const WspFrameRecord *frame,
                                        GBytes               *payload,
                                        WsiCharset            charset);
char          *wsi_summary_new   (const WspFrameRecord *frame,
                                  GBytes               *payload,
                                  WsiCharset            charset);

G_END_DECLS
