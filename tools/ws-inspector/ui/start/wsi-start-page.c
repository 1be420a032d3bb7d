/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/start/wsi-start-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "inspect/sources/wsi-sandbox.h"
#include "ui/start/wsi-recent-group.h"

#define CARDS "cards"
#define N_KINDS (WSI_TARGET_EXAMPLE + 1)

struct _WsiStartPage
{
  GtkWidget             parent_instance;

  GtkStack             *pages;
  GtkFlowBox           *cards;
  GtkWidget            *browser_card, *program_card, *interface_card;
  GtkLabel             *browser_note, *program_note, *interface_note;
  WsiRecentGroup       *recent;
  WsiTargetForm        *forms[N_KINDS]; /* form of each kind; NULL: not asked for, or none */
};

enum
{
  PROP_0,
  PROP_IS_FORM,
  N_PROPERTIES,
};

enum
{
  START,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiStartPage, wsi_start_page, GTK_TYPE_WIDGET)

static const char *const page_names[N_KINDS] = {
  [WSI_TARGET_CLIENT] = "client",
  [WSI_TARGET_SERVER] = "server",
  [WSI_TARGET_PROXY] = "proxy",
  [WSI_TARGET_BROWSER] = "browser",
  [WSI_TARGET_CAPTURE] = "capture",
  [WSI_TARGET_PROGRAM] = "program",
};

static void
start_page_start (WsiStartPage    *self,
                  const WsiTarget *target)
{
  g_signal_emit (self, signals[START], 0, target);
}

static void
start_page_show_page (WsiStartPage *self,
                      const char   *name)
{
  gtk_stack_set_visible_child_name (self->pages, name);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_FORM]);
}

/* The form of a kind, made when it is asked for: it has no part in the first frame of a
 * window.  NULL: the kind has none. */
WsiTargetForm *
wsi_start_page_get_form (WsiStartPage *self,
                         WsiTargetKind kind)
{
  WsiTargetForm *form = self->forms[kind];

  if (form != NULL || page_names[kind] == NULL)
    return form;

  form = wsi_target_form_new (kind);
  g_signal_connect_swapped (form, "start", G_CALLBACK (start_page_start), self);
  gtk_stack_add_named (self->pages, GTK_WIDGET (form), page_names[kind]);
  self->forms[kind] = form;
  return form;
}

/* The form of the other kind that has the URI of a server; NULL: there is none. */
static WsiTargetForm *
find_other_form (WsiStartPage *self,
                 WsiTargetKind kind)
{
  return kind == WSI_TARGET_CLIENT ? self->forms[WSI_TARGET_PROXY]
         : kind == WSI_TARGET_PROXY ? self->forms[WSI_TARGET_CLIENT] : NULL;
}

static void
start_page_take_address (WsiStartPage  *self,
                         WsiTargetKind  kind,
                         WsiTargetForm *form)
{
  WsiTargetForm *other = find_other_form (self, kind);
  g_autofree char *address = other != NULL ? wsi_target_form_dup_address (other) : NULL;

  if (address != NULL)
    wsi_target_form_offer_address (form, address);
}

/* The parameter is a target in one line: of a card its kind alone, which leaves a form as it is. */
static void
start_page_activate_choose (GtkWidget  *widget,
                            const char *name,
                            GVariant   *parameter)
{
  WsiStartPage *self = WSI_START_PAGE (widget);
  g_autoptr (WsiTarget) target = wsi_target_parse (g_variant_get_string (parameter, NULL), NULL);
  WsiTargetForm *form;

  if (target == NULL)
    return;

  switch (wsi_target_get_kind (target))
    {
    case WSI_TARGET_CLIENT:
    case WSI_TARGET_SERVER:
    case WSI_TARGET_PROXY:
    case WSI_TARGET_BROWSER:
    case WSI_TARGET_CAPTURE:
    case WSI_TARGET_PROGRAM:
      form = wsi_start_page_get_form (self, wsi_target_get_kind (target));
      if (*wsi_target_get_text (target, WSI_TARGET_ARGUMENTS) != '\0')
        wsi_target_form_set_target (form, target);
      start_page_take_address (self, wsi_target_get_kind (target), form);
      start_page_show_page (self, page_names[wsi_target_get_kind (target)]);
      wsi_target_form_focus (form);
      break;
    case WSI_TARGET_FILE:
      gtk_widget_activate_action (widget, "win.open", NULL);
      break;
    case WSI_TARGET_EXAMPLE:
      start_page_start (self, target);
      break;
    }
}

static void
activate_back (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  wsi_start_page_go_back (WSI_START_PAGE (widget));
}

/* Chooses a recent target; one that was kept without its secrets is completed first. */
static void
on_recent_chosen (WsiStartPage    *self,
                  const WsiTarget *target)
{
  WsiTargetField wrong;
  g_autoptr (GError) error = NULL;

  if (wsi_target_check (target, &wrong, &error))
    start_page_start (self, target);
  else
    wsi_start_page_show_error (self, target, wrong, error->message);
}

static void
wsi_start_page_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  if (id == PROP_IS_FORM)
    g_value_set_boolean (value, wsi_start_page_is_form (WSI_START_PAGE (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
wsi_start_page_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_start_page_parent_class)->dispose (object);
}

static void
start_page_install_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "start.choose", "s", start_page_activate_choose);
  gtk_widget_class_install_action (class, "start.back", NULL, activate_back);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Escape, 0, "start.back", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Left, GDK_ALT_MASK, "start.back", NULL);
}

static void
wsi_start_page_class_init (WsiStartPageClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->get_property = wsi_start_page_get_property;
  object_class->dispose = wsi_start_page_dispose;

  properties[PROP_IS_FORM] =
    g_param_spec_boolean ("is-form", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  signals[START] = g_signal_new ("start", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1,
                                 WSI_TYPE_TARGET | G_SIGNAL_TYPE_STATIC_SCOPE);

  g_type_ensure (WSI_TYPE_RECENT_GROUP);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/start/wsi-start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiStartPage, pages);
  gtk_widget_class_bind_template_child (widget_class, WsiStartPage, cards);
  gtk_widget_class_bind_template_child (widget_class, WsiStartPage, browser_card);
  gtk_widget_class_bind_template_child (widget_class, WsiStartPage, browser_note);
  gtk_widget_class_bind_template_child (widget_class, WsiStartPage, program_card);
  gtk_widget_class_bind_template_child (widget_class, WsiStartPage, program_note);
  gtk_widget_class_bind_template_child (widget_class, WsiStartPage, interface_card);
  gtk_widget_class_bind_template_child (widget_class, WsiStartPage, interface_note);
  gtk_widget_class_bind_template_child (widget_class, WsiStartPage, recent);
  gtk_widget_class_bind_template_callback (widget_class, on_recent_chosen);
  start_page_install_actions (widget_class);
}

static void
show_note (GtkLabel   *label,
           GtkWidget  *card,
           const char *note)
{
  gtk_label_set_text (label, note);
  gtk_accessible_update_property (GTK_ACCESSIBLE (card), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, note,
                                  -1);
}

/* Shows on the cards what the program cannot do in a sandbox. */
static void
show_sandbox (WsiStartPage *self)
{
  show_note (self->browser_note, self->browser_card,
             _("One that runs, by its port: a sandbox cannot start it"));
  show_note (self->program_note, self->program_card,
             _("Not from inside a sandbox: run \"wsinspect attach\" outside of it"));
  show_note (self->interface_note, self->interface_card,
             _("Not from inside a sandbox: open a capture instead"));
}

static void
wsi_start_page_init (WsiStartPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  if (wsi_sandbox_is_present ())
    show_sandbox (self);
}

gboolean
wsi_start_page_is_form (WsiStartPage *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), CARDS) != 0;
}

void
wsi_start_page_go_back (WsiStartPage *self)
{
  if (!wsi_start_page_is_form (self))
    return;

  start_page_show_page (self, CARDS);
  gtk_widget_child_focus (GTK_WIDGET (self->cards), GTK_DIR_TAB_FORWARD);
}

void
wsi_start_page_edit (WsiStartPage    *self,
                     const WsiTarget *target)
{
  WsiTargetForm *form = wsi_start_page_get_form (self, wsi_target_get_kind (target));

  if (form == NULL)
    {
      wsi_start_page_go_back (self);
      return;
    }

  wsi_target_form_set_target (form, target);
  start_page_show_page (self, page_names[wsi_target_get_kind (target)]);
  wsi_target_form_focus (form);
}

gboolean
wsi_start_page_show_error (WsiStartPage    *self,
                           const WsiTarget *target,
                           WsiTargetField   field,
                           const char      *sentence)
{
  WsiTargetForm *form = wsi_start_page_get_form (self, wsi_target_get_kind (target));

  wsi_start_page_edit (self, target);
  if (form != NULL)
    wsi_target_form_show_error (form, field, sentence);
  return form != NULL;
}

void
wsi_start_page_remember (WsiStartPage    *self,
                         const WsiTarget *target)
{
  wsi_recent_group_remember (self->recent, target);
}

void
wsi_start_page_offer (WsiStartPage      *self,
                      const char *const *lines)
{
  wsi_recent_group_offer (self->recent, lines);
}
