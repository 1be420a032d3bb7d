/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Lines for GLib's log, and the topics of WSP_DEBUG. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum                    /* values of WSP_DEBUG; GLib adds "all" and "help" */
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
  WSP_LOG_LEVEL_DEBUG,          /* ordinary events, for debugging */
  WSP_LOG_LEVEL_INFO,           /* events for administrators */
  WSP_LOG_LEVEL_MESSAGE,        /* errors that the program makes */
} WspLogLevel;

typedef struct                  /* known facts about the line's subject; all zero: none */
{
  guint       connection;       /* number of the connection; 0 = none */
  guint       close_code;       /* close code; 0 = none */
  const char *peer;             /* address of the peer */
  const char *limit;            /* property of the limit that was exceeded; "": a constant */
} WspLogFields;

/* Whether WSP_DEBUG has the topic.  The variable is read once, so later calls only test a bit. */
gboolean wsp_log_has_topic   (WspLogTopic topic);
/* Whether a line would be written.  Call it before making a line that costs time. */
gboolean wsp_log_is_enabled    (WspLogTopic topic,
                                WspLogLevel level);
/* Lines of the topics in WSP_DEBUG have the level "message", which GLib shows by default. */
void     wsp_log             (WspLogTopic         topic,
                              WspLogLevel         level,
                              const WspLogFields *fields,
                              const char         *format,
                              ...) G_GNUC_PRINTF (4, 5);
/* Writes a line if the program has set a time in milliseconds to a number that looks like seconds:
 * 1 to 99. */
void     wsp_log_if_like_seconds (const char *property,
                                  guint       milliseconds);
/* Escapes control characters and invalid UTF-8, and shortens the text to one line. */
char    *wsp_log_escape      (const char *text);
/* Returns the number of a new connection: 1, 2, 3 and so on. */
guint    wsp_log_next_number (void);

G_END_DECLS
