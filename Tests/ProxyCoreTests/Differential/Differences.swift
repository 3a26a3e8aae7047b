@testable import ProxyCore

/// The differences that are meant. Anything else that the comparison finds is a failure.
enum Differences {
  /// Ours takes it, or understands it otherwise, and another does not: the RFC says that ours is right.
  enum Lenient: String, CaseIterable {
    case registeredMethod = "RFC 9110 §16.1: a method of IANA's registry that llhttp does not know"
    case emptyLineFirst = "RFC 9112 §2.2: one empty line before a request is ignored"
    case bodilessFraming = "RFC 9112 §6.3 rule 1: 1xx and 204 end with their head, whatever it says of a body"
    case tabAfterFraming = "RFC 9110 §5.5: a tab after a value is no part of it, a length or a coding included"
    case framingInTrailers = "RFC 9110 §6.5.1: framing fields in a trailer section mean nothing; they are dropped"

    static func of(_ comparison: Comparison, _ finding: Comparison.Finding) -> Lenient? {
      guard let meaning = comparison.ours.meaning else { return nil }
      return allCases.first { $0.holds(comparison, meaning, finding) }
    }

    private func holds(_ comparison: Comparison, _ meaning: Meaning, _ finding: Comparison.Finding) -> Bool {
      let isRequest = comparison.message.kind == .request
      let why = comparison.complaint(finding).lowercased()
      switch self {
      case .registeredMethod: return isRequest && finding == .lenient(.nio) && why == "invalid http method"
      case .emptyLineFirst: return finding == .lenient(.h11) && why == "no request line received"
      case .bodilessFraming:
        let isBodiless = !isRequest && (meaning.first.first == 49 || meaning.first.elementsEqual("204".utf8))
        let framing = meaning.values("content-length") + meaning.values("transfer-encoding")
        // h11 rewrites a length that it understands.
        if finding == .differs(.h11) { return isBodiless && !framing.isEmpty }
        return isBodiless && (why.contains("content-length") || why.contains("transfer-encoding"))
      case .tabAfterFraming:
        // With one, llhttp refuses a length, and takes a coding for another than chunked.
        return finding == .lenient(.nio) && why == "invalid character in content-length header"
          && comparison.message.text.contains(#/(?i:content-length):[^\r\n]*\\x09 *\\r\\n/#)
          || (finding == .differs(.nio) || finding == .lenient(.nio)) && why.isEmpty
            && comparison.message.text.contains(#/(?i:transfer-encoding: *chunked) *\\x09/#)
      case .framingInTrailers:
        let after = comparison.message.text.split(separator: #"\r\n\r\n"#, maxSplits: 1).last ?? ""
        return meaning.values("transfer-encoding").count == 1
          && after.contains(#/\\r\\n(?i:content-length|transfer-encoding):/#)
      }
    }
  }

  /// Ours refuses what both others take, on purpose.
  enum Strict: String, CaseIterable {
    case unsupportedMethod = "F12: a method that means nothing to a proxy is 501"
    case connectOrTrace = "F16, B6: tunnels and TRACE are refused"
    case host = "B7, F4, F5: what names no host, or more than one, is 400"
    case target = "F16, RFC 9112 §3.2: a target that is no path, no http URL, and not * for OPTIONS"
    case fragment = "F9: a fragment is no part of a target"
    case expectation = "RFC 9110 §10.1.1: another expectation is 417"
    case controlInReason = "RFC 9112 §4: control bytes in a reason"
    case longLength = "A8: a length of more than 19 digits or 63 bits"
    case codingInHTTP10 = "F3, A11: Transfer-Encoding in HTTP/1.0"

    static func of(_ comparison: Comparison) -> Strict? { allCases.first { $0.holds(comparison) } }

    private func holds(_ comparison: Comparison) -> Bool {
      guard case .rejected(let why) = comparison.ours, let theirs = comparison.h11.meaning else { return false }
      return switch self {
      case .unsupportedMethod: why == "unsupportedMethod" && theirs.method != "CONNECT"
      case .connectOrTrace: theirs.method == "CONNECT" || theirs.method == "TRACE"
      case .host: why == "invalidHost"
      case .target: why == "malformedRequest" && theirs.second.first != 47
      case .fragment: why == "malformed" && theirs.second.contains(35)
      case .expectation: why == "expectationFailed" && !theirs.values("expect").isEmpty
      case .controlInReason: why == "malformed" && theirs.second.contains { $0 < 32 || $0 == 127 }
      case .longLength: why.hasSuffix("Length") && theirs.values("content-length").contains { $0.utf8.count >= 19 }
      case .codingInHTTP10: theirs.version == "1.0" && !theirs.values("transfer-encoding").isEmpty
      }
    }
  }
}

extension Meaning {
  /// Or the status.
  fileprivate var method: String { String(decoding: first, as: UTF8.self) }
}

extension Comparison {
  /// Why another refuses the head; empty when it does not.
  fileprivate func complaint(_ finding: Finding) -> String {
    let verdict: Verdict =
      switch finding {
      case .lenient(.nio), .differs(.nio): nio
      case .lenient(.h11), .differs(.h11): h11
      case .strict: ours
      }
    if case .rejected(let why) = verdict { return why }
    return ""
  }
}
