/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "connection/report/wsp-close-info.h"

G_BEGIN_DECLS

typedef enum
{
  WSP_CLOSE_ABNORMAL,
  WSP_CLOSE_CLEAN,              /* both Close frames were exchanged, then the transport ended */
} WspCloseKind;

struct _WspCloseInfo
{
  gatomicrefcount ref_count;
  WspCloseKind    kind;
  gboolean        was_started_by_peer;
  guint           peer_code, local_code;
  char           *peer_reason, *local_reason;
  gsize           peer_reason_length;   /* more than that of the text if the reason has a NUL */
  GError         *error;
  gint64          idle_time;    /* time since the last input, in microseconds */
  gint64          ping_age;     /* microseconds since keepalive sent a ping after which nothing was received; -1 = no such ping */
};

/* All other members are zero, ping_age is -1: the caller sets them before it shares the object. */
WspCloseInfo *wsp_close_info_new (WspCloseKind kind);

G_END_DECLS
