/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sentences with parts that are recorded as events.  Their own words are recorded in English: files
 * keep them, and filters find them.  A part that quotes the system (g_strerror (), GIO) is in the
 * language of the program that records it.  wsi_sentence_translate () knows them again where they
 * are shown. */
#pragma once

#include <glib/gi18n.h>

#define WSI_TEXT_BYTES_MISSING N_("%s bytes are missing")
#define WSI_TEXT_FRAME_LEFT_OUT N_("%s frame was left out: the capture was paused")
#define WSI_TEXT_FRAMES_LEFT_OUT N_("%s frames were left out: the capture was paused")
#define WSI_TEXT_RESUMED_AFTER_ONE N_("Frames are recorded again: %s was left out")
#define WSI_TEXT_RESUMED N_("Frames are recorded again: %s were left out")
#define WSI_TEXT_NOT_KEPT \
  N_("%s frames or payloads were not kept: too large, no memory, or readers hold it (raise " \
     "the limits in Preferences)")
#define WSI_TEXT_ROWS_REMOVED \
  N_("The %s oldest rows were removed (limit %s rows: raise it in Preferences, or save to a " \
     "file, which has no limit)")
#define WSI_TEXT_ROWS_REMOVED_FOR_HEADS \
  N_("The %s oldest rows were removed (limit %s MiB of heads: save to a file, which has " \
     "no limit)")
#define WSI_TEXT_NOT_ON_DISK \
  N_("Payloads cannot be written to disk (%s): over %s MiB the oldest in memory are dropped " \
     "(make room in /var/tmp)")
#define WSI_TEXT_DROPPING \
  N_("The oldest payloads are dropped from here on (limit %s MiB in memory, %s MiB on disk: " \
     "raise it in Preferences, or save to a file, which has no limit)")
#define WSI_TEXT_CANNOT_CONNECT N_("Cannot connect to %s: %s")
#define WSI_TEXT_TLS_FAILED N_("TLS with a client has failed: %s")
#define WSI_TEXT_WRONG_HOST N_("Host is not the proxy's: expected %s")
#define WSI_TEXT_HEAD_TOO_LONG N_("Head is too long: limit %s bytes")

/* How TLS has failed: of a server, then of a client. */
#define WSI_TEXT_UNKNOWN_AUTHORITY \
  N_("Certificate of %s is not trusted: unknown authority (choose the PEM file of its authority " \
     "in Trusted authorities, or with --ca)")
#define WSI_TEXT_OTHER_NAME \
  N_("Certificate of %s is not trusted: issued for another name (connect to a name that it has)")
#define WSI_TEXT_EXPIRED \
  N_("Certificate of %s is not trusted: expired (renew it, or set the clock of this computer)")
#define WSI_TEXT_NOT_YET_VALID \
  N_("Certificate of %s is not trusted: not valid yet (set the clock of this computer)")
#define WSI_TEXT_NOT_TRUSTED N_("Certificate of %s is not trusted (give the server another one)")
#define WSI_TEXT_CERTIFICATE_REFUSED \
  N_("%s has ended TLS (it may require a certificate: choose one that it trusts in Certificate " \
     "and Private key, or with --cert and --key)")
#define WSI_TEXT_CLIENT_ENDED_TLS \
  N_("TLS with a client has failed: it has refused the certificate, or sent no TLS (it must " \
     "trust the certificate that is set in Certificate, or with --cert, and its address must " \
     "begin with wss://)")
#define WSI_TEXT_CLIENT_NOT_TRUSTED \
  N_("TLS with a client has failed: its certificate is not trusted (it needs one of an authority " \
     "in --client-ca)")
