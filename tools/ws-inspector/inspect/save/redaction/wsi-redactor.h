/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Hides secrets in everything that is printed or written to a file.  A hidden value becomes
 * "redacted-43-bytes-7f3a": equal values get equal numbers, and each redactor has other ones.  It
 * is a token of HTTP, which may be in a path, a header and a list of subprotocols, so that a head
 * with hidden values is as valid as before.  docs/rationales/redaction.md has the reasons. */
#pragma once

#include "inspect/decode/choosing/wsi-reading.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/save/redaction/wsi-hidden-names.h"
#include "inspect/store/wsi-record.h"

#include <libwsproto/wsproto.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_REDACTION_DEFAULT,        /* secrets of heads and URIs are hidden, and loose bytes of heads */
  WSI_REDACTION_NONE,           /* nothing is hidden */
  WSI_REDACTION_STRICT,         /* paths are hidden, too, and all payload except close codes */
} WsiRedaction;

typedef struct _WsiRedactor WsiRedactor;

WsiRedactor  *wsi_redactor_new  (WsiRedaction level);
void          wsi_redactor_free (WsiRedactor *self);
/* Sets the names of secrets that each redactor begins with, in addition to the usual ones: those of
 * the user of the program.  NULL = none.  Any thread may make redactors meanwhile. */
void          wsi_redactor_set_default_names (const char *const *names);
/* Headers and parameters with these names are secret, too; NULL = only the usual ones. */
void          wsi_redactor_set_names    (WsiRedactor       *self,
                                         const char *const *names);
/* Whether a header, parameter or member with this name has a secret. */
gboolean      wsi_redactor_is_secret_name (WsiRedactor *self,
                                           const char  *name);
/* The values that were hidden, by name (WsiHiddenName). */
GPtrArray    *wsi_redactor_list_hidden  (WsiRedactor *self);
/* The number of values that were hidden. */
guint64       wsi_redactor_get_n_hidden (const WsiRedactor *self);
/* User information, secret query values and secret segments of the path of each URI in a text;
 * tokens of the heads so far.  Strict: also the close reasons that a sentence quotes. */
char         *wsi_redactor_hide_text    (WsiRedactor *self,
                                         const char  *text);
/* Hides the reason of a Close frame, without its code. */
char         *wsi_redactor_hide_reason  (WsiRedactor *self,
                                         const char  *reason);
/* Hides secrets of an HTTP head: also credentials, cookies and subprotocols that are tokens. */
GBytes       *wsi_redactor_hide_head    (WsiRedactor *self,
                                         GBytes      *head);
/* Learns the secrets of a head that is not shown itself: other texts may quote them. */
void          wsi_redactor_learn_head   (WsiRedactor *self,
                                         GBytes      *head);
/* The lines of a head up to the empty one, with secrets hidden. */
char        **wsi_redactor_split_head   (WsiRedactor *self,
                                         GBytes      *head);
/* The lines of a head with secrets hidden, made fit to be shown. */
char        **wsi_redactor_show_head    (WsiRedactor *self,
                                         GBytes      *head,
                                         WsiCharset   charset);
/* Hides secrets of a title with the default level; the result is the same each time. */
char         *wsi_redactor_hide_title   (const char *text);
/* Whether a value was hidden somewhere in the text. */
gboolean      wsi_redactor_has_hidden   (const char *text);
/* Replaces the numbers of hidden values by the same one, so that texts of several redactors can be
 * compared. */
char         *wsi_redactor_unmark       (const char *text);
/* Whether the payload of a frame, or bytes that are in none, are hidden. */
gboolean      wsi_redactor_hides_payload (const WsiRedactor *self,
                                          const WsiRecord   *record);
/* Hides secrets of a frame's payload in the same length; NULL stays NULL. */
GBytes       *wsi_redactor_hide_payload (WsiRedactor     *self,
                                         const WsiRecord *record,
                                         GBytes          *payload);

/* Whether secrets of messages are hidden by their names, and not all messages or none. */
gboolean      wsi_redactor_reads_messages (const WsiRedactor *self);
/* Whether bytes have a word of a secret, in any format.  state: 0 at first; then that of the bytes
 * before. */
gboolean      wsi_redactor_find_word    (WsiRedactor  *self,
                                         guint        *state,
                                         const guint8 *at,
                                         gsize         length);
/* Whether bytes may have a text of CBOR in pieces, whose words may be cut. */
gboolean      wsi_redactor_has_pieces   (const guint8 *at,
                                         gsize         length);
/* Hides bytes that may be a secret, and cannot be read. */
GBytes       *wsi_redactor_hide_whole   (WsiRedactor *self,
                                         GBytes      *payload);
/* Whether a message may go on with a packet that an earlier one began. */
gboolean      wsi_redactor_joins_messages (const WsiDecoder *decoder);
/* Whether a message may have a secret, or one may go on in it: then a reading of it has to be
 * asked.  In a message that is unpacked, or in bytes without names, there are no words to look
 * for. */
gboolean      wsi_redactor_asks_for_message (WsiRedactor      *self,
                                             const WsiDecoder *decoder,
                                             const guint8     *at,
                                             gsize             length);
/* Hides the values of secrets in a message for which wsi_redactor_asks_for_message () was TRUE, by
 * the names in its format, in the same length.  A text in a text, and what was unpacked, are hidden
 * whole.  Returns the same bytes if nothing is to be hidden. */
GBytes       *wsi_redactor_hide_message (WsiRedactor      *self,
                                         const WsiReading *reading);
/* Hides secrets of a message that is in no store, whether it has to be asked for or not. */
GBytes       *wsi_redactor_hide_bytes   (WsiRedactor   *self,
                                         WsiMessageForm form,
                                         const char    *subprotocol,
                                         GBytes        *bytes);
/* Messages with the words of a secret that are in no format with names: they are as they were. */
guint64       wsi_redactor_get_n_unread (const WsiRedactor *self);
void          wsi_redactor_add_unread   (WsiRedactor *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiRedactor, wsi_redactor_free)

G_END_DECLS
