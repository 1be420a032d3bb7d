/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-toaster.h"

#include "ui/window/wsi-toast.h"

/* libadwaita 1.2 crashes if a toast has gone before it has come: its animation takes half a second,
 * that of its end less. */
#define COMING_MS 600

struct _WsiToaster
{
  GObject          parent_instance;

  AdwToastOverlay *overlay;     /* overlay for the toasts; its window owns the toaster */
  AdwToast        *shown;       /* toast that is shown, or waits for another to go; NULL = none */
  AdwToast        *leaving;     /* toast that goes once it has come; owned; NULL = none */
  guint            timeout_id;  /* timeout of the toast that leaves */
  gint64           since_us;    /* monotonic time at which the last toast was to come */
};

G_DEFINE_FINAL_TYPE (WsiToaster, wsi_toaster, G_TYPE_OBJECT)

static void
wsi_toaster_dispose (GObject *object)
{
  WsiToaster *self = WSI_TOASTER (object);

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_object (&self->leaving);
  G_OBJECT_CLASS (wsi_toaster_parent_class)->dispose (object);
}

static void
wsi_toaster_class_init (WsiToasterClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_toaster_dispose;
}

static void
wsi_toaster_init (WsiToaster *self)
{
}

WsiToaster *
wsi_toaster_new (AdwToastOverlay *overlay)
{
  WsiToaster *self = g_object_new (WSI_TYPE_TOASTER, NULL);

  self->overlay = overlay;
  wsi_toast_install (overlay);
  return self;
}

static void
on_dismissed (WsiToaster *self,
              AdwToast   *toast)
{
  if (self->shown == toast)
    self->shown = NULL;
}

static gboolean
on_come (gpointer data)
{
  WsiToaster *self = data;
  g_autoptr (AdwToast) leaving = g_steal_pointer (&self->leaving);

  self->timeout_id = 0;
  self->since_us = g_get_monotonic_time ();
  adw_toast_dismiss (leaving);
  return G_SOURCE_REMOVE;
}

static void
dismiss_shown (WsiToaster *self)
{
  gint64 age_ms = (g_get_monotonic_time () - self->since_us) / 1000;

  /* a toast behind one that is leaving has not begun to come */
  if (self->leaving != NULL || age_ms >= COMING_MS)
    {
      adw_toast_dismiss (self->shown);
      return;
    }

  self->leaving = g_object_ref (self->shown);
  self->timeout_id = g_timeout_add ((guint) (COMING_MS - age_ms), on_come, self);
}

static void
toaster_replace (WsiToaster *self,
                 AdwToast   *toast)
{
  if (self->shown != NULL)
    dismiss_shown (self);

  if (self->leaving == NULL)
    self->since_us = g_get_monotonic_time ();
  self->shown = toast;
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (on_dismissed), self, G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->overlay, toast);
}

void
wsi_toaster_show (WsiToaster *self,
                  const char *sentence)
{
  toaster_replace (self, wsi_toast_new (self->overlay, sentence));
}

static AdwToast *
make_offer (WsiToaster *self,
            const char *sentence,
            const char *label,
            const char *action,
            GVariant   *target)
{
  AdwToast *toast = wsi_toast_new (self->overlay, sentence);

  adw_toast_set_button_label (toast, label);
  adw_toast_set_action_name (toast, action);
  adw_toast_set_action_target_value (toast, target);
  return toast;
}

void
wsi_toaster_offer (WsiToaster *self,
                   const char *sentence,
                   const char *label,
                   const char *action,
                   GVariant   *target)
{
  toaster_replace (self, make_offer (self, sentence, label, action, target));
}

void
wsi_toaster_warn (WsiToaster *self,
                  const char *sentence,
                  const char *label,
                  const char *action)
{
  AdwToast *toast = make_offer (self, sentence, label, action, NULL);

  adw_toast_set_timeout (toast, 0);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_overlay_add_toast (self->overlay, toast);
}
