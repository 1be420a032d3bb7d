/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-toaster.h"

#include "ui/window/wsi-toast.h"

struct _WsiToaster
{
  GObject          parent_instance;

  AdwToastOverlay *overlay;     /* its window has the toaster */
  AdwToast        *report;      /* as long as it is shown; NULL = none */
  char            *next;        /* the latest report, which follows it; NULL = none */
};

G_DEFINE_FINAL_TYPE (WsiToaster, wsi_toaster, G_TYPE_OBJECT)

static void
wsi_toaster_finalize (GObject *object)
{
  g_free (WSI_TOASTER (object)->next);
  G_OBJECT_CLASS (wsi_toaster_parent_class)->finalize (object);
}

static void
wsi_toaster_class_init (WsiToasterClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_toaster_finalize;
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

void
wsi_toaster_show (WsiToaster *self,
                  const char *sentence)
{
  adw_toast_overlay_add_toast (self->overlay, wsi_toast_new (sentence));
}

static AdwToast *
make_offer (const char *sentence,
            const char *label,
            const char *action)
{
  AdwToast *toast = wsi_toast_new (sentence);

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
  adw_toast_overlay_add_toast (self->overlay, make_offer (sentence, label, action));
}

void
wsi_toaster_warn (WsiToaster *self,
                  const char *sentence,
                  const char *label,
                  const char *action)
{
  AdwToast *toast = make_offer (sentence, label, action);

  adw_toast_set_timeout (toast, 0);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_overlay_add_toast (self->overlay, toast);
}

static void
on_dismissed (WsiToaster *self)
{
  g_autofree char *next = g_steal_pointer (&self->next);

  self->report = NULL;
  if (next != NULL)
    wsi_toaster_report (self, next);
}

void
wsi_toaster_report (WsiToaster *self,
                    const char *sentence)
{
  if (self->report != NULL)
    {
      g_free (self->next);
      self->next = g_strdup (sentence);
      return;
    }

  self->report = wsi_toast_new (sentence);
  g_signal_connect_object (self->report, "dismissed", G_CALLBACK (on_dismissed), self,
                           G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->overlay, self->report);
}

void
wsi_toaster_forget (WsiToaster *self)
{
  g_clear_pointer (&self->next, g_free);
}
