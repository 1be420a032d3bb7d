/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Output of the commands, line by line.  If its reader has closed it, the program ends without an
 * error; if it cannot be written, such as to a full disk, it ends with WSI_EXIT_OUTPUT_FAILED. */
#pragma once

#include <gio/gio.h>

#include "cli/table/wsi-exit-codes.h"
#include "inspect/save/redaction/wsi-redactor.h"

G_BEGIN_DECLS

/* Limits of a store whose records are printed at once. */
#define WSI_CLI_MAX_RECORDS 65536
#define WSI_CLI_MAX_PAYLOAD (32 * 1024 * 1024)

typedef void (*WsiOutputFunc) (gpointer user_data);

void       wsi_output_init        (void);
/* Sets a function that removes files when the program ends at once, because its output is closed or
 * cannot be written.  function NULL: none. */
void       wsi_output_on_broken   (WsiOutputFunc function,
                                   gpointer      user_data);
/* To be called before the first line: lines are written in blocks, unless they go to a terminal. */
void       wsi_output_begin_bulk  (void);
/* Writes the buffered lines; returns the status of the program. */
WsiExit    wsi_output_end         (WsiExit status);
WsiCharset wsi_output_get_charset (void);
/* A number with its noun, such as "1 rule" or "2 rules"; width: the least width of the number. */
char      *wsi_output_count       (guint64     n,
                                   const char *noun,
                                   guint       width);
void       wsi_output_line        (const char *format,
                                   ...) G_GNUC_PRINTF (1, 2);
/* Writes bytes of a peer unchanged; the caller must not do so on a terminal. */
void       wsi_output_bytes       (gconstpointer bytes,
                                   gsize         length);
/* Prints a sentence of the library, with the names of options instead of properties. */
void       wsi_output_sentence    (WsiRedactor *redactor,
                                   const char  *sentence);
/* Shows the progress on standard error, in one line that is overwritten each time. */
void       wsi_output_progress     (double percent);
void       wsi_output_end_progress (void);
void       wsi_output_error       (const char *text);
void       wsi_output_error_titled (const char *title,
                                    const char *text);
/* Prints a text of wsinspect itself, without hiding: what looks like a password in it is an
 * example. */
void       wsi_output_hint        (const char *text);
void       wsi_output_error_bytes (const char *title,
                                   GBytes     *bytes,
                                   gsize       max_length);

G_END_DECLS
