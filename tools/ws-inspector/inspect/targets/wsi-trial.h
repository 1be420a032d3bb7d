/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Traffic of our own for a source that listens: a client that connects to it, sends one message
 * and closes.  It shows that the way through the source is open. */
#pragma once

#include "inspect/sources/wsi-source.h"

G_BEGIN_DECLS

/* Whether the source listens for clients. */
gboolean wsi_trial_is_possible   (WsiSource *source);
/* Whether a browser may get pages through the source. */
gboolean wsi_trial_is_web        (WsiSource *source);
/* The address of the source's pages; NULL: it has none. */
char    *wsi_trial_make_web_uri  (WsiSource *source);
/* Runs a trial connection without the system's proxy: the source is on this computer. */
void     wsi_trial_run_async     (WsiSource          *source,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);
gboolean wsi_trial_run_finish    (GAsyncResult *result,
                                  GError      **error);

G_END_DECLS
