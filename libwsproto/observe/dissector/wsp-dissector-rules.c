/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rules of a frame: a header or a Close payload in, faults in its record out.
 *
 * The functions of the engine stop at the first fault.  The cause of a fault is mended in a copy,
 * and the copy is checked again, until no fault is left.
 */
#include "observe/dissector/wsp-dissector-rules-private.h"

#include "core/bytes/byte-order.h"
#include "core/close-code.h"
#include "core/frames/close-payload.h"
#include "observe/wsp-frame-record-private.h"

/* Removes the cause of the fault, so that later rules can be checked.  FALSE: this fault is that of
 * the last rule of the first byte. */
static gboolean
mend_first (guint8            *first,
            WscFrameAllowance *allowed,
            WscFault           fault)
{
  if (fault == WSC_FAULT_RSV_NOT_NEGOTIATED)
    *first &= (guint8) ~(WSC_RSV & ~allowed->rsv);
  else if (fault == WSC_FAULT_COMPRESSED_BIT_MISPLACED)
    *first &= (guint8) ~WSC_RSV1;
  else if (fault == WSC_FAULT_OPCODE_RESERVED)
    allowed->opcodes = 1;
  else
    return FALSE;

  return TRUE;
}

static void
note_first_faults (WspFrameRecord   *record,
                   guint8            first,
                   WscFrameAllowance allowed)
{
  WscFault fault;

  do
    {
      fault = wsc_frame_header_check_first (first, &allowed);
      wsp_frame_record_add_fault (record, fault);
    }
  while (fault != WSC_FAULT_NONE && mend_first (&first, &allowed, fault));
}

void
wsp_rules_note_header_faults (WspFrameRecord          *record,
                              const WscFrameHeader    *header,
                              const WscOptions        *options,
                              const WscFrameAllowance *allowed)
{
  gsize n_length = header->header_length - 2u - (header->is_masked ? 4u : 0u);
  guint8 length = n_length == 0 ? header->payload_length : WSC_LENGTH_7_BITS + 1;
  guint8 mask = header->is_masked ? WSC_MASKED : 0;

  note_first_faults (record, header->first, *allowed);
  wsp_frame_record_add_fault (record, wsc_frame_header_check_mask (mask, options));
  mask = options->role == WSC_ROLE_SERVER ? WSC_MASKED : 0;
  wsp_frame_record_add_fault (record, wsc_frame_header_check_second (header->first, mask | length,
                                                                     options));
  wsp_frame_record_add_fault (record, wsc_frame_header_check_length (header->payload_length,
                                                                     n_length));
}

void
wsp_rules_note_close_faults (WspFrameRecord *record,
                             guint8         *payload,
                             gsize           length)
{
  WscBytes bytes = { payload, length };
  WscFault fault = wsc_close_payload_check (bytes);

  wsp_frame_record_add_fault (record, fault);
  if (fault != WSC_FAULT_CLOSE_CODE_RESERVED)
    return;

  write_uint16 (payload, WSC_CLOSE_NORMAL);
  wsp_frame_record_add_fault (record, wsc_close_payload_check (bytes));
}
