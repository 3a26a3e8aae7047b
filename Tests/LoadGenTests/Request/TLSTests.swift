import Testing
import ToolSupport

@testable import LoadGen

@Suite struct TLSTests {
  @Test func certificatesAreChecked() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let tls = try SelfSigned(in: folder)
    let server = try NginxServer(folder: folder.path, listen: "ssl", server: tls.directives, location: "return 200 ok;")
    defer { server.stop() }
    let refused = try RequestOptionTests.run(["-n", "1", server.url()])
    #expect(refused.counters.transport[.tlsFailed] == 1)
    #expect(refused.evidence.first?.advice.contains("-k skips their check") == true)
    for arguments in [["-k"], ["--cacert", tls.certificate]] {
      let result = try RequestOptionTests.run(arguments + ["-n", "3", server.url()])
      #expect(result.counters.ok == 3 && result.distributions.count(.tls) == 1, "\(arguments)")
    }
    // Right authority, wrong name.
    let named = server.url().replacing("127.0.0.1", with: "localhost")
    #expect(
      try RequestOptionTests.run(["--cacert", tls.certificate, "-4", "-n", "1", named]).counters.transport[.tlsFailed]
        == 1)
  }

  @Test func theServerMayAskForACertificate() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let (tls, client) = (try SelfSigned(in: folder), try SelfSigned(in: folder, name: "client"))
    let server = try NginxServer(
      folder: folder.path, listen: "ssl",
      server: tls.directives + "ssl_client_certificate \(client.certificate); ssl_verify_client on;",
      location: "return 200 ok;")
    defer { server.stop() }
    let without = try RequestOptionTests.run(["--cacert", tls.certificate, "-n", "1", server.url()])
    #expect(without.counters.status == [400: 1] && without.counters.failed == 1)
    let with = try RequestOptionTests.run(
      ["--cacert", tls.certificate, "--cert", client.certificate, "--key", client.key, "-n", "2", server.url()])
    #expect(with.counters.ok == 2)
    // Both in one file.
    let both = try folder.text("client-cert.pem") + folder.text("client-key.pem")
    try folder.write("both.pem", both)
    let one = try RequestOptionTests.run(
      ["--cacert", tls.certificate, "--cert", "\(folder.path)/both.pem", "-n", "2", server.url()])
    #expect(one.counters.ok == 2)
  }

  /// Nobody is asked for the password on a terminal.
  @Test func anEncryptedKeyFails() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let tls = try SelfSigned(in: folder)
    let made = try ToolRun(
      executable: "/usr/bin/env",
      ["openssl", "pkcs8", "-topk8", "-in", tls.key, "-passout", "pass:x", "-out", "\(folder.path)/locked.pem"])
    #expect(made.exit == 0)
    let server = try NginxServer(folder: folder.path, listen: "ssl", server: tls.directives, location: "return 200 ok;")
    defer { server.stop() }
    let result = try RequestOptionTests.run(
      ["-k", "--cert", tls.certificate, "--key", "\(folder.path)/locked.pem", "-n", "1", server.url()])
    #expect(result.counters.transport[.tlsFailed] == 1)
  }
}
