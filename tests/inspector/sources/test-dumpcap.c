/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The facts that are read from the words of dumpcap: why it does not capture, how many packets it
 * has dropped, and its list of interfaces.  The texts are those of dumpcap 3.4 and 4.0. */
#include "inspect/sources/dumpcap/wsi-dumpcap.h"
#include "lib/rows.h"

#include <string.h>

#define PATH "/inspector/dumpcap/"
#define BEGIN "Capturing on 'Loopback: lo'\n"
#define NOISE "dumpcap: cap_set_proc() fail return: Operation not permitted\n"
#define COUNTS(numbers) "Packets received/dropped on interface 'Loopback: lo': " numbers \
  " (pcap:1/dumpcap:2/flushed:3/ps_ifdrop:4) (83.5%)\n"

static const struct
{
  const char   *name, *text;
  const char   *failure;        /* failure that the text says; NULL: none */
  gboolean      is_not_permitted;
  guint64       n_received, n_dropped;
} reports[] = {
  { "nothing", "", NULL, FALSE, 0, 0 },
  { "nothing-is-dropped", BEGIN "File: -\n\rPackets captured: 12\n" COUNTS ("12/0"), NULL, FALSE, 12, 0 },
  { "packets-are-dropped", BEGIN "File: -\n\rPackets captured: 12\n" COUNTS ("1000/27709"), NULL, FALSE, 1000, 27709 },
  { "last-line-without-its-end", "Packets received/dropped on interface 'lo': 1/2 (", NULL, FALSE, 1, 2 },
  { "two-interfaces", COUNTS ("10/1") COUNTS ("20/2"), NULL, FALSE, 30, 3 },
  { "interface-with-a-name-like-the-end", "Packets received/dropped on interface 'a': 5/6 b': 7/8 (\n", NULL, FALSE, 7, 8 },
  { "progress-in-the-same-line", "Packets: 1 \rPackets: 2 \r" COUNTS ("2/1"), NULL, FALSE, 2, 1 },
  { "counts-that-are-none", "Packets received/dropped on interface 'lo': x/y\nPackets received/dropped on interface 'lo': 5\n"
    "Packets received/dropped on interface 'lo\n", NULL, FALSE, 0, 0 },
  { "wrong-filter", BEGIN "dumpcap: Invalid capture filter \"tcp port foo bar\" for interface 'lo'.\n\n"
    "That string isn't a valid capture filter (unknown port 'foo').\n",
    "dumpcap: Invalid capture filter \"tcp port foo bar\" for interface 'lo'.", FALSE, 0, 0 },
  { "wrong-filter-about-permission", "dumpcap: Invalid capture filter \"Operation not permitted, permission\" for interface 'lo'.\n",
    "dumpcap: Invalid capture filter \"Operation not permitted, permission\" for interface 'lo'.", FALSE, 0, 0 },
  { "wrong-interface", "Capturing on 'nope0'\ndumpcap: There is no device named \"nope0\".\n(No such device exists)\n",
    "dumpcap: There is no device named \"nope0\".", FALSE, 0, 0 },
  { "interface-that-is-down", "dumpcap: The capture session could not be initiated on interface 'ifb0' (That device is not up).\n",
    "dumpcap: The capture session could not be initiated on interface 'ifb0' (That device is not up).", FALSE, 0, 0 },
  { "not-permitted", NOISE NOISE BEGIN
    "dumpcap: You do not have permission to capture on device \"lo\".\n(socket: Operation not permitted)\n",
    "dumpcap: You do not have permission to capture on device \"lo\".", TRUE, 0, 0 },
  { "not-permitted-of-3.4",
    "dumpcap: The capture session could not be initiated on interface 'lo' (You don't have permission to capture on that device).\n",
    "dumpcap: The capture session could not be initiated on interface 'lo' (You don't have permission to capture on that device).",
    TRUE, 0, 0 },
  { "not-permitted-to-look",
    "dumpcap: The capabilities of the device \"any\" could not be obtained (pcap_activate() failed: socket: Operation not permitted).\n",
    "dumpcap: The capabilities of the device \"any\" could not be obtained (pcap_activate() failed: socket: Operation not permitted).",
    TRUE, 0, 0 },
  { "noise-is-no-failure", NOISE NOISE, NULL, FALSE, 0, 0 },
  { "first-failure-counts", "dumpcap: one\ndumpcap: You do not have permission\n", "dumpcap: one", FALSE, 0, 0 },
  { "failure-that-is-no-utf8", "dumpcap: \xff\n", "dumpcap: \xef\xbf\xbd", FALSE, 0, 0 },
};

/* Cut in two at each place, as a pipe may cut it. */
static void
test_report (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  const char *text = reports[row].text;

  for (gsize cut = 0; cut <= strlen (text); cut++)
    {
      g_auto (WsiDumpcapReport) report = { 0 };

      wsi_dumpcap_report_init (&report);
      wsi_dumpcap_report_take (&report, text, cut);
      wsi_dumpcap_report_take (&report, text + cut, strlen (text) - cut);
      wsi_dumpcap_report_end (&report);
      g_assert_cmpstr (report.failure, ==, reports[row].failure);
      g_assert_cmpint (report.is_not_permitted, ==, reports[row].is_not_permitted);
      g_assert_cmpuint (report.n_received, ==, reports[row].n_received);
      g_assert_cmpuint (report.n_dropped, ==, reports[row].n_dropped);
    }
}

/* A line without an end does not fill the memory. */
static void
test_long_line (void)
{
  g_auto (WsiDumpcapReport) report = { 0 };
  g_autofree char *piece = g_strnfill (4096, 'x');

  wsi_dumpcap_report_init (&report);
  wsi_dumpcap_report_take (&report, "dumpcap: ", 9);
  for (guint i = 0; i < 1024; i++)
    wsi_dumpcap_report_take (&report, piece, 4096);
  wsi_dumpcap_report_end (&report);
  g_assert_cmpuint (strlen (report.failure), <=, 1024);
  g_assert_true (g_str_has_prefix (report.failure, "dumpcap: xxx"));
}

static void
test_explanation (void)
{
  const WsiDumpcapReport not_permitted = {
    .failure = (char *) "dumpcap: no", .is_not_permitted = TRUE,
  };
  const WsiDumpcapReport refused = { .failure = (char *) "dumpcap: Invalid capture filter" };
  const WsiDumpcapReport silent = { 0 };
  g_autofree WsiSentence *one = wsi_dumpcap_explain (&not_permitted);
  g_autofree WsiSentence *two = wsi_dumpcap_explain (&refused);
  g_autofree WsiSentence *three = wsi_dumpcap_explain (&silent);
  g_autofree char *advice = wsi_sentence_to_string (one);
  g_autofree char *line = wsi_sentence_to_string (two);

  g_assert_cmpint (one->id, ==, WSI_SENTENCE_CAPTURING_NOT_PERMITTED);
  g_assert_nonnull (strstr (advice, "sudo dpkg-reconfigure wireshark-common"));
  g_assert_nonnull (strstr (advice, g_get_user_name ()));
  g_assert_cmpint (two->id, ==, WSI_SENTENCE_CAPTURING_REFUSED);
  g_assert_cmpstr (line, ==, "Cannot capture: dumpcap: Invalid capture filter");
  g_assert_cmpint (three->id, ==, WSI_SENTENCE_CAPTURING_REFUSED);
}

static const struct
{
  const char *name, *text;
  const char *interfaces;       /* interfaces of the list, "NAME DESCRIPTION; " for each */
} lists[] = {
  { "any-is-first", "1. eth0\n2. any\n3. lo (Loopback)\n", "any ; eth0 ; lo Loopback; " },
  { "no-any", "1. eth0 (Ethernet (fast))\n", "eth0 Ethernet (fast); " },
  { "ten-and-more", "9. a\n10. b (B)\n", "a ; b B; " },
  { "carriage-returns", "1. a\r\n2. b\r\n", "a ; b ; " },
  { "lines-that-are-none", "\nInterfaces:\n1.a\n. b\n2. \n3. c", "c ; " },
  { "nothing", "", "" },
};

static void
test_list (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (GPtrArray) interfaces = wsi_dumpcap_interfaces_parse (lists[row].text);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < interfaces->len; i++)
    {
      const WsiDumpcapInterface *interface = interfaces->pdata[i];

      g_string_append_printf (text, "%s %s; ", interface->name, interface->description);
    }
  g_assert_cmpstr (text->str, ==, lists[row].interfaces);
}

static const struct
{
  const char *name;
  gboolean    has_tcp;
} interface_names[] = {
  { "any", TRUE }, { "lo", TRUE }, { "eth0", TRUE }, { "wlan0", TRUE }, { "docker0", TRUE }, { "tun0", TRUE },
  { "br-dbus-0", TRUE }, { "", TRUE }, { "bluetooth0", FALSE }, { "bluetooth-monitor", FALSE },
  { "dbus-system", FALSE }, { "nflog", FALSE }, { "nfqueue", FALSE }, { "usbmon1", FALSE }, { "can0", FALSE },
};

static void
test_tcp (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (interface_names); i++)
    if (wsi_dumpcap_interface_has_tcp (interface_names[i].name) != interface_names[i].has_tcp)
      g_error ("the interface is \"%s\"", interface_names[i].name);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS (PATH "report", reports, test_report);
  g_test_add_func (PATH "report/line-without-an-end", test_long_line);
  g_test_add_func (PATH "explanation", test_explanation);
  g_test_add_func (PATH "list/tells-which-have-tcp", test_tcp);
  ADD_ROWS (PATH "list", lists, test_list);
  return g_test_run ();
}
