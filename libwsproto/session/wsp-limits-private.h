/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A session reads its limits from one block of options for the engine, never changed once made,
 * shared by all sessions of the same limits and the same settings.  Connections and endpoints read
 * the values themselves. */
#pragma once

#include <libwsproto/session/wsp-limits.h>

#include "core/limits.h"

/* Read without a lock, by threads of a server as well, while another thread changes one. */
typedef struct
{
#define LIMIT(field, name, property, blurb, type, ...) _Atomic type field;
#include "core/limit-rows.h"
  gsize buffered_input;         /* of all connections that share them: bytes of large messages that are not complete */
} WspLimitValues;

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
  guint         close_timeout;  /* milliseconds */
  int           ref_count;
  int           is_outdated;    /* the limits have changed since */
} WspSessionOptions;

/* The limits of all sessions without limits of their own; they must not be changed. */
WspLimits         *wsp_limits_get_default     (void);
WspSessionOptions *wsp_limits_ref_options     (WspLimits *self,
                                               guint      settings);
void               wsp_session_options_unref  (WspSessionOptions *options);
/* A property for a limit, of WspLimits or of a class that has some of them. */
GParamSpec        *wsp_limits_property_new    (WscLimit    limit,
                                               GParamFlags flags);
/* For as long as the limits live. */
WspLimitValues    *wsp_limits_get_values      (WspLimits *self);
void               wsp_limits_get_head        (WspLimits     *self,
                                               WscHeadLimits *head);
