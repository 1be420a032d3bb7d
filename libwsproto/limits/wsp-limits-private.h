/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Blocks of engine options, from which sessions read their limits.  A block never changes; all
 * sessions with the same WspLimits and the same settings share one.  Connections and endpoints read
 * the values directly.  docs/rationales/limits.md has the reasons. */
#pragma once

#include <libwsproto/limits/wsp-limits.h>

#include "core/limits.h"

/* Read without a lock, also by the threads of a server while another thread changes a value. */
typedef struct
{
#define PROPERTY_LIMIT(field, name, property, blurb, type, ...) _Atomic type field;
#include "core/limit-rows.h"
  gsize *buffered_input;        /* bytes of large incomplete messages, of all connections that share these limits or
                                   limits that have followed them */
} WspLimitValues;

typedef enum                    /* how a value of limits with an owner changes */
{
  WSP_LIMITS_CHANGE_SET,        /* the program sets it */
  WSP_LIMITS_CHANGE_FOLLOWED,   /* the limits follow others, whose value was set */
  WSP_LIMITS_CHANGE_FOLLOWED_AGAIN,     /* the same, and the call that FOLLOWED asks for still waits */
} WspLimitsChange;

/* Called with the limits locked, in the thread that sets the value: calls neither the program nor a
 * function of the limits.  After FOLLOWED the owner has wsp_limits_notify_followed () called in the
 * thread of the limits; until then, further changes are FOLLOWED_AGAIN. */
typedef void (*WspLimitsChangedFunc) (WspLimits      *self,
                                      gpointer        owner,
                                      WspLimitsChange change);

typedef enum                    /* flags; their combination is the index of a block */
{
  WSP_SESSION_SETTING_SERVER = 1 << 0,
  WSP_SESSION_SETTING_AUTOMATIC = 1 << 1,
  WSP_SESSION_SETTING_NO_MASKING = 1 << 2,
  WSP_SESSION_SETTING_NO_UTF8_CHECK = 1 << 3,
  WSP_N_SESSION_SETTINGS = 1 << 4,
} WspSessionSetting;

typedef struct _WspSessionOptions WspSessionOptions;
struct _WspSessionOptions
{
  WscOptions    options;
  WscOptions    any_length;     /* a copy of options, without a limit for message length and fragments */
  WscHeadLimits head;
  WspLimits    *limits;         /* the limits that the block is made from; a reference to the block also refers to them */
  int           ref_count;
  int           is_outdated;    /* the limits have changed since the block was made */
  guint         settings;
  WspSessionOptions *next;      /* next of the limits' blocks that are not outdated */
};

/* Returns the limits of the sessions for which no limits were set.  Do not change these limits. */
WspLimits         *wsp_limits_get_default     (void);
/* Returns a reference to the block for settings, and takes a reference to self. */
WspSessionOptions *wsp_limits_ref_options     (WspLimits *self,
                                               guint      settings);
void               wsp_session_options_unref  (WspSessionOptions *options);
/* limit must be a property, and value in its range. */
guint64            wsp_limits_read            (WspLimits *self,
                                               WscLimit   limit);
void               wsp_limits_write           (WspLimits *self,
                                               WscLimit   limit,
                                               guint64    value);
/* The result is valid as long as self. */
WspLimitValues    *wsp_limits_get_values      (WspLimits *self);
/* Returns new limits with an owner, whose values are those of self, also the ones that are set
 * later, until the program sets one of the new limits or the owner ends.  They count what is
 * buffered together with self.  The owner calls wsp_limits_end_owner () before it drops them. */
WspLimits         *wsp_limits_new_follower    (WspLimits           *self,
                                               WspLimitsChangedFunc changed,
                                               gpointer             owner);
/* Sets the owner of limits that follow no others. */
void               wsp_limits_set_owner       (WspLimits           *self,
                                               WspLimitsChangedFunc changed,
                                               gpointer             owner);
/* The limits keep their values.  Does nothing if owner is not the owner. */
void               wsp_limits_end_owner       (WspLimits *self,
                                               gpointer   owner);
void               wsp_limits_notify_followed (WspLimits *self);
void               wsp_limits_get_head        (WspLimits     *self,
                                               WscHeadLimits *head);
