/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The payload of a frame, in one line. */
#pragma once

#include <libwsproto/wsproto.h>

#include "inspect/decode/wsi-text.h"

G_BEGIN_DECLS

#define WSI_SUMMARY_LENGTH 512  /* so much of a payload is enough for its line */

typedef enum
{
  WSI_PAYLOAD_TEXT,
  WSI_PAYLOAD_HEX,
} WsiPayloadForm;

const char    *wsi_payload_name_kind   (const WspFrameRecord *frame);
WsiPayloadForm wsi_payload_choose_form (const WspFrameRecord *frame,
                                        GBytes               *payload);
/* payload: NULL = it was not kept. */
void           wsi_payload_append      (GString              *line,
                                        const WspFrameRecord *frame,
                                        GBytes               *payload,
                                        WsiCharset            charset);
char          *wsi_payload_summarize   (const WspFrameRecord *frame,
                                        GBytes               *payload,
                                        WsiCharset            charset);

G_END_DECLS
