/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/wire.h"

#include "endpoint/dialing/wsp-proxy-choice-private.h"
#include "lib/rows.h"

/* The test's resolver: two results, and a list of the URIs that it was asked about. */
#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GObject)

struct _TestResolver
{
  GObject     parent_instance;
  const char *answers[2];       /* proxies for the first and the second question, separated by
                                 * spaces; NULL = the resolver fails */
  guint       n_asked;
  GString    *asked;
};

static void
test_resolver_lookup_async (GProxyResolver     *resolver,
                            const char         *uri,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  TestResolver *self = TEST_RESOLVER (resolver);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const char *answer = self->answers[self->n_asked++ % 2];

  g_string_append_printf (self->asked, "%s ", uri);
  if (answer != NULL)
    g_task_return_pointer (task, g_strsplit (answer, " ", -1), (GDestroyNotify) g_strfreev);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "Scheme is not known");
}

static char **
test_resolver_lookup_finish (GProxyResolver *resolver,
                             GAsyncResult   *result,
                             GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_resolver_interface_init (GProxyResolverInterface *interface)
{
  interface->lookup_async = test_resolver_lookup_async;
  interface->lookup_finish = test_resolver_lookup_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestResolver, test_resolver, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER,
                                                      test_resolver_interface_init))

static void
test_resolver_finalize (GObject *object)
{
  g_string_free (TEST_RESOLVER (object)->asked, TRUE);

  G_OBJECT_CLASS (test_resolver_parent_class)->finalize (object);
}

static void
test_resolver_class_init (TestResolverClass *class)
{
  G_OBJECT_CLASS (class)->finalize = test_resolver_finalize;
}

static void
test_resolver_init (TestResolver *self)
{
  self->asked = g_string_new (NULL);
}

static const struct
{
  const char *name, *uri, *answers[2], *asked;
  const char *proxies;          /* proxies that are tried, or the text of the error; NULL: the
                                 * resolver fails */
} choices[] = {
  { "WS-11-ws-is-known", "ws://h:80", { "http://a:1 socks5://b:2", "http://c:3" }, "ws://h:80 ",
    "http://a:1 socks5://b:2" },
  { "WS-11-ws-then-http", "ws://h:80", { "direct://", "http://c:3" }, "ws://h:80 http://h:80 ",
    "http://c:3" },
  { "WS-11-wss-then-https", "wss://h:443", { "direct://", "http://c:3" },
    "wss://h:443 https://h:443 ", "http://c:3" },
  { "WS-11-scheme-is-refused", "ws://h:80", { NULL, "http://c:3" }, "ws://h:80 http://h:80 ",
    "http://c:3" },
  { "WS-11-no-proxy-at-all", "ws://h:80", { "direct://", "direct://" }, "ws://h:80 http://h:80 ",
    "direct://" },
  { "WS-12-socks-before-https-before-http", "ws://h:80",
    { "direct://", "http://a:1 direct:// https://b:2 socks4://c:3 socks5://d:4 http://e:5" },
    "ws://h:80 http://h:80 ",
    "socks5://d:4 socks4://c:3 https://b:2 http://a:1 http://e:5 direct://" },
  { "without-a-scheme-comes-last", "ws://h:80", { "direct://", "nowhere http://c:3" }, "ws://h:80 http://h:80 ",
    "http://c:3 nowhere" },
  { "socks5h-is-socks5", "ws://h:80", { "socks5h://me:x@a:1 http://b:2", NULL }, "ws://h:80 ",
    "socks5://me:x@a:1 http://b:2" },
  { "socks5h-is-sorted-as-socks5", "ws://h:80", { "direct://", "http://a:1 SOCKS5H://b:2" }, "ws://h:80 http://h:80 ",
    "socks5://b:2 http://a:1" },
  { "socks5hx-is-unknown", "ws://h:80", { "socks5hx://a:1", NULL }, "ws://h:80 ", "socks5hx://a:1" },
  { "backslash-in-the-user", "ws://h:80", { "http://a\\@b:1", NULL }, "ws://h:80 ",
    "Invalid URI of a proxy \"http://b:1\": expected user name and password of letters, digits and -._~!$&'()*+,;= "
    "(write \\ as %5C)" },
  { "sign-in-the-password", "ws://h:80", { "direct://", "socks5h://me:pa@ss@b:1" }, "ws://h:80 http://h:80 ",
    "Invalid URI of a proxy \"socks5h://b:1\": expected user name and password of letters, digits and "
    "-._~!$&'()*+,;= (write @ as %40)" },
  { "both-fail", "ws://h:80", { NULL, NULL }, "ws://h:80 http://h:80 ", NULL },
};

static void
test_choice (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (TestResolver) resolver = g_object_new (TEST_TYPE_RESOLVER, NULL);
  g_autoptr (GProxyResolver) choice = wsp_proxy_choice_new (G_PROXY_RESOLVER (resolver));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) proxies = NULL;

  memcpy (resolver->answers, choices[i].answers, sizeof resolver->answers);
  g_proxy_resolver_lookup_async (choice, choices[i].uri, NULL, keep_result, &result);
  run_until_result (&result);
  proxies = g_proxy_resolver_lookup_finish (choice, result, &error);
  g_assert_cmpstr (resolver->asked->str, ==, choices[i].asked);
  if (proxies == NULL && choices[i].proxies != NULL)
    {
      g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
      g_assert_cmpstr (error->message, ==, choices[i].proxies);
      return;
    }
  if (choices[i].proxies == NULL)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      return;
    }

  g_assert_no_error (error);
  g_autofree char *joined = g_strjoinv (" ", proxies);

  g_assert_cmpstr (joined, ==, choices[i].proxies);
}

static void
test_cancelled (void)
{
  g_autoptr (TestResolver) resolver = g_object_new (TEST_TYPE_RESOLVER, NULL);
  g_autoptr (GProxyResolver) choice = wsp_proxy_choice_new (G_PROXY_RESOLVER (resolver));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  resolver->answers[0] = resolver->answers[1] = "direct://";
  g_proxy_resolver_lookup_async (choice, "ws://h:80", cancellable, keep_result, &result);
  g_cancellable_cancel (cancellable);
  run_until_result (&result);
  g_assert_null (g_proxy_resolver_lookup_finish (choice, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (resolver->asked->str, ==, "ws://h:80 ");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/endpoint/proxy-choice", choices, test_choice);
  g_test_add_func ("/endpoint/proxy-choice/cancelled", test_cancelled);

  return g_test_run ();
}
