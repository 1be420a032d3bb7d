/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib.h>

/* g_return_if_fail () logs its criticals by g_log (), which since GLib 2.84 does not call the
 * writer in programs that use g_test. */
static inline void
log_watch_pass_on (const char    *domain,
                   GLogLevelFlags level,
                   const char    *message,
                   gpointer       data)
{
  GLogWriterFunc *writer = data;
  const GLogField fields[] = {
    { "MESSAGE", message, -1 },
    { "GLIB_DOMAIN", domain != NULL ? domain : "", -1 },
  };

  (*writer)(level & G_LOG_LEVEL_MASK, fields, G_N_ELEMENTS (fields), NULL);
}

/* Passes every message of the log to writer.  Call this once in a program, after g_test_init (). */
static inline void
log_watch (GLogWriterFunc writer)
{
  static GLogWriterFunc kept;

  kept = writer;
  g_log_set_writer_func (writer, NULL, NULL);
  g_log_set_default_handler (log_watch_pass_on, &kept);
}
