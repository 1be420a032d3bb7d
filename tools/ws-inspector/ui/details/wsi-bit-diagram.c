/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-bit-diagram.h"

#include <glib/gi18n.h>

#include "ui/details/wsi-bit-drawing.h"
#include "ui/details/wsi-bit-field.h"
#include "ui/parts/wsi-column-cell.h"

#define WIDE 700                /* pixels in which a row has 32 bits */
#define WIDE_COLUMNS 32
#define NARROW_COLUMNS 8
#define MIN_CELL_WIDTH 24

struct _WsiBitDiagram
{
  GtkWidget      parent_instance;

  WsiFrameLayout layout;
  WsiBitGrid     grid;
  GtkWidget     *fields[WSI_MAX_FRAME_PARTS];   /* widget of each part; the others are hidden */
  guint32        marks;         /* bits of the marked parts */
  int            selected;
};

enum { PROP_0, PROP_SELECTED, N_PROPS };
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (WsiBitDiagram, wsi_bit_diagram, GTK_TYPE_WIDGET)

char *
wsi_bit_diagram_describe (WsiBitDiagram * self,
                          guint          part)
{
  const WsiFramePart *shown = &self->layout.parts[part];
  g_autofree char *value = wsi_frame_layout_format (&self->layout, part);
  const char *name = _(wsi_frame_field_get_name (shown->field));
  const char *meaning = wsi_frame_layout_get_meaning (&self->layout, part);

  if (meaning[0] == '\0')
    return g_strdup_printf ("%s %s", name, value);

  if (shown->field == WSI_FRAME_FIELD_PAYLOAD)
    {
      g_autofree char *bytes =
        g_strdup_printf (g_dngettext (NULL, "%s byte", "%s bytes", MIN (shown->value, G_MAXINT)),
                         value);

      return g_strdup_printf (_("%s %s: %s"), name, bytes, _(meaning));
    }

  /* Translators: a field of a frame, its value and its meaning.  A blank alone is narrow in some
   * fonts: RSV1 1 would be read as RSV11. */
  return g_strdup_printf (_("%s = %s: %s"), name, value, _(meaning));
}

/* The whole frame is the name, the selected field the description. */
static void
describe_layout (WsiBitDiagram *self)
{
  g_autoptr (GString) text = g_string_new (_("Frame layout"));

  for (guint i = 0; i < self->layout.n_parts; i++)
    {
      g_autofree char *value = wsi_frame_layout_format (&self->layout, i);

      g_string_append_printf (text, "%s %s %s", i == 0 ? ":" : ",",
                              _(wsi_frame_field_get_name (self->layout.parts[i].field)), value);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text->str,
                                  -1);
}

static void
describe_selected (WsiBitDiagram *self)
{
  g_autofree char *text = self->selected >= 0 ? wsi_bit_diagram_describe (self, self->selected)
                                              : g_strdup (_("No field is selected"));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

/* Describes a field, which is a child of its own, too. */
static void
describe_field (WsiBitDiagram *self,
                guint          part)
{
  g_autofree char *text = wsi_bit_diagram_describe (self, part);
  g_autofree char *marked = (self->marks >> part & 1) != 0
                            /* Translators: a field of a frame and its meaning. */
                            ? g_strdup_printf (_("%s (breaks a rule)"), text) : NULL;

  wsi_bit_field_describe (WSI_BIT_FIELD (self->fields[part]), marked != NULL ? marked : text);
}

static void
describe_fields (WsiBitDiagram *self)
{
  for (guint i = 0; i < WSI_MAX_FRAME_PARTS; i++)
    {
      gtk_widget_set_visible (self->fields[i], i < self->layout.n_parts);
      if (i < self->layout.n_parts)
        describe_field (self, i);
    }
}

void
wsi_bit_diagram_set_selected (WsiBitDiagram *self,
                              int            selected)
{
  selected = CLAMP (selected, -1, (int) self->layout.n_parts - 1);
  if (selected == self->selected)
    return;

  if (self->selected >= 0)
    wsi_bit_field_set_selected (WSI_BIT_FIELD (self->fields[self->selected]), FALSE);
  if (selected >= 0)
    wsi_bit_field_set_selected (WSI_BIT_FIELD (self->fields[selected]), TRUE);
  self->selected = selected;
  describe_selected (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED]);
}

static void
wsi_bit_diagram_measure (GtkWidget     *widget,
                         GtkOrientation orientation,
                         int            for_size,
                         int           *minimum,
                         int           *natural,
                         int           *minimum_baseline,
                         int           *natural_baseline)
{
  WsiBitDiagram *self = WSI_BIT_DIAGRAM (widget);
  WsiBitGrid grid;

  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = NARROW_COLUMNS * MIN_CELL_WIDTH;
      *natural = WIDE;
      return;
    }

  wsi_bit_grid_init (&grid, &self->layout,
                     for_size < 0 || for_size >= WIDE ? WIDE_COLUMNS : NARROW_COLUMNS);
  *minimum = *natural = wsi_bit_drawing_get_height (widget, &grid);
}

/* Places a field where the drawing shows it, in the rectangle around all rows that it goes over. */
static void
place_field (WsiBitDiagram *self,
             guint          part,
             int            width)
{
  GtkWidget *field = self->fields[part];
  GdkRectangle place;
  int least;

  wsi_bit_drawing_get_place (GTK_WIDGET (self), &self->grid, part, width, &place);
  /* GTK wants to be asked for the size before it gives one */
  gtk_widget_measure (field, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  gtk_widget_size_allocate (field, &place, -1);
}

static void
wsi_bit_diagram_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  WsiBitDiagram *self = WSI_BIT_DIAGRAM (widget);

  wsi_bit_grid_init (&self->grid, &self->layout, width >= WIDE ? WIDE_COLUMNS : NARROW_COLUMNS);
  for (guint i = 0; i < self->layout.n_parts; i++)
    place_field (self, i, width);
}

static void
wsi_bit_diagram_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  WsiBitDiagram *self = WSI_BIT_DIAGRAM (widget);

  wsi_bit_drawing_draw (widget, snapshot, &self->layout, &self->grid, self->selected, self->marks);
}

static int
find_part (WsiBitDiagram *self,
           double         x,
           double         y)
{
  int row, column;

  return wsi_bit_drawing_find_cell (GTK_WIDGET (self), &self->grid, x, y, &row, &column)
         ? wsi_bit_grid_find (&self->grid, row, column) : -1;
}

static void
bit_diagram_on_pressed (WsiBitDiagram *self,
                        int            n_press,
                        double         x,
                        double         y)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  wsi_bit_diagram_set_selected (self, find_part (self, x, y));
}

static gboolean
wsi_bit_diagram_query_tooltip (GtkWidget  *widget,
                               int         x,
                               int         y,
                               gboolean    is_keyboard,
                               GtkTooltip *tooltip)
{
  WsiBitDiagram *self = WSI_BIT_DIAGRAM (widget);
  int part = is_keyboard ? self->selected : find_part (self, x, y);
  g_autofree char *text = part >= 0 ? wsi_bit_diagram_describe (self, part) : NULL;

  gtk_tooltip_set_custom (tooltip, text != NULL ? wsi_column_cell_make_tooltip (text) : NULL);
  return text != NULL;
}

static void
activate_step (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiBitDiagram *self = WSI_BIT_DIAGRAM (widget);
  int  n_fields, n_rows, last = (int) self->layout.n_parts - 1;

  if (last < 0)
    return;

  g_variant_get (parameter, "(ii)", &n_fields, &n_rows);
  if (self->selected < 0)
    wsi_bit_diagram_set_selected (self, n_fields > 1 ? last : 0);
  else if (n_rows != 0)
    wsi_bit_diagram_set_selected (self, wsi_bit_grid_go (&self->grid, self->selected, n_rows));
  else
    wsi_bit_diagram_set_selected (self, CLAMP (self->selected + n_fields, 0, last));
}

static void
activate_select_part (GtkWidget  *widget,
                      const char *name,
                      GVariant   *parameter)
{
  wsi_bit_diagram_set_selected (WSI_BIT_DIAGRAM (widget), g_variant_get_int32 (parameter));
}

static void
bit_diagram_add_keys (GtkWidgetClass *class)
{
  static const struct
  {
    guint key, keypad_key;
    int   n_fields, n_rows;
  } keys[] = {
    { GDK_KEY_Left, GDK_KEY_KP_Left, -1, 0 },
    { GDK_KEY_Right, GDK_KEY_KP_Right, 1, 0 },
    { GDK_KEY_Up, GDK_KEY_KP_Up, 0, -1 },
    { GDK_KEY_Down, GDK_KEY_KP_Down, 0, 1 },
    { GDK_KEY_Home, GDK_KEY_KP_Home, -WSI_MAX_FRAME_PARTS, 0 },
    { GDK_KEY_End, GDK_KEY_KP_End, WSI_MAX_FRAME_PARTS, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      gtk_widget_class_add_binding_action (class, keys[i].key, 0, "bits.step", "(ii)",
                                           keys[i].n_fields, keys[i].n_rows);
      gtk_widget_class_add_binding_action (class, keys[i].keypad_key, 0, "bits.step", "(ii)",
                                           keys[i].n_fields, keys[i].n_rows);
    }
}

static GtkSizeRequestMode
wsi_bit_diagram_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
wsi_bit_diagram_get_property (GObject    *object,
                              guint       id,
                              GValue     *value,
                              GParamSpec *spec)
{
  g_value_set_int (value, WSI_BIT_DIAGRAM (object)->selected);
}

static void
wsi_bit_diagram_set_property (GObject      *object,
                              guint         id,
                              const GValue *value,
                              GParamSpec   *spec)
{
  wsi_bit_diagram_set_selected (WSI_BIT_DIAGRAM (object), g_value_get_int (value));
}

static void
wsi_bit_diagram_dispose (GObject *object)
{
  WsiBitDiagram *self = WSI_BIT_DIAGRAM (object);

  for (guint i = 0; i < WSI_MAX_FRAME_PARTS; i++)
    g_clear_pointer (&self->fields[i], gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_bit_diagram_parent_class)->dispose (object);
}

static void
wsi_bit_diagram_class_init (WsiBitDiagramClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = wsi_bit_diagram_dispose;
  object_class->get_property = wsi_bit_diagram_get_property;
  object_class->set_property = wsi_bit_diagram_set_property;
  widget_class->get_request_mode = wsi_bit_diagram_get_request_mode;
  widget_class->measure = wsi_bit_diagram_measure;
  widget_class->size_allocate = wsi_bit_diagram_size_allocate;
  widget_class->snapshot = wsi_bit_diagram_snapshot;
  widget_class->query_tooltip = wsi_bit_diagram_query_tooltip;

  props[PROP_SELECTED] =
    g_param_spec_int ("selected", NULL, NULL, -1, WSI_MAX_FRAME_PARTS, -1,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_css_name (widget_class, "bitdiagram");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_install_action (widget_class, "bits.step", "(ii)", activate_step);
  gtk_widget_class_install_action (widget_class, "bits.select-part", "i", activate_select_part);
  bit_diagram_add_keys (widget_class);
}

static void
wsi_bit_diagram_init (WsiBitDiagram *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  self->selected = -1;
  for (guint i = 0; i < WSI_MAX_FRAME_PARTS; i++)
    {
      self->fields[i] = GTK_WIDGET (wsi_bit_field_new (i));
      gtk_widget_set_visible (self->fields[i], FALSE);
      gtk_widget_set_parent (self->fields[i], GTK_WIDGET (self));
    }
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (bit_diagram_on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
}

void
wsi_bit_diagram_set_layout (WsiBitDiagram        *self,
                            const WsiFrameLayout *layout)
{
  const WsiFrameLayout none = { 0 };

  wsi_bit_diagram_set_selected (self, -1);
  self->layout = layout != NULL ? *layout : none;
  self->marks = 0;
  wsi_bit_grid_init (&self->grid, &self->layout, MAX (self->grid.n_columns, NARROW_COLUMNS));
  describe_layout (self);
  describe_fields (self);
  describe_selected (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
wsi_bit_diagram_mark (WsiBitDiagram *self,
                      guint          part)
{
  self->marks |= 1u << part;
  describe_field (self, part);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

int
wsi_bit_diagram_get_selected (WsiBitDiagram *self)
{
  return self->selected;
}
