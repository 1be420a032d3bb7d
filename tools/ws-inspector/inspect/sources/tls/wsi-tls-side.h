/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The records that one side of a connection sends: cuts them out of its bytes, and opens them.
 * After missing bytes it finds the next record, and how much content was between. */
#pragma once

#include "inspect/sources/packets/wsi-tcp-connection.h"
#include "inspect/sources/tls/wsi-tls-keys.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_TLS_CHANGE_CIPHER_SPEC = 20,
  WSI_TLS_ALERT = 21,
  WSI_TLS_HANDSHAKE = 22,
  WSI_TLS_APPLICATION_DATA = 23,
  WSI_TLS_HEARTBEAT = 24,
} WsiTlsContent;

/* The keys by which a side protects its records; TLS 1.2 has only the first and last of these. */
typedef enum
{
  WSI_TLS_EPOCH_CLEAR,
  WSI_TLS_EPOCH_EARLY,
  WSI_TLS_EPOCH_HANDSHAKE,
  WSI_TLS_EPOCH_APPLICATION,
} WsiTlsEpoch;

typedef struct
{
  /* Makes the keys of an epoch, of which a key log may have several; NULL: there is no such
   * number. */
  WsiTlsKeys *(*make_keys)(gpointer    user_data,
                           guint       side,
                           WsiTlsEpoch epoch,
                           guint       number);
  void        (*content)(gpointer      user_data,
                         guint         side,
                         guint8        type,
                         const guint8 *at,
                         gsize         length,
                         gint64        time_us);
  /* Reports missing content of the application; length may be WSI_TCP_UNKNOWN_LENGTH. */
  void        (*missing)(gpointer user_data,
                         guint    side,
                         guint64  length,
                         gint64   time_us);
  /* Whether a stream of the application is likely to begin with the content of a record. */
  gboolean    (*is_beginning)(gpointer      user_data,
                              const guint8 *at,
                              gsize         length);
} WsiTlsSideFuncs;

/* Memory that the sides of all connections share. */
typedef struct
{
  guint8 plain[WSI_TLS_MAX_BODY];       /* content of a record */
  guint  n_trials;              /* trials that searches may make; each byte received adds some */
} WsiTlsRoom;

typedef struct
{
  const WsiTlsSideFuncs *funcs;
  gpointer     user_data;
  guint        side;
  WsiTlsRoom  *room;            /* room that the side shares with others */

  guint16      version;         /* version of TLS on the connection; 0: not known */
  WsiTlsEpoch  epoch;
  WsiTlsKeys  *keys;            /* keys of this side; NULL: in the clear, or none has fitted yet */
  WsiTlsKeys  *following;       /* keys of the next epoch, or after a KeyUpdate; NULL: not made */
  guint64      sequence;        /* sequence number of the next record */
  guint64      n_opened;        /* records that were opened by these keys */
  guint64      n_all_opened;
  guint        n_failed;        /* records that could not be opened since the last one that was */

  GByteArray  *bytes;           /* bytes of a record that is not complete; NULL: none */
  gsize        n_used;          /* bytes that were used, at the front */
  guint64      n_skipped;       /* bytes to come of a record that is lost */
  gboolean     is_searching;    /* the next record is searched for after missing bytes */
  guint64      n_lost;          /* bytes that are missing before those that are searched */
  guint64      n_excluded;      /* records that are lost at least, as trials have shown */
  gboolean     has_content;     /* a record with content of the application was opened */
  guint64      n_missing;       /* bytes of content that are missing, and were not reported yet */
  gboolean     is_unreadable;   /* the content was reported as missing: there are no keys */
  gboolean     is_malformed;    /* there was no record where one should begin, in the clear */
} WsiTlsSide;

void     wsi_tls_side_init   (WsiTlsSide            *self,
                              guint                  side,
                              const WsiTlsSideFuncs *funcs,
                              gpointer               user_data,
                              WsiTlsRoom            *room);
void     wsi_tls_side_clear  (WsiTlsSide *self);
void     wsi_tls_room_init   (WsiTlsRoom *self);
/* Adds trials for so many bytes that have come on any connection. */
void     wsi_tls_room_add_bytes (WsiTlsRoom *self,
                                 gsize       length);
/* Whether a stream of records begins with these bytes, as far as there are any. */
gboolean wsi_tls_side_is_hello (const guint8 *at,
                                gsize         length);
/* Begins another epoch: the records that follow are protected by other keys. */
void     wsi_tls_side_begin_epoch (WsiTlsSide *self,
                                   WsiTlsEpoch epoch);
void     wsi_tls_side_update_keys (WsiTlsSide *self);
/* Takes at most one record; returns how many bytes were taken: fewer than there are only if a
 * record was taken.  TRUE in more: call it again, even without bytes. */
gsize    wsi_tls_side_take   (WsiTlsSide   *self,
                              const guint8 *at,
                              gsize         length,
                              gint64        time_us,
                              gboolean     *more);
/* Bytes are missing; WSI_TCP_UNKNOWN_LENGTH: it is not known how many. */
void     wsi_tls_side_skip   (WsiTlsSide *self,
                              guint64     length,
                              gint64      time_us);
/* Ends the side: no bytes follow. */
void     wsi_tls_side_end    (WsiTlsSide *self,
                              gint64      time_us);
/* Bytes of memory that the side takes. */
gsize    wsi_tls_side_get_cost (const WsiTlsSide *self);

G_END_DECLS
