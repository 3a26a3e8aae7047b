@testable import ProxyCore

/// Every form of the checklist's part F that a parser must refuse, as it comes over the wire: those that llhttp refuses
/// too (F0), and those that it lets through (F1–F12).
enum ListedForms {
  struct Form: Sendable, CustomStringConvertible {
    var id: String
    var message: Message
    /// The head alone cannot show it: it is refused inside the body.
    var isInBody = false
    var description: String { "\(id) \(message.text)" }
  }

  static let all: [Form] =
    heads("F0", refusedHeads) + fields("F0", refusedFields) + codings("F0", refusedCodings)
    + lengths("F0", refusedLengths) + bodies + beyondLLHTTP + responseHeads

  private static let refusedHeads = [
    "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
    "GET / HTTP/1.9\r\nHost: a\r\n\r\n", "GET /é HTTP/1.1\r\nHost: a\r\n\r\n", "GET /\u{1} HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /\u{7F} HTTP/1.1\r\nHost: a\r\n\r\n", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /\tHTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / x HTTP/1.1\r\nHost: a\r\n\r\n", "get / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / http/1.1\r\nHost: a\r\n\r\n",
  ]

  private static let refusedFields = [
    "A: b\rc", "A: b\u{0}c", "A: b\u{7F}c", "A: b\r\n c", "A: b\r\n\tc", "A : b", "A\t: b", " A: b", "A", ": b",
    "A(: b",
    "A\u{0}: b", "A\u{7F}: b", "é: b", "A B: c", "A: \u{1}",
  ]

  private static let refusedCodings = [
    "xchunked", "chunked, identity", "chunked,chunked", "chunked\r\nTransfer-Encoding: chunked", "\u{B}chunked",
    "\u{A0}chunked", "identity",
  ]

  private static let refusedLengths = [
    "5\r\nTransfer-Encoding: chunked", "5\r\nContent-Length: 5", "5\r\nContent-Length: 6", "5, 5", "+5", "-5", "",
    "5 5",
    "18446744073709551621", "9223372036854775808", "0x5", "5;",
  ]

  private static let refusedBodies = [
    "0x5\r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n", "\r\nhello\r\n0\r\n\r\n",
    ";\r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5;a\nhello\r\n0\r\n\r\n",
    "5;a\rb\r\nhello\r\n0\r\n\r\n", "5\r\nhello!\r\n0\r\n\r\n", "10000000000000005\r\nhello\r\n0\r\n\r\n",
    "5\r\nhello\r\n0\r\n\n", "5;\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\nA : b\r\n\r\n",
    "5\r\nhello\r\n0\r\nA: b\r\n c\r\n\r\n",
  ]

  private static let bodies = refusedBodies.flatMap { body in
    [
      Form(
        id: "F0", message: Message(.request, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"),
        isInBody: true),
      Form(
        id: "F0", message: Message(.response, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"),
        isInBody: true),
    ]
  }

  private static let beyondLLHTTP: [Form] =
    codings("F1", ["gzip, chunked", "gzip", "chunked, gzip", ""])
    + codings("F2", [",chunked", "chunked,", ", chunked"])
    + heads(
      "F3",
      [
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n0\r\n\r\n",
      ])
    + heads(
      "F4", ["GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"])
    + heads("F5", ["GET / HTTP/1.1\r\n\r\n", "GET http://a/ HTTP/1.1\r\n\r\n"])
    + heads("F6", ["GET /\r\n\r\n", "GET /\nContent-Length: 5\n\nhello", "GET / HTTP/0.9\r\nHost: a\r\n\r\n"])
    + heads("F7", ["GET / HTTP/2.0\r\nHost: a\r\n\r\n", "GET / HTTP/3.0\r\nHost: a\r\n\r\n"])
    + heads("F8", ["GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"])
    + heads("F9", ["GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://a#b HTTP/1.1\r\nHost: a\r\n\r\n"])
    + heads(
      "F10",
      [
        "DESCRIBE / HTTP/1.1\r\nHost: a\r\n\r\n", "SOURCE / ICE/1.0\r\nHost: a\r\n\r\n",
        "OPTIONS / RTSP/1.0\r\nHost: a\r\n\r\n",
      ])
    + heads(
      "F11", ["\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"])
    + heads("F12", ["SLUDGE / HTTP/1.1\r\nHost: a\r\n\r\n"])

  private static let responseHeads: [Form] = [
    "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "HTTP/1.1 200 O\u{0}K\r\n\r\n", "HTTP/1.1 200 OK\rX\r\n\r\n",
    "HTTP/1.9 200 OK\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
    "HTTP/1.1\t200 OK\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
  ].map { Form(id: "F17", message: Message(.response, $0)) }

  private static func heads(_ id: String, _ texts: [String]) -> [Form] {
    texts.map { Form(id: id, message: Message(.request, $0)) }
  }

  /// In a request and in a response.
  private static func fields(_ id: String, _ lines: [String]) -> [Form] {
    lines.flatMap { line in
      [
        Form(id: id, message: Message(.request, "POST / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\nhello")),
        Form(id: id, message: Message(.response, "HTTP/1.1 200 OK\r\n\(line)\r\n\r\nhello")),
      ]
    }
  }

  private static func codings(_ id: String, _ values: [String]) -> [Form] {
    fields(id, values.map { "Transfer-Encoding: \($0)" })
  }

  private static func lengths(_ id: String, _ values: [String]) -> [Form] {
    fields(id, values.map { "Content-Length: \($0)" })
  }
}
