/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The platform's proxy resolver, whose answers are kept for a few seconds. */
#pragma once

#include <gio/gio.h>

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

#define WSP_MAX_PROXY_ANSWERS 64        /* the maximum number of answers that are kept for a main context */
#define WSP_PROXY_ANSWER_TIME (5 * G_USEC_PER_SEC)

#define WSP_TYPE_PROXY_ANSWERS (wsp_proxy_answers_get_type ())

G_DECLARE_FINAL_TYPE (WspProxyAnswers, wsp_proxy_answers, WSP, PROXY_ANSWERS, GObject)

/* The resolver of the reactor's main context, which owns it: call it only there. */
GProxyResolver *wsp_proxy_answers_of (WspReactor * reactor);
/* Proxies may be other ones now: what was answered or asked before is not used for later
 * questions, in any thread. */
void            wsp_proxy_answers_drop (void);

G_END_DECLS
