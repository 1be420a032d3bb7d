/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "lib/observer.h"

#include <libwsproto/observe/dissector/wsp-dissector.h>

static void
conversation_free (gpointer data)
{
  TestConversation *self = data;

  g_object_unref (self->source);
  for (guint i = 0; i < G_N_ELEMENTS (self->bytes); i++)
    g_string_free (self->bytes[i], TRUE);
  g_free (self);
}

static TestConversation *
need_conversation (TestObserver *self,
                   GObject      *source)
{
  TestConversation *new;

  for (guint i = 0; i < self->conversations->len; i++)
    {
      TestConversation *conversation = self->conversations->pdata[i];

      if (conversation->source == source)
        return conversation;
    }

  new = g_new0 (TestConversation, 1);
  new->source = g_object_ref (source);
  for (guint i = 0; i < G_N_ELEMENTS (new->bytes); i++)
    new->bytes[i] = g_string_new (NULL);
  g_ptr_array_add (self->conversations, new);
  return new;
}

static void
observe_bytes (WspTap      *tap,
               GObject     *source,
               WspDirection direction,
               GBytes      *bytes,
               gint64       time_us)
{
  TestObserver *self = TEST_OBSERVER (tap);

  if (self->first[direction] == NULL)
    self->first[direction] = g_string_new_len (g_bytes_get_data (bytes, NULL),
                                               g_bytes_get_size (bytes));
  g_assert_cmpint (time_us, >, 0);
  if (WSP_IS_HANDSHAKE (source))
    g_assert_cmpuint (g_bytes_get_size (bytes), >, 0);
  g_set_object (&self->source, source);
  g_string_append_len (need_conversation (self, source)->bytes[direction],
                       g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  wsp_dissector_push (self->dissector, direction, bytes, time_us);
}

static void
observe_state (WspTap  *tap,
               GObject *source)
{
  TestObserver *self = TEST_OBSERVER (tap);

  self->n_states++;
  need_conversation (self, source)->n_states++;
}

static void
test_observer_tap_init (WspTapInterface *iface)
{
  iface->bytes_passed = observe_bytes;
  iface->state_changed = observe_state;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestObserver, test_observer, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, test_observer_tap_init))

static void
test_observer_finalize (GObject *object)
{
  TestObserver *self = TEST_OBSERVER (object);

  g_object_unref (self->dissector);
  g_clear_object (&self->source);
  g_ptr_array_unref (self->conversations);
  for (guint i = 0; i < G_N_ELEMENTS (self->first); i++)
    {
      if (self->first[i] != NULL)
        g_string_free (self->first[i], TRUE);
    }

  G_OBJECT_CLASS (test_observer_parent_class)->finalize (object);
}

static void
test_observer_class_init (TestObserverClass *class)
{
  G_OBJECT_CLASS (class)->finalize = test_observer_finalize;
}

static void
test_observer_init (TestObserver *self)
{
  self->conversations = g_ptr_array_new_with_free_func (conversation_free);
}

TestObserver *
test_observer_new (WspRole role)
{
  TestObserver *self = g_object_new (TEST_TYPE_OBSERVER, NULL);

  self->dissector = wsp_dissector_new (role, NULL);
  return self;
}
