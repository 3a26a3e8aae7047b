import NIOCore
import TestSupport
import Testing

@testable import LambdaEmulator

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Each answer of a front, byte for byte, against the file that holds it with its source.
@Suite struct FrontAnswerTests {
  static let folder = #filePath.replacing("Front/FrontAnswerTests.swift", with: "Fixtures/")
  static let rows = FrontKind.allCases.flatMap { front in FrontCause.allCases.map { (front, $0) } }
  private static let requestID = "4f5c1c5e-6d1f-4b8a-9d53-7a1b2c3d4e5f"
  private static let traceID = "Root=1-65f2a1b3-0123456789abcdef01234567"
  private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"

  /// What follows the comments.
  private static func fixture(_ front: FrontKind, _ cause: FrontCause) throws -> (comments: String, response: [UInt8]) {
    let data = try Data(contentsOf: URL(filePath: "\(folder)\(front.rawValue).\(cause.rawValue).http"))
    let text = String(decoding: data, as: UTF8.self)
    let comments = text.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0.hasPrefix("#") }
    let length = comments.reduce(0) { $0 + $1.utf8.count + 1 }
    let response = String(decoding: data.dropFirst(length), as: UTF8.self)
      .replacing("{request-id}", with: requestID).replacing("{trace-id}", with: traceID).replacing("{date}", with: date)
    return (comments.joined(separator: "\n"), Array(response.utf8))
  }

  @Test(arguments: rows) func isItsFixture(_ front: FrontKind, _ cause: FrontCause) throws {
    let answer = FrontAnswer.make(front, cause, requestID: Self.requestID, traceID: Self.traceID)
    let head = FrontHead(
      status: answer.status, reason: answer.reason, fields: answer.fields, framing: .length(answer.body.utf8.count))
    var bytes = ByteBuffer()
    // The connection ends where the request was not read to its end.
    head.write(to: &bytes, date: Self.date, keepsAlive: cause != .badRequest && cause != .requestTooLarge)
    bytes.writeString(answer.body)
    let (comments, wanted) = try Self.fixture(front, cause)
    #expect(String(buffer: bytes) == String(decoding: wanted, as: UTF8.self))
    #expect(comments.contains("# source: ") && comments.contains("# verified: "))
  }

  @Test func thereIsNoOtherFixture() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".http") }
    #expect(Set(names) == Set(Self.rows.map { "\($0.0.rawValue).\($0.1.rawValue).http" }))
  }

  /// What is marked there as not verified is listed for readers too.
  @Test(arguments: rows) func whatIsNotVerifiedIsToldInTheDocument(_ front: FrontKind, _ cause: FrontCause) throws {
    let (comments, _) = try Self.fixture(front, cause)
    guard comments.contains("# verified: no") else { return }
    let path = Self.folder.replacing("Tests/LambdaEmulatorTests/Fixtures/", with: "Docs/lambda-fidelity.md")
    let document = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    #expect(document.contains("`\(front.rawValue).\(cause.rawValue)`"))
  }
}
