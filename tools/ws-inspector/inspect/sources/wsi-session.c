/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-session.h"

#include <glib/gi18n.h>
#include <libwsproto/wsproto.h>

#include "inspect/capture/lanes/wsi-merger.h"
#include "inspect/sources/wsi-client-source.h"
#include "inspect/sources/wsi-demo.h"
#include "inspect/sources/wsi-file-source.h"
#include "inspect/sources/wsi-server-source.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-sentence.h"
#include "inspect/store/wsi-store.h"

#define SWITCHING_PROTOCOLS 101
#define NEWS_MS 50              /* time between two signals about connections */

struct _WsiSession
{
  GObject          parent_instance;

  WsiStore        *store;
  WsiMerger       *merger;
  GListStore      *sources;
  WsiConversation *conversation;        /* latest conversation */
  WsiEnding        ending;      /* how the connection or source ended that the sentence is about */
  WsiSentence     *sentence;
  guint32          ended;       /* number of the connection in the sentence; 0 = a source */
  guint            timer;       /* timer that signals the next news; 0 = none is due */
  gboolean         has_handshake;       /* a handshake waits for the timer to be signalled, as does
                                         * the next member */
  WsiConversation *waiting;     /* conversation whose end is to be reported; NULL = none */
};

enum
{
  CHANGED,
  HANDSHAKE,
  REPORTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiSession, wsi_session, G_TYPE_OBJECT)

static void
end_source (WsiSession *self,
            WsiSource  *source)
{
  g_signal_handlers_disconnect_by_data (source, self);
  wsi_source_close (source);
}

/* Drops the writer first: threads of sources may wait for it. */
static void
wsi_session_dispose (GObject *object)
{
  WsiSession *self = WSI_SESSION (object);

  wsi_merger_close (self->merger);
  for (guint i = 0; i < wsi_session_get_n_sources (self); i++)
    end_source (self, wsi_session_get_source (self, i));
  g_list_store_remove_all (self->sources);
  g_clear_object (&self->conversation);
  g_clear_object (&self->waiting);
  g_clear_handle_id (&self->timer, g_source_remove);

  G_OBJECT_CLASS (wsi_session_parent_class)->dispose (object);
}

static void
wsi_session_finalize (GObject *object)
{
  WsiSession *self = WSI_SESSION (object);

  g_object_unref (self->sources);
  g_clear_object (&self->merger);
  g_clear_object (&self->store);
  g_free (self->sentence);
  G_OBJECT_CLASS (wsi_session_parent_class)->finalize (object);
}

static void
wsi_session_class_init (WsiSessionClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_session_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_session_finalize;

  /* signal: the state of a source, or the sentence, has changed */
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  /* signal: there is more to report of the conversation */
  signals[HANDSHAKE] = g_signal_new ("handshake", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  /* signal: a new sentence, once; "changed" follows */
  signals[REPORTED] = g_signal_new ("reported", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 0);
}

static void
wsi_session_init (WsiSession *self)
{
  self->merger = wsi_merger_new (NULL);
  self->sources = g_list_store_new (WSI_TYPE_SOURCE);
}

WsiSession *
wsi_session_new_with_limits (const WsiStoreLimits *limits)
{
  WsiSession *self = g_object_new (WSI_TYPE_SESSION, NULL);

  self->store = wsi_store_new_with_limits (limits);
  return self;
}

static void
sources_session_set_sentence (WsiSession        *self,
                              WsiConversation   *ended,
                              WsiEnding          ending,
                              const WsiSentence *sentence)
{
  self->ended = ended != NULL ? wsi_conversation_get_number (ended) : 0;
  self->ending = ending;
  g_free (self->sentence);
  self->sentence = wsi_sentence_copy (sentence);
  g_signal_emit (self, signals[REPORTED], 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
sources_session_report_end (WsiSession *self)
{
  g_autoptr (WsiConversation) ended = g_steal_pointer (&self->waiting);

  if (ended != NULL)
    sources_session_set_sentence (self, ended, wsi_conversation_get_ending (ended),
                                  wsi_conversation_get_sentence (ended));
}

static void
report_handshake (WsiSession *self)
{
  self->has_handshake = FALSE;
  g_signal_emit (self, signals[HANDSHAKE], 0);
}

static gboolean sources_session_on_news (gpointer session);

/* Signals news: the first ones at once, those of the next moment together, because thousands of
 * connections may open and end in a second. */
static void
signal_news (WsiSession *self)
{
  if (self->timer != 0)
    return;

  self->timer = g_timeout_add (NEWS_MS, sources_session_on_news, self);
  if (self->has_handshake)
    report_handshake (self);
  sources_session_report_end (self);
}

static gboolean
sources_session_on_news (gpointer session)
{
  g_autoptr (WsiSession) self = g_object_ref (session);

  self->timer = 0;
  if (self->has_handshake || self->waiting != NULL)
    signal_news (self);
  return G_SOURCE_REMOVE;
}

static void
sources_session_on_handshake (WsiSession *self)
{
  self->has_handshake = TRUE;
  signal_news (self);
}

/* Handles the end of a conversation.  An end that was abnormal is not replaced by one that was
 * not.  A conversation that has ended has no news any more. */
static void
sources_session_on_ended (WsiSession      *self,
                          WsiConversation *conversation)
{
  g_signal_handlers_disconnect_by_data (conversation, self);
  if (self->waiting == NULL || wsi_conversation_get_ending (conversation) == WSI_ENDING_ABNORMAL ||
      wsi_conversation_get_ending (self->waiting) != WSI_ENDING_ABNORMAL)
    g_set_object (&self->waiting, conversation);
  signal_news (self);
}

/* Data of a conversation: a GWeakRef to its source, since an open conversation is kept by the
 * recorder of its source. */
static GQuark
get_source_quark (void)
{
  return g_quark_from_static_string ("wsi-source");
}

static void
sources_session_free_reference (gpointer reference)
{
  g_weak_ref_clear (reference);
  g_free (reference);
}

static void
remember_source (WsiSession      *self,
                 WsiRecorder     *recorder,
                 WsiConversation *conversation)
{
  for (guint i = 0; i < wsi_session_get_n_sources (self); i++)
    {
      WsiSource *source = wsi_session_get_source (self, i);
      GWeakRef *reference;

      if (wsi_source_get_recorder (source) != recorder)
        continue;

      reference = g_new0 (GWeakRef, 1);
      g_weak_ref_init (reference, source);
      g_object_set_qdata_full (G_OBJECT (conversation), get_source_quark (), reference,
                               sources_session_free_reference);
    }
}

static void
sources_session_on_conversation (WsiSession      *self,
                                 WsiConversation *conversation,
                                 WsiRecorder     *recorder)
{
  remember_source (self, recorder, conversation);
  g_set_object (&self->conversation, conversation);
  /* a conversation whose handshake has passed before will have no other */
  if (wsi_conversation_get_handshake_presence (conversation) == WSI_HANDSHAKE_MISSING)
    sources_session_on_handshake (self);
  g_signal_connect_object (conversation, "handshake", G_CALLBACK (sources_session_on_handshake),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (conversation, "ended", G_CALLBACK (sources_session_on_ended), self,
                           G_CONNECT_SWAPPED);
}

/* The reference is the caller's.  options may be NULL: for a live source. */
WsiRecorder *
wsi_session_make_recorder (WsiSession           *self,
                           WspRole               role,
                           const WsiLaneOptions *options)
{
  const WsiLaneOptions live = { .kind = WSI_LANE_LIVE };
  WsiRecorder *recorder = wsi_recorder_new_in_lane (self->store, role, self->merger,
                                                    options != NULL ? options : &live);

  g_signal_connect_object (recorder, "conversation", G_CALLBACK (sources_session_on_conversation),
                           self,
                           G_CONNECT_SWAPPED);
  return recorder;
}

/* The latest connection, if its refusal is why the source has failed. */
static WsiConversation *
find_refused (WsiSession *self,
              WsiSource  *source)
{
  return self->conversation != NULL &&
         wsi_session_find_source (self, self->conversation) == source &&
         wsi_conversation_get_status (self->conversation) != 0 &&
         wsi_source_get_state (source) == WSI_SOURCE_FAILED ? self->conversation : NULL;
}

/* Handles a state of a source, after its earlier records were written. */
static void
on_source_changed (WsiSession *self,
                   WsiSource  *source)
{
  WsiSourceState state = wsi_source_get_state (source);
  const WsiSentence *sentence = wsi_source_get_sentence (source);

  wsi_merger_flush (self->merger);
  sources_session_report_end (self);
  if (sentence != NULL)
    sources_session_set_sentence (self, find_refused (self, source), WSI_ENDING_ABNORMAL, sentence);
  else
    g_signal_emit (self, signals[CHANGED], 0);
  if (state == WSI_SOURCE_FAILED)
    report_handshake (self);
}

static gboolean
is_reading_file (WsiSession *self)
{
  for (guint i = 0; i < wsi_session_get_n_sources (self); i++)
    {
      WsiSource *source = wsi_session_get_source (self, i);

      if (wsi_source_get_kind (source) == WSI_SOURCE_KIND_FILE &&
          wsi_source_get_state (source) <= WSI_SOURCE_RUNNING)
        return TRUE;
    }
  return FALSE;
}

/* Pauses the recording, after the earlier records were written. */
void
wsi_session_pause (WsiSession *self)
{
  if (is_reading_file (self))
    return;

  wsi_merger_flush (self->merger);
  wsi_store_pause (self->store, g_get_real_time ());
  g_signal_emit (self, signals[CHANGED], 0);
}

void
wsi_session_resume (WsiSession *self)
{
  if (!wsi_session_is_paused (self))
    return;

  wsi_merger_flush (self->merger);
  wsi_store_resume (self->store, g_get_real_time ());
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
wsi_session_is_paused (WsiSession *self)
{
  return wsi_store_is_paused (self->store);
}

void
wsi_session_add (WsiSession *self,
                 WsiSource  *source)
{
  if (wsi_source_get_kind (source) == WSI_SOURCE_KIND_FILE)
    wsi_session_resume (self);

  g_signal_connect_object (source, "changed", G_CALLBACK (on_source_changed), self,
                           G_CONNECT_SWAPPED);
  g_list_store_append (self->sources, source);
  wsi_source_start (source);
}

void
wsi_session_remove (WsiSession *self,
                    WsiSource  *source)
{
  g_autoptr (WsiSource) kept = g_object_ref (source);
  guint position;

  g_return_if_fail (g_list_store_find (self->sources, source, &position));

  end_source (self, source);
  g_list_store_remove (self->sources, position);
}

WsiSource *
wsi_session_demonstrate (WsiSession *self,
                         const char *text,
                         GError    **error)
{
  g_autoptr (WsiRecorder) recorder = wsi_session_make_recorder (self, WSP_ROLE_CLIENT, NULL);
  g_autoptr (WsiDemo) source = wsi_demo_new (recorder, WSI_PLACE_THREAD, text, error);

  if (source == NULL)
    return NULL;

  wsi_session_add (self, WSI_SOURCE (source));
  return WSI_SOURCE (source);
}

WsiSource *
wsi_session_open_files (WsiSession   *self,
                        GListModel   *files,
                        const char   *key_log,
                        const GArray *websocket_ports)
{
  const WsiLaneOptions recorded = { .kind = WSI_LANE_RECORDED };
  g_autoptr (WsiRecorder) recorder =
    wsi_session_make_recorder (self, WSP_ROLE_CLIENT, &recorded);
  g_autoptr (WsiFileSource) source =
    wsi_file_source_new (recorder, WSI_PLACE_THREAD, files, key_log,
                         websocket_ports);

  wsi_session_add (self, WSI_SOURCE (source));
  return WSI_SOURCE (source);
}

GListModel *
wsi_session_get_sources (WsiSession *self)
{
  return G_LIST_MODEL (self->sources);
}

WsiSource *
wsi_session_find_source (WsiSession      *self,
                         WsiConversation *conversation)
{
  GWeakRef *reference = g_object_get_qdata (G_OBJECT (conversation), get_source_quark ());
  g_autoptr (WsiSource) source = reference != NULL ? g_weak_ref_get (reference) : NULL;

  return source != NULL && g_list_store_find (self->sources, source, NULL) ? source : NULL;
}

static const char *
explain_kind (WsiSourceKind kind,
              const char  **advice)
{
  switch (kind)
    {
    case WSI_SOURCE_KIND_PROXY:
      *advice = N_("Connect to the server to send messages of your own.");
      return N_("The proxy passes bytes on unchanged.");
    case WSI_SOURCE_KIND_BROWSER:
      *advice = N_("Connect to the server to send messages of your own.");
      return N_("A browser is watched only.");
    case WSI_SOURCE_KIND_CAPTURE:
      *advice = N_("Connect to the server to send messages of your own.");
      return N_("A network interface is watched only.");
    case WSI_SOURCE_KIND_PROGRAM:
      *advice = N_("Connect to the server to send messages of your own.");
      return N_("A program is watched only.");
    case WSI_SOURCE_KIND_FILE:
      *advice = N_("Connect to its server to send messages again.");
      return N_("This connection was read from a file.");
    case WSI_SOURCE_KIND_EXAMPLE:
      *advice = N_("Connect to a server to send messages of your own.");
      return N_("The example plays by itself.");
    case WSI_SOURCE_KIND_CLIENT:
    case WSI_SOURCE_KIND_SERVER:
      return NULL;
    }

  g_assert_not_reached ();
}

/* The browser, interface or program that is all that the session observes; NULL: there is more, or
 * nothing. */
static WsiSource *
find_only_watched (WsiSession *self)
{
  WsiSource *source;
  WsiSourceKind kind;

  if (wsi_session_get_n_sources (self) != 1 || !wsi_session_is_running (self))
    return NULL;

  source = wsi_session_get_source (self, 0);
  kind = wsi_source_get_kind (source);
  return kind == WSI_SOURCE_KIND_BROWSER || kind == WSI_SOURCE_KIND_CAPTURE ||
         kind == WSI_SOURCE_KIND_PROGRAM ? source : NULL;
}

const char *
wsi_session_find_obstacle (WsiSession      *self,
                           WsiConversation *conversation,
                           const char     **advice)
{
  WsiSource *source = conversation != NULL ? wsi_session_find_source (self, conversation)
                                           : find_only_watched (self);
  const char *obstacle = source != NULL ? explain_kind (wsi_source_get_kind (source), advice)
                                        : NULL;

  if (obstacle != NULL)
    return obstacle;

  *advice = N_("Connect to send messages.");
  if (conversation == NULL)
    return N_("No connection is open.");
  if (source == NULL || wsi_conversation_get_ending (conversation) != WSI_ENDING_NONE)
    return N_("The connection is closed.");

  return wsi_conversation_get_status (conversation) != SWITCHING_PROTOCOLS
         ? N_("The opening handshake has not ended.") : NULL;
}

guint
wsi_session_get_n_sources (WsiSession *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->sources));
}

WsiSource *
wsi_session_get_source (WsiSession *self,
                        guint       i)
{
  g_autoptr (WsiSource) source = g_list_model_get_item (G_LIST_MODEL (self->sources), i);

  return source;
}

gboolean
wsi_session_is_running (WsiSession *self)
{
  for (guint i = 0; i < wsi_session_get_n_sources (self); i++)
    if (wsi_source_is_running (wsi_session_get_source (self, i)))
      return TRUE;
  return FALSE;
}

void
wsi_session_stop (WsiSession *self)
{
  for (guint i = 0; i < wsi_session_get_n_sources (self); i++)
    wsi_source_stop_async (wsi_session_get_source (self, i), NULL, NULL);
}

gint64
wsi_session_get_delay (WsiSession *self)
{
  return wsi_merger_get_delay (self->merger);
}

WsiStore *
wsi_session_get_store (WsiSession *self)
{
  return self->store;
}

const WsiSentence *
wsi_session_get_sentence (WsiSession *self)
{
  return self->sentence;
}

guint32
wsi_session_get_ended (WsiSession *self)
{
  return self->ended;
}

WsiEnding
wsi_session_get_ending (WsiSession *self)
{
  return self->ending;
}

WsiConversation *
wsi_session_get_conversation (WsiSession *self)
{
  return self->conversation;
}
