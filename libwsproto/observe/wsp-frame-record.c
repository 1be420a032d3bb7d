/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "observe/wsp-frame-record.h"

#include "core/fault.h"
#include "core/limits.h"

#define CLOSE_CODE_LENGTH 2

G_DEFINE_BOXED_TYPE (WspFrameRecord, wsp_frame_record, wsp_frame_record_copy, wsp_frame_record_free)

/**
 * wsp_frame_record_copy:
 * @self: a record
 *
 * Copies a record.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
WspFrameRecord *
wsp_frame_record_copy (const WspFrameRecord * self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * wsp_frame_record_free:
 * @self: (transfer full): a record
 *
 * Frees a record.
 *
 * Since: 0.1
 */
void
wsp_frame_record_free (WspFrameRecord *self)
{
  g_free (self);
}

/**
 * wsp_frame_record_describe_fault:
 * @self: a record
 *
 * Gets the rule that the frame breaks: its sentence and its section, English and not
 * translated.
 *
 * Returns: (transfer none) (nullable): the description, %NULL if no rule was broken
 *
 * Since: 0.1
 */
const char *
wsp_frame_record_describe_fault (const WspFrameRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->fault <= WSC_FAULT_ID_PARTIAL || self->fault >= WSC_N_FAULTS)
    return NULL;

  WscFault fault = (WscFault) self->fault;
  const char *section = wsc_fault_get_section (fault);

  if (!g_ascii_isdigit (section[0]))
    return wsc_fault_get_text (fault);

  /* A section that begins with another RFC's number names it, as in "7692 6.1". */
  const char *document = strchr (section, ' ') != NULL ? "RFC" : "RFC 6455";
  g_autofree char *text = g_strdup_printf ("%s (%s %s)", wsc_fault_get_text (
                                             fault), document, section);

  /* There are at most as many of these strings as rules. */
  return g_intern_string (text);
}

/**
 * wsp_frame_record_get_kind:
 * @self: a record
 *
 * Gets the kind of the frame, by its opcode.
 *
 * See RFC 6455, section 5.2.
 *
 * Returns: the kind; all reserved opcodes have the same one
 *
 * Since: 0.1
 */
WspFrameKind
wsp_frame_record_get_kind (const WspFrameRecord *self)
{
  g_return_val_if_fail (self != NULL, WSP_FRAME_KIND_RESERVED);

  switch (self->opcode)
    {
    case WSC_OPCODE_CONTINUATION:
      return WSP_FRAME_KIND_CONTINUATION;
    case WSC_OPCODE_TEXT:
      return WSP_FRAME_KIND_TEXT;
    case WSC_OPCODE_BINARY:
      return WSP_FRAME_KIND_BINARY;
    case WSC_OPCODE_CLOSE:
      return WSP_FRAME_KIND_CLOSE;
    case WSC_OPCODE_PING:
      return WSP_FRAME_KIND_PING;
    case WSC_OPCODE_PONG:
      return WSP_FRAME_KIND_PONG;
    default:
      return WSP_FRAME_KIND_RESERVED;
    }
}

/**
 * wsp_frame_record_dup_close_reason:
 * @self: a record
 * @payload: (nullable): the payload of its frame
 *
 * Gets the reason from the payload of a Close frame. It is not checked: a peer may have sent
 * bytes that are not UTF-8.
 *
 * See RFC 6455, section 5.5.1.
 *
 * Returns: (transfer full) (nullable): the reason, which may be empty; %NULL for other
 *   frames, and without a payload
 *
 * Since: 0.1
 */
GBytes *
wsp_frame_record_dup_close_reason (const WspFrameRecord *self,
                                   GBytes               *payload)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (payload == NULL || self->opcode != WSC_OPCODE_CLOSE)
    return NULL;

  gsize length = g_bytes_get_size (payload);
  gsize from = MIN (length, CLOSE_CODE_LENGTH);

  return g_bytes_new_from_bytes (payload, from, length - from);
}
