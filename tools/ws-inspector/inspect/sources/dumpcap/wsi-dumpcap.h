/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The program dumpcap of Wireshark: where it is, what it can capture on, and whether it may.  An
 * obstacle is the sentence that says why not, for g_free ().  docs/rationales/captures.md has the
 * reasons. */
#pragma once

#include <gio/gio.h>

#include "inspect/sources/dumpcap/wsi-dumpcap-interfaces.h"
#include "inspect/sources/dumpcap/wsi-dumpcap-report.h"
#include "inspect/store/wsi-sentence.h"

G_BEGIN_DECLS

#define WSI_DUMPCAP_TCP "tcp"   /* filter that is used without another one */

/* The interfaces that a program can capture on. */
typedef struct
{
  GPtrArray   *interfaces;      /* interfaces to capture on (WsiDumpcapInterface); NULL: unknown */
  WsiSentence *obstacle;        /* why the program may not capture; NULL: it may */
} WsiDumpcapAnswer;

/* The path of dumpcap; NULL: there is none that can be run. */
char             *wsi_dumpcap_find        (WsiSentence **obstacle);
/* The sentence about a failure, by the output of dumpcap. */
WsiSentence      *wsi_dumpcap_explain     (const WsiDumpcapReport *report);
/* Runs dumpcap, and waits for its list of interfaces; NULL: it was cancelled, or has failed. */
GPtrArray        *wsi_dumpcap_list        (GCancellable *cancellable,
                                           WsiSentence **obstacle);
/* Lists the interfaces, and opens one of them for a moment, to see whether it may. */
void              wsi_dumpcap_ask_async   (GCancellable       *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer            user_data);
/* The answer of dumpcap.  NULL: the question was cancelled. */
WsiDumpcapAnswer *wsi_dumpcap_ask_finish  (GAsyncResult *result);
void              wsi_dumpcap_answer_free (WsiDumpcapAnswer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiDumpcapAnswer, wsi_dumpcap_answer_free)

G_END_DECLS
