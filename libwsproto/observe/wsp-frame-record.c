/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "observe/wsp-frame-record.h"

#include "core/fault.h"

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
 * Names the rule that the frame breaks: its sentence and the section it stands in,
 * English and not translated.
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

  /* There are no more of these strings than there are rules. */
  return g_intern_string (text);
}
