/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Parts of an HTTP head, written as texts. */
#pragma once

#include <libwsproto/http/wsp-headers.h>

#include <string.h>

/* Extensions as the calls take them; the texts may be NULL: none. */
#define EXTENSIONS(...) ((const char *const[]) { __VA_ARGS__, NULL })

static inline WspHeaders *
parse_headers (const char *text,
               GError    **error)
{
  g_autoptr (GBytes) block = g_bytes_new_static (text, strlen (text));

  return wsp_headers_parse (block, error);
}
