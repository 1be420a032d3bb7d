/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Chooses the decoders of the messages in a store: by the user's choice, or by the messages of a
 * connection and direction so far.  Pairs requests with replies in the store.  Belongs to one
 * thread, which learns messages in their order.  docs/rationales/decoders.md has the reasons. */
#pragma once

#include "inspect/decode/choosing/wsi-decoder-list.h"
#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

typedef struct _WsiInterpreter WsiInterpreter;

/* store: NULL = wsi_interpreter_set_store () follows, before the first record. */
WsiInterpreter   *wsi_interpreter_new  (WsiStore *store);
/* Makes an interpreter that only learns formats, and pairs nothing in the store. */
WsiInterpreter   *wsi_interpreter_new_reader (WsiStore *store);
void              wsi_interpreter_free (WsiInterpreter *self);
void              wsi_interpreter_set_store (WsiInterpreter *self,
                                             WsiStore       *store);
/* Bytes of a message that are decoded; WSI_DECODE_MAX_LENGTH by default. */
void              wsi_interpreter_set_max_length (WsiInterpreter *self,
                                                  gsize           max_length);
gsize             wsi_interpreter_get_max_length (const WsiInterpreter *self);
/* Sets how many bytes of a message are learned; as many as are decoded by default. */
void              wsi_interpreter_set_max_learned (WsiInterpreter *self,
                                                   gsize           max_learned);
/* Grows when records that were not learned yet, or are learned anew, may be decoded otherwise. */
guint             wsi_interpreter_get_n_changes  (const WsiInterpreter *self);
/* Forgets all that it has learned, but not what the user has chosen. */
void              wsi_interpreter_restart        (WsiInterpreter *self);
/* Takes over what the user has chosen in another one, and its limit. */
void              wsi_interpreter_copy_choices (WsiInterpreter       *self,
                                                const WsiInterpreter *other);
/* conversation: 0 = every one; direction: WSI_NO_DIRECTION = both; decoder: NULL = guess again. */
void              wsi_interpreter_set_decoder (WsiInterpreter   *self,
                                               guint32           conversation,
                                               guint             direction,
                                               const WsiDecoder *decoder);
/* The user's choice for the record; NULL: it is guessed. */
const WsiDecoder *wsi_interpreter_get_choice (const WsiInterpreter *self,
                                              const WsiRecord      *record);
/* Sets a choice in words: NAME, CONN=NAME, CONN:sent=NAME or CONN:recv=NAME. */
gboolean          wsi_interpreter_choose (WsiInterpreter *self,
                                          const char     *choice,
                                          GError        **error);
/* Learns a record; call it for each record in order, also for those that are not shown. */
void              wsi_interpreter_learn (WsiInterpreter  *self,
                                         guint64          number,
                                         const WsiRecord *record);
/* The record that was learned last is a request; a reply to a request that was learned, which has
 * this number; or neither. */
WsiPairing        wsi_interpreter_get_pairing (const WsiInterpreter *self,
                                               guint64              *request);
/* The decoder of a record, and the input for it, by the records before it: the payload of a frame
 * that begins a message, or at its last frame the message; both may be cut.  NULL: the record is
 * not decoded.  The input is valid until the next record is learned. */
const WsiDecoder *wsi_interpreter_prepare (WsiInterpreter  *self,
                                           guint64          number,
                                           const WsiRecord *record,
                                           const guint8    *at,
                                           gsize            length,
                                           WsiDecodeInput  *input);

/* The description of a record that was learned last, if it had to be described for that, and its
 * payload had this length; else NULL. */
const WsiDescription *wsi_interpreter_get_learned (const WsiInterpreter *self,
                                                   const WsiRecord      *record,
                                                   gsize                 length);
/* Forgets the learned payload, because another one is shown. */
void                  wsi_interpreter_forget_learned (WsiInterpreter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiInterpreter, wsi_interpreter_free)

G_END_DECLS
