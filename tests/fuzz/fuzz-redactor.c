/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A head of any bytes: hiding ends, and a second time finds nothing more.  Credentials after a
 * well-formed head are not shown, whatever is before them. */

#include <inspect/save/redaction/wsi-redactor.h>

#include <string.h>

#include "fuzz/fuzz-input.h"

#define SECRET "Planted8Secret7Value"

static gboolean
shows_secret (GBytes *bytes)
{
  return memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), SECRET,
                 strlen (SECRET)) != NULL;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  static const char end[] =
    "\r\nCookie: a=" SECRET "\r\nSec-WebSocket-Protocol: " SECRET "\r\n\r\n";
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autoptr (GByteArray) head = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) hidden = NULL;
  g_autoptr (GBytes) again = NULL;
  g_auto (GStrv) lines = NULL;

  if (memmem (data, size, SECRET, strlen (SECRET)) != NULL)
    return 0;

  g_byte_array_append (head, data, size);
  g_byte_array_append (head, (const guint8 *) end, strlen (end));
  bytes = g_bytes_new (head->data, head->len);
  hidden = wsi_redactor_hide_head (redactor, bytes);
  again = wsi_redactor_hide_head (redactor, hidden);
  lines = wsi_redactor_show_head (redactor, bytes, WSI_CHARSET_ASCII);

  REQUIRE (!shows_secret (hidden));
  REQUIRE (!shows_secret (again));
  REQUIRE (wsi_redactor_get_n_hidden (redactor) >= 2);
  return 0;
}
