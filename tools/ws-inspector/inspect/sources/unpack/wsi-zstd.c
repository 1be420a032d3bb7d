/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/unpack/wsi-zstd.h"

#include <zstd.h>

#define WSI_TYPE_ZSTD (wsi_zstd_get_type ())

G_DECLARE_FINAL_TYPE (WsiZstd, wsi_zstd, WSI, ZSTD, GObject)

struct _WsiZstd
{
  GObject    parent_instance;

  ZSTD_DCtx *context;
};

static GConverterResult
wsi_zstd_convert (GConverter     *converter,
                  const void     *input,
                  gsize           input_length,
                  void           *output,
                  gsize           output_length,
                  GConverterFlags flags,
                  gsize          *n_read,
                  gsize          *n_written,
                  GError        **error)
{
  ZSTD_inBuffer in = { .src = input, .size = input_length };
  ZSTD_outBuffer out = { .dst = output, .size = output_length };
  const size_t left = ZSTD_decompressStream (WSI_ZSTD (converter)->context, &out, &in);

  if (ZSTD_isError (left))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, ZSTD_getErrorName (left));
      return G_CONVERTER_ERROR;
    }

  if (left > 0 && in.pos == 0 && out.pos == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, "more input is needed");
      return G_CONVERTER_ERROR;
    }

  *n_read = in.pos;
  *n_written = out.pos;
  return left == 0 ? G_CONVERTER_FINISHED : G_CONVERTER_CONVERTED;
}

static void
wsi_zstd_reset (GConverter *converter)
{
  ZSTD_DCtx_reset (WSI_ZSTD (converter)->context, ZSTD_reset_session_only);
}

static void
wsi_zstd_converter_iface_init (GConverterIface *iface)
{
  iface->convert = wsi_zstd_convert;
  iface->reset = wsi_zstd_reset;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WsiZstd, wsi_zstd, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_CONVERTER,
                                                      wsi_zstd_converter_iface_init))

static void
wsi_zstd_finalize (GObject *object)
{
  ZSTD_freeDCtx (WSI_ZSTD (object)->context);
  G_OBJECT_CLASS (wsi_zstd_parent_class)->finalize (object);
}

static void
wsi_zstd_class_init (WsiZstdClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_zstd_finalize;
}

static void
wsi_zstd_init (WsiZstd *self)
{
  self->context = ZSTD_createDCtx ();
  g_assert (self->context != NULL);     /* NULL: no memory */
}

GConverter *
wsi_zstd_new (void)
{
  return g_object_new (WSI_TYPE_ZSTD, NULL);
}
