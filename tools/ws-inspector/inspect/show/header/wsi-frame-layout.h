/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The fields of one frame: which bits and bytes each takes, its value, and what RFC 6455 says of
 * it.  The sentences are marked for translation. */
#pragma once

#include <libwsproto/observe/wsp-frame-record.h>

#include "inspect/show/header/wsi-frame-place.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_FRAME_FIELD_FIN,
  WSI_FRAME_FIELD_RSV1,
  WSI_FRAME_FIELD_RSV2,
  WSI_FRAME_FIELD_RSV3,
  WSI_FRAME_FIELD_OPCODE,
  WSI_FRAME_FIELD_MASK,
  WSI_FRAME_FIELD_LENGTH,               /* the length in seven bits */
  WSI_FRAME_FIELD_LENGTH_16,
  WSI_FRAME_FIELD_LENGTH_64,
  WSI_FRAME_FIELD_MASKING_KEY,
  WSI_FRAME_FIELD_PAYLOAD,
  WSI_FRAME_FIELD_REST,                 /* the rest of a header that was cut */
} WsiFrameField;

#define WSI_N_FRAME_FIELDS (WSI_FRAME_FIELD_REST + 1)
/* Four single bits, opcode, MASK, two lengths, key and payload. */
#define WSI_MAX_FRAME_PARTS 10

/* The place of a part: bits and bytes are counted from the beginning of the frame. */
typedef struct
{
  WsiFrameField field;
  guint         first_bit, n_bits;      /* bits of the field; 0 bits: it is the payload */
  guint64       first_byte, n_bytes;    /* bytes that hold the bits */
  guint64       value;
} WsiFramePart;

typedef struct
{
  WspFrameRecord frame;
  WsiFramePart   parts[WSI_MAX_FRAME_PARTS];
  guint          n_parts;               /* number of parts; 0: no frame, or no header */
  WsiFramePlace  place;                 /* place of the frame; all zero: not known */
} WsiFrameLayout;

void        wsi_frame_layout_init       (WsiFrameLayout       *self,
                                         const WspFrameRecord *frame);
/* The header as it was on the wire.  Only the first byte is known of a header that was cut. */
GBytes     *wsi_frame_layout_dup_header (const WsiFrameLayout *self);
/* The widest field in this byte of the frame; -1: there is none. */
int         wsi_frame_layout_find_byte  (const WsiFrameLayout *self,
                                         guint64               byte);
/* The value of a part: a number, for the payload its length; the opcode has its name after it. */
char       *wsi_frame_layout_format     (const WsiFrameLayout *self,
                                         guint                 part);
/* The meaning of a part in this frame. */
const char *wsi_frame_layout_get_meaning (const WsiFrameLayout *self,
                                          guint                 part);
/* The sentences about the frame, and about what is missing or wrong, in the language of the window.
 * NULL: it has no fields. */
char       *wsi_frame_layout_explain     (const WsiFrameLayout *self);

const char *wsi_frame_field_get_name     (WsiFrameField field);
const char *wsi_frame_field_get_sentence (WsiFrameField field);
const char *wsi_frame_field_get_section  (WsiFrameField field);

G_END_DECLS
