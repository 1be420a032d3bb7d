/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A certificate of a peer is made once, when it is asked for, and not before. */

#include "base/wsp-peer-certificate-private.h"

#include <libwsproto/wsproto.h>

#include "endpoint/far/certificates.h"

#define PATH "/reactor/peer-certificate/"

static guint n_made;
static GTlsCertificate *next;

static GTlsCertificate *
make (GPtrArray *chain)
{
  n_made++;
  g_assert_cmpuint (chain->len, ==, 2);
  g_assert_cmpuint (g_bytes_get_size (chain->pdata[1]), ==, 3);
  return next != NULL ? g_object_ref (next) : NULL;
}

static WspPeerCertificate *
make_chain (void)
{
  GPtrArray *chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_ptr_array_add (chain, g_bytes_new_static ("own", 2));
  g_ptr_array_add (chain, g_bytes_new_static ("ca", 3));
  n_made = 0;
  return wsp_peer_certificate_new_for_chain (chain, make);
}

static void
test_is_made_once (void)
{
  GTlsCertificate *certificate = authority_get_certificate (CERTIFICATE_GOOD);
  g_autoptr (WspPeerCertificate) peer = make_chain ();
  g_autoptr (WspPeerCertificate) other = wsp_peer_certificate_ref (peer);

  next = certificate;
  g_assert_cmpuint (n_made, ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (wsp_peer_certificate_get (peer) == certificate);
      g_assert_true (wsp_peer_certificate_get (other) == certificate);
    }
  g_assert_cmpuint (n_made, ==, 1);
}

static void
test_is_not_made_unasked (void)
{
  wsp_peer_certificate_unref (make_chain ());
  g_assert_cmpuint (n_made, ==, 0);
}

static void
test_cannot_be_read (void)
{
  g_autoptr (WspPeerCertificate) peer = make_chain ();

  next = NULL;
  g_assert_null (wsp_peer_certificate_get (peer));
  g_assert_null (wsp_peer_certificate_get (peer));
  g_assert_cmpuint (n_made, ==, 1);
}

static void
test_is_an_object (void)
{
  GTlsCertificate *certificate = authority_get_certificate (CERTIFICATE_GOOD);
  g_autoptr (WspPeerCertificate) peer = wsp_peer_certificate_new (certificate);

  g_assert_true (wsp_peer_certificate_get (peer) == certificate);
}

static void
test_is_missing (void)
{
  g_assert_null (wsp_peer_certificate_ref (NULL));
  g_assert_null (wsp_peer_certificate_get (NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func (PATH "is-made-once", test_is_made_once);
  g_test_add_func (PATH "is-not-made-unasked", test_is_not_made_unasked);
  g_test_add_func (PATH "cannot-be-read", test_cannot_be_read);
  g_test_add_func (PATH "is-an-object", test_is_an_object);
  g_test_add_func (PATH "is-missing", test_is_missing);
  return g_test_run ();
}
