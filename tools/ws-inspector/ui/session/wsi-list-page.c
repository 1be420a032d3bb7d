/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/session/wsi-list-page.h"

#include "inspect/show/columns/wsi-shown-rows.h"
#include "inspect/sources/wsi-client-source.h"
#include "ui/frames/wsi-frame-list.h"
#include "ui/parts/wsi-split.h"
#include "ui/start/wsi-waiting-page.h"

#define COMPOSER_SHARE 0.35     /* share of the height that the composer takes at most */
#define ERROR_MARGIN 6          /* pixels at each side of an error */

struct _WsiListPage
{
  GtkWidget        parent_instance;

  WsiFilterBar    *filter_bar;
  WsiSplit        *split;
  GtkWidget       *filter_error;        /* mistake in the filter, shown over the split */
  GtkStack        *list_stack;
  WsiWaitingPage  *waiting_page;
  WsiFramePane    *frame_pane;
  WsiDetail       *detail;
  GtkWidget       *views;       /* switch between list and details, where only one fits */
  GtkToggleButton *list_button, *detail_button;
  WsiComposer     *composer;
  GSettings       *settings;
  gboolean         wants_details;       /* the details are shown, where the list has room, too */
  gboolean         has_chosen_details;  /* the user has shown or hidden the details, in this window
                                         * or an earlier one */
  gboolean         waits_for_server;    /* the session begins with a connection of this client,
                                         * which waits for its server */
  gboolean         has_given_focus;     /* the list has got the focus with its first rows */
};

enum
{
  PROP_0,
  PROP_ARRANGEMENT,
  PROP_DETAILS,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (WsiListPage, wsi_list_page, GTK_TYPE_WIDGET)

/* Whether the composer is used, and has the whole page. */
static gboolean
is_composing_alone (WsiListPage *self)
{
  return wsi_split_is_narrow (self->split) &&
         wsi_composer_is_expanded (self->composer);
}

static gboolean
has_rows (WsiListPage *self)
{
  return gtk_stack_get_visible_child (self->list_stack) ==
         GTK_WIDGET (self->frame_pane);
}

/* Whether the details are seen, or would be if the composer was not alone. */
static gboolean
shows_details (WsiListPage *self)
{
  return wsi_split_is_narrow (self->split) ? gtk_toggle_button_get_active (self->detail_button)
                                           : self->wants_details;
}

static void
on_view_changed (WsiListPage *self)
{
  gboolean is_composing = is_composing_alone (self);

  wsi_detail_set_closable (self->detail, !wsi_split_is_narrow (self->split));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DETAILS]);

  gtk_widget_set_visible (self->views,
                          wsi_split_is_narrow (self->split) && !is_composing);
  gtk_widget_set_child_visible (GTK_WIDGET (self->split), !is_composing);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self->filter_bar),
                          !is_composing && has_rows (self));
}

static void
on_error (WsiListPage *self)
{
  g_autofree char *error = NULL;

  g_object_get (self->filter_bar, "error", &error, NULL);
  gtk_label_set_text (GTK_LABEL (self->filter_error), error != NULL ? error : "");
  gtk_widget_set_visible (self->filter_error, error != NULL);
}

static gboolean
list_page_has_focus (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

/* Sets whether the details stand by the list, where both have room; their focus goes to the list,
 * which stays. */
static void
set_wants_details (WsiListPage *self,
                   gboolean     is_wanted)
{
  WsiFrameList *list = wsi_list_page_get_list (self);
  gboolean had_focus = list_page_has_focus (GTK_WIDGET (self->detail));

  self->wants_details = is_wanted;
  wsi_frame_list_hold_row (list);
  g_object_set (self->split, "has-end", is_wanted, NULL);
  if (had_focus && !shows_details (self))
    gtk_widget_grab_focus (GTK_WIDGET (list));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DETAILS]);
}

static void
set_details (WsiListPage *self,
             gboolean     is_shown)
{
  if (wsi_split_is_narrow (self->split))
    gtk_toggle_button_set_active (is_shown ? self->detail_button : self->list_button, TRUE);
  set_wants_details (self, is_shown);
}

/* Notes what the user does with the details, which the next window begins with.  A window that
 * shows only one of list and details has a switch for that. */
static void
choose_details (WsiListPage *self,
                gboolean     is_shown)
{
  if (wsi_split_is_narrow (self->split))
    {
      gtk_toggle_button_set_active (is_shown ? self->detail_button : self->list_button, TRUE);
      return;
    }

  self->has_chosen_details = TRUE;
  g_settings_set_boolean (self->settings, "details", is_shown);
  set_wants_details (self, is_shown);
}

/* Unless the user has chosen, the details come with the first row that is selected. */
static void
list_page_on_row_selected (WsiListPage *self)
{
  if (!self->has_chosen_details && !self->wants_details &&
      wsi_frame_list_get_row (wsi_list_page_get_list (self)) != NULL)
    set_wants_details (self, TRUE);
}

/* Handles an open connection, whose first rows come before.  A user who has connected writes next:
 * the focus that these rows gave to the list goes to the line that appears then, unless the user is
 * at a row or elsewhere. */
static void
list_page_on_ready (WsiListPage *self)
{
  WsiFrameList *list;

  if (!self->has_given_focus)
    return;

  list = wsi_list_page_get_list (self);
  if (list_page_has_focus (GTK_WIDGET (list)) && wsi_frame_list_get_row (list) == NULL)
    wsi_list_page_focus (self);
  self->has_given_focus = FALSE;
}

static void
leave_composer (WsiListPage *self)
{
  if (is_composing_alone (self))
    g_object_set (self->composer, "expanded", FALSE, NULL);
}

static void
list_page_on_row_activated (WsiListPage *self)
{
  set_details (self, TRUE);
}

static int
measure_natural (WsiListPage *self, GtkWidget *child, int width)
{
  int natural;

  if (!gtk_widget_should_layout (child))
    return 0;

  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, NULL, &natural,
                      NULL, NULL);
  return natural;
}

static int
measure_composer (WsiListPage *self, int width, int height)
{
  int least, natural;

  gtk_widget_measure (GTK_WIDGET (self->composer), GTK_ORIENTATION_VERTICAL,
                      width, &least, &natural, NULL, NULL);
  return CLAMP (natural, least, MAX (least, (int)(height * COMPOSER_SHARE)));
}

static void
list_page_place (GtkWidget *child, int width, int *y, int height)
{
  if (gtk_widget_should_layout (child))
    gtk_widget_size_allocate (child, &(GtkAllocation) { 0, *y, width, height }, -1);
  *y += height;
}

static void
place_error (WsiListPage *self,
             int          width,
             int          y)
{
  int natural, height;

  if (!gtk_widget_should_layout (self->filter_error))
    return;

  gtk_widget_measure (self->filter_error, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL,
                      NULL);
  width = MIN (natural, width - 2 * ERROR_MARGIN);
  gtk_widget_measure (self->filter_error, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL,
                      NULL);
  gtk_widget_size_allocate (self->filter_error, &(GtkAllocation) { ERROR_MARGIN, y, width, height },
                            -1);
}

/* The split has what the others leave.  It has the width of the page even while
 * the composer is alone, and so notices when there is room for both. */
static void
wsi_list_page_size_allocate (GtkWidget *widget, int width,
                             int height, int baseline)
{
  WsiListPage *self = WSI_LIST_PAGE (widget);
  gboolean is_composing = is_composing_alone (self);
  int filter = measure_natural (self, GTK_WIDGET (self->filter_bar), width);
  int views = measure_natural (self, self->views, width);
  int composer = is_composing ? height : measure_composer (self, width, height);
  int y = 0, least;

  gtk_widget_measure (GTK_WIDGET (self->split), GTK_ORIENTATION_VERTICAL, width,
                      &least, NULL, NULL, NULL);
  list_page_place (GTK_WIDGET (self->filter_bar), width, &y, filter);
  place_error (self, width, y);
  list_page_place (GTK_WIDGET (self->split), width, &y,
                   MAX (height - filter - views - composer, least));
  if (is_composing)
    y = 0;
  list_page_place (self->views, width, &y, views);
  list_page_place (GTK_WIDGET (self->composer), width, &y, composer);
}

static void
wsi_list_page_measure (GtkWidget *widget,
                       GtkOrientation orientation, int for_size,
                       int *minimum, int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  const gboolean is_height = orientation == GTK_ORIENTATION_VERTICAL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int least, wanted;

      if (!gtk_widget_should_layout (child) || !gtk_widget_get_child_visible (child) ||
          child == WSI_LIST_PAGE (widget)->filter_error)
        continue;

      gtk_widget_measure (child, orientation, is_height ? for_size : -1, &least,
                          &wanted, NULL, NULL);
      *minimum = is_height ? *minimum + least : MAX (*minimum, least);
      *natural = is_height ? *natural + wanted : MAX (*natural, wanted);
    }
}

static GtkSizeRequestMode
wsi_list_page_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
wsi_list_page_get_property (GObject *object, guint id,
                            GValue *value, GParamSpec *param)
{
  WsiListPage *self = WSI_LIST_PAGE (object);

  if (id == PROP_DETAILS)
    g_value_set_boolean (value, shows_details (self));
  else
    g_object_get_property (G_OBJECT (self->split), "arrangement", value);
}

static void
wsi_list_page_set_property (GObject *object, guint id,
                            const GValue *value,
                            GParamSpec *param)
{
  WsiListPage *self = WSI_LIST_PAGE (object);

  if (id == PROP_DETAILS)
    {
      choose_details (self, g_value_get_boolean (value));
      return;
    }

  g_object_set_property (G_OBJECT (self->split), "arrangement", value);
  if (!shows_details (self))
    set_details (self, TRUE);
}

static void
wsi_list_page_dispose (GObject *object)
{
  GtkWidget *child;

  g_clear_object (&WSI_LIST_PAGE (object)->settings);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (wsi_list_page_parent_class)->dispose (object);
}

static void
list_page_bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, WsiListPage, filter_bar);
  gtk_widget_class_bind_template_child (class, WsiListPage, split);
  gtk_widget_class_bind_template_child (class, WsiListPage, filter_error);
  gtk_widget_class_bind_template_child (class, WsiListPage, list_stack);
  gtk_widget_class_bind_template_child (class, WsiListPage, waiting_page);
  gtk_widget_class_bind_template_child (class, WsiListPage, frame_pane);
  gtk_widget_class_bind_template_child (class, WsiListPage, detail);
  gtk_widget_class_bind_template_child (class, WsiListPage, views);
  gtk_widget_class_bind_template_child (class, WsiListPage, list_button);
  gtk_widget_class_bind_template_child (class, WsiListPage, detail_button);
  gtk_widget_class_bind_template_child (class, WsiListPage, composer);
}

static void
wsi_list_page_class_init (WsiListPageClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = wsi_list_page_dispose;
  object_class->get_property = wsi_list_page_get_property;
  object_class->set_property = wsi_list_page_set_property;
  widget_class->get_request_mode = wsi_list_page_get_request_mode;
  widget_class->measure = wsi_list_page_measure;
  widget_class->size_allocate = wsi_list_page_size_allocate;
  properties[PROP_ARRANGEMENT] = g_param_spec_enum (
    "arrangement", NULL, NULL, WSI_TYPE_ARRANGEMENT,
    WSI_ARRANGEMENT_AUTOMATIC, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_DETAILS] = g_param_spec_boolean (
    "details", NULL, NULL, FALSE,
    G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (WSI_TYPE_COMPOSER);
  g_type_ensure (WSI_TYPE_DETAIL);
  g_type_ensure (WSI_TYPE_FILTER_BAR);
  g_type_ensure (WSI_TYPE_FRAME_PANE);
  g_type_ensure (WSI_TYPE_SPLIT);
  g_type_ensure (WSI_TYPE_WAITING_PAGE);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/wsi/session/wsi-list-page.ui");
  list_page_bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_error);
  gtk_widget_class_bind_template_callback (widget_class, list_page_on_ready);
  gtk_widget_class_bind_template_callback (widget_class, on_view_changed);
}

static void
list_page_on_redaction (WsiListPage *self)
{
  WsiRedaction level = wsi_detail_get_redaction (self->detail);

  wsi_shown_rows_set_redaction (
    wsi_frame_list_get_rows (wsi_list_page_get_list (self)), level);
  wsi_waiting_page_set_redaction (self->waiting_page, level);
}

static void
wsi_list_page_init (WsiListPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wsi_frame_pane_set_filter_bar (self->frame_pane, self->filter_bar);
  wsi_detail_set_pane (self->detail, self->frame_pane);
  g_signal_connect_object (self->detail, "redaction-changed",
                           G_CALLBACK (list_page_on_redaction), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (
    wsi_frame_list_get_view (wsi_list_page_get_list (self)), "activate",
    G_CALLBACK (list_page_on_row_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (wsi_list_page_get_list (self), "selected",
                           G_CALLBACK (list_page_on_row_selected), self, G_CONNECT_SWAPPED);
}

WsiFrameList *
wsi_list_page_get_list (WsiListPage *self)
{
  return wsi_frame_pane_get_list (self->frame_pane);
}

WsiFilterBar *
wsi_list_page_get_filter_bar (WsiListPage *self)
{
  return self->filter_bar;
}

WsiDetail *
wsi_list_page_get_detail (WsiListPage *self)
{
  return self->detail;
}

WsiComposer *
wsi_list_page_get_composer (WsiListPage *self)
{
  return self->composer;
}

void
wsi_list_page_set_store (WsiListPage *self, WsiStore *store)
{
  wsi_frame_pane_set_store (self->frame_pane, store);
  wsi_detail_set_store (self->detail, store);
  if (store == NULL)
    return;

  wsi_detail_show_tab (self->detail, "handshake");
  gtk_stack_set_visible_child_name (self->list_stack, "waiting");
}

void
wsi_list_page_show_waiting (WsiListPage *self, WsiSource *source)
{
  self->waits_for_server = WSI_IS_CLIENT_SOURCE (source);
  wsi_waiting_page_set_source (self->waiting_page, source);
}

/* The focus of the page that waited, or of none, goes to the line or the list. */
void
wsi_list_page_show_rows (WsiListPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  gboolean takes_focus = !has_rows (self) && root != NULL &&
                         (gtk_root_get_focus (root) == NULL ||
                          list_page_has_focus (GTK_WIDGET (self->waiting_page)));

  gtk_stack_set_visible_child_name (self->list_stack, "frames");
  if (takes_focus)
    {
      self->has_given_focus = self->waits_for_server;
      wsi_list_page_focus (self);
    }
  wsi_waiting_page_set_source (self->waiting_page, NULL);
}

void
wsi_list_page_show_tab (WsiListPage *self, const char *name)
{
  wsi_detail_show_tab (self->detail, name);
  set_details (self, TRUE);
  leave_composer (self);
}

void
wsi_list_page_show_list (WsiListPage *self)
{
  gtk_toggle_button_set_active (self->list_button, TRUE);
  leave_composer (self);
}

void
wsi_list_page_compose_row (WsiListPage *self)
{
  WsiRow *row = wsi_frame_list_get_row (wsi_list_page_get_list (self));

  if (row != NULL)
    wsi_composer_take_row (self->composer, row);
  else
    wsi_composer_open (self->composer);
}

/* The line to send from, else the list, or the page that waits for rows. */
void
wsi_list_page_focus (WsiListPage *self)
{
  if (wsi_composer_get_target (self->composer) != NULL)
    wsi_composer_focus (self->composer);
  else if (!has_rows (self))
    gtk_widget_child_focus (GTK_WIDGET (self->waiting_page), GTK_DIR_TAB_FORWARD);
  else
    gtk_widget_grab_focus (GTK_WIDGET (wsi_list_page_get_list (self)));
}

void
wsi_list_page_bind_settings (WsiListPage *self, GSettings *settings)
{
  const GSettingsBindFlags flags =
    G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_GET_NO_CHANGES;
  g_autoptr (GVariant) details = g_settings_get_user_value (settings, "details");

  g_set_object (&self->settings, settings);
  self->has_chosen_details = details != NULL;
  set_wants_details (self, details != NULL && g_variant_get_boolean (details));
  wsi_frame_pane_bind_settings (self->frame_pane, settings);
  g_settings_bind (settings, "arrangement", self->split, "arrangement", flags);
  g_settings_bind (settings, "beside-share", self->split, "beside-share", flags);
  g_settings_bind (settings, "below-share", self->split, "below-share", flags);
}
