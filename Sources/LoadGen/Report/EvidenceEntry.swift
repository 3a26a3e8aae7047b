internal import ToolSupport

/// A kept failure as the report shows it: bytes as base64 and hexadecimal, secrets of its headers masked.
struct EvidenceEntry: Codable, Sendable {
  struct Header: Codable, Sendable {
    var name: String
    var value: String
  }

  let stream: Int
  let url: String
  let outcome: String
  let cause: String?
  /// Nil without a response.
  let status: Int?
  let headers: [Header]
  let bodyHeadBase64: String
  let bodyTailHex: String
  let advice: String

  /// For the text: what of the beginning can be read.
  var bodyHead: [UInt8] { Base64.decode(bodyHeadBase64) ?? [] }

  init(_ evidence: Evidence) {
    stream = evidence.stream
    url = evidence.url
    outcome = evidence.outcome
    cause = evidence.cause?.rawValue
    status = evidence.status > 0 ? evidence.status : nil
    headers = evidence.headers.map { Header(name: $0.name, value: HeaderText.isSecret($0.name) ? "***" : $0.value) }
    bodyHeadBase64 = Base64.encode(evidence.bodyHead)
    bodyTailHex = ByteText.hexadecimal(evidence.bodyTail)
    advice = evidence.advice
  }

  enum CodingKeys: String, CodingKey {
    case stream, url, outcome, cause, status, headers, advice
    case bodyHeadBase64 = "body_head_base64"
    case bodyTailHex = "body_tail_hex"
  }
}
