/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A report of dumpcap, read from its standard error: why it does not capture, and how many packets
 * it has dropped. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GString *line;                /* last line, which has not ended */
  char    *failure;             /* first line that says why dumpcap has failed; NULL: it has not */
  gboolean is_not_permitted;    /* dumpcap has failed because the user may not capture */
  guint64  n_received, n_dropped;       /* packets that dumpcap counts at its end */
} WsiDumpcapReport;

void wsi_dumpcap_report_init  (WsiDumpcapReport *self);
void wsi_dumpcap_report_clear (WsiDumpcapReport *self);
void wsi_dumpcap_report_take  (WsiDumpcapReport *self,
                               const char       *text,
                               gsize             length);
/* Ends the text, whose last line may have no end. */
void wsi_dumpcap_report_end   (WsiDumpcapReport *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WsiDumpcapReport, wsi_dumpcap_report_clear)

G_END_DECLS
