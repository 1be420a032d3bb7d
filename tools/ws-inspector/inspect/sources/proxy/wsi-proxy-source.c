/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/proxy/wsi-proxy-source.h"

#include <errno.h>
#include <sys/socket.h>

#include "inspect/sources/proxy/wsi-proxy-address.h"
#include "inspect/sources/proxy/wsi-proxy-private.h"
#include "inspect/sources/wsi-descriptors.h"
#include "reactor/tls/wsp-transport-tls-private.h"
#include "reactor/wsp-graceful-close-private.h"
#include "reactor/wsp-reactor-private.h"
#include "reactor/wsp-transport-private.h"

#define BACKLOG 512
#define MAX_ACCEPTED 64                 /* clients that are accepted at once */

typedef struct
{
  WsiProxySource *source;
  GSocket        *socket;
  WspWatch        watch;
} Listener;

struct _WsiProxySource
{
  WsiSource           parent_instance;

  WsiListenAddress    address;
  WsiProxyTarget      target;
  gboolean            is_rewriting;
  WsiProxyNames      *names;            /* names to rewrite in heads; NULL: none is rewritten */
  GPtrArray          *listeners;
  WsiProxyShared      shared;
  GHashTable         *pairs;            /* pairs of connections (WsiProxyPair) */
  GHashTable         *openings;         /* pairs that connect (WsiProxyOpening), which hold the
                                         * source */
  gboolean            is_ending;
  gboolean            has_warned;       /* the last sentence warns of a certificate */
};

G_DEFINE_FINAL_TYPE (WsiProxySource, wsi_proxy_source, WSI_TYPE_SOURCE)

static void
listener_free (gpointer data)
{
  Listener *listener = data;

  if (listener->watch.is_watched)
    wsp_reactor_unwatch (listener->source->shared.reactor, &listener->watch);
  g_socket_close (listener->socket, NULL);
  g_object_unref (listener->socket);
  g_free (listener);
}

static void
wait_for_clients (WsiProxySource *self,
                  WspWatchEvents  events)
{
  for (guint i = 0; i < self->listeners->len; i++)
    wsp_reactor_set_events (self->shared.reactor, &((Listener *) self->listeners->pdata[i])->watch,
                            events);
}

/* Handles the end of a pair: there is room for clients again, if there was none. */
static void
on_pair_ended (WsiProxyPair *pair,
               gpointer      data)
{
  WsiProxySource *self = data;

  g_hash_table_remove (self->pairs, pair);
  wait_for_clients (self, WSP_WATCH_READ);
}

/* Whether the target is the proxy itself, which would connect to itself without end. */
static gboolean
is_own_address (WsiProxySource *self,
                WspTransport   *back)
{
  g_autoptr (GSocketAddress) remote = wsp_transport_dup_remote_address (back);

  for (guint i = 0; remote != NULL && i < self->listeners->len; i++)
    {
      Listener *listener = self->listeners->pdata[i];

      if (wsi_proxy_address_is_same (g_socket_get_local_address (listener->socket, NULL), remote))
        return TRUE;
    }
  return FALSE;
}

static void
proxy_source_add_pair (WsiProxySource    *self,
                       WspTransport      *front,
                       WspTransport      *back,
                       const WsiSentence *sentence)
{
  WsiProxyPair *pair =
    back != NULL ? wsi_proxy_pair_new (&self->shared, front, back, on_pair_ended, self)
                 : wsi_proxy_pair_new_refused (&self->shared, front, sentence, on_pair_ended, self);

  g_hash_table_add (self->pairs, pair);
}

static void
proxy_source_close_leg (WspTransport *leg)
{
  if (leg != NULL)
    wsp_transport_close (leg, WSP_TRANSPORT_CLOSE_NOW);
}

/* Reports a warning once, which each connection may have. */
static void
proxy_source_report (WsiProxySource    *self,
                     const WsiSentence *sentence)
{
  gboolean is_warning = sentence->id == WSI_SENTENCE_ACCEPTED_ALL_THE_SAME;

  if (!is_warning || !self->has_warned)
    wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_RUNNING, sentence);
  self->has_warned = is_warning;
}

static void
proxy_source_on_opened (WsiProxyOpening   *opening,
                        WsiProxyOpened     opened,
                        WspTransport      *front,
                        WspTransport      *back,
                        const WsiSentence *sentence,
                        gpointer           data)
{
  static const WsiSentence is_proxy = { .id = WSI_SENTENCE_TARGET_IS_PROXY };
  g_autoptr (WsiProxySource) self = data;

  g_hash_table_remove (self->openings, opening);
  if (self->is_ending)
    {
      proxy_source_close_leg (front);
      proxy_source_close_leg (back);
      return;
    }

  if (back != NULL && is_own_address (self, back))
    {
      proxy_source_close_leg (g_steal_pointer (&back));
      sentence = &is_proxy;
    }

  if (sentence != NULL)
    proxy_source_report (self, sentence);
  if (opened != WSI_PROXY_NO_CLIENT)
    {
      proxy_source_add_pair (self, front, back, sentence);
      return;
    }

  wsi_proxy_pair_record_failure (&self->shared, front, sentence);
  proxy_source_close_leg (front);
  wait_for_clients (self, WSP_WATCH_READ);
}

static void
open_client (WsiProxySource *self,
             int             fd)
{
  WsiProxyOpening *opening =
    wsi_proxy_opening_new (&self->target, self->shared.reactor,
                           wsi_source_get_cancellable (WSI_SOURCE (self)), proxy_source_on_opened,
                           g_object_ref (self));

  g_hash_table_add (self->openings, opening);
  wsi_proxy_opening_begin (opening, fd);
}

/* Accepts clients; without file descriptors, they wait until a connection ends. */
static void
on_clients (WspWatch      *watch,
            WspWatchEvents events)
{
  Listener *listener = WSP_OWNER_OF (watch, Listener, watch);
  g_autoptr (WsiProxySource) self = g_object_ref (listener->source);

  for (guint n = 0; n < MAX_ACCEPTED && !self->is_ending; n++)
    {
      int fd = accept4 (watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

      if (fd < 0 && (errno == EMFILE || errno == ENFILE))
        wait_for_clients (self, WSP_WATCH_NOTHING);
      if (fd < 0)
        return;

      open_client (self, fd);
    }
}

static void
wsi_proxy_source_begin (WsiSource *source)
{
  WsiProxySource *self = WSI_PROXY_SOURCE (source);

  wsi_proxy_target_set_up_tls (&self->target);
  self->shared.reactor = wsp_reactor_ref_thread_default ();
  for (guint i = 0; i < self->listeners->len; i++)
    {
      Listener *listener = self->listeners->pdata[i];

      if (!wsp_reactor_watch (self->shared.reactor, &listener->watch,
                              g_socket_get_fd (listener->socket), WSP_WATCH_READ, on_clients))
        {
          wsi_source_report (source, WSI_SOURCE_FAILED, WSI_SENTENCE (ERROR, g_strerror (errno)));
          g_ptr_array_set_size (self->listeners, 0);
          return;
        }
    }
  wsi_source_report (source, WSI_SOURCE_RUNNING, NULL);
}

static void
end_all (WsiProxySource *self)
{
  g_autoptr (GList) openings = g_hash_table_get_keys (self->openings);
  GHashTableIter iter;
  gpointer pair;

  self->is_ending = TRUE;
  g_ptr_array_set_size (self->listeners, 0);
  for (GList *at = openings; at != NULL; at = at->next)
    wsi_proxy_opening_cancel (at->data);
  g_hash_table_iter_init (&iter, self->pairs);
  while (g_hash_table_iter_next (&iter, &pair, NULL))
    wsi_proxy_pair_end (pair);
  g_hash_table_remove_all (self->pairs);
}

static void
wsi_proxy_source_end (WsiSource *source)
{
  end_all (WSI_PROXY_SOURCE (source));
  wsi_source_report (source, WSI_SOURCE_ENDED, NULL);
}

/* Openings were cancelled: GIO's threads notice soon.  The thread and its context then end, so that
 * closed legs may not wait any longer. */
static void
wsi_proxy_source_abort (WsiSource *source)
{
  WsiProxySource *self = WSI_PROXY_SOURCE (source);

  end_all (self);
  if (wsi_source_get_place (source) == WSI_PLACE_THREAD)
    {
      while (g_hash_table_size (self->openings) > 0)
        g_main_context_iteration (wsi_source_get_context (source), TRUE);
      wsp_graceful_close_finish_all (self->shared.reactor);
    }
  g_clear_pointer (&self->shared.reactor, wsp_reactor_unref);
}

static void
wsi_proxy_source_finalize (GObject *object)
{
  WsiProxySource *self = WSI_PROXY_SOURCE (object);

  g_ptr_array_unref (self->listeners);
  g_hash_table_unref (self->pairs);
  g_hash_table_unref (self->openings);
  g_clear_pointer (&self->names, wsi_proxy_names_free);
  g_clear_object (&self->target.database);
  g_clear_object (&self->target.certificate);
  g_clear_pointer (&self->target.front_tls, wsp_tls_context_unref);
  g_clear_pointer (&self->target.back_tls, wsp_tls_context_unref);
  g_free (self->shared.buffer);
  g_free (self->target.host);
  wsi_listen_address_clear (&self->address);
  G_OBJECT_CLASS (wsi_proxy_source_parent_class)->finalize (object);
}

static void
wsi_proxy_source_class_init (WsiProxySourceClass *class)
{
  WsiSourceClass *source_class = WSI_SOURCE_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = wsi_proxy_source_finalize;
  source_class->kind = WSI_SOURCE_KIND_PROXY;
  source_class->begin = wsi_proxy_source_begin;
  source_class->end = wsi_proxy_source_end;
  source_class->abort = wsi_proxy_source_abort;
}

static void
wsi_proxy_source_init (WsiProxySource *self)
{
  self->listeners = g_ptr_array_new_with_free_func (listener_free);
  self->shared.buffer = g_malloc (WSI_PROXY_BUFFER_SIZE);
  self->pairs = g_hash_table_new_full (NULL, NULL, (GDestroyNotify) wsi_proxy_pair_free, NULL);
  self->openings = g_hash_table_new (NULL, NULL);
}

WsiProxySource *
wsi_proxy_source_new (WsiRecorder *recorder,
                      WsiPlace     place,
                      const char  *listen,
                      const char  *target,
                      GError     **error)
{
  g_autoptr (WsiProxySource) self = g_object_new (WSI_TYPE_PROXY_SOURCE, NULL);

  wsi_source_construct (WSI_SOURCE (self), recorder, place);
  if (!wsi_listen_address_parse (&self->address, listen, error) ||
      !wsi_proxy_target_parse (target, &self->target.host, &self->target.port,
                               &self->target.is_tls, error))
    return NULL;

  wsi_source_set_title (WSI_SOURCE (self), target);
  self->shared.http.recorder = recorder;        /* the recorder lives as long as the source */
  self->shared.http.source = WSI_SOURCE_PROXY;
  self->shared.http.shows_unknown = TRUE;
  return g_steal_pointer (&self);
}

void
wsi_proxy_source_set_certificate (WsiProxySource  *self,
                                  GTlsCertificate *certificate)
{
  g_set_object (&self->target.certificate, certificate);
}

void
wsi_proxy_source_set_authorities (WsiProxySource *self,
                                  GTlsDatabase   *authorities)
{
  g_set_object (&self->target.database, authorities);
}

void
wsi_proxy_source_accept_any_certificate (WsiProxySource *self)
{
  self->target.accepts_any = TRUE;
}

void
wsi_proxy_source_rewrite_host (WsiProxySource *self)
{
  self->is_rewriting = TRUE;
}

static void
make_names (WsiProxySource *self,
            guint16         port)
{
  static const WsiSentence altered = { .id = WSI_SENTENCE_ALTERED };
  gboolean is_tls = self->target.certificate != NULL;

  self->names = wsi_proxy_make_names (&self->address, port, is_tls, self->target.host,
                                      self->target.port, self->target.is_tls);
  self->shared.names = self->names;
  self->shared.http.note = &altered;
}

gboolean
wsi_proxy_source_listen (WsiProxySource *self,
                         GError        **error)
{
  g_autofree char *uri = NULL;
  g_autoptr (GPtrArray) sockets = wsi_proxy_address_listen (&self->address, BACKLOG, error);
  guint16 port;

  if (sockets == NULL)
    return FALSE;

  for (guint i = 0; i < sockets->len; i++)
    {
      Listener *listener = g_new0 (Listener, 1);

      listener->source = self;
      listener->socket = g_object_ref (sockets->pdata[i]);
      g_ptr_array_add (self->listeners, listener);
    }

  wsi_descriptors_raise_limit ();
  uri = wsi_proxy_address_make_uri (sockets->pdata[0], self->target.certificate != NULL, &port);
  wsi_source_set_uri (WSI_SOURCE (self), uri);
  if (self->is_rewriting)
    make_names (self, port);
  return TRUE;
}
