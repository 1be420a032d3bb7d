/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "base/wsp-peer-certificate-private.h"

struct _WspPeerCertificate
{
  GTlsCertificate       *certificate;   /* certificate; NULL: not asked for yet, or it cannot be
                                           read */
  GPtrArray             *chain; /* chain from which `certificate` is made; NULL: it was made */
  WspPeerCertificateFunc make;
};

WspPeerCertificate *
wsp_peer_certificate_new (GTlsCertificate *certificate)
{
  WspPeerCertificate *self = g_atomic_rc_box_new0 (WspPeerCertificate);

  self->certificate = g_object_ref (certificate);
  return self;
}

WspPeerCertificate *
wsp_peer_certificate_new_for_chain (GPtrArray             *chain,
                                    WspPeerCertificateFunc make)
{
  WspPeerCertificate *self = g_atomic_rc_box_new0 (WspPeerCertificate);

  self->chain = chain;
  self->make = make;
  return self;
}

WspPeerCertificate *
wsp_peer_certificate_ref (WspPeerCertificate *self)
{
  return self != NULL ? g_atomic_rc_box_acquire (self) : NULL;
}

static void
peer_certificate_clear (gpointer data)
{
  WspPeerCertificate *self = data;

  g_clear_object (&self->certificate);
  g_clear_pointer (&self->chain, g_ptr_array_unref);
}

void
wsp_peer_certificate_unref (WspPeerCertificate *self)
{
  g_atomic_rc_box_release_full (self, peer_certificate_clear);
}

GTlsCertificate *
wsp_peer_certificate_get (WspPeerCertificate *self)
{
  g_autoptr (GPtrArray) chain = NULL;

  if (self == NULL)
    return NULL;

  chain = g_steal_pointer (&self->chain);
  if (chain != NULL)
    self->certificate = self->make (chain);
  return self->certificate;
}
