/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/header/wsi-frame-fault.h"

#include <libwsproto/observe/wsp-fault.h>

#define MAX_CANDIDATES 3

/* Fields that a rule is about: the first one that the frame has, and that is not 0 where it is a
 * reserved bit. */
static const struct
{
  const char   *fault;
  guint         n_fields;
  WsiFrameField fields[MAX_CANDIDATES];
} rules[] = {
  { "rsv-not-negotiated", 3, { WSI_FRAME_FIELD_RSV3, WSI_FRAME_FIELD_RSV2, WSI_FRAME_FIELD_RSV1 } },
  { "compressed-bit-misplaced", 1, { WSI_FRAME_FIELD_RSV1 } },
  { "opcode-reserved", 1, { WSI_FRAME_FIELD_OPCODE } },
  { "continuation-without-message", 1, { WSI_FRAME_FIELD_OPCODE } },
  { "data-inside-message", 1, { WSI_FRAME_FIELD_OPCODE } },
  { "control-frame-fragmented", 1, { WSI_FRAME_FIELD_FIN } },
  { "frame-masked", 1, { WSI_FRAME_FIELD_MASK } },
  { "frame-not-masked", 1, { WSI_FRAME_FIELD_MASK } },
  { "length-not-shortest", 2, { WSI_FRAME_FIELD_LENGTH_16, WSI_FRAME_FIELD_LENGTH_64 } },
  { "length-top-bit-set", 1, { WSI_FRAME_FIELD_LENGTH_64 } },
  { "control-frame-too-long", 3,
    { WSI_FRAME_FIELD_LENGTH_16, WSI_FRAME_FIELD_LENGTH_64, WSI_FRAME_FIELD_LENGTH } },
  { "text-not-utf8", 1, { WSI_FRAME_FIELD_PAYLOAD } },
  { "close-length-one", 1, { WSI_FRAME_FIELD_PAYLOAD } },
  { "close-code-reserved", 1, { WSI_FRAME_FIELD_PAYLOAD } },
  { "close-reason-not-utf8", 1, { WSI_FRAME_FIELD_PAYLOAD } },
  { "deflate-corrupt", 1, { WSI_FRAME_FIELD_PAYLOAD } },
  { "deflate-truncated", 1, { WSI_FRAME_FIELD_PAYLOAD } },
};

static int
frame_fault_find_field (const WsiFrameLayout *self,
                        WsiFrameField         field)
{
  for (guint i = 0; i < self->n_parts; i++)
    {
      const WsiFramePart *part = &self->parts[i];
      gboolean is_reserved = field >= WSI_FRAME_FIELD_RSV1 && field <= WSI_FRAME_FIELD_RSV3;

      if (part->field == field && (!is_reserved || part->value != 0))
        return i;
    }

  return -1;
}

int
wsi_frame_layout_find_fault (const WsiFrameLayout *self,
                             guint                 fault)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      if (g_strcmp0 (wsp_fault_get_name (fault), rules[i].fault) != 0)
        continue;

      for (guint j = 0; j < rules[i].n_fields; j++)
        {
          int part = frame_fault_find_field (self, rules[i].fields[j]);

          if (part >= 0)
            return part;
        }
    }

  return -1;
}
