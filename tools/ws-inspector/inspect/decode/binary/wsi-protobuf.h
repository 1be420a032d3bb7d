/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Messages of Protocol Buffers without their schema: numbers of fields and wire types, as in
 * protobuf.dev/programming-guides/encoding.  Whether bytes are text or a message within the message
 * is a guess, made for each field by its own bytes. */
#pragma once

#include "inspect/decode/wsi-decoder.h"

G_BEGIN_DECLS

extern const WsiDecoder wsi_protobuf_decoder;

typedef enum
{
  WSI_PROTOBUF_VARINT,
  WSI_PROTOBUF_FIXED64,
  WSI_PROTOBUF_BYTES,
  WSI_PROTOBUF_GROUP,
  WSI_PROTOBUF_GROUP_END,
  WSI_PROTOBUF_FIXED32,
} WsiProtobufWire;

typedef enum
{
  WSI_PROTOBUF_READ,
  WSI_PROTOBUF_DONE,            /* there are no more bytes */
  WSI_PROTOBUF_CUT,             /* the bytes end within a field */
  WSI_PROTOBUF_INVALID,         /* no field begins here */
} WsiProtobufResult;

typedef struct
{
  WsiProtobufWire wire;
  guint64         number;
  guint64         value;        /* value of a number; the stated length of bytes */
  gsize           head_length;  /* bytes of the field's number and wire type */
  gsize           prefix_length;        /* bytes of the stated length of bytes */
  gsize           length;       /* bytes of the value that are there; of a group, all but the end */
  gsize           end_length;   /* bytes of the end of a group */
} WsiProtobufField;

/* A group is read to its end, which costs as much as it has bytes.  A field that is cut has what
 * is there of it. */
WsiProtobufResult wsi_protobuf_read (const guint8     *at,
                                     gsize             length,
                                     WsiProtobufField *field);

typedef enum
{
  WSI_PROTOBUF_IS_BYTES,
  WSI_PROTOBUF_IS_TEXT,
  WSI_PROTOBUF_IS_MESSAGE,
} WsiProtobufGuess;

/* Reads the beginning of the bytes only. */
WsiProtobufGuess wsi_protobuf_guess (const guint8 *at,
                                     gsize         length);
gsize            wsi_protobuf_get_length (const WsiProtobufField *field);

G_END_DECLS
