/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The lines that a connection writes into the log. */
#pragma once

#include "connection/report/wsp-close-info.h"

#include <gio/gio.h>
#include <libwsproto/base/wsp-enums.h>

G_BEGIN_DECLS

/* "192.0.2.1:80", "unix:/run/sock", "unix"; NULL: the address is unknown. */
char *wsp_report_name_peer (GSocketAddress *address);
/* subprotocol, extensions: the negotiated ones; NULL = none */
void  wsp_report_open      (guint       number,
                            const char *peer,
                            WspRole     role,
                            const char *subprotocol,
                            const char *extensions);
/* TRUE: the log writes the lines of wsp_report_end () and wsp_report_drop (). */
gboolean wsp_report_is_end_logged (void);
void  wsp_report_end       (guint         number,
                            const char   *peer,
                            WspCloseInfo *info);
/* Logs that the last reference to an open connection was released. */
void  wsp_report_drop      (guint       number,
                            const char *peer);
/* Logs that messages wait although the program has never asked for one. */
void  wsp_report_unread    (guint       number,
                            const char *peer,
                            guint       seconds);
/* limit: the property; text: what happened. */
void  wsp_report_limit     (guint       number,
                            const char *peer,
                            const char *limit,
                            const char *text);
void  wsp_report_timer     (guint       number,
                            const char *peer,
                            const char *text);

G_END_DECLS
