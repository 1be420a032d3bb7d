/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A reader of the messages of one format: a row of functions without a state.  Its descriptions
 * state facts about the connection; who keeps them hands them in with later messages. */
#pragma once

#include "inspect/decode/wsi-decode-node.h"
#include "inspect/decode/wsi-description.h"
#include "inspect/decode/wsi-words.h"

#include <libwsproto/wsproto.h>

G_BEGIN_DECLS

/* Bytes of a message, unless the user asks for more. */
#define WSI_DECODE_MAX_LENGTH (16 * 1024 * 1024)
/* Bytes that a probe is given: enough to recognize a format, and few enough for each message. */
#define WSI_PROBE_LENGTH 4096

/* How sure a probe is, from 0 to 100. */
#define WSI_SCORE_MAX 100
#define WSI_SCORE_NONE 0
#define WSI_SCORE_WEAK 2        /* the score is enough if the subprotocol, the path or messages
                                 * before say so */
#define WSI_SCORE_BYTES 3       /* the message is bytes of no format */
#define WSI_SCORE_FALLBACK 5    /* the decoder is used when no other one reads the message */
#define WSI_SCORE_POSSIBLE 30   /* the decoder can read the message, as many others can */
#define WSI_SCORE_LIKELY 60     /* the structure of the message is that of the format */
#define WSI_SCORE_SURE 90       /* the message has a signature, or names that only this format
                                 * has */

typedef enum
{
  WSI_EXTENT_WHOLE,
  WSI_EXTENT_BEGINNING,         /* the message goes on: missing bytes are not a problem */
} WsiExtent;

typedef enum
{
  WSI_MESSAGE_TEXT,
  WSI_MESSAGE_BINARY,
} WsiMessageForm;

typedef struct
{
  const guint8   *at;           /* bytes of the message; may be NULL if length is 0 */
  gsize           length;
  WsiExtent       extent;
  guint64         n_more;       /* bytes of the message after these; 0: none, or it is not known */
  WsiMessageForm  form;
  WspDirection    direction;
  WspRole         sender;
  const char     *subprotocol;  /* subprotocol of the connection; NULL = none */
  const char     *path;         /* path of the connection's URI, with the query; NULL = not known */
  gboolean        is_bare;      /* the tree has names and places, and no values */
  WsiWords        words;        /* translated words that the decoder adds */
  WsiDecodeFacts  facts;        /* facts that earlier messages have stated */
  const WsiUnfinished *before;  /* message that this one goes on with; NULL = none */
  gboolean        follows_unread;       /* very many binary messages before were of no format */
} WsiDecodeInput;

/* Whether a message says something about later ones: a fact, or which request it replies to.  Then
 * each message is described in its order. */
typedef enum
{
  WSI_REACH_MESSAGE,
  WSI_REACH_CONVERSATION,
} WsiReach;

/* A field that filters may name. */
typedef struct
{
  const char  *name;            /* name of the field, such as "mqtt.topic" */
  WsiFieldKind kind;
  const char  *description;
} WsiDecoderField;

/* One step of a path: a name, or an index where the name is NULL. */
typedef struct
{
  const char *name;
  guint64     index;
} WsiDecodeStep;

/* Classes of the first byte of a message.  A format that no message of the class is of is not asked
 * about it. */
typedef enum
{
  WSI_BEGIN_ANY = 0,            /* any first byte, or an empty message */
  WSI_BEGIN_BRACE = 1 << 0,     /* the byte { */
  WSI_BEGIN_BRACKET = 1 << 1,   /* the byte [ */
  WSI_BEGIN_ANGLE = 1 << 2,     /* the byte < */
  WSI_BEGIN_LETTER = 1 << 3,    /* a letter of ASCII */
  WSI_BEGIN_DIGIT = 1 << 4,
  WSI_BEGIN_BLANK = 1 << 5,
  WSI_BEGIN_OTHER = 1 << 6,
  WSI_BEGIN_NEVER = 1 << 7,     /* no message is of the format, except for an empty one */
} WsiBegin;

typedef struct
{
  const char            *name;          /* a word, for --decoder and the field "lang" */
  const char            *title;         /* name as its makers write it */
  WsiBegin               begins;        /* classes of messages of the format, by their first byte */
  WsiBegin               text_begins;   /* classes of a text message; WSI_BEGIN_ANY = as begins */
  WsiReach               reach;
  const WsiDecoderField *fields;
  gsize                  n_fields;

  /* Returns how likely the message is of this format.  It is called for every message until the
   * format is known, with WSI_PROBE_LENGTH bytes at most. */
  guint (*probe)(const WsiDecodeInput *input);

  /* Reads what the summary, the fields and the pairing need.  It may be called with the beginning
   * of a message. */
  void (*describe)(const WsiDecodeInput *input,
                   WsiDescription       *description);
  /* Sets type and value of root, and its children or its expand function. */
  void (*decode)(const WsiDecodeInput *input,
                 WsiDecodeNode        *root);
  /* Adds the values at a path to the description, under the name of the decoder.  NULL: the format
   * has no names and lists. */
  void (*find)(const WsiDecodeInput *input,
               const WsiDecodeStep  *path,
               guint                 n_steps,
               WsiDescription       *description);
  const char *path_description; /* description of a path, on the page about filters */

  /* Unpacks a wrapping such as gzip, instead of the three functions above: gives the bytes within,
   * and their form.  The decoder of these bytes describes and decodes the message.  Returns NULL if
   * nothing could be unpacked.  The error says why the unpacking ended early; then there may be
   * bytes, too. */
  GBytes *(*unwrap)(const WsiDecodeInput * input,
                    gsize                 max_length,
                    WsiMessageForm       *form,
                    GError              **error);

  /* Gives the next text message in a frame, in addition to describe and decode: the message after a
   * position, which begins at 0.  Each message is described and decoded by what it is.  Returns
   * NULL if there is none left. */
  GBytes *(*take_text)(const WsiDecodeInput * input,
                       gsize                *position);
} WsiDecoder;

G_END_DECLS
