/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where connections are observed: what it observes goes to its recorder.
 *
 * A source is made, configured, started once and stopped once by its owner.  It works in a context:
 * that of its owner, or one of its own with a thread.  Between start and end only its own functions
 * may be called; its signal is emitted in the owner's context. */
#pragma once

#include "inspect/capture/wsi-recorder.h"
#include "inspect/sources/sending/wsi-outgoing.h"

G_BEGIN_DECLS

/* The state of a source, which only moves forward. */
typedef enum
{
  WSI_SOURCE_NEW,
  WSI_SOURCE_STARTING,          /* the source is starting, such as a client that connects */
  WSI_SOURCE_RUNNING,
  WSI_SOURCE_ENDED,
  WSI_SOURCE_FAILED,            /* the source has failed; the sentence says why */
} WsiSourceState;

typedef enum
{
  WSI_SOURCE_KIND_CLIENT,
  WSI_SOURCE_KIND_SERVER,
  WSI_SOURCE_KIND_PROXY,
  WSI_SOURCE_KIND_BROWSER,
  WSI_SOURCE_KIND_CAPTURE,
  WSI_SOURCE_KIND_PROGRAM,
  WSI_SOURCE_KIND_FILE,
  WSI_SOURCE_KIND_EXAMPLE,
} WsiSourceKind;

typedef enum
{
  WSI_PLACE_OWNER,              /* in the thread that makes it, with a recorder without a lane */
  WSI_PLACE_THREAD,             /* in a thread of its own, with a recorder in a lane */
} WsiPlace;

#define WSI_TYPE_SOURCE (wsi_source_get_type ())

G_DECLARE_DERIVABLE_TYPE (WsiSource, wsi_source, WSI, SOURCE, GObject)

/* The functions of a class, called in the source's context. */
struct _WsiSourceClass
{
  GObjectClass  parent_class;

  WsiSourceKind kind;

  /* Reports RUNNING, or FAILED, at once or later. */
  void (*begin) (WsiSource *self);
  /* Ends the traffic in good order, then reports ENDED; called only in STARTING or RUNNING. */
  void (*end)   (WsiSource *self);
  /* Ends the traffic at once: the last call.  Nothing is reported after it. */
  void (*abort) (WsiSource *self);
  /* Loads the pages of a browser again.  NULL: the kind has no pages. */
  void (*reload) (WsiSource       *self,
                  WsiConversation *conversation);
};

/* Starts the source; call it once, in the owner's thread. */
void           wsi_source_start        (WsiSource *self);
/* Ends it in good order.  After the callback nothing more is recorded. */
void           wsi_source_stop_async   (WsiSource          *self,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);
void           wsi_source_stop_finish  (WsiSource    *self,
                                        GAsyncResult *result);
/* Ends it at once, if it has not ended, and waits for its thread. */
void           wsi_source_close        (WsiSource *self);
/* Sends on a connection that it observes.  The call outlives the source. */
void           wsi_source_send_async   (WsiSource          *self,
                                        WsiConversation    *conversation,
                                        WsiOutgoing        *outgoing,
                                        GCancellable       *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);
gboolean       wsi_source_send_finish  (GAsyncResult *result,
                                        GError      **error);
/* Whether the source runs, and observes pages. */
gboolean       wsi_source_can_reload   (WsiSource *self);
/* Lets the page that has opened the conversation load again. */
void           wsi_source_reload       (WsiSource       *self,
                                        WsiConversation *conversation);
WsiSourceKind  wsi_source_get_kind     (WsiSource *self);
WsiSourceState wsi_source_get_state    (WsiSource *self);
/* Whether the source was started, and has not ended. */
gboolean       wsi_source_is_running   (WsiSource *self);
/* Whether the source has ended, or has failed. */
gboolean       wsi_source_has_ended    (WsiSource *self);
/* The sentence about the failure or the end; NULL = there is nothing to say. */
const WsiSentence *wsi_source_get_sentence (WsiSource *self);
/* The name in a list of sources, such as that of a file, or the target of a proxy; NULL = not
 * yet. */
const char    *wsi_source_get_title    (WsiSource *self);
/* The address at which it connects or listens, or the file; NULL = not yet. */
const char    *wsi_source_get_uri      (WsiSource *self);
/* The line that clients are given, so that they connect to a server or a proxy; NULL: no client is
 * needed. */
const char    *wsi_source_get_line     (WsiSource *self);
/* The recorder.  NULL: nothing is recorded. */
WsiRecorder   *wsi_source_get_recorder (WsiSource *self);

/* Constructs a source, for implementations. */
void           wsi_source_construct    (WsiSource   *self,
                                        WsiRecorder *recorder,
                                        WsiPlace     place);
WsiPlace       wsi_source_get_place     (WsiSource *self);
/* A cancellable for blocking calls: it is cancelled in the owner's thread when the source is to
 * end, so that a read that waits ends at once. */
GCancellable  *wsi_source_get_stop      (WsiSource *self);
/* A cancellable for asynchronous calls: it is cancelled in the source's context, before `end` or
 * `abort`.  GLib 2.74 leaks the source of a wait that ends while another thread cancels it. */
GCancellable  *wsi_source_get_cancellable (WsiSource *self);
GMainContext  *wsi_source_get_context  (WsiSource *self);
/* Sets the title before the start; without it the title is the URI. */
void           wsi_source_set_title    (WsiSource  *self,
                                        const char *title);
/* Sets the URI before the start. */
void           wsi_source_set_uri      (WsiSource  *self,
                                        const char *uri);
/* Reports a state in the source's context; sentence may be NULL. */
void           wsi_source_report       (WsiSource         *self,
                                        WsiSourceState     state,
                                        const WsiSentence *sentence);

/* Reports a state with a title that is known only then; NULL: the title stays. */
void           wsi_source_report_titled (WsiSource         *self,
                                         WsiSourceState     state,
                                         const WsiSentence *sentence,
                                         const char        *title);

G_END_DECLS
