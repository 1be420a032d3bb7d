/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The facts that are known about a connection, one line each. */
#pragma once

#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/show/header/wsi-round-trips.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_FACT_GROUP_PEERS,
  WSI_FACT_GROUP_STATE,
  WSI_FACT_GROUP_NEGOTIATED,
  WSI_FACT_GROUP_TRAFFIC,
  WSI_FACT_GROUP_ENDING,
} WsiFactGroup;

#define WSI_N_FACT_GROUPS (WSI_FACT_GROUP_ENDING + 1)

typedef struct
{
  WsiConversation    *conversation;
  WsiRedactor        *redactor;
  WsiRoundTripSummary round_trips;
} WsiFactSource;

guint        wsi_fact_get_n         (void);
WsiFactGroup wsi_fact_get_group     (guint fact);
const char  *wsi_fact_get_title     (guint fact);
/* The text of a fact.  NULL: not known, or it does not apply. */
char        *wsi_fact_describe      (guint                fact,
                                     const WsiFactSource *source);
const char  *wsi_fact_group_get_title (WsiFactGroup group);

G_END_DECLS
