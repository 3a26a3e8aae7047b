import Testing

@testable import ProxyCore

/// What counts as an address, in one spelling each (G9): what is checked is what is connected to.
@Suite struct AddressTests {
  @Test(arguments: [
    ("127.0.0.1:8080", "127.0.0.1", 8080), ("[::1]:9000", "::1", 9000), ("localhost:0", "localhost", 0),
    ("my_service-1.example.com:65535", "my_service-1.example.com", 65535),
    ("[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", 1),
    ("[::]:0", "::", 0), ("1password.com:443", "1password.com", 443), ("example.com.:80", "example.com.", 80),
    ("h:00080", "h", 80),
  ])
  func takes(_ text: String, _ host: String, _ port: Int) throws {
    let address = try HostAndPort(text)
    #expect(address.host == host && address.port == port)
  }

  @Test(
    "G9: other spellings of IPv4 addresses are refused, since resolvers disagree about them",
    arguments: [
      "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "127.0.0.0x1", "0177.0.0.1", "127.0.0.01", "0", "1",
      "127.0.0.1.", "1.2.3.4.5", "256.0.0.1", "127.0.0.256", "1.2.3", ".1.2.3.4", "1..2.3", "0x", "4294967296", ".",
      "..",
      "a.0x1f", "foo.1", "127.000.0.1",
    ])
  func refusesOtherSpellings(_ host: String) {
    let failure = #expect(throws: HostAndPort.Invalid.self) { try HostAndPort("\(host):80") }
    #expect(failure?.description == "needs an IPv4 address as four numbers from 0 to 255, as in 127.0.0.1")
    #expect(throws: UpstreamTarget.Invalid.self) { try UpstreamTarget(url: "http://\(host)/") }
    #expect(throws: UpstreamTarget.Invalid.self) { try UpstreamTarget(url: "http://\(host):80") }
  }

  @Test("G9: zone ids are refused and named", arguments: ["[fe80::1%eth0]:80", "[fe80::1%25eth0]:80", "[::1%]:80"])
  func refusesZones(_ text: String) {
    let failure = #expect(throws: HostAndPort.Invalid.self) { try HostAndPort(text) }
    #expect(failure?.description.contains("zone id") == true)
    #expect(throws: UpstreamTarget.Invalid.self) { try UpstreamTarget(url: "http://\(text)/") }
  }

  @Test(arguments: [
    "", ":80", "[]:80", "[::1", "[::1]80", "[::1]x:80", "[127.0.0.1]:80", "[v1.x]:80", "[:::1]:80", "::1:80", "a b:80",
    "a%31:80", "a@b:80", "a/b:80", "ä:80", "a:", "a:-1", "a:+1", "a:65536", "a:99999999999999999999", "a:8 0", "a:٣",
    "a:８０", "a:0x50", "a:1e3", "a", "a:000080", "a,b:80", "a\u{0}:80", String(repeating: "a", count: 254) + ":80",
  ])
  func refuses(_ text: String) { #expect(throws: HostAndPort.Invalid.self) { try HostAndPort(text) } }

  @Test(
    "G9: an IPv6 literal is an origin",
    arguments: [
      ("http://[::1]:9000", "::1", 9000, "[::1]:9000"), ("http://[::1]", "::1", 80, "[::1]"),
      ("https://[2001:db8::1]/v1/", "2001:db8::1", 443, "[2001:db8::1]"),
    ])
  func ipv6Origins(_ url: String, _ host: String, _ port: Int, _ authority: String) throws {
    let target = try UpstreamTarget(url: url)
    #expect(target.host == host && target.port == port && target.authority == authority)
  }

  @Test(arguments: ["http://u:pw@h", "http://u@h:80/", "https://:pw@h", "http://u:p:w@[::1]:80/", "http://@h"])
  func refusesCredentials(_ url: String) throws {
    let failure = #expect(throws: UpstreamTarget.Invalid.self) { try UpstreamTarget(url: url) }
    #expect(failure?.description.contains("password") == true && failure?.description.contains("pw") == false)
  }

  @Test func anAtSignInThePathIsThePaths() throws {
    #expect(try UpstreamTarget(url: "http://h/@x/y@z/").pathPrefix == "/@x/y@z")
  }

  @Test(arguments: [
    ("127.0.0.1:1", true), ("[::1]:1", true), ("[0:0:0:0:0:0:0:1]:1", true), ("[::ffff:127.0.0.1]:1", true),
    ("LOCALHOST:1", true), ("[::]:1", false), ("[::ffff:10.0.0.1]:1", false), ("[::127.0.0.1]:1", false),
    ("localhost.example:1", false),
  ])
  func loopbackInEverySpelling(_ text: String, _ isLoopback: Bool) throws {
    #expect(try HostAndPort(text).isLoopback == isLoopback)
  }
}
