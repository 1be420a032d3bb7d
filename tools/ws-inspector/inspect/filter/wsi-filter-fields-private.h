/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The getters of the fields: of a record, and of its connection. */
#pragma once

#include "inspect/filter/wsi-plan-private.h"

G_BEGIN_DECLS

gboolean wsi_get_number       (WsiSubject *subject, gint64 *number);
gboolean wsi_get_direction    (WsiSubject *subject, gint64 *number);
gboolean wsi_get_kind         (WsiSubject *subject, gint64 *number);
gboolean wsi_get_event        (WsiSubject *subject, gint64 *number);
gboolean wsi_get_opcode       (WsiSubject *subject, gint64 *number);
gboolean wsi_get_control      (WsiSubject *subject, gint64 *number);
gboolean wsi_get_fin          (WsiSubject *subject, gint64 *number);
gboolean wsi_get_rsv1         (WsiSubject *subject, gint64 *number);
gboolean wsi_get_rsv2         (WsiSubject *subject, gint64 *number);
gboolean wsi_get_rsv3         (WsiSubject *subject, gint64 *number);
gboolean wsi_get_masked       (WsiSubject *subject, gint64 *number);
void     wsi_get_mask         (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);
gboolean wsi_get_length       (WsiSubject *subject, gint64 *number);
gboolean wsi_get_payload_length (WsiSubject *subject, gint64 *number);
gboolean wsi_get_wire_length  (WsiSubject *subject, gint64 *number);
gboolean wsi_get_offset       (WsiSubject *subject, gint64 *number);
gboolean wsi_get_compressed   (WsiSubject *subject, gint64 *number);
gboolean wsi_get_fragment     (WsiSubject *subject, gint64 *number);
gboolean wsi_get_cut          (WsiSubject *subject, gint64 *number);
gboolean wsi_get_guessed      (WsiSubject *subject, gint64 *number);
gboolean wsi_get_truncated    (WsiSubject *subject, gint64 *number);
void     wsi_get_flags        (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);
gboolean wsi_get_time         (WsiSubject *subject, gint64 *number);
gboolean wsi_get_moment       (WsiSubject *subject, gint64 *number);
gboolean wsi_get_delta        (WsiSubject *subject, gint64 *number);
gboolean wsi_get_round_trip   (WsiSubject *subject, gint64 *number);
gboolean wsi_get_reply        (WsiSubject *subject, gint64 *number);
gboolean wsi_get_message_length (WsiSubject *subject, gint64 *number);
gboolean wsi_get_message_wire (WsiSubject *subject, gint64 *number);
gboolean wsi_get_message_frames (WsiSubject *subject, gint64 *number);
gboolean wsi_get_ratio        (WsiSubject *subject, gint64 *number);
void     wsi_get_payload      (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);
void     wsi_get_base64       (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);
void     wsi_get_issue        (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);
gboolean wsi_get_mark         (WsiSubject *subject, gint64 *number);
void     wsi_get_comment      (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);
void     wsi_get_tags         (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);

gboolean wsi_get_conversation (WsiSubject *subject, gint64 *number);
void     wsi_get_url          (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);
void     wsi_get_host         (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);
gboolean wsi_get_port         (WsiSubject *subject, gint64 *number);
void     wsi_get_uri_path     (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);
void     wsi_get_client       (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);
void     wsi_get_server       (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);
void     wsi_get_source       (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);
void     wsi_get_subprotocol  (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);
void     wsi_get_extensions   (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);
gboolean wsi_get_state        (WsiSubject *subject, gint64 *number);
gboolean wsi_get_status       (WsiSubject *subject, gint64 *number);
gboolean wsi_get_close_code   (WsiSubject *subject, gint64 *number);
void     wsi_get_close_reason (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);
gboolean wsi_get_close_clean  (WsiSubject *subject, gint64 *number);
gboolean wsi_get_closer       (WsiSubject *subject, gint64 *number);
void     wsi_get_request      (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);
void     wsi_get_response     (WsiSubject *subject, const WsiPathStep *path, guint n_steps,
                               WsiValues *values);

/* Adds the fields of the decoders. */
void     wsi_decoded_fields_add (WsiFields *fields);

/* The values of the field "state". */
typedef enum
{
  WSI_STATE_OPENING,
  WSI_STATE_OPEN,
  WSI_STATE_CLOSING,
  WSI_STATE_CLOSED,
  WSI_STATE_CUT,
} WsiState;

G_END_DECLS
