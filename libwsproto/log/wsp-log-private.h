/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Lines for the log of GLib, and the topics that WSP_DEBUG asks for. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum                    /* the words of WSP_DEBUG; "all" and "help" are GLib's */
{
  WSP_LOG_HANDSHAKE = 1 << 0,
  WSP_LOG_FRAMES = 1 << 1,
  WSP_LOG_IO = 1 << 2,
  WSP_LOG_LIMITS = 1 << 3,
  WSP_LOG_CLOSE = 1 << 4,
  WSP_LOG_TIMERS = 1 << 5,
} WspLogTopic;

typedef enum
{
  WSP_LOG_LEVEL_DEBUG,          /* what happens all day */
  WSP_LOG_LEVEL_INFO,           /* what an administrator wants to find */
  WSP_LOG_LEVEL_MESSAGE,        /* what a programmer has to mend */
} WspLogLevel;

typedef struct                  /* what is known of the line's subject; all zero: nothing */
{
  guint       connection;       /* its number; 0 = none */
  guint       close_code;       /* 0 = none */
  const char *peer;             /* address */
  const char *limit;            /* the property that was breached */
} WspLogFields;

/* One word of WSP_DEBUG, which is read once: a test of one number. */
gboolean wsp_log_has_topic   (WspLogTopic topic);
/* Would a line be written at all?  To be asked before one is made at some cost. */
gboolean wsp_log_is_heard    (WspLogTopic topic,
                              WspLogLevel level);
/* What was asked for is written at level "message", so that it is seen without more ado. */
void     wsp_log             (WspLogTopic         topic,
                              WspLogLevel         level,
                              const WspLogFields *fields,
                              const char         *format,
                              ...) G_GNUC_PRINTF (4, 5);
/* Escapes what a terminal could obey or would not show, and keeps the text short. */
char    *wsp_log_escape      (const char *text);
/* For a connection: 1, 2, 3 and so on. */
guint    wsp_log_next_number (void);

G_END_DECLS
