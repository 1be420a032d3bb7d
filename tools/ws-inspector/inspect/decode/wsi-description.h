/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The description of a message by its decoder: a summary in one line, fields for filters, and which
 * request a message is or replies to.  It is made once and used for many messages. */
#pragma once

#include "inspect/decode/wsi-text.h"

G_BEGIN_DECLS

#define WSI_DESCRIPTION_MAX_SUMMARY 256 /* bytes of a message's text in a summary, about */
#define WSI_DESCRIPTION_MAX_FIELDS 256
#define WSI_DESCRIPTION_MAX_ERROR 120  /* bytes of the text of an error, about */

typedef enum
{
  WSI_FIELD_TEXT,               /* text of bytes, mostly UTF-8 */
  WSI_FIELD_WHOLE,
  WSI_FIELD_REAL,
  WSI_FIELD_BOOLEAN,
} WsiFieldKind;

typedef struct
{
  const char  *name;            /* name in a row of the decoder's fields */
  WsiFieldKind kind;
  gint64       whole;           /* value of a whole number or a boolean */
  double       real;
  gsize        at, length;      /* place of a text in texts */
} WsiDecodedField;

/* Which message replies to which: a request and its reply have equal names. */
typedef enum
{
  WSI_PAIRING_NONE,
  WSI_PAIRING_REQUEST,          /* the message is a request: the other side replies to it */
  WSI_PAIRING_REPLY,
} WsiPairing;

/* Facts that a message states for those after it in its connection; 0 = it states nothing. */
typedef struct
{
  guint8 mqtt_version;          /* version in the CONNECT of MQTT: 4 or 5; 3 = 3.1 */
} WsiDecodeFacts;

/* A packet, or the like, that goes on in the next message of its direction. */
typedef struct
{
  GBytes *bytes;                /* beginning of an unfinished message; NULL = there is none */
  guint64 n_skipped;            /* bytes of that message after these, which are not kept */
} WsiUnfinished;

typedef struct
{
  GString   *summary;           /* escaped: wsi_text_escape_sentence() prepares it for a terminal */
  gboolean   is_summary_cut;
  GArray    *fields;            /* fields of the message (WsiDecodedField) */
  GString   *texts;
  WsiPairing pairing;
  GString   *pair;              /* name that a request and its reply share */
  const char *error_field;      /* field with the error; NULL = the message reports no error */
  GString    *error;            /* text of the error, as in the summary */
  const char *content_format;   /* format of the content, for paths: json, msgpack or cbor */
  gsize      content, content_length;   /* place of the content; length 0 = none */
  WsiDecodeFacts stated;
  WsiUnfinished unfinished;
} WsiDescription;

WsiDescription *wsi_description_new   (void);
void            wsi_description_free  (WsiDescription *self);
void            wsi_description_clear (WsiDescription *self);

/* Finds a field.  NULL: the description has none of this name.  There may be several: after is the
 * one before, or NULL. */
const WsiDecodedField *wsi_description_find     (const WsiDescription  *self,
                                                 const char            *name,
                                                 const WsiDecodedField *after);
const guint8          *wsi_description_get_text (const WsiDescription  *self,
                                                 const WsiDecodedField *field);
/* Prints the value of a field as UTF-8, however long it is. */
void                   wsi_description_print    (const WsiDescription  *self,
                                                 const WsiDecodedField *field,
                                                 GString               *text);

/* Appends words of ours, and those of a peer, which are escaped and cut; for decoders. */
void wsi_description_append         (WsiDescription *self,
                                     const char     *format,
                                     ...) G_GNUC_PRINTF (2, 3);
/* Appends a word without printf, which takes longer than the rest of many a summary. */
void wsi_description_append_word    (WsiDescription *self,
                                     const char     *word);
/* Appends a text of a peer.  All texts of a message together have one limit, and one ellipsis. */
void wsi_description_append_peer    (WsiDescription *self,
                                     const guint8   *at,
                                     gsize           length);
void wsi_description_add_text       (WsiDescription *self,
                                     const char     *name,
                                     const guint8   *at,
                                     gsize           length);
void wsi_description_add_whole      (WsiDescription *self,
                                     const char     *name,
                                     gint64          number);
void wsi_description_add_real       (WsiDescription *self,
                                     const char     *name,
                                     double          number);
void wsi_description_add_boolean    (WsiDescription *self,
                                     const char     *name,
                                     gboolean        is_true);
/* Sets the name of the pair.  A name that is too long pairs nothing: it would be another one if it
 * were cut. */
void wsi_description_set_pair       (WsiDescription *self,
                                     WsiPairing      pairing,
                                     const guint8   *at,
                                     gsize           length);
/* The message tells an error of the application.  The first one of several counts.  field: a row of
 * the decoder's fields, which the description has. */
void wsi_description_set_error      (WsiDescription *self,
                                     const char     *field,
                                     const guint8   *at,
                                     gsize           length);
void wsi_description_set_content    (WsiDescription *self,
                                     const char     *format,
                                     gsize           offset,
                                     gsize           length);
void wsi_description_set_unfinished (WsiDescription *self,
                                     GBytes         *bytes,
                                     guint64         n_skipped);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiDescription, wsi_description_free)

G_END_DECLS
