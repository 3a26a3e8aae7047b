import Testing

/// The list "rejected by NIO already" of the checklist, one row a form: as a request, and as a response where it can be
/// one. They are refused here by rules of our own; a list in which nothing may be missing belongs in one place.
struct RejectedForm: Sendable, CustomTestStringConvertible {
  var id: String
  /// What is wrong.
  var name: String
  /// Spellings, each with a head of its own; the body follows.
  var spellings: [String]
  var cause: String
  var status = 400

  var testDescription: String { "\(id) \(name)" }

  /// In the fields of a head that is otherwise good.
  static let inFields: [RejectedForm] = [
    .init(id: "F0.26", name: "bare LF in a head", spellings: ["A: b\nC: d\r\n", "A: b\r\nC: d\n", "A: b\n\r\n"]),
    .init(id: "F0.27", name: "bare CR", spellings: ["A: b\rC: d\r\n", "A: b\r\r\n", "A\r: b\r\n", "\rA: b\r\n"]),
    .init(id: "F0.28", name: "NUL", spellings: ["A: b\0c\r\n", "A\0: b\r\n", "A: \0\r\n"]),
    .init(id: "F0.29", name: "DEL", spellings: ["A: b\u{7f}\r\n", "A\u{7f}: b\r\n"]),
    .init(id: "F0.30", name: "obs-fold", spellings: ["A: b\r\n c\r\n", "A: b\r\n\tc\r\n", "A:\r\n b\r\n"]),
    .init(id: "F0.31", name: "space before the colon", spellings: ["A : b\r\n", "A\t: b\r\n"]),
    .init(id: "F0.32", name: "leading space", spellings: [" A: b\r\n", "\tA: b\r\n"]),
    .init(id: "F0.33", name: "missing colon", spellings: ["A\r\n", "A b\r\n"]),
    .init(id: "F0.34", name: "empty name", spellings: [": b\r\n", ":\r\n"]),
    .init(
      id: "F0.35", name: "illegal name",
      spellings: ["A(: b\r\n", "A,B: c\r\n", "\"A\": b\r\n", "A\u{e9}: b\r\n", "A B: c\r\n", "A[]: b\r\n", "@: b\r\n"]),
  ]

  /// A length or coding among the fields.
  static let framing: [RejectedForm] = [
    .framing("F0.1", "CL.TE", ["Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"], "length_and_chunked"),
    .framing("F0.2", "TE.CL", ["Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"], "length_and_chunked"),
    .framing("F0.3", "the same length twice", ["Content-Length: 4\r\nContent-Length: 4\r\n"], "length"),
    .framing("F0.4", "two lengths", ["Content-Length: 4\r\ncontent-length: 5\r\n"], "length"),
    .framing("F0.5", "a list of lengths", ["Content-Length: 4, 4\r\n", "Content-Length: 4,4\r\n"], "length"),
    .framing("F0.6", "a signed length", ["Content-Length: +4\r\n", "Content-Length: -4\r\n"], "length"),
    .framing("F0.7", "an empty length", ["Content-Length:\r\n", "Content-Length: \t \r\n"], "length"),
    .framing(
      "F0.8", "a length that overflows",
      ["Content-Length: 9223372036854775808\r\n", "Content-Length: 18446744073709551620\r\n"], "length"),
    .framing(
      "F0.9", "an unknown coding", ["Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunkedx\r\n"], "coding"),
    .framing("F0.10", "a coding after chunked", ["Transfer-Encoding: chunked, identity\r\n"], "coding"),
    .framing(
      "F0.11", "chunked twice", ["Transfer-Encoding: chunked,chunked\r\n", "Transfer-Encoding: chunked, chunked\r\n"],
      "coding"),
    .framing(
      "F0.12", "two lines of codings", ["Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"], "coding"),
    .framing("F0.13", "a control byte before chunked", ["Transfer-Encoding: \u{b}chunked\r\n"], "malformed"),
    .framing("F0.14", "a byte above ASCII before chunked", ["Transfer-Encoding: \u{a0}chunked\r\n"], "coding"),
    .framing(
      "F0.15", "identity", ["Transfer-Encoding: identity\r\n", "Transfer-Encoding: identity, chunked\r\n"], "coding"),
  ]

  /// Chunks of a body, before `0\r\n\r\n`.
  static let chunks: [RejectedForm] = [
    .init(id: "F0.16", name: "a size with 0x", spellings: ["0x1\r\na\r\n"]),
    .init(id: "F0.17", name: "a space before the size", spellings: [" 1\r\na\r\n", "\t1\r\na\r\n"]),
    .init(id: "F0.18", name: "a space after the size", spellings: ["1 \r\na\r\n", "1 ;x\r\na\r\n"]),
    .init(id: "F0.19", name: "an empty size", spellings: ["\r\na\r\n", ";x\r\na\r\n"]),
    .init(id: "F0.20", name: "bare LF after the size", spellings: ["1\na\r\n"]),
    .init(id: "F0.21", name: "bare LF after the data", spellings: ["1\r\na\n"]),
    .init(id: "F0.22", name: "bare LF after an extension", spellings: ["1;x\na\r\n"]),
    .init(id: "F0.23", name: "CR in an extension", spellings: ["1;x\ry\r\na\r\n", "1;x\r\r\na\r\n"]),
    .init(id: "F0.24", name: "more data than the size", spellings: ["1\r\nab\r\n", "1\r\na\r\r\n"]),
    .init(
      id: "F0.25", name: "a size that overflows",
      spellings: [
        "10000000000000001\r\na\r\n", "8000000000000000\r\na\r\n", "ffffffffffffffff\r\na\r\n", "-1\r\na\r\n",
        "+1\r\na\r\n",
      ]),
  ]

  /// Start lines, without their end. A status line is a table of its own.
  static let requestLines: [RejectedForm] = [
    .init(
      id: "F0.36", name: "HTTP/1.9", spellings: ["GET / HTTP/1.9"], cause: "unsupported_version", status: 505),
    .init(
      id: "F0.37", name: "bytes above ASCII in the target", spellings: ["GET /\u{e9} HTTP/1.1", "GET /\u{a0} HTTP/1.1"]),
    .init(
      id: "F0.38", name: "control bytes in the target",
      spellings: ["GET /\u{1} HTTP/1.1", "GET /\u{7f} HTTP/1.1", "GET /\0 HTTP/1.1"]),
    .init(
      id: "F0.39", name: "tabs between the parts",
      spellings: ["GET\t/ HTTP/1.1", "GET /\tHTTP/1.1", "GET\t/\tHTTP/1.1"]),
    .init(id: "F0.40", name: "a space in the target", spellings: ["GET / x HTTP/1.1", "GET /a b HTTP/1.1"]),
    .init(id: "F0.41", name: "a lower-case method", spellings: ["get / HTTP/1.1", "Get / HTTP/1.1", "GET / http/1.1"]),
  ]

  static let statusLines: [RejectedForm] = [
    .init(id: "F0.36", name: "HTTP/1.9", spellings: ["HTTP/1.9 200 OK", "HTTP/2.0 200 OK", "HTTP/1.1.1 200 OK"]),
    .init(
      id: "F0.38", name: "control bytes in the reason",
      spellings: ["HTTP/1.1 200 \u{1}", "HTTP/1.1 200 \u{7f}", "HTTP/1.1 200 \0"]),
    .init(id: "F0.39", name: "tabs between the parts", spellings: ["HTTP/1.1\t200 OK", "HTTP/1.1 200\tOK"]),
    .init(id: "F0.41", name: "a lower-case version", spellings: ["http/1.1 200 OK", "HTTP/1,1 200 OK"]),
  ]

  private init(id: String, name: String, spellings: [String], cause: String = "malformed", status: Int = 400) {
    self.id = id
    self.name = name
    self.spellings = spellings
    self.cause = cause
    self.status = status
  }

  private static func framing(_ id: String, _ name: String, _ spellings: [String], _ cause: String) -> Self {
    Self(id: id, name: name, spellings: spellings, cause: cause)
  }

  /// The names that the causes have on each side.
  var requestCause: String {
    switch cause {
    case "malformed": "malformed_request"
    case "length": "invalid_request_length"
    case "coding": "request_transfer_coding"
    case "length_and_chunked": "request_length_and_chunked"
    default: cause
    }
  }
  var responseCause: (name: String, token: String) {
    switch cause {
    case "length": ("invalid_response_length", "http_protocol_error")
    case "coding": ("response_transfer_coding", "http_response_transfer_coding")
    case "length_and_chunked": ("length_and_chunked", "http_protocol_error")
    default: ("malformed_response", "http_protocol_error")
    }
  }
}
