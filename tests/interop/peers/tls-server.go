// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* tls-server CERTIFICATE KEY 1.2|1.3 PORT [CA]: accepts Go's TLS, with the one version, at a port that it prints, and relays
 * each connection to a server without TLS at PORT.  With a CA clients must have a certificate. */
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"os"
)

func check(problem error) {
	if problem != nil {
		panic(problem)
	}
}

func relay(client net.Conn, port string) {
	defer client.Close()
	server, problem := net.Dial("tcp", "127.0.0.1:"+port)
	check(problem)
	go func() {
		io.Copy(server, client)
		server.Close()
	}()
	io.Copy(client, server)
}

func main() {
	certificate, problem := tls.LoadX509KeyPair(os.Args[1], os.Args[2])
	check(problem)
	version := map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}[os.Args[3]]
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: version, MaxVersion: version}
	if len(os.Args) > 5 {
		pem, problem := os.ReadFile(os.Args[5])
		check(problem)
		config.ClientCAs = x509.NewCertPool()
		config.ClientCAs.AppendCertsFromPEM(pem)
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	listener, problem := tls.Listen("tcp", "127.0.0.1:0", config)
	check(problem)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	for {
		client, problem := listener.Accept()
		check(problem)
		go relay(client, os.Args[4])
	}
}
