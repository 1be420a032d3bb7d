/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-split.h"

#define LEAST_BESIDE 1000       /* pixels, at the usual size of text */
#define LEAST_WIDE 700          /* pixels; below it the split is narrow */
#define SMALLEST_WIDE 100       /* least width in pixels of two children beside each other */
#define USUAL_DPI (96 * 1024)
#define BESIDE_SHARE 0.62
#define BELOW_SHARE 0.6

struct _WsiSplit
{
  GtkWidget      parent_instance;

  GtkPaned      *paned;
  WsiArrangement arrangement;
  double         beside_share, below_share;     /* share of the start child */
  gboolean       is_narrow, shows_end, has_end;
  gboolean       is_placing;    /* the divider is being moved by the program, not by the user */
  guint          tick;          /* tick that arranges the children anew; 0 = none is due */
};

enum
{
  PROP_0,
  PROP_START_CHILD,
  PROP_END_CHILD,
  PROP_ARRANGEMENT,
  PROP_BESIDE_SHARE,
  PROP_BELOW_SHARE,
  PROP_NARROW,
  PROP_SHOWS_END,
  PROP_HAS_END,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WsiSplit, wsi_split, GTK_TYPE_WIDGET)

GType
wsi_arrangement_get_type (void)
{
  static const GEnumValue values[] = {
    {WSI_ARRANGEMENT_AUTOMATIC, "WSI_ARRANGEMENT_AUTOMATIC", "automatic"},
    {WSI_ARRANGEMENT_BESIDE, "WSI_ARRANGEMENT_BESIDE", "beside"},
    {WSI_ARRANGEMENT_BELOW, "WSI_ARRANGEMENT_BELOW", "below"},
    {0, NULL, NULL},
  };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("WsiArrangement", values));
  return type;
}

double
wsi_split_get_text_scale (GtkWidget *widget)
{
  int dpi;

  g_object_get (gtk_widget_get_settings (widget), "gtk-xft-dpi", &dpi,
                NULL);
  return dpi > 0 ? (double)dpi / USUAL_DPI : 1;
}

/* Chooses where the details are: automatically they are beside the list where there is room. */
static GtkOrientation
choose_orientation (WsiSplit *self, int width)
{
  double least = LEAST_BESIDE * wsi_split_get_text_scale (GTK_WIDGET (self));
  gboolean is_beside = self->arrangement == WSI_ARRANGEMENT_BESIDE ||
                       (self->arrangement == WSI_ARRANGEMENT_AUTOMATIC && width >= least);

  return is_beside ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL;
}

static GtkOrientation
get_orientation (WsiSplit *self)
{
  return gtk_orientable_get_orientation (GTK_ORIENTABLE (self->paned));
}

static void
show_children (WsiSplit *self)
{
  GtkWidget *start = gtk_paned_get_start_child (self->paned);
  GtkWidget *end = gtk_paned_get_end_child (self->paned);

  if (start != NULL)
    gtk_widget_set_visible (start, !self->is_narrow || !self->shows_end);
  if (end != NULL)
    gtk_widget_set_visible (end, self->is_narrow ? self->shows_end : self->has_end);
}

/* Arranges the children; before the first layout the width is not known, and taken as enough. */
static void
split_arrange (WsiSplit *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  gboolean is_narrow = width > 0 && width < LEAST_WIDE;

  gtk_orientable_set_orientation (
    GTK_ORIENTABLE (self->paned),
    choose_orientation (self, width > 0 ? width : G_MAXINT));
  if (is_narrow == self->is_narrow)
    return;

  self->is_narrow = is_narrow;
  show_children (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NARROW]);
}

static gboolean
split_on_tick (GtkWidget *widget, GdkFrameClock *clock,
               gpointer data)
{
  WsiSplit *self = WSI_SPLIT (widget);

  self->tick = 0;
  split_arrange (self);
  return G_SOURCE_REMOVE;
}

/* Arranges the children after the layout, which that changes. */
static void
arrange_soon (WsiSplit *self)
{
  if (self->tick == 0)
    self->tick =
      gtk_widget_add_tick_callback (GTK_WIDGET (self), split_on_tick, NULL, NULL);
}

static double *
get_share (WsiSplit *self)
{
  return get_orientation (self) == GTK_ORIENTATION_HORIZONTAL
             ? &self->beside_share
             : &self->below_share;
}

static int
split_get_size (WsiSplit *self)
{
  return gtk_widget_get_size (GTK_WIDGET (self), get_orientation (self));
}

/* GtkPaned moves its divider by itself only while it gets its size. */
static void
on_position (WsiSplit *self)
{
  gboolean is_beside = get_orientation (self) == GTK_ORIENTATION_HORIZONTAL;
  int size = split_get_size (self);

  if (self->is_placing || self->is_narrow || !self->has_end || size <= 0)
    return;

  *get_share (self) =
    CLAMP ((double)gtk_paned_get_position (self->paned) / size, 0, 1);
  g_object_notify_by_pspec (
    G_OBJECT (self),
    properties[is_beside ? PROP_BESIDE_SHARE : PROP_BELOW_SHARE]);
}

static int
split_measure_least (WsiSplit *self)
{
  int least;

  gtk_widget_measure (GTK_WIDGET (self->paned), GTK_ORIENTATION_HORIZONTAL, -1,
                      &least, NULL, NULL, NULL);
  return least;
}

static void
wsi_split_size_allocate (GtkWidget *widget, int width, int height,
                         int baseline)
{
  WsiSplit *self = WSI_SPLIT (widget);
  int size =
    get_orientation (self) == GTK_ORIENTATION_HORIZONTAL ? width : height;

  self->is_placing = TRUE;
  gtk_paned_set_position (self->paned, (int)(*get_share (self) * size + 0.5));
  gtk_widget_allocate (GTK_WIDGET (self->paned), MAX (width, split_measure_least (self)),
                       height, baseline, NULL);
  self->is_placing = FALSE;
  if ((width < LEAST_WIDE) != self->is_narrow ||
      choose_orientation (self, width) != get_orientation (self))
    arrange_soon (self);
}

/* Measures the split.  Both children may need more than the window has: the split becomes narrow
 * then, which it could not if the window had to be as wide as they are.  Until then they are cut
 * off. */
static void
wsi_split_measure (GtkWidget *widget, GtkOrientation orientation,
                   int for_size, int *minimum, int *natural,
                   int *minimum_baseline, int *natural_baseline)
{
  WsiSplit *self = WSI_SPLIT (widget);

  if (orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0)
    for_size = MAX (for_size, split_measure_least (self));
  gtk_widget_measure (GTK_WIDGET (self->paned), orientation, for_size, minimum,
                      natural, minimum_baseline, natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL && !self->is_narrow)
    *minimum = MIN (*minimum, SMALLEST_WIDE);
}

static GtkSizeRequestMode
wsi_split_get_request_mode (GtkWidget *widget)
{
  return gtk_widget_get_request_mode (GTK_WIDGET (WSI_SPLIT (widget)->paned));
}

static void
wsi_split_get_property (GObject *object, guint property,
                        GValue *value, GParamSpec *spec)
{
  WsiSplit *self = WSI_SPLIT (object);

  switch (property)
    {
    case PROP_START_CHILD:
      g_value_set_object (value, gtk_paned_get_start_child (self->paned));
      break;
    case PROP_END_CHILD:
      g_value_set_object (value, gtk_paned_get_end_child (self->paned));
      break;
    case PROP_ARRANGEMENT:
      g_value_set_enum (value, self->arrangement);
      break;
    case PROP_BESIDE_SHARE:
      g_value_set_double (value, self->beside_share);
      break;
    case PROP_BELOW_SHARE:
      g_value_set_double (value, self->below_share);
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, self->is_narrow);
      break;
    case PROP_SHOWS_END:
      g_value_set_boolean (value, self->shows_end);
      break;
    case PROP_HAS_END:
      g_value_set_boolean (value, self->has_end);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, spec);
    }
}

static void
wsi_split_set_property (GObject *object, guint property,
                        const GValue *value, GParamSpec *spec)
{
  WsiSplit *self = WSI_SPLIT (object);

  switch (property)
    {
    case PROP_START_CHILD:
      gtk_paned_set_start_child (self->paned, g_value_get_object (value));
      break;
    case PROP_END_CHILD:
      gtk_paned_set_end_child (self->paned, g_value_get_object (value));
      break;
    case PROP_ARRANGEMENT:
      self->arrangement = g_value_get_enum (value);
      break;
    case PROP_BESIDE_SHARE:
      self->beside_share = g_value_get_double (value);
      break;
    case PROP_BELOW_SHARE:
      self->below_share = g_value_get_double (value);
      break;
    case PROP_SHOWS_END:
      self->shows_end = g_value_get_boolean (value);
      break;
    case PROP_HAS_END:
      self->has_end = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, spec);
    }

  show_children (self);
  split_arrange (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
wsi_split_dispose (GObject *object)
{
  WsiSplit *self = WSI_SPLIT (object);

  if (self->paned != NULL)
    {
      g_signal_handlers_disconnect_by_data (
        gtk_widget_get_settings (GTK_WIDGET (self)), self);
      g_signal_handlers_disconnect_by_data (self->paned, self);
      gtk_widget_unparent (GTK_WIDGET (self->paned));
      self->paned = NULL;
    }
  G_OBJECT_CLASS (wsi_split_parent_class)->dispose (object);
}

static void
split_install_properties (GObjectClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  properties[PROP_START_CHILD] =
    g_param_spec_object ("start-child", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_END_CHILD] =
    g_param_spec_object ("end-child", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_ARRANGEMENT] =
    g_param_spec_enum ("arrangement", NULL, NULL, WSI_TYPE_ARRANGEMENT,
                       WSI_ARRANGEMENT_AUTOMATIC, flags);
  properties[PROP_BESIDE_SHARE] = g_param_spec_double (
    "beside-share", NULL, NULL, 0, 1, BESIDE_SHARE, flags);
  properties[PROP_BELOW_SHARE] =
    g_param_spec_double ("below-share", NULL, NULL, 0, 1, BELOW_SHARE, flags);
  properties[PROP_NARROW] = g_param_spec_boolean (
    "narrow", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SHOWS_END] =
    g_param_spec_boolean ("shows-end", NULL, NULL, FALSE, flags);
  properties[PROP_HAS_END] =
    g_param_spec_boolean ("has-end", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (class, N_PROPS, properties);
}

static void
wsi_split_class_init (WsiSplitClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = wsi_split_dispose;
  object_class->get_property = wsi_split_get_property;
  object_class->set_property = wsi_split_set_property;
  widget_class->get_request_mode = wsi_split_get_request_mode;
  widget_class->measure = wsi_split_measure;
  widget_class->size_allocate = wsi_split_size_allocate;
  split_install_properties (object_class);
}

static void
wsi_split_init (WsiSplit *self)
{
  self->beside_share = BESIDE_SHARE;
  self->below_share = BELOW_SHARE;
  self->has_end = TRUE;
  self->paned = GTK_PANED (gtk_paned_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_paned_set_resize_start_child (self->paned, FALSE);
  gtk_paned_set_shrink_start_child (self->paned, FALSE);
  gtk_paned_set_shrink_end_child (self->paned, FALSE);
  gtk_widget_set_parent (GTK_WIDGET (self->paned), GTK_WIDGET (self));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect_swapped (self->paned, "notify::position",
                            G_CALLBACK (on_position), self);
  g_signal_connect_swapped (gtk_widget_get_settings (GTK_WIDGET (self)),
                            "notify::gtk-xft-dpi", G_CALLBACK (arrange_soon),
                            self);
}

gboolean
wsi_split_is_narrow (WsiSplit *self)
{
  return self->is_narrow;
}
