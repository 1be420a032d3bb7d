/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Requirements on every row of fault-rows.h, and a few rows compared column by column. */

#include "core/fault.h"
#include "lib/tap.h"

#include <string.h>

static const struct
{
  const char *name;
  WscFault fault;
  WscFaultError error;
  uint32_t hresult;
  uint16_t close_code, http_status;
  const char *section;
} columns[] = {
  { "CONTROL_FRAME_FRAGMENTED", WSC_FAULT_CONTROL_FRAME_FRAGMENTED, WSC_ERROR_INVALID_FORMAT, 0x83760002, 1002, 0, "5.5" },
  { "CONTINUATION_WITHOUT_MESSAGE", WSC_FAULT_CONTINUATION_WITHOUT_MESSAGE, WSC_ERROR_INVALID_FORMAT, 0x83760001, 1002, 0, "5.4" },
  { "MESSAGE_TOO_BIG", WSC_FAULT_MESSAGE_TOO_BIG, WSC_ERROR_TOO_BIG, 0x83760002, 1009, 0, "10.4" },
  { "TEXT_NOT_UTF8", WSC_FAULT_TEXT_NOT_UTF8, WSC_ERROR_INVALID_UTF8, 0x83760002, 1007, 0, "8.1" },
  { "CLOSE_CODE_NOT_SENDABLE", WSC_FAULT_CLOSE_CODE_NOT_SENDABLE, WSC_ERROR_INVALID_ARGUMENT, 0x80070057, 0, 0, "7.4.1" },
  { "OUT_OF_MEMORY", WSC_FAULT_OUT_OF_MEMORY, WSC_ERROR_MEMORY, 0x8007000e, 1011, 0, "-" },
  { "VERSION_NOT_13", WSC_FAULT_VERSION_NOT_13, WSC_ERROR_VERSION_NOT_SUPPORTED, 0x83760005, 0, 426, "4.2.2" },
  { "ANSWER_PROTOCOL_NOT_OFFERED", WSC_FAULT_ANSWER_PROTOCOL_NOT_OFFERED, WSC_ERROR_SUBPROTOCOL_NOT_SUPPORTED, 0x83760004, 0, 0, "4.1" },
  { "ANSWER_EXTENSION_NOT_OFFERED", WSC_FAULT_ANSWER_EXTENSION_NOT_OFFERED, WSC_ERROR_EXTENSION_NOT_SUPPORTED, 0x83760003, 0, 0, "4.1" },
};

static bool
is_printable_ascii (const char *text)
{
  for (; *text != '\0'; text++)
    {
      if (*text < ' ' || *text > '~')
        return false;
    }
  return true;
}

/* A text is also the reason of a Close frame: at most 123 bytes (RFC 6455 5.5.1). */
static bool
text_fits_a_close_frame (WscFault fault)
{
  const char *text = wsc_fault_get_text (fault);

  return text[0] != '\0' && strlen (text) <= 123 && is_printable_ascii (text);
}

/* The peer reads the text too: it names neither side, and the numbers of a limit can follow it. */
static bool
text_is_for_both_sides (WscFault fault)
{
  static const char *const words[] = { " we ", " us ", "our ", "you", "We ", "You" };
  const char *text = wsc_fault_get_text (fault);

  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    {
      if (strstr (text, words[i]) != NULL)
        return false;
    }
  return text[0] >= 'A' && text[0] <= 'Z' && text[strlen (text) - 1] != '.';
}

static bool
text_is_the_only_one (WscFault fault)
{
  for (unsigned other = 0; other < WSC_N_FAULTS; other++)
    {
      if (other != (unsigned) fault &&
          strcmp (wsc_fault_get_text ((WscFault) other), wsc_fault_get_text (fault)) == 0)
        return false;
    }
  return true;
}

/* 1000 and 1001 report no fault.  Only a client sends 1010, and only a server sends 1012 and
 * 1014. */
static bool
close_code_may_be_written (WscFault fault)
{
  uint16_t code = wsc_fault_get_close_code (fault);

  return code == 0 || code == 1002 || code == 1003 || (code >= 1007 && code <= 1009) ||
         code == 1011 || code == 1013;
}

/* Before the handshake has ended no frame can be sent, and after it no status. */
static bool
answers_in_one_way (WscFault fault)
{
  uint16_t status = wsc_fault_get_http_status (fault);

  if (status == 0)
    return true;
  return wsc_fault_get_close_code (fault) == 0 && status >= 400 && status < 600;
}

static bool
section_is_named (WscFault fault)
{
  const char *section = wsc_fault_get_section (fault);

  return strcmp (section, "-") == 0 || strspn (section, "0123456789. ") == strlen (section);
}

static void
check_row (WscFault fault)
{
  const char *name = wsc_fault_get_name (fault);

  tap_point (text_fits_a_close_frame (fault), "/core/fault/%s/text-fits-a-close-frame", name);
  tap_point (text_is_for_both_sides (fault), "/core/fault/%s/text-is-for-both-sides", name);
  tap_point (text_is_the_only_one (fault), "/core/fault/%s/text-is-the-only-one", name);
  tap_point (close_code_may_be_written (fault), "/core/fault/%s/close-code-may-be-sent", name);
  tap_point (answers_in_one_way (fault), "/core/fault/%s/answers-in-one-way", name);
  tap_point (section_is_named (fault), "/core/fault/%s/section-is-named", name);
}

static void
check_columns (void)
{
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
    {
      WscFault fault = columns[i].fault;

      tap_point (strcmp (wsc_fault_get_name (fault), columns[i].name) == 0 &&
                 wsc_fault_get_error (fault) == columns[i].error &&
                 wsc_fault_get_hresult (fault) == columns[i].hresult &&
                 wsc_fault_get_close_code (fault) == columns[i].close_code &&
                 wsc_fault_get_http_status (fault) == columns[i].http_status &&
                 strcmp (wsc_fault_get_section (fault), columns[i].section) == 0,
                 "/core/fault/columns/%s", columns[i].name);
    }
}

int
main (void)
{
  for (unsigned fault = WSC_FAULT_PARTIAL + 1; fault < WSC_N_FAULTS; fault++)
    check_row ((WscFault) fault);
  check_columns ();
  tap_point (wsc_fault_get_close_code (WSC_FAULT_NONE) == 0 &&
             wsc_fault_get_hresult (WSC_FAULT_NONE) == 0,
             "/core/fault/none/asks-for-nothing");
  return tap_end ();
}
