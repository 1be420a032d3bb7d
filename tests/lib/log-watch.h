/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib.h>
#include <sys/syscall.h>
#include <unistd.h>

static GLogWriterFunc log_watcher;

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

/* Passes every message of the log to writer, in the thread that logs it.  Call this, or
 * log_watch (), once in a program, after g_test_init (). */
static inline void
log_watch_threads (GLogWriterFunc writer)
{
  static GLogWriterFunc kept;

  kept = writer;
  g_log_set_writer_func (writer, NULL, NULL);
  g_log_set_default_handler (log_watch_pass_on, &kept);
}

static inline GLogWriterOutput
log_watch_write (GLogLevelFlags   level,
                 const GLogField *fields,
                 gsize            n_fields,
                 gpointer         data)
{
  return syscall (SYS_gettid) == getpid ()
         ? log_watcher (level, fields, n_fields, data)
         : g_log_writer_default (level, fields, n_fields, data);
}

/* Passes every message of the main thread to writer, which needs no lock: threads of GIO log, too,
 * when they load a module.  Theirs go to GLib's writer, which ends the test at a warning. */
static inline void
log_watch (GLogWriterFunc writer)
{
  log_watcher = writer;
  log_watch_threads (log_watch_write);
}
