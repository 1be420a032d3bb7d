/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A tap that keeps what it is notified of. */
#pragma once

#include <libwsproto/observe/dissector/wsp-dissector.h>
#include <libwsproto/wsproto.h>

#define TEST_TYPE_OBSERVER (test_observer_get_type ())
G_DECLARE_FINAL_TYPE (TestObserver, test_observer, TEST, OBSERVER, GObject)

typedef struct
{
  GObject *source;
  GString *bytes[2];            /* bytes of each direction */
  guint    n_states;
} TestConversation;

struct _TestObserver
{
  GObject       parent_instance;
  WspDissector *dissector;
  GObject      *source;         /* object whose bytes came last */
  GPtrArray    *conversations;  /* conversations, one for each source, with a reference to the
                                 * source */
  GString      *first[2];       /* the first piece of each direction */
  guint         n_states;
};

/* role: of the connection that the tap observes. */
TestObserver *test_observer_new (WspRole role);
