/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/verbs/wsi-byte-verbs.h"

#include <libwsproto/observe/wsp-handshake-check.h>
#include <string.h>

#include "cli/print/wsi-handshake-text.h"
#include "inspect/capture/wsi-handshake-report.h"

/* The library decides whether a key is valid: it checks a request with this key. */
static const WspHandshakeCheck *
key_find_check (GPtrArray  *checks,
                const char *id)
{
  for (guint i = 0; i < checks->len; i++)
    if (g_str_equal (wsp_handshake_check_get_id (checks->pdata[i]), id))
      return checks->pdata[i];

  g_assert_not_reached ();
}

WsiExit
wsi_key_verb (const WsiOptions  *options,
              const char *const *arguments)
{
  g_autofree char *text = g_strdup_printf ("GET / HTTP/1.1\r\nSec-WebSocket-Key: %s\r\n\r\n",
                                           arguments[0]);
  g_autoptr (GBytes) request = g_bytes_new (text, strlen (text));
  g_autoptr (WsiHandshakeReport) report = wsi_handshake_report_new (request, NULL);
  const WspHandshakeCheck *check = key_find_check (report->checks, "key");

  wsi_handshake_text_print_derivation (report);
  if (wsp_handshake_check_get_verdict (check) == WSP_HANDSHAKE_VERDICT_PASSED)
    return WSI_EXIT_CLEAN;

  wsi_output_error (wsp_handshake_check_get_text (check));
  return WSI_EXIT_CHECK_FAILED;
}
