/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/unpack/wsi-members.h"

#include "inspect/sources/unpack/wsi-zstd.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#define WSI_TYPE_MEMBERS (wsi_members_get_type ())

G_DECLARE_FINAL_TYPE (WsiMembers, wsi_members, WSI, MEMBERS, GObject)

struct _WsiMembers
{
  GObject     parent_instance;

  WsiPacking  packing;
  GConverter *member;           /* converter that unpacks one member */
  guint64     n_taken;          /* bytes of the file that were read */
  gboolean    is_between;       /* the file is between two members, or at its end */
};

static const char *
members_get_name (const WsiMembers *self)
{
  return self->packing == WSI_PACKING_GZIP ? "gzip" : "zstd";
}

static guint
get_magic_length (WsiPacking packing)
{
  return packing == WSI_PACKING_GZIP ? 2 : 4;
}

/* The packing of a file; zstd also has frames to be skipped, which may come first. */
WsiPacking
wsi_packing_find (const guint8 *at,
                  gsize         length)
{
  static const guint8 gzip[] = { 0x1f, 0x8b };
  static const guint8 zstd[] = { 0x28, 0xb5, 0x2f, 0xfd };
  static const guint8 skipped[] = { 0x2a, 0x4d, 0x18 };

  if (length >= sizeof gzip && memcmp (at, gzip, sizeof gzip) == 0)
    return WSI_PACKING_GZIP;
  if (length < sizeof zstd)
    return WSI_PACKING_NONE;

  return memcmp (at, zstd, sizeof zstd) == 0 ||
         (at[0] >> 4 == 5 && memcmp (at + 1, skipped, sizeof skipped) == 0)
         ? WSI_PACKING_ZSTD : WSI_PACKING_NONE;
}

/* Asks the caller for more bytes, if there are more. */
static GConverterResult
ask_for_more (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, "more input is needed");
  return G_CONVERTER_ERROR;
}

/* Begins a member.  CONVERTED: another one begins here. */
static GConverterResult
members_begin_member (WsiMembers   *self,
                      const guint8 *input,
                      gsize         length,
                      gboolean      is_end,
                      GError      **error)
{
  if (length == 0 && is_end)
    return G_CONVERTER_FINISHED;
  if (length < get_magic_length (self->packing) && !is_end)
    return ask_for_more (error);

  if (wsi_packing_find (input, length) != self->packing)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _("expected the end of the file or more %s data at byte %" PRIu64
                     ", received other bytes (all before them was read)"), members_get_name (self),
                   self->n_taken);
      return G_CONVERTER_ERROR;
    }

  g_converter_reset (self->member);
  self->is_between = FALSE;
  return G_CONVERTER_CONVERTED;
}

/* Explains an error.  n_at: the bytes of the file before it. */
static void
members_explain (const WsiMembers *self,
                 guint64           n_at,
                 gboolean          is_end,
                 GError          **failure,
                 GError          **error)
{
  if (!g_error_matches (*failure, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _("the %s data after byte %" PRIu64 " cannot be unpacked: %s"),
                 members_get_name (self),
                 n_at, (*failure)->message);
  else if (is_end)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                 _("the %s data is cut at byte %" PRIu64 ": the file was not written or copied as "
                   "a whole"), members_get_name (self), n_at);
  else
    g_propagate_error (error, g_steal_pointer (failure));
  g_clear_error (failure);
}

/* The error of a file that is cut comes when nothing more can be unpacked of it. */
static GConverterResult
wsi_members_convert (GConverter     *converter,
                     const void     *input,
                     gsize           input_length,
                     void           *output,
                     gsize           output_length,
                     GConverterFlags flags,
                     gsize          *n_read,
                     gsize          *n_written,
                     GError        **error)
{
  WsiMembers *self = WSI_MEMBERS (converter);
  const gboolean is_end = (flags & G_CONVERTER_INPUT_AT_END) != 0;
  GConverterResult result = G_CONVERTER_CONVERTED;
  g_autoptr (GError) failure = NULL;

  *n_read = *n_written = 0;
  if (self->is_between)
    result = members_begin_member (self, input, input_length, is_end, error);
  if (result != G_CONVERTER_CONVERTED)
    return result;

  result = g_converter_convert (self->member, input, input_length, output, output_length,
                                G_CONVERTER_NO_FLAGS, n_read, n_written, &failure);
  if (result == G_CONVERTER_ERROR)
    {
      members_explain (self, self->n_taken + input_length * is_end, is_end, &failure, error);
      return result;
    }

  self->n_taken += *n_read;
  self->is_between = result == G_CONVERTER_FINISHED;
  return G_CONVERTER_CONVERTED;
}

static void
wsi_members_reset (GConverter *converter)
{
  WsiMembers *self = WSI_MEMBERS (converter);

  g_converter_reset (self->member);
  self->n_taken = 0;
  self->is_between = FALSE;
}

static void
wsi_members_converter_iface_init (GConverterIface *iface)
{
  iface->convert = wsi_members_convert;
  iface->reset = wsi_members_reset;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WsiMembers, wsi_members, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_CONVERTER,
                                                      wsi_members_converter_iface_init))

static void
wsi_members_finalize (GObject *object)
{
  g_clear_object (&WSI_MEMBERS (object)->member);
  G_OBJECT_CLASS (wsi_members_parent_class)->finalize (object);
}

static void
wsi_members_class_init (WsiMembersClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_members_finalize;
}

static void
wsi_members_init (WsiMembers *self)
{
}

GConverter *
wsi_members_new (WsiPacking packing)
{
  WsiMembers *self = g_object_new (WSI_TYPE_MEMBERS, NULL);

  self->packing = packing;
  self->member = packing == WSI_PACKING_ZSTD
                 ? wsi_zstd_new ()
                 : G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  return G_CONVERTER (self);
}
