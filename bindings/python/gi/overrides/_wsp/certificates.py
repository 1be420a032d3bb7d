# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The files of certificates, by their paths: for the properties tls-certificate and tls-database.

A file is read when the property is set, so the same path set again takes what the file has then."""

import os

from gi.repository import Gio

from .checks import check_end

PATHS = str, os.PathLike
EXPECTED = {
    'tls-certificate': "a Gio.TlsCertificate, a path or a pair of paths ('cert.pem', 'key.pem')",
    'tls-database': 'a Gio.TlsDatabase or a path',
}


def path_of(value):
    path = os.fsdecode(value)
    check_end(path)
    return path


def read_certificate(value):
    if isinstance(value, PATHS):
        certificate = Gio.TlsCertificate.new_from_file(path_of(value))
        if certificate.get_property('private-key-pem') is None:
            raise TypeError(f'Property tls-certificate is wrong: expected a file with a certificate and its key, received "{path_of(value)}" '
                            "without a key (write ('cert.pem', 'key.pem'))")
        return certificate
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(one, PATHS) for one in value):
        return Gio.TlsCertificate.new_from_files(*map(path_of, value))
    return value


def read_database(value):
    return Gio.TlsFileDatabase.new(os.path.abspath(path_of(value))) if isinstance(value, PATHS) else value


READERS = {'tls-certificate': read_certificate, 'tls-database': read_database}
