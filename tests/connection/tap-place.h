/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A tap that calls a function of the test the first time that it is notified of something. */
#pragma once

#include <libwsproto/wsproto.h>

typedef enum
{
  AT_BYTES_SENT,
  AT_BYTES_RECEIVED,
  AT_STATE_CLOSING,
  AT_STATE_ENDED,               /* state-changed with a close info */
  AT_STATE_CLOSED,
  N_TAP_PLACES,
} TapPlace;

extern const char *const tap_place_names[N_TAP_PLACES];

typedef void (*TapPlaceFunc) (gpointer data);

#define TEST_TYPE_PLACE_TAP (test_place_tap_get_type ())
G_DECLARE_FINAL_TYPE (TestPlaceTap, test_place_tap, TEST, PLACE_TAP, GObject)

struct _TestPlaceTap
{
  GObject      parent_instance;
  TapPlace     place;
  TapPlaceFunc func;
  gpointer     data;
  guint        n_notified;      /* number of calls of the tap, at any place */
  gboolean     was_reached;
};

TestPlaceTap *test_place_tap_new (TapPlace     place,
                                  TapPlaceFunc func,
                                  gpointer     data);
