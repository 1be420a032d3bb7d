/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Opens the records of one side, also after missing bytes.  The tag of a record proves its keys,
 * its sequence number and its boundaries.  So after missing bytes a header that another one follows
 * is tried with the numbers that are possible: each lost record has taken at least as many bytes as
 * an empty one.  The content that is missing is what was lost without what records add to it;
 * padding counts as content, because nothing tells it.
 *
 * `n_trials` of the room keeps the time linear in the bytes of the capture: each trial takes from
 * it, and bytes of all connections add to it.
 *
 * `bytes` from `n_used` on is the beginning of a record, or what is_searching looks through. */

#include "inspect/sources/tls/wsi-tls-side.h"

#define MAX_TRIALS 16384        /* trials by one key */
#define MAX_FOLLOWING 64        /* lost records after a change of keys that is lost */
#define MAX_UNKNOWN 64          /* lost records with bytes of an unknown number */
#define MIN_RECORD (WSI_TLS_HEADER + 8) /* bytes of a record; the shortest tag has 8 */
#define BYTES_PER_TRIAL 8       /* bytes of the stream for which a search gets a trial */
#define TRIAL_SIZE 512          /* bytes of a record; a longer one counts as several trials */
#define ALERT_LENGTH 2          /* bytes of an alert's content */
#define MAX_FAILED 4            /* records that are tried by each secret of the key log */

/* A record that follows lost ones. */
typedef struct
{
  guint64  n_records;           /* records that are lost */
  gboolean is_following;        /* the record is protected by the keys that follow */
  guint8   type;
  gsize    length;              /* length of the record's content */
} Found;

void
wsi_tls_side_init (WsiTlsSide            *self,
                   guint                  side,
                   const WsiTlsSideFuncs *funcs,
                   gpointer               user_data,
                   WsiTlsRoom            *room)
{
  *self = (WsiTlsSide) {
    .funcs = funcs,
    .user_data = user_data,
    .side = side,
    .room = room,
  };
}

void
wsi_tls_room_init (WsiTlsRoom *self)
{
  self->n_trials = MAX_TRIALS;
}

void
wsi_tls_room_add_bytes (WsiTlsRoom *self,
                        gsize       length)
{
  self->n_trials = (guint) MIN (MAX_TRIALS, self->n_trials + length / BYTES_PER_TRIAL + 1);
}

static void
tls_side_drop_keys (WsiTlsSide *self)
{
  g_clear_pointer (&self->keys, wsi_tls_keys_free);
  g_clear_pointer (&self->following, wsi_tls_keys_free);
  self->sequence = 0;
  self->n_opened = 0;
}

static void
drop_bytes (WsiTlsSide *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  self->n_used = 0;
}

void
wsi_tls_side_clear (WsiTlsSide *self)
{
  tls_side_drop_keys (self);
  drop_bytes (self);
}

gsize
wsi_tls_side_get_cost (const WsiTlsSide *self)
{
  return self->bytes != NULL ? self->bytes->len : 0;
}

static gsize
get_record_length (const guint8 *header)
{
  return WSI_TLS_HEADER + ((gsize) header[3] << 8 | header[4]);
}

static gboolean
is_header (const guint8 *at)
{
  return at[0] >= WSI_TLS_CHANGE_CIPHER_SPEC && at[0] <= WSI_TLS_HEARTBEAT && at[1] == 3 &&
         at[2] <= 4 && get_record_length (at) <= WSI_TLS_HEADER + WSI_TLS_MAX_BODY;
}

gboolean
wsi_tls_side_is_hello (const guint8 *at,
                       gsize         length)
{
  return length > 0 && at[0] == WSI_TLS_HANDSHAKE && (length < 2 || at[1] == 3) &&
         (length < 3 || at[2] <= 4) && (length < WSI_TLS_HEADER || is_header (at)) &&
         (length < WSI_TLS_HEADER + 1 || at[WSI_TLS_HEADER] == 1 || at[WSI_TLS_HEADER] == 2);
}

static void
use_keys (WsiTlsSide *self,
          WsiTlsKeys *keys,
          WsiTlsEpoch epoch)
{
  tls_side_drop_keys (self);
  self->keys = keys;
  self->epoch = epoch;
}

void
wsi_tls_side_begin_epoch (WsiTlsSide *self,
                          WsiTlsEpoch epoch)
{
  WsiTlsKeys *keys = epoch == WSI_TLS_EPOCH_APPLICATION && self->epoch != epoch
                     ? g_steal_pointer (&self->following) : NULL;

  use_keys (self, keys, epoch);
  self->n_failed = 0;
}

void
wsi_tls_side_update_keys (WsiTlsSide *self)
{
  WsiTlsKeys *keys = self->keys != NULL ? wsi_tls_keys_new_updated (self->keys) : NULL;

  if (keys != NULL)
    use_keys (self, keys, self->epoch);
}

/* Opens a record; `plain` of the room gets the content. */
static gboolean
open_by (WsiTlsSide   *self,
         WsiTlsKeys   *keys,
         guint64       sequence,
         const guint8 *record,
         gsize        *length,
         guint8       *type)
{
  return wsi_tls_keys_open (keys, sequence, record, get_record_length (record), self->room->plain,
                            length, type);
}

static void
tls_side_note_opened (WsiTlsSide *self,
                      guint64     sequence)
{
  self->sequence = sequence + 1;
  self->n_opened++;
  self->n_all_opened++;
  self->n_failed = 0;
}

/* Keys of the epoch, and those that follow; each stays NULL if there are none. */
static void
ensure_keys (WsiTlsSide *self)
{
  if (self->keys == NULL)
    self->keys = self->funcs->make_keys (self->user_data, self->side, self->epoch, 0);
  if (self->following == NULL && self->epoch != WSI_TLS_EPOCH_APPLICATION)
    self->following = self->funcs->make_keys (self->user_data, self->side,
                                              WSI_TLS_EPOCH_APPLICATION, 0);
}

/* Opens a record by another secret: a key log may have several for one random. */
static gboolean
open_by_another (WsiTlsSide   *self,
                 WsiTlsEpoch   epoch,
                 const guint8 *record,
                 gsize        *length,
                 guint8       *type)
{
  WsiTlsKeys *keys;

  for (guint number = 1;
       (keys = self->funcs->make_keys (self->user_data, self->side, epoch, number)) != NULL;
       number++)
    {
      if (open_by (self, keys, 0, record, length, type))
        {
          use_keys (self, keys, epoch);
          return TRUE;
        }
      wsi_tls_keys_free (keys);
    }
  return FALSE;
}

/* The message that ends an epoch, or the first records of one, may be lost; and records that come
 * first may not belong to it, as early data that was rejected. */
static gboolean
open_record (WsiTlsSide   *self,
             const guint8 *record,
             gsize        *length,
             guint8       *type)
{
  gboolean is_open;

  ensure_keys (self);
  is_open = self->keys != NULL && open_by (self, self->keys, self->sequence, record, length, type);
  if (!is_open && self->keys != NULL && self->n_opened == 0 &&
      open_by (self, self->keys, 0, record, length, type))
    {
      self->sequence = 0;
      is_open = TRUE;
    }
  if (!is_open && self->following != NULL && self->epoch != WSI_TLS_EPOCH_APPLICATION &&
      open_by (self, self->following, 0, record, length, type))
    {
      use_keys (self, g_steal_pointer (&self->following), WSI_TLS_EPOCH_APPLICATION);
      is_open = TRUE;
    }
  if (!is_open && self->n_opened == 0 && self->n_failed < MAX_FAILED)
    is_open = open_by_another (self, self->epoch, record, length, type) ||
              (self->epoch != WSI_TLS_EPOCH_APPLICATION &&
               open_by_another (self, WSI_TLS_EPOCH_APPLICATION, record, length, type));
  if (is_open)
    tls_side_note_opened (self, self->sequence);
  return is_open;
}

/* time_us: of the packet that shows it. */
static void
tell_missing (WsiTlsSide *self,
              gint64      time_us)
{
  const guint64 length = self->n_missing;

  self->n_missing = 0;
  if (length > 0)
    self->funcs->missing (self->user_data, self->side, length, time_us);
}

static guint64
add_lost (guint64 n_lost,
          guint64 length)
{
  return n_lost == WSI_TCP_UNKNOWN_LENGTH || length == WSI_TCP_UNKNOWN_LENGTH
         ? WSI_TCP_UNKNOWN_LENGTH : n_lost + length;
}

/* Missing content is not reported before the first content: tickets are records, too, and may be
 * all that is missing. */
static void
note_missing (WsiTlsSide *self,
              guint64     length,
              gint64      time_us)
{
  self->n_missing = add_lost (self->n_missing, length);
  if (self->has_content)
    tell_missing (self, time_us);
}

static void
tell_content (WsiTlsSide *self,
              guint8      type,
              gsize       length,
              gint64      time_us)
{
  if (type == WSI_TLS_APPLICATION_DATA && !self->has_content)
    {
      if (self->funcs->is_beginning (self->user_data, self->room->plain, length))
        self->n_missing = 0;
      self->has_content = TRUE;
      tell_missing (self, time_us);
    }
  self->funcs->content (self->user_data, self->side, type, self->room->plain, length, time_us);
}

/* The record cannot be opened, or not all of it is there.  In TLS 1.3 its type is not known, and it
 * counts as one of the application. */
static void
lose_record (WsiTlsSide   *self,
             const guint8 *record,
             gint64        time_us)
{
  const gsize length = get_record_length (record);

  ensure_keys (self);
  self->n_failed++;
  self->sequence++;
  if (self->keys == NULL && self->following == NULL)
    {
      if (!self->is_unreadable)
        self->funcs->missing (self->user_data, self->side, WSI_TCP_UNKNOWN_LENGTH, time_us);
      self->is_unreadable = TRUE;
    }
  else if (self->epoch == WSI_TLS_EPOCH_APPLICATION && record[0] == WSI_TLS_APPLICATION_DATA)
    {
      note_missing (self, length - MIN (length, wsi_tls_keys_get_overhead (self->keys)), time_us);
    }
}

/* Takes a record.  FALSE: it is damaged, in its header or body, and the next record is to be
 * searched from it on. */
static gboolean
tls_side_take_record (WsiTlsSide   *self,
                      const guint8 *record,
                      gint64        time_us)
{
  gsize length = get_record_length (record);
  guint8 type = record[0];

  if (self->epoch == WSI_TLS_EPOCH_CLEAR)
    self->funcs->content (self->user_data, self->side, type, record + WSI_TLS_HEADER,
                          length - WSI_TLS_HEADER, time_us);
  else if (self->version == WSI_TLS_1_3 && type == WSI_TLS_CHANGE_CIPHER_SPEC)
    return TRUE;                        /* the record means nothing: RFC 8446 5 */
  else if (open_record (self, record, &length, &type))
    tell_content (self, type, length, time_us);
  else if (self->n_opened > 0)
    return FALSE;
  else
    lose_record (self, record, time_us);
  return TRUE;
}

/* Searches the bytes that a side holds from here on for a record. */
static void
tls_side_begin_search (WsiTlsSide *self,
                       guint64     n_lost)
{
  self->is_searching = TRUE;
  self->n_lost = n_lost;
  self->n_excluded = 0;
  ensure_keys (self);
  if (self->following == NULL && self->keys != NULL)
    self->following = wsi_tls_keys_new_updated (self->keys);
}

void
wsi_tls_side_skip (WsiTlsSide *self,
                   guint64     length,
                   gint64      time_us)
{
  const gsize n_held = self->bytes != NULL ? self->bytes->len - self->n_used : 0;
  const guint8 *record = n_held >= WSI_TLS_HEADER ? self->bytes->data + self->n_used : NULL;

  if (self->n_skipped > 0 && length <= self->n_skipped)
    {
      self->n_skipped -= length;
    }
  else if (self->n_skipped > 0)
    {
      tls_side_begin_search (self, length == WSI_TCP_UNKNOWN_LENGTH ? length
                             : length - self->n_skipped);
      self->n_skipped = 0;
    }
  else if (self->is_searching)
    {
      self->n_lost = add_lost (add_lost (self->n_lost, n_held), length);
    }
  else if (record != NULL && length <= get_record_length (record) - n_held)
    {
      self->n_skipped = get_record_length (record) - n_held - length;
      lose_record (self, record, time_us);
    }
  else
    {
      tls_side_begin_search (self, add_lost (length, n_held));
    }
  drop_bytes (self);
}

/* Takes the trials of a record by so many keys; FALSE: there are too few left. */
static gboolean
spend_trials (WsiTlsSide *self,
              gsize       length,
              guint       n_keys)
{
  const guint cost = n_keys * (1 + (guint) (length / TRIAL_SIZE));

  if (self->room->n_trials < cost)
    return FALSE;

  self->room->n_trials -= cost;
  return TRUE;
}

/* Opens the record by keys that may be those of now, or, soon after a change that is lost, the ones
 * that follow. */
static gboolean
try_number (WsiTlsSide   *self,
            guint64       n_records,
            const guint8 *record,
            Found        *found)
{
  found->n_records = n_records;
  found->is_following = FALSE;
  if (self->keys != NULL && open_by (self, self->keys, self->sequence + n_records, record,
                                     &found->length, &found->type))
    return TRUE;

  found->is_following = TRUE;
  return self->following != NULL && n_records <= MAX_FOLLOWING &&
         open_by (self, self->following, n_records, record, &found->length, &found->type);
}

/* Tries how many records may have been lost with so many bytes.  Numbers for which there were no
 * trials left are those of a later record. */
static gboolean
open_by_trial (WsiTlsSide   *self,
               guint64       n_lost,
               const guint8 *record,
               Found        *found)
{
  const gsize length = get_record_length (record);
  const gboolean is_known = n_lost != WSI_TCP_UNKNOWN_LENGTH;
  const guint64 max = is_known ? n_lost / MIN_RECORD : MAX_UNKNOWN;
  const guint64 min = is_known ? n_lost / (WSI_TLS_HEADER + WSI_TLS_MAX_BODY) : 0;
  guint64 n = MAX (min, self->n_excluded);

  ensure_keys (self);
  for (; n <= max; n++)
    {
      if (!spend_trials (self, length, n <= MAX_FOLLOWING ? 2 : 1))
        {
          self->n_excluded = n;
          return FALSE;
        }
      if (try_number (self, n, record, found))
        return TRUE;
    }
  return FALSE;
}

/* The content of the lost records; how many they were and how many bytes they had is known. */
static guint64
get_lost_content (const WsiTlsSide *self,
                  guint64           n_lost,
                  guint64           n_records)
{
  const guint64 overhead = n_records * wsi_tls_keys_get_overhead (self->keys);

  return n_lost == WSI_TCP_UNKNOWN_LENGTH || n_lost < overhead ? WSI_TCP_UNKNOWN_LENGTH
         : n_lost - overhead;
}

/* Content that is missing before a record that was found in this epoch. */
static guint64
tls_side_get_missing (const WsiTlsSide *self,
                      guint64           n_lost,
                      const Found      *found)
{
  const gboolean is_application = self->epoch == WSI_TLS_EPOCH_APPLICATION;

  if (found->is_following)
    return is_application || found->n_records > 0 ? WSI_TCP_UNKNOWN_LENGTH : 0;

  /* in TLS 1.2 messages of the handshake may be lost with it */
  if (self->version == WSI_TLS_1_2 && self->n_opened == 0)
    return WSI_TCP_UNKNOWN_LENGTH;

  return is_application ? get_lost_content (self, n_lost, found->n_records) : 0;
}

/* Opens the record that follows the lost bytes.  FALSE: it is none. */
static gboolean
tls_side_take_found (WsiTlsSide   *self,
                     const guint8 *record,
                     guint64       n_lost,
                     gint64        time_us)
{
  guint64 n_missing, sequence;
  Found found;

  if (!open_by_trial (self, n_lost, record, &found))
    return FALSE;

  n_missing = tls_side_get_missing (self, n_lost, &found);
  sequence = found.n_records + (found.is_following ? 0 : self->sequence);
  if (found.is_following)
    use_keys (self, g_steal_pointer (&self->following), WSI_TLS_EPOCH_APPLICATION);
  tls_side_note_opened (self, sequence);
  note_missing (self, n_missing, time_us);
  self->is_searching = FALSE;
  tell_content (self, found.type, found.length, time_us);
  return TRUE;
}

/* Whether a record of the version that is protected may begin here, and how long it is. */
static gboolean
may_be_record (const WsiTlsSide *self,
               const guint8     *at,
               gsize             n_left,
               gsize            *length)
{
  if (!is_header (at) || at[2] != 3 ||
      (self->version == WSI_TLS_1_3 && at[0] != WSI_TLS_APPLICATION_DATA))
    return FALSE;

  *length = get_record_length (at);
  return n_left < *length + WSI_TLS_HEADER || is_header (at + *length);
}

/* Searches for a record.  FALSE: there is none in the bytes; those of one that may go on stay. */
static gboolean
tls_side_search (WsiTlsSide *self,
                 gboolean    is_last,
                 gint64      time_us)
{
  const gsize end = self->bytes != NULL ? self->bytes->len : 0;
  gsize at = self->n_used, length;

  for (; at + WSI_TLS_HEADER <= end; at++)
    {
      if (!may_be_record (self, self->bytes->data + at, end - at, &length))
        continue;

      if (at + length > end && !is_last)
        break;
      if (at + length > end)
        continue;

      if (tls_side_take_found (self, self->bytes->data + at,
                               add_lost (self->n_lost, at - self->n_used),
                               time_us))
        {
          self->n_used = at + length;
          if (self->n_used == end)
            drop_bytes (self);
          return TRUE;
        }
    }

  self->n_lost = add_lost (self->n_lost, at - self->n_used);
  self->n_used = at;
  return FALSE;
}

/* Bytes that were used are removed when they are many, so that each is moved once. */
static void
tls_side_append (WsiTlsSide   *self,
                 const guint8 *at,
                 gsize         length)
{
  if (length == 0)
    return;

  if (self->bytes == NULL)
    self->bytes = g_byte_array_new ();
  if (self->n_used > self->bytes->len / 2)
    {
      g_byte_array_remove_range (self->bytes, 0, (guint) self->n_used);
      self->n_used = 0;
    }
  g_byte_array_append (self->bytes, at, (guint) length);
}

/* The bytes of a record that are needed next: its header, or all of it. */
static gsize
tls_side_get_wanted (const guint8 *at,
                     gsize         length)
{
  return length < WSI_TLS_HEADER ? WSI_TLS_HEADER : get_record_length (at);
}

/* Whether a header is not one: its bytes are damaged, or those of the record before. */
static gboolean
is_damaged (const guint8 *at,
            gsize         length)
{
  return length >= WSI_TLS_HEADER && !is_header (at);
}

static void
take_damage (WsiTlsSide *self,
             gboolean   *more)
{
  self->is_malformed = self->epoch == WSI_TLS_EPOCH_CLEAR;
  *more = !self->is_malformed;
  if (*more)
    tls_side_begin_search (self, 0);
}

/* Takes the complete record that `bytes` begins with. */
static void
take_held_record (WsiTlsSide *self,
                  gint64      time_us,
                  gboolean   *more)
{
  const guint8 *record = self->bytes->data + self->n_used;

  if (!tls_side_take_record (self, record, time_us))
    tls_side_begin_search (self, 0);
  else
    self->n_used += get_record_length (record);
  if (self->n_used == self->bytes->len)
    drop_bytes (self);
  *more = self->bytes != NULL;
}

/* The record that `bytes` begins with, to which bytes are added until it is complete. */
static gsize
take_into_bytes (WsiTlsSide   *self,
                 const guint8 *at,
                 gsize         length,
                 gint64        time_us,
                 gboolean     *more)
{
  gsize n_taken = 0;

  for (;;)
    {
      const guint8 *record = self->bytes->data + self->n_used;
      const gsize n_held = self->bytes->len - self->n_used;
      const gsize wanted = tls_side_get_wanted (record, n_held);
      const gsize n = MIN (length - n_taken, wanted - MIN (wanted, n_held));

      if (is_damaged (record, n_held))
        {
          take_damage (self, more);
          return n_taken;
        }
      if (n_held >= WSI_TLS_HEADER && n_held >= wanted)
        {
          take_held_record (self, time_us, more);
          return n_taken;
        }
      if (n == 0)
        return n_taken;

      tls_side_append (self, at + n_taken, n);
      n_taken += n;
    }
}

static gsize
take_for_search (WsiTlsSide   *self,
                 const guint8 *at,
                 gsize         length,
                 gint64        time_us,
                 gboolean     *more)
{
  tls_side_append (self, at, length);
  *more = tls_side_search (self, FALSE, time_us);
  return length;
}

gsize
wsi_tls_side_take (WsiTlsSide   *self,
                   const guint8 *at,
                   gsize         length,
                   gint64        time_us,
                   gboolean     *more)
{
  const gsize n_skipped = (gsize) MIN (length, self->n_skipped);

  *more = FALSE;
  if (n_skipped > 0)
    {
      self->n_skipped -= n_skipped;
      return n_skipped;
    }
  if (self->is_searching)
    return take_for_search (self, at, length, time_us, more);
  if (self->bytes != NULL)
    return take_into_bytes (self, at, length, time_us, more);
  if (length < WSI_TLS_HEADER || length < get_record_length (at) || is_damaged (at, length))
    {
      tls_side_append (self, at, length);
      if (is_damaged (at, length))
        take_damage (self, more);
      return length;
    }

  if (!tls_side_take_record (self, at, time_us))
    {
      tls_side_append (self, at, get_record_length (at));
      tls_side_begin_search (self, 0);
      *more = TRUE;
    }
  return get_record_length (at);
}

/* Whether the lost bytes are those of the alert that ends a side, so that no content is missing. */
static gboolean
tls_side_is_alert (const WsiTlsSide *self)
{
  return self->keys != NULL &&
         self->n_lost == wsi_tls_keys_get_overhead (self->keys) + ALERT_LENGTH;
}

static void
take_rest (WsiTlsSide *self,
           gint64      time_us)
{
  static const guint8 nothing[1];
  gboolean more;

  do
    {
      more = FALSE;
      if (self->is_searching)
        more = tls_side_search (self, TRUE, time_us);
      else if (self->bytes != NULL)
        take_into_bytes (self, nothing, 0, time_us, &more);
    }
  while (more);
}

/* Ends a side; a record that is not complete may have a wrong length, and others in it. */
void
wsi_tls_side_end (WsiTlsSide *self,
                  gint64      time_us)
{
  take_rest (self, time_us);
  if (self->is_searching && !tls_side_is_alert (self))
    self->n_missing = WSI_TCP_UNKNOWN_LENGTH;
  if (!self->is_searching && self->bytes != NULL && self->epoch != WSI_TLS_EPOCH_CLEAR)
    {
      tls_side_begin_search (self, 0);
      take_rest (self, time_us);
    }
  self->is_searching = FALSE;
  tell_missing (self, time_us);
  drop_bytes (self);
}
