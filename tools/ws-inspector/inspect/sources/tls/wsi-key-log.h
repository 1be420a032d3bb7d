/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The secrets of TLS connections, as programs write them into a key log (RFC 9850): a line has a
 * label, the random of the ClientHello and a secret.  Only what the inspector needs is kept, and it
 * is wiped before its memory is freed. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_TLS_RANDOM_LENGTH 32
#define WSI_TLS_MAX_SECRET 48           /* bytes */

typedef enum
{
  WSI_TLS_SECRET_MASTER,                /* the master secret of TLS 1.2, under the label
                                         * CLIENT_RANDOM */
  WSI_TLS_SECRET_CLIENT_EARLY,
  WSI_TLS_SECRET_CLIENT_HANDSHAKE,
  WSI_TLS_SECRET_SERVER_HANDSHAKE,
  WSI_TLS_SECRET_CLIENT_TRAFFIC,
  WSI_TLS_SECRET_SERVER_TRAFFIC,
} WsiTlsSecretKind;

typedef struct
{
  guint8 at[WSI_TLS_MAX_SECRET];
  gsize  length;
} WsiTlsSecret;

#define WSI_KEY_LOG_MAX_LINE 512        /* characters of a line; a known line has at most 200 */

/* The end of a text, which may go on: a value of zeros begins it. */
typedef struct
{
  char     text[WSI_KEY_LOG_MAX_LINE];
  gsize    length;
  gboolean is_too_long;         /* the line is too long: its rest is skipped */
} WsiKeyLogLine;

typedef struct _WsiKeyLog WsiKeyLog;

WsiKeyLog          *wsi_key_log_new    (void);
void                wsi_key_log_free   (WsiKeyLog *self);
/* The file, which need not exist yet; wsi_key_log_follow () reads it. */
void                wsi_key_log_set_file (WsiKeyLog  *self,
                                          const char *path);
/* Whether a file may bring more secrets. */
gboolean            wsi_key_log_has_file (const WsiKeyLog *self);
/* Reads what the file has in addition, or another file that has taken its place.  FALSE: it cannot
 * be read; a later call may succeed. */
gboolean            wsi_key_log_follow (WsiKeyLog *self,
                                        GError   **error);
/* Reads the file to its end, for which it waits if it is a pipe. */
gboolean            wsi_key_log_read   (WsiKeyLog    *self,
                                        GCancellable *cancellable,
                                        GError      **error);
/* Ends the file, which does not grow any more. */
void                wsi_key_log_end_file (WsiKeyLog *self);
/* Appends a part of the text of a key log: lines may be cut anywhere. */
void                wsi_key_log_append (WsiKeyLog     *self,
                                        WsiKeyLogLine *line,
                                        const guint8  *at,
                                        gsize          length);
/* Ends the last line, and wipes it. */
void                wsi_key_log_end_line (WsiKeyLog     *self,
                                          WsiKeyLogLine *line);
/* The secrets of a connection, of which a log may have several: number 0, 1, ...  NULL: there is no
 * such one. */
const WsiTlsSecret *wsi_key_log_find   (const WsiKeyLog *self,
                                        WsiTlsSecretKind kind,
                                        const guint8    *random,
                                        guint            number);
/* The number of new secrets so far. */
guint64             wsi_key_log_get_n_added (const WsiKeyLog *self);
/* Lines that are too long, or have a known label and no random and secret after it. */
guint64             wsi_key_log_get_n_wrong (const WsiKeyLog *self);
/* Secrets that were dropped, the oldest first, because there were too many. */
guint64             wsi_key_log_get_n_dropped (const WsiKeyLog *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiKeyLog, wsi_key_log_free)

G_END_DECLS
