/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/far/notified.h"

#include "endpoint/far/certificates.h"

static const char *const texts[] = { "one", "two" };

static void
count (GObject    *object,
       GParamSpec *pspec,
       guint      *n_notifies)
{
  ++*n_notifies;
}

static void
set_boxed (GValue *value,
           guint   which)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  const char *list[] = { "zero", texts[which], NULL };

  wsp_headers_append (headers, "X-Name", texts[which], NULL);
  if (G_VALUE_HOLDS (value, G_TYPE_STRV))
    g_value_set_boxed (value, list);
  else
    g_value_set_boxed (value, headers);
}

GObject *
notified_make_object (GType type)
{
  if (type == G_TYPE_SOCKET_ADDRESS)
    return G_OBJECT (g_inet_socket_address_new_from_string ("127.0.0.1", 0));
  if (type == G_TYPE_PROXY_RESOLVER)
    return G_OBJECT (g_simple_proxy_resolver_new (NULL, NULL));
  if (type == G_TYPE_TLS_DATABASE)
    return g_object_ref (G_OBJECT (authority_get_database ()));
  if (type == G_TYPE_TLS_CERTIFICATE)
    return g_object_ref (G_OBJECT (authority_get_certificate (CERTIFICATE_CLIENT)));

  return g_object_new (type, NULL);
}

/* Two values, of which which selects one. */
static void
make_value (GValue     *value,
            GParamSpec *pspec,
            guint       which)
{
  g_value_init (value, pspec->value_type);
  if (G_IS_PARAM_SPEC_UINT (pspec))
    g_value_set_uint (value, which ? 1 : G_PARAM_SPEC_UINT (pspec)->maximum);
  else if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    g_value_set_boolean (value, which);
  else if (G_IS_PARAM_SPEC_STRING (pspec))
    g_value_set_string (value, texts[which]);
  else if (G_IS_PARAM_SPEC_BOXED (pspec))
    set_boxed (value, which);
  else
    g_value_take_object (value, notified_make_object (pspec->value_type));
}

static void
check_set (GObject    *object,
           GParamSpec *pspec,
           guint       which)
{
  g_auto (GValue) first = G_VALUE_INIT;
  g_auto (GValue) again = G_VALUE_INIT;
  g_auto (GValue) result = G_VALUE_INIT;
  guint n_notifies = 0;
  gulong handler;

  make_value (&first, pspec, which);
  if (G_VALUE_HOLDS_OBJECT (&first))    /* another object is another value */
    g_value_set_object (g_value_init (&again, pspec->value_type), g_value_get_object (&first));
  else
    make_value (&again, pspec, which);

  handler = g_signal_connect (object, "notify", G_CALLBACK (count), &n_notifies);
  g_object_set_property (object, pspec->name, &first);
  g_assert_cmpuint (n_notifies, ==, 1);
  g_object_set_property (object, pspec->name, &again);
  g_assert_cmpuint (n_notifies, ==, 1);
  g_signal_handler_disconnect (object, handler);

  g_object_get_property (object, pspec->name, &result);
  if (!G_VALUE_HOLDS_BOXED (&first))
    g_assert_cmpint (g_param_values_cmp (pspec, &first, &result), ==, 0);
}

static gboolean
may_be_null (GParamSpec *pspec)
{
  return pspec->value_type != WSP_TYPE_LIMITS &&
         (G_IS_PARAM_SPEC_OBJECT (pspec) || G_IS_PARAM_SPEC_BOXED (pspec) ||
          G_IS_PARAM_SPEC_STRING (pspec));
}

static void
check_unset (GObject    *object,
             GParamSpec *pspec)
{
  guint n_notifies = 0;
  gulong handler = g_signal_connect (object, "notify", G_CALLBACK (count), &n_notifies);

  g_object_set (object, pspec->name, NULL, NULL);
  g_object_set (object, pspec->name, NULL, NULL);
  g_assert_cmpuint (n_notifies, ==, 1);
  g_signal_handler_disconnect (object, handler);
}

static void
check_property (GObject    *object,
                GParamSpec *pspec)
{
  /* The first value is not the default. */
  guint first = G_IS_PARAM_SPEC_BOOLEAN (pspec) && !G_PARAM_SPEC_BOOLEAN (pspec)->default_value;

  check_set (object, pspec, first);
  if (may_be_null (pspec))
    check_unset (object, pspec);
  check_set (object, pspec, !first);
}

void
notified_check_all (GObject *object)
{
  guint n_properties;
  g_autofree GParamSpec **pspecs =
    g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n_properties);

  for (guint i = 0; i < n_properties; i++)
    {
      if (!(pspecs[i]->flags & G_PARAM_WRITABLE) || (pspecs[i]->flags & G_PARAM_CONSTRUCT_ONLY))
        continue;

      g_test_message ("%s", pspecs[i]->name);
      g_assert_true (pspecs[i]->flags & G_PARAM_EXPLICIT_NOTIFY);
      check_property (object, pspecs[i]);
    }
}
