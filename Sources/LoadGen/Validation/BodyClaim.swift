/// What a response head says of its body, as far as the validator is concerned: a pure function of method and head.
struct BodyClaim: Equatable {
  /// Whether the body is judged at all: the answer to anything but HEAD, with a 2xx that is not 204, 205 or 206.
  var isJudged = false
  /// The outermost content coding is gzip.
  var claimsGzip = false
  /// What the origin said the length was, when somebody on the way renamed the field.
  var originLength: Int64?
  /// Content-Length.
  var declaredLength: Int64?

  init(method: String, head: ResponseHead) {
    isJudged = Self.hasBody(method: method, status: head.status)
    guard isJudged else { return }
    for field in head.fields {
      if field.isNamed("content-encoding") {
        applyCodings(field.value)
      } else if field.isNamed("content-length") {
        declaredLength = Self.length(field.value)
      } else if field.isNamed("x-amzn-remapped-content-length") || field.isNamed("x-gzproxy-content-length") {
        originLength = Self.length(field.value)
      }
    }
  }

  private static func hasBody(method: String, status: Int) -> Bool {
    guard method != "HEAD", (200...299).contains(status) else { return false }
    return status != 204 && status != 205 && status != 206
  }

  /// Codings are listed in the order they were applied (RFC 9110 §8.4), so the last is the one the bytes are in.
  private mutating func applyCodings(_ value: String) {
    for item in value.split(separator: ",") {
      let coding = item.filter { $0 != " " && $0 != "\t" }.lowercased()
      if !coding.isEmpty, coding != "identity" { claimsGzip = coding == "gzip" || coding == "x-gzip" }
    }
  }

  private static func length(_ value: String) -> Int64? { Int64(value).flatMap { $0 >= 0 ? $0 : nil } }
}

extension ResponseHead.Field {
  /// `name` is lower-case ASCII; no allocation.
  func isNamed(_ name: StaticString) -> Bool {
    let expected = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    guard self.name.utf8.count == expected.count else { return false }
    return zip(self.name.utf8, expected).allSatisfy { ($0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0) == $1 }
  }
}
