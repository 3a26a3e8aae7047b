import TestSupport
import Testing

@testable import ProxyCore

/// What common parsers let through and this one must not, each at once and byte by byte.
@Suite("Checklist F: requests that must be refused") struct ChecklistF {
  private func expectRefused(
    _ request: String, _ status: Int = 400, cause: String = "malformed_request",
    location: SourceLocation = #_sourceLocation
  ) async throws {
    for pace in Wire.Pace.allCases { try await expectRefusal(request, status, cause: cause, pace, location: location) }
  }

  private static func post(_ fields: String, version: String = "1.1") -> String {
    "POST / HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n"
  }

  @Test(
    "F1 a coding before chunked is 501", arguments: ["gzip, chunked", "gzip,chunked", "x, gzip, Chunked"])
  func f01CodingBeforeChunked(_ value: String) async throws {
    try await expectRefused(
      Self.post("Transfer-Encoding: \(value)\r\n") + "0\r\n\r\n", 501, cause: "unsupported_coding")
  }

  @Test(
    "F2 an empty member beside chunked is faulty",
    arguments: [",chunked", "chunked,", ", chunked", "gzip,,chunked", ","])
  func f02EmptyMember(_ value: String) async throws {
    try await expectRefused(
      Self.post("Transfer-Encoding: \(value)\r\n") + "0\r\n\r\n", cause: "request_transfer_coding")
  }

  @Test("F3 a transfer coding in HTTP/1.0 is faulty", arguments: ["chunked", "gzip", "identity"])
  func f03CodingInHTTP10(_ value: String) async throws {
    let request = Self.post("Transfer-Encoding: \(value)\r\nConnection: keep-alive\r\n", version: "1.0") + "0\r\n\r\n"
    try await expectRefused(request, cause: "request_transfer_coding")
  }

  @Test("F4 two Hosts", arguments: ["Host: a", "Host: b", "host:", "HOST: a"])
  func f04TwoHosts(_ second: String) async throws {
    try await expectRefused("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\(second)\r\n\r\n", cause: "invalid_host")
  }

  @Test("F5 no Host", arguments: ["/", "http://a/"])
  func f05NoHost(_ target: String) async throws {
    try await expectRefused("GET \(target) HTTP/1.1\r\nX: y\r\n\r\n", cause: "invalid_host")
  }

  @Test(
    "F6 HTTP/0.9",
    arguments: ["GET /\r\n", "GET /\r\nHost: a\r\n\r\n", "GET /\nContent-Length: 2\n\nab", "GET / \r\n", "GET\r\n"])
  func f06HTTP09(_ request: String) async throws { try await expectRefused(request) }

  @Test("F6 HTTP/0.9 by name")
  func f06HTTP09ByName() async throws {
    try await expectRefused("GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505, cause: "unsupported_version")
  }

  @Test("F7 another major version", arguments: ["2.0", "3.0", "1.2", "0.0"])
  func f07Versions(_ version: String) async throws {
    try await expectRefused("GET / HTTP/\(version)\r\nHost: a\r\n\r\n", 505, cause: "unsupported_version")
  }

  @Test(
    "F8 anything but one space between the parts",
    arguments: ["GET  / HTTP/1.1", "GET /  HTTP/1.1", " GET / HTTP/1.1", "GET / HTTP/1.1 "])
  func f08Spaces(_ line: String) async throws { try await expectRefused("\(line)\r\nHost: a\r\n\r\n") }

  @Test("F9 a fragment in the target", arguments: ["/a#b", "/#", "#", "http://a/#b"])
  func f09Fragment(_ target: String) async throws {
    try await expectRefused("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
  }

  @Test("F10 methods of RTSP and ICE", arguments: ["DESCRIBE", "SETUP", "PLAY", "ANNOUNCE", "SOURCE", "M-SEARCH"])
  func f10OtherProtocols(_ method: String) async throws {
    try await expectRefused("\(method) / HTTP/1.1\r\nHost: a\r\n\r\n", 501, cause: "unsupported_method")
    try await expectRefused("\(method) / RTSP/1.0\r\nHost: a\r\n\r\n")
    try await expectRefused("\(method) / ICE/1.0\r\nHost: a\r\n\r\n")
  }

  @Test(
    "F11 a lone line feed, or several empty lines, before a request",
    arguments: ["\n", "\r", "\r\n\r\n", "\r\n\n", "\r\n\r\n\r\n", " \r\n"])
  func f11LeadingLines(_ lead: String) async throws {
    try await expectRefused(lead + "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
  }

  @Test("F11 one empty line before a request is skipped, before each on its connection", arguments: Wire.Pace.allCases)
  func f11OneEmptyLine(_ pace: Wire.Pace) async throws {
    let origin = try ScriptedOrigin.answering(Wire.good)
    let answer = try await withProxy(to: origin.url) {
      try await ask($0.port, "\r\n" + Wire.keep("/1") + "\r\n" + Wire.get("/2"), pace)
    }
    #expect(answer.statuses == [200, 200] && origin.requests.count == 2)
  }

  @Test(
    "F12 a method that is not registered is 501",
    arguments: ["SLUDGE", "X", "GETX", "BASELINE", "!#$%&'*+-.^_|~0"])
  func f12ExtensionMethods(_ method: String) async throws {
    try await expectRefused("\(method) / HTTP/1.1\r\nHost: a\r\n\r\n", 501, cause: "unsupported_method")
  }
}
