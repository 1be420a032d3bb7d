/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-wrap-box.h"

#define SPACING 6               /* pixels, between children and between lines */

struct _WsiWrapBox
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (WsiWrapBox, wsi_wrap_box, GTK_TYPE_WIDGET)

/* Children from first on; end is the one after the last, or NULL. */
typedef struct
{
  GtkWidget *first, *end;
  int        width, height;     /* size that the line's children need */
  guint      n_expanding;
} Line;

static int
wrap_box_measure (GtkWidget     *child,
                  GtkOrientation orientation,
                  int            for_size)
{
  int natural;

  gtk_widget_measure (child, orientation, for_size, NULL, &natural, NULL, NULL);
  return natural;
}

static int
wrap_box_measure_least (GtkWidget *child)
{
  int least;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  return least;
}

/* The width of a child; one that needs more than a line gets the whole of one. */
static int
get_width (GtkWidget *child,
           int        width)
{
  return MAX (wrap_box_measure_least (child),
              MIN (wrap_box_measure (child, GTK_ORIENTATION_HORIZONTAL, -1), width));
}

static GtkWidget *
skip_hidden (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static GtkWidget *
wrap_box_get_next (GtkWidget *child)
{
  return skip_hidden (gtk_widget_get_next_sibling (child));
}

static Line
wrap_box_take_line (GtkWidget *first,
                    int        width)
{
  Line line = { .first = first, .width = -SPACING };
  GtkWidget *child;

  for (child = first; child != NULL; child = wrap_box_get_next (child))
    {
      int wanted = get_width (child, width);

      if (child != first && line.width + SPACING + wanted > width)
        break;

      line.width += SPACING + wanted;
      line.height = MAX (line.height, wrap_box_measure (child, GTK_ORIENTATION_VERTICAL, wanted));
      line.n_expanding += gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL);
    }
  line.end = child;
  return line;
}

static int
measure_height (GtkWidget *widget,
                int        width)
{
  GtkWidget *child = skip_hidden (gtk_widget_get_first_child (widget));
  int height = 0;

  while (child != NULL)
    {
      Line line = wrap_box_take_line (child, width);

      height += line.height + (height > 0 ? SPACING : 0);
      child = line.end;
    }
  return height;
}

static void
wsi_wrap_box_measure (GtkWidget     *widget,
                      GtkOrientation orientation,
                      int            for_size,
                      int           *minimum,
                      int           *natural,
                      int           *minimum_baseline,
                      int           *natural_baseline)
{
  int least = 0, all = -SPACING;

  for (GtkWidget *child = skip_hidden (gtk_widget_get_first_child (widget)); child != NULL;
       child = wrap_box_get_next (child))
    {
      least = MAX (least, wrap_box_measure_least (child));
      all += SPACING + wrap_box_measure (child, GTK_ORIENTATION_HORIZONTAL, -1);
    }
  all = MAX (all, least);
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? least
             : measure_height (widget, for_size >= 0 ? for_size : all);
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? all : *minimum;
}

static void
place_line (WsiWrapBox *self,
            const Line *line,
            int         width,
            int         y)
{
  gboolean is_rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  gboolean is_centred = gtk_widget_get_halign (GTK_WIDGET (self)) == GTK_ALIGN_CENTER;
  guint n_expanding = line->n_expanding;
  int rest = MAX (width - line->width, 0), x = is_centred && n_expanding == 0 ? rest / 2 : 0;

  for (GtkWidget *child = line->first; child != line->end; child = wrap_box_get_next (child))
    {
      GtkAllocation place = { .y = y, .width = get_width (child, width), .height = line->height };

      if (gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL))
        {
          int share = rest / (int) n_expanding--;

          place.width += share;
          rest -= share;
        }
      place.x = is_rtl ? width - x - place.width : x;
      gtk_widget_size_allocate (child, &place, -1);
      x += place.width + SPACING;
    }
}

static void
wsi_wrap_box_size_allocate (GtkWidget *widget,
                            int        width,
                            int        height,
                            int        baseline)
{
  GtkWidget *child = skip_hidden (gtk_widget_get_first_child (widget));
  int y = 0;

  while (child != NULL)
    {
      Line line = wrap_box_take_line (child, width);

      place_line (WSI_WRAP_BOX (widget), &line, width, y);
      y += line.height + SPACING;
      child = line.end;
    }
}

static GtkSizeRequestMode
wsi_wrap_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
wsi_wrap_box_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (wsi_wrap_box_parent_class)->dispose (object);
}

static void
wsi_wrap_box_class_init (WsiWrapBoxClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_wrap_box_dispose;
  widget_class->measure = wsi_wrap_box_measure;
  widget_class->size_allocate = wsi_wrap_box_size_allocate;
  widget_class->get_request_mode = wsi_wrap_box_get_request_mode;
}

static void
wsi_wrap_box_init (WsiWrapBox *self)
{
}
