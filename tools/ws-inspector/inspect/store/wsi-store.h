/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The recorded traffic: one record for each frame and event, in order, their payloads, and the
 * conversations they belong to.  All of it is bounded: the oldest payloads are dropped first, then
 * the oldest records.  Frames without memory are counted.
 *
 * One thread writes: it calls the functions of the first block, and may look at a record until it
 * appends the next one.  Any number of other threads read, without a lock and without waiting: they
 * look at records and payloads between wsi_store_begin_reading () and wsi_store_end_reading (), and
 * nothing that they see is freed until they end.  The writer does not wait for them either: while a
 * reader stays, memory is not freed, and once the caps leave no room for that, new frames are
 * dropped and counted.
 *
 * docs/rationales/inspector.md has the reasons. */
#pragma once

#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-fold.h"
#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-statistics.h"

#include <gio/gio.h>
#include <libwsproto/observe/wsp-frame-record.h>

G_BEGIN_DECLS

/* The records in addition to those of frames. */
typedef enum
{
  WSI_EVENT_ROWS_NONE = 0,
  WSI_EVENT_ROWS_CONVERSATIONS = 1 << 0,        /* rows of conversations: opened, request, close,
                                                 * bytes in no frame, ... */
  WSI_EVENT_ROWS_LOSSES = 1 << 1,               /* rows of losses of the store itself */
} WsiEventRows;

typedef struct
{
  guint64      max_records;
  gsize        max_memory;      /* bytes of payload in memory at most */
  guint64      max_file;        /* bytes of payload on disk at most; 0 = none */
  const char  *folder;          /* folder of that file, which has no name; NULL = the system's */
  gsize        max_stored;      /* bytes of one payload at most */
  gsize        max_facts;       /* bytes of the facts of conversations at most; 0 = the default */
  WsiEventRows event_rows;
} WsiStoreLimits;

#define WSI_DEFAULT_MAX_RECORDS 5000000
#define WSI_DEFAULT_MAX_PAYLOAD (256 * 1024 * 1024)
#define WSI_DEFAULT_MAX_FILE (G_GUINT64_CONSTANT (4) * 1024 * 1024 * 1024)
#define WSI_DEFAULT_MAX_FACTS (128 * 1024 * 1024)
#define WSI_DEFAULT_MAX_STORED (16 * 1024 * 1024)
#define WSI_STORE_LIMITS_DEFAULT { \
    .max_records = WSI_DEFAULT_MAX_RECORDS, \
    .max_memory = WSI_DEFAULT_MAX_PAYLOAD, \
    .max_file = WSI_DEFAULT_MAX_FILE, \
    .max_stored = WSI_DEFAULT_MAX_STORED, \
    .event_rows = WSI_EVENT_ROWS_CONVERSATIONS | WSI_EVENT_ROWS_LOSSES, \
}

/* A frame to append. */
typedef struct
{
  const WspFrameRecord *frame;          /* facts about the frame, or about bytes that are in none */
  const guint8         *payload;        /* payload from the wire, unmasked; NULL = not known */
  gsize                 n_payload;      /* bytes of payload; less than the frame says: only its
                                         * beginning is known */
  const guint8         *inflated;       /* payload after inflating; NULL = it was not inflated */
  gsize                 n_inflated;
  const guint          *faults;         /* broken rules, or NULL */
  guint                 n_faults;
  WsiRecordFlags        flags;
  gboolean              is_hidden;      /* its message has hidden values */
} WsiFrame;

typedef enum
{
  WSI_VIEW_WIRE,                /* bytes of the wire, masked and compressed as they were */
  WSI_VIEW_UNMASKED,
  WSI_VIEW_INFLATED,
} WsiView;

typedef enum
{
#define NOTE(id, type, sentence) WSI_NOTE_ ## id,
#include "inspect/store/wsi-made-rows.h"
  WSI_N_NOTES,
} WsiNote;

typedef enum
{
  WSI_NOTE_OF_USER,
  WSI_NOTE_RECORDED,            /* a source has the note */
} WsiNoteOrigin;

/* Losses since the beginning. */
typedef struct
{
  guint64 n_incomplete;         /* frames that were recorded without their payload, or not at all */
  guint64 n_payload_bytes;      /* bytes that were dropped for the limits of memory and disk */
  guint64 n_rows;               /* rows that were removed for the limits of rows and heads */
} WsiStoreLosses;

#define WSI_TYPE_STORE (wsi_store_get_type ())

G_DECLARE_FINAL_TYPE (WsiStore, wsi_store, WSI, STORE, GObject)

/* Makes a store without event rows and without a file. */
WsiStore        *wsi_store_new (guint64 max_records,
                                gsize   max_memory);
WsiStore        *wsi_store_new_with_limits (const WsiStoreLimits *limits);

/* Adds a conversation; this and the next functions are the writer's. */
void             wsi_store_add_conversation  (WsiStore        *self,
                                              WsiConversation *conversation);
void             wsi_store_append            (WsiStore        *self,
                                              WsiConversation *conversation,
                                              const WsiFrame  *frame);
/* event: its event, time, direction, offset, length and fault.  conversation may be NULL, sentence
 * too. */
void             wsi_store_append_event      (WsiStore          *self,
                                              WsiConversation   *conversation,
                                              const WsiRecord   *event,
                                              const WsiSentence *sentence);
/* Frames that were dropped before they could be appended. */
void             wsi_store_count_dropped     (WsiStore *self,
                                              guint64   n);
/* Tells of what was appended, and of what was not, since the last time. */
void             wsi_store_announce          (WsiStore *self);
/* Frames in between have no records, but events have.  Each direction of a connection has an event
 * that says how many were left out, before its next event or at the end of the pause.  Times are
 * wall times. */
void             wsi_store_pause             (WsiStore *self,
                                              gint64    time_us);
/* Resumes recording; a connection that has no more frames has its gap, too. */
void             wsi_store_resume            (WsiStore *self,
                                              gint64    time_us);
gboolean         wsi_store_is_paused         (WsiStore *self);
/* Appends gaps now, because nothing may follow; a pause goes on. */
void             wsi_store_append_gaps       (WsiStore *self,
                                              gint64    time_us);
/* The number of frames that were left out in this pause or the last one. */
guint64          wsi_store_get_n_left_out    (WsiStore *self);
/* The number of records that wait for wsi_store_announce (). */
guint64          wsi_store_get_n_unannounced (WsiStore *self);

/* Begins reading; any thread may call this and the next functions. */
guint            wsi_store_begin_reading   (WsiStore *self);
void             wsi_store_end_reading     (WsiStore *self,
                                            guint     reading);
/* The number of the oldest record that is still there. */
guint64          wsi_store_get_first       (WsiStore *self);
/* The number that the next record will have. */
guint64          wsi_store_get_end         (WsiStore *self);
WsiStoreLosses   wsi_store_get_losses      (WsiStore *self);
/* Time of the first row of a connection, also when that is gone: others count from it.  FALSE:
 * there was none. */
gboolean         wsi_store_get_begin       (WsiStore *self,
                                            gint64   *time_us);
/* The bytes of memory for payloads, and their cap. */
gsize            wsi_store_get_memory      (WsiStore *self);
gsize            wsi_store_get_max_memory  (WsiStore *self);
/* The counts since the beginning, whatever was removed since; they belong to the store. */
WsiStatistics   *wsi_store_get_statistics  (WsiStore *self);
/* The record with a number; NULL: it is gone, or not there yet. */
const WsiRecord *wsi_store_get_record      (WsiStore *self,
                                            guint64   number);
/* Begins and ends a reading.  FALSE: the record is gone, or not there yet. */
gboolean         wsi_store_get_time        (WsiStore *self,
                                            guint64   number,
                                            gint64   *time_us);
/* The record and those that follow it in one array, of which there are n; NULL as above. */
const WsiRecord *wsi_store_get_run         (WsiStore *self,
                                            guint64   number,
                                            guint64  *n);
/* The bytes themselves, if they are so in memory: not of a masked payload on the wire, nor of one
 * that was written to disk.  NULL: use wsi_store_dup_payload ().  They stay until the end of the
 * reading. */
const guint8    *wsi_store_peek_payload    (WsiStore        *self,
                                            const WsiRecord *record,
                                            WsiView          view,
                                            gsize           *length);
/* The payload, at most max_length bytes; NULL: it was not kept, or not for so long, or it cannot be
 * inflated. */
GBytes          *wsi_store_dup_payload     (WsiStore *self,
                                            guint64   number,
                                            WsiView   view,
                                            gsize     max_length);
/* The sentence of an event, for g_free (), whose text is English.  NULL: it has none, or it was
 * dropped. */
WsiSentence     *wsi_store_dup_event_sentence (WsiStore *self,
                                               guint64   number);
char            *wsi_store_dup_event_text  (WsiStore *self,
                                            guint64   number);
/* Writes at most n_faults of a record's faults; returns how many there are. */
guint            wsi_store_get_faults      (WsiStore *self,
                                            guint64   number,
                                            guint    *faults,
                                            guint     n_faults);
/* The message with a number.  FALSE: there is no such message, or no record of it is left.  Its
 * first record may be gone. */
gboolean         wsi_store_get_message     (WsiStore       *self,
                                            guint32         message,
                                            WsiMessageInfo *info);
/* Writes the numbers of its records from a number on, at most n; returns how many they are.  A
 * record may be gone. */
guint            wsi_store_get_fragments   (WsiStore             *self,
                                            const WsiMessageInfo *info,
                                            guint64               from,
                                            guint64              *fragments,
                                            guint                 n);
/* The payloads of a message's frames so far, at most max_length bytes, up to the first one that is
 * missing or was not kept: then the message is_cut.  NULL: a part of these is gone, or cannot be
 * inflated. */
GBytes          *wsi_store_dup_message_view (WsiStore *self,
                                             guint32   message,
                                             WsiView   view,
                                             gsize     max_length);
/* Bytes of the payloads of its frames so far, before inflating.  Frames that are gone do not
 * count. */
guint64          wsi_store_get_payload_length (WsiStore             *self,
                                               const WsiMessageInfo *info);
GBytes          *wsi_store_dup_message     (WsiStore *self,
                                            guint32   message,
                                            gsize     max_length);
/* The number of conversations that were opened so far: their numbers go from 1 to this.  n_kept:
 * those that the store has not forgotten. */
guint32          wsi_store_count_conversations (WsiStore *self,
                                                guint32  *n_kept);
/* The servers of the conversations. */
WsiServers      *wsi_store_get_servers      (WsiStore *self);
/* The conversation with a number.  NULL: none of its records is left. */
WsiConversation *wsi_store_dup_conversation (WsiStore *self,
                                             guint32   number);
/* The record that a decoder has paired with this one.  FALSE: none. */
gboolean         wsi_store_get_reply       (WsiStore *self,
                                            guint64   request,
                                            guint64  *reply);
gboolean         wsi_store_get_request     (WsiStore *self,
                                            guint64   reply,
                                            guint64  *request);
void             wsi_store_set_reply       (WsiStore *self,
                                            guint64   request,
                                            guint64   reply);
/* Requests with their replies, in the order in which these were found; see
 * wsi_notes_get_pairs (). */
guint            wsi_store_get_pairs       (WsiStore *self,
                                            guint64  *from,
                                            WsiPair  *pairs,
                                            guint     n);
/* Notes that a message reports an error, as a decoder has found.  field: by it a filter finds the
 * message; it is not copied. */
void             wsi_store_set_error       (WsiStore   *self,
                                            guint64     number,
                                            const char *field,
                                            const char *text);
/* The field with a message's error; NULL: it reports none. */
const char      *wsi_store_get_error       (WsiStore *self,
                                            guint64   number);
/* The text; NULL: the message tells none, or the text was not kept. */
char            *wsi_store_dup_error       (WsiStore *self,
                                            guint64   number);
/* Numbers of such messages, in the order in which they were found; see
 * wsi_notes_get_pairs (). */
guint            wsi_store_get_errors      (WsiStore *self,
                                            guint64  *from,
                                            guint64  *numbers,
                                            guint     n);
/* The comment on a row.  NULL: there is none. */
char            *wsi_store_dup_comment     (WsiStore *self,
                                            guint64   number);
void             wsi_store_set_comment     (WsiStore   *self,
                                            guint64     number,
                                            const char *text);
/* Sets a comment that is in the file that is read, and so would not be lost.  A file may have it
 * twice. */
void             wsi_store_set_recorded_comment (WsiStore   *self,
                                                 guint64     number,
                                                 const char *text);
/* The tags of the comments that were set last, latest first. */
GStrv            wsi_store_dup_tags        (WsiStore *self);
/* The mark of a row; 0 = none. */
guint            wsi_store_get_mark        (WsiStore *self,
                                            guint64   number);
void             wsi_store_set_mark        (WsiStore *self,
                                            guint64   number,
                                            guint     mark);
/* Sets a mark that is in the file that is read, as wsi_store_set_recorded_comment (). */
void             wsi_store_set_recorded_mark (WsiStore *self,
                                              guint64   number,
                                              guint     mark);

G_END_DECLS
