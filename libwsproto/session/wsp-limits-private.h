/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What a session takes from its limits: one block of options for the engine, never changed once
 * made, shared by all sessions of the same limits and the same settings. */
#pragma once

#include <libwsproto/session/wsp-limits.h>

#include "core/types.h"

typedef enum                    /* the settings of a session; together the index of a block */
{
  WSP_SESSION_SETTING_SERVER = 1 << 0,
  WSP_SESSION_SETTING_AUTO_CLOSE = 1 << 1,
  WSP_SESSION_SETTING_NO_MASKING = 1 << 2,
  WSP_SESSION_SETTING_NO_UTF8_CHECK = 1 << 3,
  WSP_N_SESSION_SETTINGS = 1 << 4,
} WspSessionSetting;

typedef struct
{
  WscOptions    options;
  WscOptions    any_length;     /* the same for messages of any length and number of fragments */
  WscHeadLimits head;
  guint64       max_buffered_input;
  guint         close_timeout;  /* milliseconds */
  int           ref_count;
  int           is_outdated;    /* the limits have changed since */
} WspSessionOptions;

/* The limits of all sessions that were given none; nobody may change them. */
WspLimits         *wsp_limits_get_default     (void);
WspSessionOptions *wsp_limits_ref_options     (WspLimits *self,
                                               guint      settings);
/* A property of another class that stands for the limit of that name. */
GParamSpec        *wsp_limits_property_new    (const char *name,
                                               GParamFlags flags);
void               wsp_session_options_unref  (WspSessionOptions *options);
