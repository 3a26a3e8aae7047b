internal import ToolSupport

/// Signs the requests of one loop thread. Not Sendable: it keeps the keys of the day.
final class SigV4Signer {
  /// What goes to libcurl.
  struct Signed: Equatable {
    var url: String
    var headers: [String]
  }

  private let plan: SigningPlan
  /// By region and service; renewed when the day changes. Bounded by the targets' scopes.
  private var keys: [String: [UInt8]] = [:]
  private var day = ""

  init(_ plan: SigningPlan) { self.plan = plan }

  /// - Parameters:
  ///   - headers: `Name: value`, as they would be sent without a signature.
  ///   - payloadHash: SHA-256 of the body in hexadecimal digits.
  ///   - time: seconds since 1970, when the request is sent: AWS takes no signature older than some minutes.
  func sign(
    method: String, url: String, headers: [String], payloadHash: String, scope: SigV4Scope, time: Double
  ) -> Signed {
    let url = SigV4URL(url, encodesPath: scope.isS3)
    let stamp = Self.stamp(time)
    var lines = headers
    if !headers.contains(where: { Self.field($0)?.name == "host" }) { lines.append("Host: \(url.host)") }
    lines.append("X-Amz-Date: \(stamp)")
    if scope.wantsContentHash { lines.append("X-Amz-Content-Sha256: \(payloadHash)") }
    if let token = plan.sessionToken { lines.append("X-Amz-Security-Token: \(token)") }
    let signed = lines.compactMap(Self.field).filter { Self.isSigned($0.name) }
    let subject = SigV4.Subject(method: method, url: url, headers: signed, payloadHash: payloadHash)
    let text = SigV4.stringToSign(SigV4.canonicalRequest(subject, scope), time: stamp, scope)
    let names = SigV4.signedNames(SigV4.canonicalFields(signed).map(\.name))
    lines.append(
      "Authorization: \(SigV4.algorithm) "
        + "Credential=\(plan.credentials.user)/\(SigV4.credentialScope(day: stamp.prefix(8), scope)), "
        + "SignedHeaders=\(names), Signature=\(SigV4.signature(text, key: key(stamp.prefix(8), scope)))")
    return Signed(url: url.text, headers: lines)
  }

  private func key(_ today: Substring, _ scope: SigV4Scope) -> [UInt8] {
    if today != day {
      day = String(today)
      keys = [:]
    }
    let name = scope.region + "/" + scope.service
    if let key = keys[name] { return key }
    let key = SigV4.signingKey(secret: plan.credentials.password, day: day, scope)
    keys[name] = key
    return key
  }

  /// What a proxy on the way has no business to change: the rest of a request stays unsigned, as botocore leaves out what
  /// is known to change.
  private static func isSigned(_ name: String) -> Bool {
    name == "host" || name == "content-type" || name == "content-md5" || name.hasPrefix("x-amz-")
  }

  /// Nil for a line that takes a field away.
  static func field(_ line: String) -> (name: String, value: String)? {
    guard let colon = line.firstIndex(of: ":") else { return nil }
    let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
    return value.isEmpty ? nil : (line[..<colon].lowercased(), String(value))
  }

  /// `20150830T123600Z`
  static func stamp(_ time: Double) -> String {
    String(UTCTimestamp.text(time).prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
  }
}
