/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sentences that are recorded as events.  Their own words are recorded in English: files
 * keep them, and filters find them.  A part that quotes the system (g_strerror (), GIO) is in the
 * language of the program that records it.  wsi_translate_text () knows them again where they
 * are shown. */
#pragma once

#include <glib/gi18n.h>

#define WSI_TEXT_BYTE_MISSING N_("%s byte is missing")
#define WSI_TEXT_BYTES_MISSING N_("%s bytes are missing")
#define WSI_TEXT_FRAME_LEFT_OUT N_("%s frame was left out: the capture was paused")
#define WSI_TEXT_FRAMES_LEFT_OUT N_("%s frames were left out: the capture was paused")
#define WSI_TEXT_RESUMED_AFTER_ONE N_("Frames are recorded again: %s was left out")
#define WSI_TEXT_RESUMED N_("Frames are recorded again: %s were left out")
#define WSI_TEXT_ONE_NOT_KEPT \
  N_("%s frame or payload was not kept: too large, no memory, or readers hold it (raise " \
     "the limits in Preferences)")
#define WSI_TEXT_NOT_KEPT \
  N_("%s frames or payloads were not kept: too large, no memory, or readers hold it (raise " \
     "the limits in Preferences)")
#define WSI_TEXT_ROW_REMOVED \
  N_("The %s oldest row was removed (limit %s rows: raise it in Preferences, or save to a " \
     "file, which has no limit)")
#define WSI_TEXT_ROWS_REMOVED \
  N_("The %s oldest rows were removed (limit %s rows: raise it in Preferences, or save to a " \
     "file, which has no limit)")
#define WSI_TEXT_ROW_REMOVED_FOR_HEADS \
  N_("The %s oldest row was removed (limit %s MiB of heads: save to a file, which has " \
     "no limit)")
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
/* A code, and what it means. */
#define WSI_TEXT_FAILED_BY_CLIENT N_("Failed by the client with %s: %s")
#define WSI_TEXT_FAILED_BY_SERVER N_("Failed by the server with %s: %s")
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

/* Those without parts. */
#define WSI_TEXT_GAP N_("Bytes are missing")
#define WSI_TEXT_RESET_AFTER_CLOSE N_("Connection was reset after a Close frame")
#define WSI_TEXT_RESET N_("Connection was reset")
#define WSI_TEXT_ENDED_BEFORE_RESPONSE N_("Connection ended before the response")
#define WSI_TEXT_ENDED_AFTER_CLOSE N_("Connection ended after a Close frame")
#define WSI_TEXT_ENDED_WITHOUT_CLOSE N_("Connection ended without a Close frame")
#define WSI_TEXT_NO_REQUEST N_("Connection ended before a request")
#define WSI_TEXT_NO_REQUEST_IN_TIME N_("No request was received in time")
#define WSI_TEXT_REQUEST_TOO_SLOW N_("Request was not complete in time")
#define WSI_TEXT_REQUEST_IS_TLS \
  N_("TLS was received where HTTP was expected, and was refused")
#define WSI_TEXT_REQUEST_IS_NO_HTTP N_("Request was no HTTP, and was refused")
#define WSI_TEXT_CONNECTION_FREED N_("The connection was freed")
#define WSI_TEXT_RECORDING_ENDED N_("The recording has ended")
#define WSI_TEXT_PAUSED N_("Frames are not recorded from here on")
#define WSI_TEXT_NO_RESPONSE N_("Response is not in the capture")
#define WSI_TEXT_REFUSED N_("Server refused the upgrade")
#define WSI_TEXT_REFUSED_BY_PROXY N_("The proxy refused the request")
#define WSI_TEXT_OTHER_PROTOCOL N_("Connection switched to another protocol")
#define WSI_TEXT_TOO_MANY_BYTES N_("The rest was not read: too many bytes without a response")
#define WSI_TEXT_IP_FRAGMENTS N_("IP fragments are not put together: their bytes are missing")
#define WSI_TEXT_REPLACED \
  N_("The end is not in the capture: another connection began between the same ports")
#define WSI_TEXT_TOO_MANY_CONNECTIONS N_("The rest was not read: too many connections at a time")
#define WSI_TEXT_CAPTURE_ENDS N_("The capture ends before the connection")
#define WSI_TEXT_HAR_WITHOUT_HEADERS N_("The HAR has not all headers of the handshake")
#define WSI_TEXT_HAR_WITHOUT_END N_("The HAR does not say how the connection ended")
#define WSI_TEXT_FILE_NOT_READ N_("The file was not read to its end")
#define WSI_TEXT_FILE_ENDS N_("The file ends before the connection")
#define WSI_TEXT_ZERO_BYTE N_("Head has a zero byte")
#define WSI_TEXT_CONTROL_CHARACTERS N_("First line of the head has control characters")
#define WSI_TEXT_SEVERAL_LENGTHS N_("Length of the body is given more than once")
#define WSI_TEXT_NOT_CHUNKED N_("Invalid Transfer-Encoding header: expected chunked")
#define WSI_TEXT_LENGTH_NOT_DIGITS N_("Invalid Content-Length header: expected digits")
#define WSI_TEXT_REQUEST_LINE N_("Invalid request line: expected METHOD /PATH HTTP/1.1")
#define WSI_TEXT_UNASKED_RESPONSE N_("Response is malformed, or was not asked for")
#define WSI_TEXT_WRONG_CHUNKS N_("Body of the request is not chunked as it says")
#define WSI_TEXT_TOO_EARLY N_("Too many bytes before the response to the upgrade")
#define WSI_TEXT_TARGET_IS_PROXY N_("The target is this proxy itself")
#define WSI_TEXT_ALTERED N_("Altered by the inspector: Host, Connection and the proxy's own Origin")
