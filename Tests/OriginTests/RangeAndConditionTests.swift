import Testing

@testable import Origin

struct RangeAndConditionTests {
  @Test(
    arguments: [
      (nil, ByteRange.whole), ("bytes=0-0", .part(0..<1)), ("bytes=5-", .part(5..<100)), ("bytes=-7", .part(93..<100)),
      ("bytes=-1000", .part(0..<100)), ("bytes=99-1000", .part(99..<100)), ("BYTES=1-2", .part(1..<3)),
      ("bytes=100-", .unsatisfiable), ("bytes=-0", .unsatisfiable), ("bytes=0-1,3-4", .whole), ("bytes=2-1", .whole),
      ("bytes=-", .whole), ("bytes=a-b", .whole), ("bytes=1", .whole), ("lines=1-2", .whole), ("", .whole),
      ("bytes=1--2", .whole), ("bytes=0-99999999999999999999", .part(0..<100)),
      ("bytes=99999999999999999999-", .unsatisfiable), ("bytes=-99999999999999999999", .part(0..<100)),
    ] as [(String?, ByteRange)])
  func ranges(header: String?, expected: ByteRange) {
    #expect(ByteRange.parse(header, length: 100) == expected)
  }

  @Test func noRangeOfNothing() { #expect(ByteRange.parse("bytes=-5", length: 0) == .unsatisfiable) }

  private static let part = Preconditions.Outcome.proceed(.part(0..<5))
  private static let whole = Preconditions.Outcome.proceed(.whole)

  @Test(arguments: [
    (Preconditions(range: "bytes=0-4"), part), (Preconditions(ifRange: "\"t\"", range: "bytes=0-4"), part),
    (Preconditions(ifRange: "\"u\"", range: "bytes=0-4"), whole),
    (Preconditions(ifRange: "W/\"t\"", range: "bytes=0-4"), whole),
    (Preconditions(ifRange: "Sat, 21 Nov 2026 20:00:00 GMT", range: "bytes=0-4"), whole),
    (Preconditions(ifNoneMatch: "\"t\""), .notModified), (Preconditions(ifNoneMatch: "\"a\", W/\"t\""), .notModified),
    (Preconditions(ifNoneMatch: "*"), .notModified), (Preconditions(ifNoneMatch: "\"a\""), whole),
    (Preconditions(ifMatch: "\"a\""), .failed), (Preconditions(ifMatch: "W/\"t\""), .failed),
    (Preconditions(ifMatch: "\"a\", \"t\""), whole), (Preconditions(ifMatch: "*", ifNoneMatch: "\"t\""), .notModified),
  ])
  func conditions(_ conditions: Preconditions, expected: Preconditions.Outcome) {
    #expect(conditions.evaluate(entityTag: "\"t\"", length: 100, isGet: true) == expected)
  }

  @Test func rangeIsForGetAlone() {
    #expect(
      Preconditions(range: "bytes=0-4").evaluate(entityTag: "\"t\"", length: 100, isGet: false) == Self.whole)
  }

  @Test(
    arguments: [
      (nil, WantedDigest.unsaid), ("sha-256=1", .sha256), ("sha-512=3, sha-256=10", .sha256), ("sha-256", .sha256),
      ("sha-256=0", .declined), ("sha-512=3", .declined), ("", .declined),
    ] as [(String?, WantedDigest)])
  func wantedDigests(header: String?, expected: WantedDigest) { #expect(WantedDigest(header) == expected) }
}
