internal import Digest

/// AWS Signature Version 4, after "Create a signed AWS API request" of the IAM User Guide. Pure.
///
/// Signed here and not by libcurl: 7.88 leaves the query in the order it was typed, which AWS refuses, signs no session
/// token and knows nothing of normalised paths.
enum SigV4 {
  /// What a signature is about.
  struct Subject {
    var method: String
    var url: SigV4URL
    /// To sign, names in lower case.
    var headers: [(name: String, value: String)]
    /// SHA-256 of the body in hexadecimal digits.
    var payloadHash: String
  }

  static let algorithm = "AWS4-HMAC-SHA256"

  static func canonicalRequest(_ subject: Subject, _ scope: SigV4Scope) -> String {
    let fields = canonicalFields(subject.headers)
    return [
      subject.method, canonicalPath(subject.url.path, scope), canonicalQuery(subject.url.query ?? ""),
      fields.map { "\($0.name):\($0.value)\n" }.joined(), signedNames(fields.map(\.name)), subject.payloadHash,
    ].joined(separator: "\n")
  }

  /// - Parameter time: `20150830T123600Z`.
  static func stringToSign(_ canonical: String, time: String, _ scope: SigV4Scope) -> String {
    [algorithm, time, credentialScope(day: time.prefix(8), scope), hash(canonical.utf8)].joined(separator: "\n")
  }

  static func credentialScope(day: some StringProtocol, _ scope: SigV4Scope) -> String {
    "\(day)/\(scope.region)/\(scope.service)/aws4_request"
  }

  /// Good for a day, a region and a service.
  static func signingKey(secret: String, day: some StringProtocol, _ scope: SigV4Scope) -> [UInt8] {
    var key = Array("AWS4\(secret)".utf8)
    for part in [String(day), scope.region, scope.service, "aws4_request"] {
      key = SHA256.authenticationCode(for: Array(part.utf8), key: key)
    }
    return key
  }

  static func signature(_ text: String, key: [UInt8]) -> String {
    ByteText.hexadecimal(SHA256.authenticationCode(for: Array(text.utf8), key: key))
  }

  static func signedNames(_ names: [String]) -> String { names.joined(separator: ";") }

  /// Sorted by name; values of a name given twice joined, white space inside them made single.
  static func canonicalFields(_ headers: [(name: String, value: String)]) -> [(name: String, value: String)] {
    var values: [String: [String]] = [:]
    for header in headers {
      let words = header.value.split { $0 == " " || $0 == "\t" }
      values[header.name, default: []].append(words.joined(separator: " "))
    }
    return values.keys.sorted(by: isBefore).map { ($0, (values[$0] ?? []).joined(separator: ",")) }
  }

  static func hash(_ bytes: some Sequence<UInt8>) -> String { ByteText.hexadecimal(SHA256.hash(data: Array(bytes))) }

  /// By the bytes, as AWS sorts; Swift's own order is Unicode's.
  private static func isBefore(_ first: String, _ second: String) -> Bool {
    first.utf8.lexicographicallyPrecedes(second.utf8)
  }

  private static func canonicalQuery(_ query: String) -> String {
    let pairs = query.split(separator: "&").map { pair -> (name: String, value: String) in
      let equals = pair.firstIndex(of: "=") ?? pair.endIndex
      return (String(pair[..<equals]), String(pair[equals...].dropFirst()))
    }
    let sorted = pairs.sorted { $0.name == $1.name ? isBefore($0.value, $1.value) : isBefore($0.name, $1.name) }
    return sorted.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
  }

  /// All services but S3 resolve dots and doubled slashes, and encode what they received once more.
  private static func canonicalPath(_ path: String, _ scope: SigV4Scope) -> String {
    guard !scope.isS3 else { return path }
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    let end = path.hasSuffix("/") && !parts.isEmpty ? "/" : ""
    var out: [UInt8] = []
    for byte in ("/" + parts.joined(separator: "/") + end).utf8 {
      if SigV4URL.isUnreserved(byte) || byte == 0x2F {
        out.append(byte)
      } else {
        SigV4URL.appendEncoded(byte, to: &out)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
