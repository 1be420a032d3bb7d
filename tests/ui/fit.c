/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "fit.h"

#include <adwaita.h>
#include <string.h>

#define TOLERANCE 1.0           /* pixels: sizes of text are rounded */

typedef struct
{
  GtkWidget *window;
  GString   *faults;
  double     width, height;
} Fit;

static const char *
get_words (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return gtk_label_get_text (GTK_LABEL (widget));
  if (GTK_IS_INSCRIPTION (widget))
    return gtk_inscription_get_text (GTK_INSCRIPTION (widget));
  return gtk_widget_get_name (widget);
}

static void
add (Fit        *self,
     GtkWidget  *widget,
     const char *fault,
     double      by)
{
  const char *words = get_words (widget);

  g_string_append_printf (self->faults, "%s \"%s\" %s by %.0f\n", G_OBJECT_TYPE_NAME (widget),
                          words != NULL ? words : "", fault, by);
}

/* A scrolled window shows what its parts leave; they may go beyond it upwards and downwards. */
static void
check_scrolling (Fit               *self,
                 GtkScrolledWindow *scrolled)
{
  GtkAdjustment *across = gtk_scrolled_window_get_hadjustment (scrolled);
  double rest = gtk_adjustment_get_upper (across) - gtk_adjustment_get_page_size (across);

  if (rest > TOLERANCE)
    add (self, GTK_WIDGET (scrolled), "scrolls sideways", rest);
}

/* The list of windows has the whole title; libadwaita cuts the names of pages off below their
 * icons. */
static gboolean
is_title (GtkWidget *label)
{
  return gtk_widget_get_ancestor (label, ADW_TYPE_HEADER_BAR) != NULL ||
         gtk_widget_get_ancestor (label, ADW_TYPE_VIEW_SWITCHER) != NULL;
}

/* A parent that asks for the height at another width than it gives leaves too little. */
static void
check_height (Fit      *self,
              GtkLabel *label)
{
  int height;

  pango_layout_get_pixel_size (gtk_label_get_layout (label), NULL, &height);
  if (height > gtk_widget_get_height (GTK_WIDGET (label)))
    add (self, GTK_WIDGET (label), "is higher than its place",
         height - gtk_widget_get_height (GTK_WIDGET (label)));
}

/* That of the innermost part that has one, as the pointer finds it; NULL: there is none.  A part
 * that makes its tooltip when it is asked (query-tooltip) has no text here. */
static const char *
find_tooltip (GtkWidget *widget)
{
  while (widget != NULL && !gtk_widget_get_has_tooltip (widget))
    widget = gtk_widget_get_parent (widget);
  return widget != NULL ? gtk_widget_get_tooltip_text (widget) : NULL;
}

/* Where a text is longer than its place, the whole of it is in a tooltip.  A placeholder is no text
 * of its entry. */
static void
check_label (Fit      *self,
             GtkLabel *label)
{
  gboolean is_cut = !GTK_IS_TEXT (gtk_widget_get_parent (GTK_WIDGET (label))) &&
                    !is_title (GTK_WIDGET (label)) &&
                    pango_layout_is_ellipsized (gtk_label_get_layout (label));
  const char *tooltip = is_cut ? find_tooltip (GTK_WIDGET (label)) : NULL;

  if (is_cut && (tooltip == NULL || strstr (tooltip, gtk_label_get_text (label)) == NULL))
    add (self, GTK_WIDGET (label), tooltip != NULL ? "is cut off, and not in its tooltip"
                                                   : "is cut off", 0);
}

/* The tooltip of a cell is asked for: the whole text, if there is one at all. */
static void
check_cell (Fit            *self,
            GtkInscription *text)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (text),
                                                                   gtk_inscription_get_text (text));
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  if (width > gtk_widget_get_width (GTK_WIDGET (text)) &&
      !gtk_widget_get_has_tooltip (GTK_WIDGET (text)))
    add (self, GTK_WIDGET (text), "is cut off", 0);
}

/* GTK draws another picture in its place. */
static void
check_icon (Fit      *self,
            GtkImage *image)
{
  const char *name = gtk_image_get_icon_name (image);
  GtkIconTheme *theme =
    gtk_icon_theme_get_for_display (gtk_widget_get_display (GTK_WIDGET (image)));

  if (name != NULL && !gtk_icon_theme_has_icon (theme, name))
    g_string_append_printf (self->faults, "Icon \"%s\" is not in the theme\n", name);
}

/* Only what has no parts of its own; containers have some that show nothing. */
static void
check_place (Fit       *self,
             GtkWidget *widget)
{
  graphene_rect_t place;
  double beyond;

  if (gtk_widget_get_first_child (widget) != NULL || gtk_widget_get_width (widget) == 0 ||
      g_str_has_suffix (G_OBJECT_TYPE_NAME (widget), "Gizmo") ||
      !gtk_widget_compute_bounds (widget, self->window, &place))
    return;

  beyond = MAX (-place.origin.x, place.origin.x + place.size.width - self->width);
  if (gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW) == NULL)
    beyond = MAX (beyond, MAX (-place.origin.y, place.origin.y + place.size.height - self->height));
  if (beyond > TOLERANCE)
    add (self, widget, "is out of the window", beyond);
}

static void
check (Fit       *self,
       GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget) || !gtk_widget_get_child_visible (widget))
    return;

  check_place (self, widget);
  if (GTK_IS_SCROLLED_WINDOW (widget))
    check_scrolling (self, GTK_SCROLLED_WINDOW (widget));
  if (GTK_IS_IMAGE (widget))
    check_icon (self, GTK_IMAGE (widget));
  if (GTK_IS_INSCRIPTION (widget))
    check_cell (self, GTK_INSCRIPTION (widget));
  if (GTK_IS_LABEL (widget))
    {
      check_label (self, GTK_LABEL (widget));
      check_height (self, GTK_LABEL (widget));
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (!GTK_IS_NATIVE (child))
      check (self, child);
}

static int
measure (GtkWidget     *widget,
         GtkOrientation orientation,
         int            for_size)
{
  int least;

  gtk_widget_measure (widget, orientation, for_size, &least, NULL, NULL, NULL);
  return least;
}

/* The part that needs most, and its widest part, and so on. */
static void
add_widest (Fit       *self,
            GtkWidget *widget)
{
  for (GtkWidget *widest = widget; widest != NULL; widget = widest)
    {
      widest = NULL;
      for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
           child = gtk_widget_get_next_sibling (child))
        if (gtk_widget_get_mapped (child) &&
            (widest == NULL || measure (child, GTK_ORIENTATION_HORIZONTAL, -1) >
             measure (widest, GTK_ORIENTATION_HORIZONTAL, -1)))
          widest = child;
      if (widest != NULL)
        add (self, widest, "is wide", measure (widest, GTK_ORIENTATION_HORIZONTAL, -1));
    }
}

char *
fit_describe (GtkWindow *window,
              int        width,
              int        height)
{
  Fit self = { .window = GTK_WIDGET (window), .faults = g_string_new (NULL), .width = width,
               .height = MAX (height, gtk_widget_get_height (GTK_WIDGET (window))) };
  GtkWidget *content = gtk_widget_get_first_child (self.window);
  int least_width = measure (content, GTK_ORIENTATION_HORIZONTAL, -1);
  int least_height = measure (content, GTK_ORIENTATION_VERTICAL, width);

  /* Nothing else can be said about one that is too wide. */
  if (least_width > width)
    {
      add (&self, self.window, "is too wide", least_width - width);
      add_widest (&self, self.window);
      return g_string_free (self.faults, FALSE);
    }

  if (least_height > height)
    add (&self, self.window, "is too high", least_height - height);
  check (&self, self.window);
  return g_string_free (self.faults, FALSE);
}
