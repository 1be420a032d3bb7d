/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Finds the proxies for a WebSocket URI.  Desktops have proxy settings for http and https, rarely
 * for ws.  If a resolver has no proxy for a ws or wss URI, it is asked again with http or https,
 * and its proxies are sorted as RFC 6455 4.1 prefers: SOCKS5 first, HTTP last.
 *
 * curl and others write socks5h for a SOCKS5 proxy that resolves the host's name; GIO knows only
 * socks5, and asks each such proxy to do so. */
#include "endpoint/dialing/wsp-proxy-choice-private.h"

#include "http/wsp-uri-private.h"

struct _WspProxyChoice
{
  GObject         parent_instance;

  GProxyResolver *resolver;
};

static void wsp_proxy_choice_resolver_init (GProxyResolverInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WspProxyChoice, wsp_proxy_choice, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER,
                                                      wsp_proxy_choice_resolver_init))

static const char *const preferred[] = { "socks5", "socks4a", "socks4", "socks", "https", "http" };

static guint
proxy_choice_get_rank (const char *proxy)
{
  const char *scheme = g_uri_peek_scheme (proxy);

  for (guint i = 0; scheme != NULL && i < G_N_ELEMENTS (preferred); i++)
    {
      if (strcmp (scheme, preferred[i]) == 0)
        return i;
    }

  return G_N_ELEMENTS (preferred);
}

/* FALSE: one of them is not the URI of a proxy. */
static gboolean
proxy_choice_prepare (char   **proxies,
                      GError **error)
{
  const gsize length = strlen ("socks5h");

  for (guint i = 0; proxies != NULL && proxies[i] != NULL; i++)
    {
      if (!wsp_uri_check_proxy (proxies[i], error))
        return FALSE;

      if (g_ascii_strncasecmp (proxies[i], "socks5h:", length + 1) == 0)
        {
          g_autofree char *before = proxies[i];

          proxies[i] = g_strconcat ("socks5", before + length, NULL);
        }
    }

  return TRUE;
}

static int
compare_rank (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  return (int) proxy_choice_get_rank (*(char * const *) a) -
         (int) proxy_choice_get_rank (*(char * const *) b);
}

static gboolean
is_only_direct (char **proxies)
{
  for (guint i = 0; proxies != NULL && proxies[i] != NULL; i++)
    {
      if (!g_str_has_prefix (proxies[i], "direct:"))
        return FALSE;
    }

  return TRUE;
}

static void
on_second_lookup (GObject      *resolver,
                  GAsyncResult *result,
                  gpointer      data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  char **proxies = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (resolver), result, &error);

  if (proxies == NULL || !proxy_choice_prepare (proxies, &error))
    {
      g_strfreev (proxies);
      g_task_return_error (task, error);
      return;
    }

  /* Stable: proxies of one kind keep their order. */
  g_qsort_with_data (proxies, g_strv_length (proxies), sizeof *proxies, compare_rank, NULL);
  g_task_return_pointer (task, proxies, (GDestroyNotify) g_strfreev);
}

/* ws://host:port/ as http://host:port/, wss as https. */
static char *
make_http_uri (const char *uri)
{
  return g_strconcat ("http", uri + strlen ("ws"), NULL);
}

/* An error, such as for an unknown scheme, counts as no proxy. */
static void
on_first_lookup (GObject      *resolver,
                 GAsyncResult *result,
                 gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_auto (GStrv) proxies =
    g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (resolver), result, NULL);
  g_autofree char *uri = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;

  if (!is_only_direct (proxies))
    {
      GError *error = NULL;

      if (proxy_choice_prepare (proxies, &error))
        g_task_return_pointer (task, g_steal_pointer (&proxies), (GDestroyNotify) g_strfreev);
      else
        g_task_return_error (task, error);
      return;
    }

  uri = make_http_uri (g_task_get_task_data (task));
  g_proxy_resolver_lookup_async (G_PROXY_RESOLVER (resolver), uri, g_task_get_cancellable (task),
                                 on_second_lookup, g_object_ref (task));
}

static void
wsp_proxy_choice_lookup_async (GProxyResolver     *resolver,
                               const char         *uri,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  WspProxyChoice *self = WSP_PROXY_CHOICE (resolver);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, wsp_proxy_choice_lookup_async);
  g_task_set_task_data (task, g_strdup (uri), g_free);
  g_proxy_resolver_lookup_async (self->resolver, uri, cancellable, on_first_lookup, task);
}

static char **
wsp_proxy_choice_lookup_finish (GProxyResolver *resolver,
                                GAsyncResult   *result,
                                GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
wsp_proxy_choice_finalize (GObject *object)
{
  WspProxyChoice *self = WSP_PROXY_CHOICE (object);

  g_object_unref (self->resolver);

  G_OBJECT_CLASS (wsp_proxy_choice_parent_class)->finalize (object);
}

static void
wsp_proxy_choice_resolver_init (GProxyResolverInterface *interface)
{
  interface->lookup_async = wsp_proxy_choice_lookup_async;
  interface->lookup_finish = wsp_proxy_choice_lookup_finish;
}

static void
wsp_proxy_choice_class_init (WspProxyChoiceClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsp_proxy_choice_finalize;
}

static void
wsp_proxy_choice_init (WspProxyChoice *self)
{
}

GProxyResolver *
wsp_proxy_choice_new (GProxyResolver *resolver)
{
  WspProxyChoice *self = g_object_new (WSP_TYPE_PROXY_CHOICE, NULL);

  self->resolver = g_object_ref (resolver);
  return G_PROXY_RESOLVER (self);
}
