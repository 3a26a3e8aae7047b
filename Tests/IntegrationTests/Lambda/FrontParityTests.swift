import Foundation
import TestSupport
import Testing

/// gzorigin and gzlambda each say what a front answers in a function's place. Where both mean the same answer it must be the
/// same to the byte: gzload is tested against the one and run against the other. gzlambda's is in fixture files, which its own
/// tests hold it to.
@Suite("The same front's answer") struct FrontParityTests {
  /// What gzorigin has at `/front/NAME`, and the fixtures that mean the same.
  static let pairs: [String: [String]] = [
    "function-url-502": [
      "function-url.function-error", "function-url.timeout", "function-url.malformed-response",
      "function-url.response-too-large", "function-url.prelude-invalid", "function-url.prelude-missing",
    ],
    "throttle-429": ["function-url.throttled"],
    "rest-500-prelude": ["rest.prelude-invalid"],
    "rest-502": [
      "rest.function-error", "rest.timeout", "rest.malformed-response", "rest.response-too-large",
      "rest.prelude-missing",
    ],
    "rest-403-missing-token": ["rest.method-refused"],
    "rest-413": ["rest.request-too-large"],
    "rest-429": ["rest.throttled"],
    "alb-502": [
      "alb.function-error", "alb.malformed-response", "alb.response-too-large", "alb.prelude-invalid",
      "alb.prelude-missing",
    ],
    "alb-503": ["alb.throttled"],
    "alb-504": ["alb.timeout"],
    "alb-413": ["alb.request-too-large"],
  ]

  /// gzlambda asks for no signature, has no limit of a gateway's own, and is no HTTP API. The last five are no errors.
  static let onlyInOrigin: Set = [
    "function-url-403", "rest-504", "http-api-500", "http-api-503", "http-api-403", "http-api-413", "http-api-429",
    "no-prelude", "prelude-leak", "base64-body", "in-band-error", "decoded",
  ]

  /// What only a request brings about that no load test sends.
  static let onlyInEmulator: Set = [
    "function-url.request-too-large", "function-url.method-refused", "function-url.bad-request", "rest.bad-request",
    "alb.method-refused", "alb.bad-request",
  ]

  private static let folder = Products.checkout + "/Tests/LambdaEmulatorTests/Fixtures/"

  @Test("is the same in gzorigin and gzlambda", arguments: pairs.keys.sorted())
  func same(_ name: String) async throws {
    let port = try await TestServers.shared.origin().port
    let bytes = try await RawClient.run {
      let client = try RawClient(port: port)
      try client.send("GET /front/\(name) HTTP/1.1\r\nHost: front\r\nConnection: close\r\n\r\n")
      return client.readToEnd().bytes
    }
    let answer = try #require(RawResponse(bytes))
    for fixture in Self.pairs[name] ?? [] {
      let wanted = try #require(RawResponse(try Self.fixture(fixture)))
      #expect(answer.statusLine == wanted.statusLine, "\(fixture)")
      #expect(Self.fields(answer) == Self.fields(wanted), "\(fixture)")
      #expect(
        String(decoding: answer.body, as: UTF8.self) == String(decoding: wanted.body, as: UTF8.self), "\(fixture)")
    }
  }

  @Test("is compared, or said not to be in both") func noneIsLeftOut() async throws {
    let url = try await TestServers.shared.origin().url
    let told = try await Tool.run("/usr/bin/curl", ["-sS", "--max-time", "10", url + "/front/none"]).output
    let list = try #require(told.split(separator: "there are ").last?.split(separator: "\n").first)
    let names = Set(list.split(separator: ", ").map(String.init))
    #expect(names == Self.onlyInOrigin.union(Self.pairs.keys) && Self.onlyInOrigin.isDisjoint(with: Self.pairs.keys))
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".http") }
    let compared = Self.pairs.values.flatMap(\.self)
    #expect(Set(files) == Set((compared + Self.onlyInEmulator).map { $0 + ".http" }))
    #expect(files.count == compared.count + Self.onlyInEmulator.count)
  }

  /// Without the comments before it.
  private static func fixture(_ name: String) throws -> [UInt8] {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: folder + name + ".http"))[...]
    while bytes.first == UInt8(ascii: "#"), let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
      bytes = bytes[(end + 1)...]
    }
    return Array(bytes)
  }

  /// In their order, without what belongs to the connection and the hour; an id is an id.
  private static func fields(_ response: RawResponse) -> [String] {
    let ids: Set = ["x-amzn-requestid", "x-amzn-trace-id"]
    return response.fields.filter { !["date", "connection"].contains($0.name.lowercased()) }
      .map { "\($0.name): \(ids.contains($0.name.lowercased()) && !$0.value.isEmpty ? "ID" : $0.value)" }
  }
}
