/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-width-bin.h"

#define DEFAULT_LIMIT 700
#define SMALLEST_WIDE 100       /* pixels */

struct _WsiWidthBin
{
  GtkWidget  parent_instance;

  GtkWidget *child;
  guint      limit;             /* below it the widget is narrow */
  gboolean   is_narrow;
  guint      tick;              /* notifies of it; 0 = there is no news */
};

enum
{
  PROP_0,
  PROP_CHILD,
  PROP_LIMIT,
  PROP_NARROW,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WsiWidthBin, wsi_width_bin, GTK_TYPE_WIDGET)

static gboolean
on_tick (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       data)
{
  WsiWidthBin *self = WSI_WIDTH_BIN (widget);
  gboolean is_narrow = (guint) gtk_widget_get_width (widget) < self->limit;

  self->tick = 0;
  if (is_narrow != self->is_narrow)
    {
      self->is_narrow = is_narrow;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NARROW]);
    }
  return G_SOURCE_REMOVE;
}

static int
measure_least (WsiWidthBin *self)
{
  int least;

  gtk_widget_measure (self->child, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  return least;
}

/* The signal comes after the layout, since its handlers change the layout. */
static void
wsi_width_bin_size_allocate (GtkWidget *widget,
                             int        width,
                             int        height,
                             int        baseline)
{
  WsiWidthBin *self = WSI_WIDTH_BIN (widget);

  if (self->child != NULL)
    gtk_widget_allocate (self->child, MAX (width, measure_least (self)), height, baseline, NULL);
  if (((guint) width < self->limit) != self->is_narrow && self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (widget, on_tick, NULL, NULL);
}

/* A wide child may need more than the window has: it becomes narrow then, which it could not if the
 * window had to be as wide as it.  Until then it is cut off. */
static void
wsi_width_bin_measure (GtkWidget     *widget,
                       GtkOrientation orientation,
                       int            for_size,
                       int           *minimum,
                       int           *natural,
                       int           *minimum_baseline,
                       int           *natural_baseline)
{
  WsiWidthBin *self = WSI_WIDTH_BIN (widget);

  if (self->child == NULL)
    return;

  if (orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0)
    for_size = MAX (for_size, measure_least (self));
  gtk_widget_measure (self->child, orientation, for_size, minimum, natural, minimum_baseline,
                      natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL && !self->is_narrow)
    *minimum = MIN (*minimum, SMALLEST_WIDE);
}

static GtkSizeRequestMode
wsi_width_bin_get_request_mode (GtkWidget *widget)
{
  WsiWidthBin *self = WSI_WIDTH_BIN (widget);

  return self->child != NULL ? gtk_widget_get_request_mode (self->child)
                             : GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
wsi_width_bin_get_property (GObject    *object,
                            guint       property,
                            GValue     *value,
                            GParamSpec *spec)
{
  WsiWidthBin *self = WSI_WIDTH_BIN (object);

  switch (property)
    {
    case PROP_CHILD:
      g_value_set_object (value, self->child);
      break;
    case PROP_LIMIT:
      g_value_set_uint (value, self->limit);
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, self->is_narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, spec);
    }
}

static void
wsi_width_bin_set_property (GObject      *object,
                            guint         property,
                            const GValue *value,
                            GParamSpec   *spec)
{
  WsiWidthBin *self = WSI_WIDTH_BIN (object);

  switch (property)
    {
    case PROP_CHILD:
      g_clear_pointer (&self->child, gtk_widget_unparent);
      self->child = g_value_get_object (value);
      if (self->child != NULL)
        gtk_widget_set_parent (self->child, GTK_WIDGET (self));
      break;
    case PROP_LIMIT:
      self->limit = g_value_get_uint (value);
      gtk_widget_queue_allocate (GTK_WIDGET (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, spec);
    }
}

static void
wsi_width_bin_dispose (GObject *object)
{
  WsiWidthBin *self = WSI_WIDTH_BIN (object);

  g_clear_pointer (&self->child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_width_bin_parent_class)->dispose (object);
}

static void
wsi_width_bin_class_init (WsiWidthBinClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = wsi_width_bin_dispose;
  object_class->get_property = wsi_width_bin_get_property;
  object_class->set_property = wsi_width_bin_set_property;
  widget_class->get_request_mode = wsi_width_bin_get_request_mode;
  widget_class->measure = wsi_width_bin_measure;
  widget_class->size_allocate = wsi_width_bin_size_allocate;

  properties[PROP_CHILD] = g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET, flags);
  /* In pixels. */
  properties[PROP_LIMIT] = g_param_spec_uint ("limit", NULL, NULL, 0, G_MAXINT, DEFAULT_LIMIT,
                                              flags);
  properties[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
wsi_width_bin_init (WsiWidthBin *self)
{
  self->limit = DEFAULT_LIMIT;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

gboolean
wsi_width_bin_is_narrow (WsiWidthBin *self)
{
  return self->is_narrow;
}
