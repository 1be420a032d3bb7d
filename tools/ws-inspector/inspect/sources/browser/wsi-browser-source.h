/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A browser whose WebSockets are recorded by Chrome's DevTools protocol: one that we start, or one
 * that listens already.  docs/rationales/browsers.md has the reasons. */
#pragma once

#include "inspect/sources/wsi-source.h"

G_BEGIN_DECLS

#define WSI_TYPE_BROWSER_SOURCE (wsi_browser_source_get_type ())

G_DECLARE_FINAL_TYPE (WsiBrowserSource, wsi_browser_source, WSI, BROWSER_SOURCE, WsiSource)

/* The browser to start. */
typedef struct
{
  const char        *url;       /* address to open, as a user writes it; NULL: none */
  const char        *profile;   /* folder of the profile; NULL: a temporary one */
  const char *const *arguments; /* more arguments of the browser; NULL: none */
} WsiBrowserStart;

/* Makes a source with a browser to start, in a thread of its own.  page: only pages whose URL or
 * title has this text; NULL = all.  The recorder is one of a client. */
WsiBrowserSource *wsi_browser_source_new_started (WsiRecorder           *recorder,
                                                  const char            *page,
                                                  const WsiBrowserStart *start);
/* Makes a source with a running browser.  address: PORT, HOST:PORT or the folder of a profile. */
WsiBrowserSource *wsi_browser_source_new_at      (WsiRecorder *recorder,
                                                  const char  *page,
                                                  const char  *address,
                                                  GError     **error);

G_END_DECLS
