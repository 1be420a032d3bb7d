/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-toaster.h"

#include "ui/window/wsi-toast.h"

struct _WsiToaster
{
  GObject          parent_instance;

  AdwToastOverlay *overlay;     /* its window has the toaster */
  AdwToast        *shown;       /* or waiting for a warning to go; NULL = none */
};

G_DEFINE_FINAL_TYPE (WsiToaster, wsi_toaster, G_TYPE_OBJECT)

static void
wsi_toaster_class_init (WsiToasterClass *class)
{
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

static void
replace (WsiToaster *self,
         AdwToast   *toast)
{
  if (self->shown != NULL)
    adw_toast_dismiss (self->shown);

  self->shown = toast;
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (on_dismissed), self, G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->overlay, toast);
}

void
wsi_toaster_show (WsiToaster *self,
                  const char *sentence)
{
  replace (self, wsi_toast_new (self->overlay, sentence));
}

static AdwToast *
make_offer (WsiToaster *self,
            const char *sentence,
            const char *label,
            const char *action)
{
  AdwToast *toast = wsi_toast_new (self->overlay, sentence);

  adw_toast_set_button_label (toast, label);
  adw_toast_set_action_name (toast, action);
  return toast;
}

void
wsi_toaster_offer (WsiToaster *self,
                   const char *sentence,
                   const char *label,
                   const char *action)
{
  replace (self, make_offer (self, sentence, label, action));
}

void
wsi_toaster_warn (WsiToaster *self,
                  const char *sentence,
                  const char *label,
                  const char *action)
{
  AdwToast *toast = make_offer (self, sentence, label, action);

  adw_toast_set_timeout (toast, 0);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_overlay_add_toast (self->overlay, toast);
}
