/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/sources/capture-writer.h"
#include "lib/rows.h"

#include <string.h>

static const struct
{
  const char *name;
  WsiLink     link;
  guint       n_vlans;
} links[] = {
  { "ethernet", WSI_LINK_ETHERNET, 0 },
  { "vlan", WSI_LINK_ETHERNET, 1 },
  { "two-vlans", WSI_LINK_ETHERNET, 2 },
  { "raw-ip", WSI_LINK_RAW_IP, 0 },
  { "linux-cooked-1", WSI_LINK_LINUX_COOKED_1, 0 },
  { "linux-cooked-1-vlan", WSI_LINK_LINUX_COOKED_1, 1 },
  { "linux-cooked-2", WSI_LINK_LINUX_COOKED_2, 0 },
  { "bsd-loopback", WSI_LINK_BSD_LOOPBACK, 0 },
  { "openbsd-loopback", WSI_LINK_OPENBSD_LOOP, 0 },
  { "ppp", WSI_LINK_PPP, 0 },
  { "ppp-hdlc", WSI_LINK_PPP_HDLC, 0 },
  { "ppp-with-a-direction", WSI_LINK_PPP_DIRECTED, 0 },
  { "pppoe", WSI_LINK_PPPOE, 0 },
  { "wifi", WSI_LINK_WIFI, 0 },
  { "radiotap-with-padding", WSI_LINK_RADIOTAP, 0 },
  { "pktap", WSI_LINK_PKTAP, 0 },
  { "pktap-of-an-old-macos", WSI_LINK_OLD_PKTAP, 0 },
  { "nflog", WSI_LINK_NFLOG, 0 },
};

#define V4 { { 192, 0, 2, 1 }, 4000, G_SOCKET_FAMILY_IPV4 }, \
  { { 192, 0, 2, 200 }, 80, G_SOCKET_FAMILY_IPV4 }
#define V6 { { 0x20, 1, 0xd, 0xb8, [15] = 1 }, 4000, G_SOCKET_FAMILY_IPV6 }, \
  { { 0x20, 1, 0xd, 0xb8, [15] = 2 }, 80, G_SOCKET_FAMILY_IPV6 }

static const WsiSegment segments[] = {
  { V4, 0xfffffff0, 77, WSI_TCP_ACK | WSI_TCP_FIN, (const guint8 *) "Hello", 5, 5, FALSE, NULL },
  { V6, 0xfffffff0, 77, WSI_TCP_SYN, (const guint8 *) "", 0, 0, FALSE, NULL },
};

static void
assert_equal (const WsiSegment *a,
              const WsiSegment *b)
{
  g_assert_cmpmem (&a->source, sizeof a->source, &b->source, sizeof b->source);
  g_assert_cmpmem (&a->destination, sizeof a->destination, &b->destination, sizeof b->destination);
  g_assert_cmpuint (a->sequence, ==, b->sequence);
  g_assert_cmpuint (a->acknowledgement, ==, b->acknowledgement);
  g_assert_cmpuint (a->flags, ==, b->flags);
  g_assert_cmpmem (a->payload, a->n_captured, b->payload, b->n_captured);
  g_assert_cmpuint (a->length, ==, b->length);
}

/* Whole, and cut after each byte, which must not be read: the memory ends there too. */
static void
test_link (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data) / 2;
  const WsiSegment *expected = &segments[GPOINTER_TO_UINT (data) % 2];
  g_autoptr (GBytes) packet = capture_make_packet (links[i].link, links[i].n_vlans, expected);
  const gsize length = g_bytes_get_size (packet);
  WsiSegment segment;

  g_assert_true (wsi_packet_knows_link (links[i].link));
  g_assert_cmpint (wsi_packet_parse (links[i].link, g_bytes_get_data (packet, NULL), length, length,
                                     NULL, &segment), ==, WSI_PACKET_TCP);
  assert_equal (&segment, expected);

  for (gsize n = 0; n < length; n++)
    {
      g_autofree guint8 *cut = g_memdup2 (g_bytes_get_data (packet, NULL), n);
      const gboolean has_headers = n + expected->length >= length;
      const WsiPacketKind kind = wsi_packet_parse (links[i].link, cut, n, length, NULL, &segment);

      g_assert_cmpint (kind, ==, has_headers ? WSI_PACKET_TCP : WSI_PACKET_CUT);
      if (has_headers)
        g_assert_cmpuint (segment.length - segment.n_captured, ==, length - n);
    }
}

#define TCP "0fa0 0050 0000 0001 0000 0002 5010 ffff 0000 0000"
#define UDP "0fa0 0050 0008 0000"
#define IP4(length, fragment, protocol) \
  "45 00" length "0000" fragment "40" protocol "0000 c0000201 c0000202"
#define IP6(length, next) \
  "6000 0000" length next "40" \
  "20010db8000000000000000000000001 20010db8000000000000000000000002"
#define MAC "020000000001 020000000002"

#define UDP_TO(port) IP4 ("0000", "4000", "11") "c000" port "0000 0000"
#define SNAP "aaaa03 000000 0800"
/* Control and sequence number. */
#define WIFI(control, sequence) \
  control "0000" "020000000001 020000000002 020000000003" sequence

static const struct
{
  const char   *name, *bytes;   /* bytes of the packet in hex */
  WsiLink       link;
  WsiPacketKind kind;
  gsize         length;         /* length of the payload */
  const char   *unread;
} packets[] = {
  { "padding-is-no-payload", MAC "0800" IP4 ("0029", "4000", "06") TCP "61 000000000000", WSI_LINK_ETHERNET, WSI_PACKET_TCP, 1, NULL },
  { "padding-of-ipv6-is-no-payload", MAC "86dd" IP6 ("0015", "06") TCP "61 0000", WSI_LINK_ETHERNET, WSI_PACKET_TCP, 1, NULL },
  { "a-length-of-0-means-all", IP4 ("0000", "4000", "06") TCP "616263", WSI_LINK_RAW_IP, WSI_PACKET_TCP, 3, NULL },
  { "a-length-of-0-means-all-in-ipv6", IP6 ("0000", "06") TCP "616263", WSI_LINK_RAW_IP, WSI_PACKET_TCP, 3, NULL },
  { "the-first-fragment-has-ports", IP4 ("0029", "2000", "06") TCP "61", WSI_LINK_RAW_IP, WSI_PACKET_FIRST_FRAGMENT, 1, NULL },
  { "the-last-fragment-has-none", IP4 ("0029", "0010", "06") TCP "61", WSI_LINK_RAW_IP, WSI_PACKET_FRAGMENT, 0, NULL },
  { "a-first-fragment-of-ipv6-has-ports", IP6 ("001d", "2c") "0600 0001 00000007" TCP "61",
    WSI_LINK_RAW_IP, WSI_PACKET_FIRST_FRAGMENT, 1, NULL },
  { "a-later-fragment-of-ipv6-has-none", IP6 ("001d", "2c") "06 00 0011 00000007" TCP "61", WSI_LINK_RAW_IP, WSI_PACKET_FRAGMENT, 0, NULL },
  { "a-fragment-that-is-whole-is-none", IP6 ("001d", "2c") "06 00 0000 00000007" TCP "61", WSI_LINK_RAW_IP, WSI_PACKET_TCP, 1, NULL },
  { "an-extension-header-with-a-value-is-no-fragment", IP6 ("001d", "00") "06 00 0502 0000 0100" TCP "61", WSI_LINK_RAW_IP,
    WSI_PACKET_TCP, 1, NULL },
  { "extension-headers-are-skipped",
    IP6 ("0045", "00") "3c 00 000000000000 2b 01 0000000000000000000000000000"
    " 33 00 000000000000 06 02 0000000000000000000000000000" TCP "61", WSI_LINK_RAW_IP, WSI_PACKET_TCP, 1, NULL },
  { "udp-is-another", IP4 ("001c", "4000", "11") UDP, WSI_LINK_RAW_IP, WSI_PACKET_OTHER, 0, NULL },
  { "udp-of-ipv6-is-another", IP6 ("0008", "11") UDP, WSI_LINK_RAW_IP, WSI_PACKET_OTHER, 0, NULL },
  { "udp-of-https-is-quic", IP4 ("001c", "4000", "11") "01bb c000 0008 0000", WSI_LINK_RAW_IP, WSI_PACKET_QUIC, 0, NULL },
  { "udp-to-https-is-quic", IP4 ("001c", "4000", "11") "c000 01bb 0008 0000", WSI_LINK_RAW_IP, WSI_PACKET_QUIC, 0, NULL },
  { "a-tag-of-the-old-service-vlan-is-skipped", MAC "9100 0007 0800" IP4 ("0029", "4000", "06") TCP "61", WSI_LINK_ETHERNET,
    WSI_PACKET_TCP, 1, NULL },
  { "ipsec-is-encrypted", IP4 ("001c", "4000", "32") UDP, WSI_LINK_RAW_IP, WSI_PACKET_ENCRYPTED, 0, NULL },
  { "a-fragment-of-a-tunnel-is-one", IP4 ("0000", "2000", "04") IP4 ("0028", "4000", "06") TCP,
    WSI_LINK_RAW_IP, WSI_PACKET_FRAGMENT, 0, NULL },
  { "gre-with-routing-is-named", IP4 ("0000", "4000", "2f") "4000 0800" IP4 ("0028", "4000", "06") TCP,
    WSI_LINK_RAW_IP, WSI_PACKET_UNREAD, 0, "GRE with routing or of another version" },
  { "arp-is-another", MAC "0806" "0001", WSI_LINK_ETHERNET, WSI_PACKET_OTHER, 0, NULL },
  { "a-length-of-802.3-is-another", MAC "0026 4242 03", WSI_LINK_ETHERNET, WSI_PACKET_OTHER, 0, NULL },
  { "llc-with-a-vendor-is-another", MAC "0030 aaaa03 00000c 0800" IP4 ("0029", "4000", "06") TCP "61",
    WSI_LINK_ETHERNET, WSI_PACKET_OTHER, 0, NULL },
  { "vxlan-gpe-is-named", UDP_TO ("12b6") "0c000003 00000100", WSI_LINK_RAW_IP, WSI_PACKET_UNREAD, 0, "VXLAN-GPE" },
  { "ayiya-is-named", UDP_TO ("13d0") "00", WSI_LINK_RAW_IP, WSI_PACKET_UNREAD, 0, "AYIYA" },
  { "wireguard-is-named", UDP_TO ("ca6c") "00", WSI_LINK_RAW_IP, WSI_PACKET_UNREAD, 0, "WireGuard" },
  { "a-port-may-be-the-source", IP4 ("0000", "4000", "11") "04aa c000 0000 0000 00", WSI_LINK_RAW_IP, WSI_PACKET_UNREAD, 0, "OpenVPN" },
  { "vn-tag-is-named", MAC "8926 00000001 0800", WSI_LINK_ETHERNET, WSI_PACKET_UNREAD, 0, "VN-Tag" },
  { "mac-in-mac-is-named", MAC "88e7 00000001" MAC, WSI_LINK_ETHERNET, WSI_PACKET_UNREAD, 0, "MAC in MAC" },
  { "cisco-metadata-is-named", MAC "8909 0101 0001 000a 0800", WSI_LINK_ETHERNET, WSI_PACKET_UNREAD, 0, "Cisco metadata" },
  { "macsec-is-named", MAC "88e5 0000", WSI_LINK_ETHERNET, WSI_PACKET_UNREAD, 0, "MACsec" },
  { "etherip-is-named", IP4 ("0000", "4000", "61") "3000", WSI_LINK_RAW_IP, WSI_PACKET_UNREAD, 0, "EtherIP" },
  { "another-link-is-named", "00", (WsiLink) 220, WSI_PACKET_UNREAD, 0, "USB_LINUX_MMAPPED" },
  { "a-link-without-a-name-is-named", "00", (WsiLink) 60000, WSI_PACKET_UNREAD, 0, "an unknown link type" },
  { "gtp-of-control-is-another", UDP_TO ("0868") "3001 0000 00000001", WSI_LINK_RAW_IP, WSI_PACKET_OTHER, 0, NULL },
  { "gtp-prime-is-another", UDP_TO ("0868") "20ff 0000 00000001", WSI_LINK_RAW_IP, WSI_PACKET_OTHER, 0, NULL },
  { "gtp-extension-without-a-length", UDP_TO ("0868") "34ff 0000 00000001 00000085 00", WSI_LINK_RAW_IP, WSI_PACKET_MALFORMED, 0, NULL },
  { "gtp-extension-beyond-the-packet", UDP_TO ("0868") "34ff 0000 00000001 00000085 02000000",
    WSI_LINK_RAW_IP, WSI_PACKET_MALFORMED, 0, NULL },
  { "geneve-of-control-is-another", UDP_TO ("17c1") "0080 6558 00000100", WSI_LINK_RAW_IP, WSI_PACKET_OTHER, 0, NULL },
  { "geneve-of-another-version-is-another", UDP_TO ("17c1") "4000 6558 00000100", WSI_LINK_RAW_IP, WSI_PACKET_OTHER, 0, NULL },
  { "geneve-options-beyond-the-packet", UDP_TO ("17c1") "3f00 6558 00000100", WSI_LINK_RAW_IP, WSI_PACKET_MALFORMED, 0, NULL },
  { "tzsp-keepalive-is-another", UDP_TO ("9090") "01040000", WSI_LINK_RAW_IP, WSI_PACKET_OTHER, 0, NULL },
  { "tzsp-of-another-link-is-named", UDP_TO ("9090") "01000077 01", WSI_LINK_RAW_IP, WSI_PACKET_UNREAD, 0, "TZSP of another link type" },
  { "tzsp-tags-without-an-end", UDP_TO ("9090") "01000001 00 0a01", WSI_LINK_RAW_IP, WSI_PACKET_MALFORMED, 0, NULL },
  { "wifi-management-is-another", "8000 0000", WSI_LINK_WIFI, WSI_PACKET_OTHER, 0, NULL },
  { "wifi-without-data-is-another", "c801 0000", WSI_LINK_WIFI, WSI_PACKET_OTHER, 0, NULL },
  { "wifi-of-wpa-is-named", "8842 0000", WSI_LINK_WIFI, WSI_PACKET_UNREAD, 0, "encrypted Wi-Fi" },
  { "wifi-in-fragments-is-named", WIFI ("0806", "0000"), WSI_LINK_WIFI, WSI_PACKET_UNREAD, 0, "fragmented Wi-Fi" },
  { "wifi-of-a-later-fragment-is-named", WIFI ("0802", "1200"), WSI_LINK_WIFI, WSI_PACKET_UNREAD, 0, "fragmented Wi-Fi" },
  { "wifi-of-several-packets-is-named", WIFI ("8802", "1000") "8000", WSI_LINK_WIFI, WSI_PACKET_UNREAD, 0, "aggregated Wi-Fi (A-MSDU)" },
  { "wifi-between-access-points", WIFI ("8883", "1000") "020000000004 0000 00000000" SNAP IP4 ("0029", "4000", "06") TCP "61",
    WSI_LINK_WIFI,
    WSI_PACKET_TCP, 1, NULL },
  { "radiotap-with-a-time-and-more-words", "0000 1900 030000a0 00000080 00000000 0102030405060708 00" WIFI ("0802", "1000") SNAP
    IP4 ("0029", "4000", "06") TCP "61", WSI_LINK_RADIOTAP, WSI_PACKET_TCP, 1, NULL },
  { "radiotap-that-is-too-short", "0000 0700 00000000", WSI_LINK_RADIOTAP, WSI_PACKET_MALFORMED, 0, NULL },
  { "radiotap-beyond-the-packet", "0000 ff00 00000000", WSI_LINK_RADIOTAP, WSI_PACKET_MALFORMED, 0, NULL },
  { "radiotap-with-words-beyond-it", "0000 0800 00000080 0802", WSI_LINK_RADIOTAP, WSI_PACKET_MALFORMED, 0, NULL },
  { "nflog-of-the-other-byte-order", "02000000 00080001 08000100 002d0009" IP4 ("0029", "4000", "06") TCP "61",
    WSI_LINK_NFLOG, WSI_PACKET_TCP, 1, NULL },
  { "nflog-with-an-odd-field", "02000000 0500 0a00 61 000000 2d000900" IP4 ("0029", "4000", "06") TCP "61",
    WSI_LINK_NFLOG, WSI_PACKET_TCP, 1, NULL },
  { "nflog-without-a-payload-is-another", "02000000 08000100 08000100", WSI_LINK_NFLOG, WSI_PACKET_OTHER, 0, NULL },
  { "nflog-without-a-length", "02000000 00000100", WSI_LINK_NFLOG, WSI_PACKET_MALFORMED, 0, NULL },
  { "pktap-that-is-too-short", "08000000 01000000 01000000", WSI_LINK_PKTAP, WSI_PACKET_MALFORMED, 0, NULL },
  { "ppp-with-a-short-protocol", "21" IP4 ("0029", "4000", "06") TCP "61", WSI_LINK_PPP, WSI_PACKET_TCP, 1, NULL },
  { "ppp-that-is-compressed-is-named", "ff03 00fd 00", WSI_LINK_PPP, WSI_PACKET_UNREAD, 0, "compressed PPP" },
  { "ppp-of-control-is-another", "ff03 c021 01", WSI_LINK_PPP, WSI_PACKET_OTHER, 0, NULL },
  { "another-family-is-another", "07000000 02", WSI_LINK_BSD_LOOPBACK, WSI_PACKET_OTHER, 0, NULL },
  { "loopback-of-the-other-byte-order", "00000002" IP4 ("0028", "4000", "06") TCP, WSI_LINK_BSD_LOOPBACK, WSI_PACKET_TCP, 0, NULL },
  { "ip-that-is-too-short", "44 00", WSI_LINK_RAW_IP, WSI_PACKET_MALFORMED, 0, NULL },
  { "ip-header-that-is-too-short", "44 00 0028 0000 4000 40 06 0000 c0000201 c0000202" TCP,
    WSI_LINK_RAW_IP, WSI_PACKET_MALFORMED, 0, NULL },
  { "ip-header-without-an-address", "44 00 0028 0000 4000 40 06 0000 c0000201 c0000202 0fa0 0050 00000001 50100002 5010 ffff 00000000",
    WSI_LINK_RAW_IP, WSI_PACKET_MALFORMED, 0, NULL },
  { "ip-length-within-its-header", IP4 ("0013", "4000", "06") TCP, WSI_LINK_RAW_IP, WSI_PACKET_MALFORMED, 0, NULL },
  { "ip-length-within-the-header-of-tcp", IP4 ("0027", "4000", "06") TCP, WSI_LINK_RAW_IP, WSI_PACKET_MALFORMED, 0, NULL },
  { "tcp-header-that-is-too-short", IP4 ("0028", "4000", "06") "0fa0 0050 00000001 00000002 4010 ffff 00000000",
    WSI_LINK_RAW_IP, WSI_PACKET_MALFORMED, 0, NULL },
  { "tcp-header-beyond-the-packet", IP4 ("0028", "4000", "06") "0fa0 0050 00000001 00000002 6010 ffff 00000000",
    WSI_LINK_RAW_IP, WSI_PACKET_MALFORMED, 0, NULL },
  { "extension-header-beyond-the-packet", IP6 ("001c", "00") "06 09 000000000000" TCP, WSI_LINK_RAW_IP, WSI_PACKET_MALFORMED, 0, NULL },
  { "nothing-at-all", "", WSI_LINK_ETHERNET, WSI_PACKET_MALFORMED, 0, NULL },
};

static GBytes *
read_hex (const char *text)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; *text != '\0'; text++)
    if (*text != ' ')
      {
        const guint high = (guint) g_ascii_xdigit_value (*text++);
        const guint8 byte = (guint8) (high << 4 | (guint) g_ascii_xdigit_value (*text));

        g_byte_array_append (bytes, &byte, 1);
      }
  return g_byte_array_free_to_bytes (bytes);
}

/* Headers before a packet; @ is its EtherType, # its number as a protocol of IP, % that of PPP.  A
 * length of 0 means all. */
#define VXLAN MAC "0800" IP4 ("0000", "4000", "11") "c000 12b5 0000 0000 08000000 00002a00"

static const struct
{
  const char *name, *bytes;
  WsiLink     link, inner;
} tunnels[] = {
  { "vxlan", IP4 ("0000", "4000", "11") "c000 12b5 0000 0000 08000000 00002a00", WSI_LINK_RAW_IP, WSI_LINK_ETHERNET },
  { "vxlan-of-linux", MAC "8100 0007 0800" IP4 ("0000", "4000", "11") "c000 2118 0000 0000 08000000 00002a00",
    WSI_LINK_ETHERNET, WSI_LINK_ETHERNET },
  { "vxlan-over-ipv6", IP6 ("0000", "11") "c000 12b5 0000 0000 08000000 00002a00", WSI_LINK_RAW_IP, WSI_LINK_ETHERNET },
  { "gre", IP4 ("0000", "4000", "2f") "0000 @", WSI_LINK_RAW_IP, WSI_LINK_RAW_IP },
  { "gre-over-ipv6", IP6 ("0000", "2f") "0000 @", WSI_LINK_RAW_IP, WSI_LINK_RAW_IP },
  { "gre-with-all-its-fields", IP4 ("0000", "4000", "2f") "b000 @ 00000000 00000001 00000002", WSI_LINK_RAW_IP, WSI_LINK_RAW_IP },
  { "gre-of-ethernet", IP4 ("0000", "4000", "2f") "2000 6558 00000007", WSI_LINK_RAW_IP, WSI_LINK_ETHERNET },
  { "gre-of-mpls", IP4 ("0000", "4000", "2f") "0000 8847 00065140", WSI_LINK_RAW_IP, WSI_LINK_RAW_IP },
  { "gre-of-mpls-to-many", IP4 ("0000", "4000", "2f") "0000 8848 00065140", WSI_LINK_RAW_IP, WSI_LINK_RAW_IP },
  { "erspan", IP4 ("0000", "4000", "2f") "1000 88be 00000001 1001000000000000", WSI_LINK_RAW_IP, WSI_LINK_ETHERNET },
  { "erspan-without-a-header", IP4 ("0000", "4000", "2f") "0000 88be", WSI_LINK_RAW_IP, WSI_LINK_ETHERNET },
  { "ip-in-ipv4", IP4 ("0000", "4000", "#"), WSI_LINK_RAW_IP, WSI_LINK_RAW_IP },
  { "ip-in-ipv6", MAC "86dd" IP6 ("0000", "#"), WSI_LINK_ETHERNET, WSI_LINK_RAW_IP },
  { "ip-behind-extension-headers", IP6 ("0000", "3c") "# 00 000000000000", WSI_LINK_RAW_IP, WSI_LINK_RAW_IP },
  { "pppoe", MAC "8864 1100 0001 0000 %", WSI_LINK_ETHERNET, WSI_LINK_RAW_IP },
  { "pppoe-of-mpls", MAC "8864 1100 0001 0000 0281 00065140", WSI_LINK_ETHERNET, WSI_LINK_RAW_IP },
  { "mpls", MAC "8847 00064040 00065140", WSI_LINK_ETHERNET, WSI_LINK_RAW_IP },
  { "mpls-in-ip", IP4 ("0000", "4000", "89") "00065140", WSI_LINK_RAW_IP, WSI_LINK_RAW_IP },
  { "mpls-of-ethernet", MAC "8848 00065140 00000000", WSI_LINK_ETHERNET, WSI_LINK_ETHERNET },
  { "geneve", IP4 ("0000", "4000", "11") "c000 17c1 0000 0000 0000 6558 00000100", WSI_LINK_RAW_IP, WSI_LINK_ETHERNET },
  { "geneve-of-ip-with-options", IP4 ("0000", "4000", "11") "c000 17c1 0000 0000 0200 @ 00000100 01080101 00000000",
    WSI_LINK_RAW_IP, WSI_LINK_RAW_IP },
  { "gtp", IP4 ("0000", "4000", "11") "c000 0868 0000 0000 30ff 0000 00000001", WSI_LINK_RAW_IP, WSI_LINK_RAW_IP },
  { "gtp-with-a-sequence-number", IP4 ("0000", "4000", "11") "c000 0868 0000 0000 32ff 0000 00000001 00010000",
    WSI_LINK_RAW_IP, WSI_LINK_RAW_IP },
  { "gtp-with-extensions", IP6 ("0000", "11") "0868 0868 0000 0000 34ff 0000 00000001 00000085 01100085 02000000 00000000",
    WSI_LINK_RAW_IP, WSI_LINK_RAW_IP },
  { "erspan-3", IP4 ("0000", "4000", "2f") "1000 22eb 00000001 20010001 00000000 00000000", WSI_LINK_RAW_IP, WSI_LINK_ETHERNET },
  { "erspan-3-with-a-subheader", IP4 ("0000", "4000", "2f") "1000 22eb 00000001 20010001 00000000 00000001 0000000000000000",
    WSI_LINK_RAW_IP, WSI_LINK_ETHERNET },
  { "tzsp", IP4 ("0000", "4000", "11") "c000 9090 0000 0000 01000001 01", WSI_LINK_RAW_IP, WSI_LINK_ETHERNET },
  { "tzsp-of-wifi-with-tags", IP4 ("0000", "4000", "11") "c000 9090 0000 0000 01000012 00 0a01c0 00 01", WSI_LINK_RAW_IP, WSI_LINK_WIFI },
  { "pptp", IP4 ("0000", "4000", "2f") "3081 880b 00000001 00000001 00000001 ff03 %", WSI_LINK_RAW_IP, WSI_LINK_RAW_IP },
  { "gre-of-wifi", IP4 ("0000", "4000", "2f") "0000 8240", WSI_LINK_RAW_IP, WSI_LINK_WIFI },
  { "llc", MAC "0030 aaaa03 000000 @", WSI_LINK_ETHERNET, WSI_LINK_RAW_IP },
  { "four-of-vxlan", VXLAN VXLAN VXLAN VXLAN, WSI_LINK_ETHERNET, WSI_LINK_ETHERNET },
  { "tunnels-in-tunnels",
    MAC "8847 00065140" IP4 ("0000", "4000", "11") "c000 12b5 0000 0000 08000000 00002a00"
    MAC "8864 1100 0001 0000 0021"
    IP4 ("0000", "4000", "2f") "0000 @", WSI_LINK_ETHERNET, WSI_LINK_RAW_IP },
};

static GByteArray *
make_tunnel (guint             i,
             const WsiSegment *segment)
{
  const gboolean is_ipv6 = segment->source.family == G_SOCKET_FAMILY_IPV6;
  g_autoptr (GString) text = g_string_new (tunnels[i].bytes);
  g_autoptr (GBytes) head = NULL;
  g_autoptr (GBytes) packet = capture_make_packet (tunnels[i].inner, 0, segment);
  GByteArray *bytes = g_byte_array_new ();

  g_string_replace (text, "@", is_ipv6 ? "86dd" : "0800", 0);
  g_string_replace (text, "#", is_ipv6 ? "29" : "04", 0);
  g_string_replace (text, "%", is_ipv6 ? "0057" : "0021", 0);
  head = read_hex (text->str);
  g_byte_array_append (bytes, g_bytes_get_data (head, NULL), (guint) g_bytes_get_size (head));
  return g_byte_array_append (bytes, g_bytes_get_data (packet, NULL),
                              (guint) g_bytes_get_size (packet));
}

/* Whole, and cut after each byte. */
static void
test_tunnel (gconstpointer data)
{
  const WsiSegment *expected = &segments[GPOINTER_TO_UINT (data) % 2];
  const guint i = GPOINTER_TO_UINT (data) / 2;
  g_autoptr (GByteArray) packet = make_tunnel (i, expected);
  WsiSegment segment;

  g_assert_cmpint (wsi_packet_parse (tunnels[i].link, packet->data, packet->len, packet->len,
                                     NULL, &segment), ==, WSI_PACKET_TCP);
  assert_equal (&segment, expected);
  for (gsize n = 0; n + expected->length < packet->len; n++)
    {
      g_autofree guint8 *cut = g_memdup2 (packet->data, n);

      g_assert_cmpint (wsi_packet_parse (tunnels[i].link, cut, n, packet->len, NULL, &segment), ==,
                       WSI_PACKET_CUT);
    }
}

static void
test_depth (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) packet = NULL;
  WsiSegment segment;

  for (guint i = 0; i < 17; i++)
    g_string_append (text, IP4 ("0000", "4000", "04"));
  packet = read_hex (text->str);
  g_assert_cmpint (wsi_packet_parse (WSI_LINK_RAW_IP, g_bytes_get_data (packet, NULL),
                                     g_bytes_get_size (packet), g_bytes_get_size (packet),
                                     NULL, &segment), ==, WSI_PACKET_UNREAD);
  g_assert_cmpstr (segment.unread, ==, "more than 16 headers in each other");
}

static void
test_packet (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GBytes) packet = read_hex (packets[i].bytes);
  const gsize length = g_bytes_get_size (packet);
  WsiSegment segment;

  g_assert_cmpint (wsi_packet_parse (packets[i].link, g_bytes_get_data (packet, NULL), length,
                                     length, NULL, &segment), ==, packets[i].kind);
  g_assert_cmpuint (segment.n_captured, ==, packets[i].length);
  g_assert_cmpuint (segment.length, ==, packets[i].length);
  g_assert_cmpstr (segment.unread, ==, packets[i].unread);
}

static void
test_endpoints (void)
{
  g_autofree char *v4 = wsi_endpoint_to_string (&segments[0].source);
  g_autofree char *v6 = wsi_endpoint_to_string (&segments[1].source);

  g_assert_cmpstr (v4, ==, "192.0.2.1:4000");
  g_assert_cmpstr (v6, ==, "[2001:db8::1]:4000");
}

/* As of a client that has reset its connection before it was asked for. */
static void
test_unknown_endpoint (void)
{
  const WsiEndpoint nothing = { 0 };

  g_assert_null (wsi_endpoint_to_string (&nothing));
}

static void
test_unknown_link (void)
{
  g_assert_false (wsi_packet_knows_link (220));         /* USB */
  g_assert_false (wsi_packet_knows_link (-1));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (links) * 2; i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/inspector/packet/%s/%s/is-read-and-never-beyond-its-end",
                         links[i / 2].name, i % 2 ? "ipv6" : "ipv4");

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_link);
    }
  for (guint i = 0; i < G_N_ELEMENTS (tunnels) * 2; i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/inspector/packet/tunnel/%s/%s/is-read-and-never-beyond-its-end",
                         tunnels[i / 2].name, i % 2 ? "ipv6" : "ipv4");

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_tunnel);
    }
  g_test_add_func ("/inspector/packet/tunnel/depth-is-limited", test_depth);
  ADD_ROWS ("/inspector/packet/kind", packets, test_packet);
  g_test_add_func ("/inspector/packet/endpoint/is-shown-as-in-a-uri", test_endpoints);
  g_test_add_func ("/inspector/packet/endpoint/may-be-unknown", test_unknown_endpoint);
  g_test_add_func ("/inspector/packet/link/others-are-not-known", test_unknown_link);

  return g_test_run ();
}
