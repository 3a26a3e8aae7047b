import TestSupport

@testable import LambdaEmulator

/// A runtime by hand: one connection to a Runtime API.
struct RuntimeClient {
  let client: RawClient

  init(port: Int) throws { client = try RawClient(port: port) }

  /// An invocation as it came.
  struct Call {
    var id: String
    var head: RawResponse
    var event: [String: JSONValue]
  }

  static let streaming = [
    "Content-Type: application/vnd.awslambda.http-integration-response",
    "Lambda-Runtime-Function-Response-Mode: streaming",
  ]
  static let prelude = #"{"statusCode":200,"headers":{"content-type":"text/plain"},"cookies":[]}"#

  func send(_ method: String, _ path: String, _ headers: [String] = [], _ body: String = "") throws {
    try client.send(
      (["\(method) /2018-06-01\(path) HTTP/1.1", "Host: api"] + headers + ["", ""]).joined(separator: "\r\n") + body)
  }

  func askNext() throws { try send("GET", "/runtime/invocation/next") }

  func next() throws -> Call {
    try askNext()
    return try takeNext()
  }

  func takeNext() throws -> Call {
    let head = client.read(through: "\r\n\r\n")
    guard let parsed = RawResponse(head), let id = parsed.field("lambda-runtime-aws-request-id") else {
      throw Missing(what: "an invocation in \(String(decoding: head, as: UTF8.self))")
    }
    let event =
      try parsed.field("content-length").flatMap { Int($0) }.map { client.read($0) } ?? chunks()
    return Call(id: id, head: parsed, event: try members(JSONValue(parsing: event)))
  }

  private func chunks() throws -> [UInt8] {
    var body: [UInt8] = []
    while true {
      let line = String(decoding: client.read(through: "\r\n").dropLast(2), as: UTF8.self)
      guard let size = Int(line, radix: 16) else { throw Missing(what: "a chunk size in \(line)") }
      body += client.read(size)
      _ = client.read(2)
      if size == 0 { return body }
    }
  }

  // MARK: Streams

  func beginStream(_ call: Call, headers: [String] = streaming, prelude: String = prelude) throws {
    try send("POST", "/runtime/invocation/\(call.id)/response", headers + ["Transfer-Encoding: chunked"])
    if !prelude.isEmpty { try chunk(Array(prelude.utf8) + [UInt8](repeating: 0, count: 8)) }
  }

  func chunk(_ bytes: [UInt8]) throws {
    try client.send(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10])
  }

  func chunk(_ text: String) throws { try chunk(Array(text.utf8)) }

  func endStream(trailers: [String] = []) throws {
    try client.send("0\r\n" + trailers.map { $0 + "\r\n" }.joined() + "\r\n")
  }

  func stream(_ call: Call, _ body: String) throws -> RawResponse {
    try beginStream(call)
    try chunk(body)
    try endStream()
    return try client.response()
  }

  // MARK: Answers

  func post(
    _ path: String, _ headers: [String] = ["Content-Type: application/json"], _ body: String
  ) throws -> RawResponse {
    try send("POST", path, headers + ["Content-Length: \(body.utf8.count)"], body)
    return try client.response()
  }

  func respond(_ call: Call, _ body: String) throws -> RawResponse {
    try post("/runtime/invocation/\(call.id)/response", body)
  }

  func post(_ path: String, _ body: String) throws -> RawResponse {
    try post(path, ["Content-Type: application/json"], body)
  }

  func fail(_ call: Call, type: String = "Function.Boom") throws -> RawResponse {
    try post(
      "/runtime/invocation/\(call.id)/error", ["Lambda-Runtime-Function-Error-Type: \(type)"],
      #"{"errorMessage":"boom","errorType":"Boom","stackTrace":[]}"#)
  }
}

extension RawResponse {
  var text: String { String(decoding: body, as: UTF8.self) }
}
