/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Parts of the redactor: wsi-redactor.c hides values of texts, wsi-redactor-head.c those of heads,
 * and wsi-redactor-payload.c those of messages. */
#pragma once

#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/save/redaction/wsi-secret-name.h"
#include "inspect/save/redaction/wsi-secret-words.h"
#include "inspect/save/redaction/wsi-word-finder.h"

G_BEGIN_DECLS

#define WSI_REDACTOR_SALT_LENGTH 4
#define WSI_REDACTOR_SUBPROTOCOL "Sec-WebSocket-Protocol"
#define WSI_REDACTOR_CLOSE_REASON "close reason"

struct _WsiRedactor
{
  WsiRedaction    level;
  guint32         salt[WSI_REDACTOR_SALT_LENGTH];
  guint64         n_hidden;
  WsiHiddenNames *hidden;       /* names of hidden values, with counts */
  WsiSecretWords *tokens;       /* secret subprotocols, which other texts may quote */
  GStrv           names;        /* names of secrets in small letters, in addition to the usual names */
  WsiWordFinder  *finder;       /* finder of the words of all names; NULL = it is made when it is needed */
  guint64         n_unread;     /* messages that may have secrets and are in no format with names */
};

/* Where a path without a host begins: in a head also after a blank.  In the headers that are the
 * address of a page, segments of a path that look random are secret, too: links that log a user in
 * have such ones. */
typedef enum
{
  WSI_SCOPE_TEXT,
  WSI_SCOPE_HEAD,
  WSI_SCOPE_ADDRESS,
} WsiScope;

WsiSecrecy wsi_redactor_get_secrecy  (WsiRedactor *self,
                                      const char  *name);
/* Names of subprotocols, and most values of parameters, are short words in small letters. */
gboolean wsi_redactor_looks_random   (const char *name,
                                      gsize       length);
/* Remembers a token, which other texts may quote. */
void     wsi_redactor_remember       (WsiRedactor *self,
                                      const char  *token,
                                      gsize        length);
/* name: of the value, for wsi_redactor_list_hidden ().  A value that is hidden already stays as it
 * is, so that a text may pass twice. */
void     wsi_redactor_append_hidden  (WsiRedactor *self,
                                      GString     *text,
                                      const char  *name,
                                      const char  *value,
                                      gsize        length);
char    *wsi_redactor_hide_in        (WsiRedactor *self,
                                      const char  *text,
                                      WsiScope     scope);

G_END_DECLS
