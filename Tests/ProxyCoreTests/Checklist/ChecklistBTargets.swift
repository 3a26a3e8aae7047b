import TestSupport
import Testing

@testable import ProxyCore

/// Where a request goes, and as what: the configuration alone says it (RFC 9112 §3.2).
@Suite("Checklist B: Host, target, fixed origin") struct ChecklistBTargets {
  static let preserve: @Sendable (inout ProxyConfiguration) -> Void = { $0.hostPolicy = .preserve }

  /// The two lines that say where a request goes, and what is told of where it was to go.
  static func place(
    _ request: String, with change: (inout ProxyConfiguration) -> Void = { _ in }
  ) async throws -> [String] {
    try await upstreamHead(request, with: change).filter {
      $0.hasSuffix(" HTTP/1.1") || $0.lowercased().hasPrefix("host:") || $0.hasPrefix("x-forwarded-host:")
    }
  }

  @Test("B7 Host is the upstream's, or the client's where that is to be preserved")
  func b07HostPolicy() async throws {
    let request = "GET / HTTP/1.1\r\nHost: Pub.Example:81\r\n\r\n"
    #expect(try await Self.place(request) == ["GET / HTTP/1.1", "host: ORIGIN", "x-forwarded-host: Pub.Example:81"])
    #expect(
      try await Self.place(request, with: Self.preserve)
        == ["GET / HTTP/1.1", "host: Pub.Example:81", "x-forwarded-host: Pub.Example:81"])
  }

  @Test("B7 an absolute target's authority wins over Host")
  func b07AbsoluteTarget() async throws {
    let request = "GET http://one:1/x?y HTTP/1.1\r\nHost: two\r\n\r\n"
    #expect(try await Self.place(request) == ["GET /x?y HTTP/1.1", "host: ORIGIN", "x-forwarded-host: one:1"])
    #expect(
      try await Self.place(request, with: Self.preserve) == [
        "GET /x?y HTTP/1.1", "host: one:1", "x-forwarded-host: one:1",
      ])
    let bare = "OPTIONS HTTPS://one HTTP/1.1\r\nHost: two\r\n\r\n"
    #expect(
      try await Self.place(bare, with: Self.preserve) == ["OPTIONS * HTTP/1.1", "host: one", "x-forwarded-host: one"])
  }

  @Test("B7 an empty Host stays empty, and HTTP/1.0 needs none")
  func b07EmptyHost() async throws {
    let empty = "GET / HTTP/1.1\r\nHost:\r\n\r\n"
    #expect(try await Self.place(empty) == ["GET / HTTP/1.1", "host: ORIGIN"])
    #expect(try await Self.place(empty, with: Self.preserve) == ["GET / HTTP/1.1", "host: "])
    let old = "GET / HTTP/1.0\r\n\r\n"
    #expect(try await Self.place(old) == ["GET / HTTP/1.1", "host: ORIGIN"])
    #expect(try await Self.place(old, with: Self.preserve) == ["GET / HTTP/1.1", "host: ORIGIN"])
  }

  @Test(
    "B7 a Host that is not one host and one port is refused",
    arguments: [
      "a\r\nHost: a", "a\r\nhost: b", "u@a", "u:p@a", "a/b", "a?b", "a#b", "a\\b", "a b", "http://a", "a:b", "a:80:80",
      "a:123456", "[::1", "::1", "[::1]x", "[g]", "[]", "a]", "%", "%4", "%zz", "a,b c", "\"a\"", "\u{e9}", "<a>",
    ])
  func b07InvalidHosts(_ host: String) async throws {
    try await expectRefusal("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n", 400)
    try await expectRefusal("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n", 400, with: Self.preserve)
  }

  @Test(
    "B7 a Host that is one is taken",
    arguments: ["a", "a:", "a:80", "[::1]:8", "[v.a]", "1.2.3.4", "%61-_.~!$&'()*+,;="])
  func b07ValidHosts(_ host: String) async throws {
    guard host != "[v.a]" else { return try await expectRefusal("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n", 400) }
    #expect(try await Self.place("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n", with: Self.preserve)[1] == "host: \(host)")
  }

  @Test("B7 a missing Host is refused in HTTP/1.1, and two are refused everywhere")
  func b07MissingHost() async throws {
    try await expectRefusal("GET / HTTP/1.1\r\nA: b\r\n\r\n", 400, cause: "invalid_host")
    try await expectRefusal("GET http://a/ HTTP/1.1\r\nA: b\r\n\r\n", 400, cause: "invalid_host")
    try await expectRefusal("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400, cause: "invalid_host")
  }

  @Test(
    "B7 an absolute target is http or https, with a host and nobody's name in it",
    arguments: [
      "http:///x", "http://", "http://u@a/", "http://a@EVIL/", "http://a\\@EVIL/", "http:a", "http:/a", "ftp://a/",
      "//a", "EVIL", "EVIL:80", "a://EVIL", "http//EVIL", "?x", "\\\\EVIL\\x", "@EVIL", "javascript:EVIL",
    ])
  func b07InvalidTargets(_ target: String) async throws {
    guard target != "//a" else {
      return #expect(try await upstreamHead(Wire.keep(target)).first == "GET //a HTTP/1.1")
    }
    try await Self.expectNothingAtEvil(target, refusal: 400)
  }

  /// `EVIL` stands for a second origin that really listens.
  static func expectNothingAtEvil(
    _ target: String, _ fields: String = "", host: String = "pub", upstream path: String = "",
    refusal: Int? = nil
  ) async throws {
    let evil = try ScriptedOrigin.answering(Wire.good)
    let origin = try ScriptedOrigin.answering(Wire.good)
    let place = "127.0.0.1:\(evil.port)"
    let request = "GET \(target) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\(fields)\r\n"
      .replacing("EVIL", with: place)
    for policy in HostPolicy.allCases {
      let answer = try await withProxy(to: origin.url + path, { $0.hostPolicy = policy }) {
        try await ask($0.port, request)
      }
      #expect(answer.statuses == [refusal ?? 200])
    }
    #expect(evil.connections == 0)
    #expect(origin.requests.count == (refusal == nil ? 2 : 0))
    let lines = origin.requests.first?.split(separator: "\r\n") ?? []
    if refusal == nil { #expect(lines.dropFirst().first == "host: 127.0.0.1:\(origin.port)") }
  }

  @Test(
    "B7 nothing in a target leads elsewhere",
    arguments: [
      "http://EVIL/", "http://EVIL", "https://EVIL/x", "HTTP://EVIL/x", "http://EVIL?x", "//EVIL/", "///EVIL/",
      "/@EVIL/",
      "/:@EVIL/", "/\\EVIL/", "/\\\\EVIL/", "/http://EVIL/", "/..//EVIL/", "/%2e%2e/EVIL", "/.;@EVIL", "/?@EVIL",
      "/x/../../../@EVIL:80/", "/%00@EVIL", "/%0d%0aHost:%20EVIL", "http://EVIL/\\@x", "http://EVIL//x",
    ])
  func b07TargetsLeadNowhere(_ target: String) async throws {
    try await Self.expectNothingAtEvil(target)
    // Dot segments would lead out of a prefix, so there they are refused.
    let climbs = Array(target.utf8).withUnsafeBytes { PathSegments.climb($0) }
    try await Self.expectNothingAtEvil(target, upstream: "/base", refusal: climbs ? 403 : nil)
  }

  @Test(
    "B7 nothing in a field leads elsewhere",
    arguments: [
      "X-Forwarded-Host: EVIL\r\n", "Forwarded: host=EVIL\r\n", "X-Host: EVIL\r\n", "X-Original-URL: http://EVIL/\r\n",
      "X-Rewrite-URL: http://EVIL/\r\n", "X-Forwarded-Server: EVIL\r\n", "X-Forwarded-Port: 1\r\n",
      "Referer: http://EVIL/\r\n",
      "Destination: http://EVIL/\r\n", "Location: http://EVIL/\r\n", "Alt-Svc: h2=\"EVIL\"\r\n",
    ])
  func b07FieldsLeadNowhere(_ fields: String) async throws {
    try await Self.expectNothingAtEvil("/", fields)
  }

  @Test("B7 Host leads nowhere, under either policy")
  func b07HostLeadsNowhere() async throws {
    let evil = try ScriptedOrigin.answering(Wire.good)
    let host = "127.0.0.1:\(evil.port)"
    let lines = try await upstreamHead("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n", with: Self.preserve)
    #expect(lines[1] == "host: \(host)")
    #expect(evil.connections == 0)
  }

  @Test("B7 a redirect is the client's to follow")
  func b07RedirectsAreNotFollowed() async throws {
    let evil = try ScriptedOrigin.answering(Wire.good)
    let response = "HTTP/1.1 302 F\r\nLocation: \(evil.url)/x\r\nContent-Length: 0\r\n"
    #expect(try await relay(response + "\r\n").text == response + Wire.closed)
    #expect(evil.connections == 0)
  }

  @Test(
    "B8 path and query are relayed byte for byte",
    arguments: [
      "//a/%2e%2e/%2F/./b?x=1;y=%3b", "/", "/?", "/a//", "/../..", "/%", "/a|b{c}\\^`\"<>",
      "/?a=http://b/?c#".replacing("#", with: ""),
      "/a%00b", "/.//../%2E", "/~!$&'()*+,;=:@",
    ], Wire.Pace.allCases)
  func b08Targets(_ target: String, _ pace: Wire.Pace) async throws {
    #expect(try await upstreamHead(Wire.keep(target), pace).first == "GET \(target) HTTP/1.1")
    #expect(try await upstreamHead(Wire.keep("http://x" + target), pace).first == "GET \(target) HTTP/1.1")
  }

  @Test(
    "B8 a path prefix of the upstream comes before the path, its port only where it is not the scheme's own",
    arguments: [
      ("http://up:81/v1/", "/x?y", "/v1/x?y", "up:81"), ("http://up:81/v1", "//x", "/v1//x", "up:81"),
      ("http://up/v1/", "http://a?q", "/v1/?q", "up"), ("https://up:443/a", "/x", "/a/x", "up"),
      ("http://up:80", "http://a", "/", "up"), ("http://[::1]:9", "/", "/", "[::1]:9"),
    ])
  func b08Prefix(_ upstream: String, _ target: String, _ path: String, _ host: String) throws {
    let lines = try ForwardingTests.forward("GET \(target) HTTP/1.1\r\nHost: b\r\n\r\n", upstream: upstream)
    #expect(lines[0] == "GET \(path) HTTP/1.1" && lines[1] == "host: \(host)")
  }
}
