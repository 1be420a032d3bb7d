/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Tables of messages and what a decoder says about them.  Each row is also played cut after each
 * byte and with each byte changed: then only ranges and limits are checked. */
#pragma once

#include "inspect/decode/choosing/wsi-decoder-list.h"

typedef enum
{
  DECODER_TEXT,
  DECODER_HEX,                  /* a binary message, written as hexadecimal digits */
  DECODER_HEX_TEXT,             /* a text message, written as hexadecimal digits */
} DecoderForm;

typedef struct
{
  const char    *name;
  DecoderForm    form;
  const char    *message;
  const char    *decoder;       /* name of the decoder that is chosen */
  const char    *summary;       /* summary of the message; NULL = any */
  const char    *fields;        /* fields of the message: a line "name=value" for each, then
                                 * "request=" or "reply=", then the field of an error with "says";
                                 * NULL = any */
  const char    *nodes;         /* nodes as wsi_decode_node_print_away () prints them; NULL = any */
  const char    *subprotocol;
  const char    *path;
  WsiDecodeFacts facts;         /* facts that earlier messages have left */
  WsiExtent      extent;
} DecoderCase;

/* layer: the beginning of the path of each point. */
void decoder_cases_add (const char        *layer,
                        const DecoderCase *cases,
                        gsize              n_cases);

/* The decoder of the row, also if another one would be chosen. */
void decoder_cases_add_forced (const char        *layer,
                               const DecoderCase *cases,
                               gsize              n_cases);

/* The score that the decoder itself gives a message, to which others may give more. */
typedef struct
{
  const char *name;
  DecoderForm form;
  const char *message;
  const char *decoder;
  guint       score;
  WsiExtent   extent;
  const char *subprotocol;
  const char *path;
} DecoderScore;

void decoder_cases_add_scores (const char         *layer,
                               const DecoderScore *scores,
                               gsize               n_scores);

/* A message of more units than one page has.  All of it is printed, and no problem. */
typedef struct
{
  const char *name;
  DecoderForm form;
  const char *begin, *unit, *end;
  const char *decoder;
  guint       n_units;
  guint       n_lines, n_more;  /* number of lines of one unit; number of further lines besides the
                                 * first one */
  const char *subprotocol;
} DecoderPages;

void decoder_cases_add_pages (const char         *layer,
                              const DecoderPages *pages,
                              gsize               n_pages);

typedef struct
{
  const char   *name;
  DecoderForm   form;
  const char   *message;
  const char   *decoder;
  WsiDecodeStep path[4];
  guint         n_steps;
  const char   *fields;         /* a line "format=value" for each value at the path; "": the decoder
                                 * has no field there */
} DecoderPath;

void decoder_cases_add_paths (const char        *layer,
                              const DecoderPath *paths,
                              gsize              n_paths);

/* A message that is one thing again and again, such as the beginning of a list.  All decoders read
 * it. */
typedef struct
{
  const char *name;
  DecoderForm form;
  const char *unit;
  guint       n_units;
} DecoderRepeat;

void decoder_cases_add_repeated (const char          *layer,
                                 const DecoderRepeat *repeats,
                                 gsize                n_repeats);
