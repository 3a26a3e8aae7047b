import NIOCore
import Testing

@testable import ProxyCore

@Suite struct RuntimeReplyReaderTests {
  enum Seen: Equatable {
    case reply(Int, String, Bool)
    case fault
  }

  /// What is read of it, given in pieces of that many bytes.
  static func read(_ text: String, by size: Int) -> [Seen] {
    var reader = RuntimeReplyReader()
    var pending = ByteBuffer()
    var seen: [Seen] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) {
      pending.writeBytes(bytes[start..<min(start + size, bytes.count)])
      reading: while pending.readableBytes > 0 {
        switch reader.read(&pending) {
        case .more: break reading
        case .fault: return seen + [.fault]
        case .reply(let reply): seen.append(.reply(reply.status, String(buffer: reply.body), reply.persists))
        }
      }
    }
    return seen
  }

  @Test(
    arguments: [
      ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", [.reply(200, "{}", true)]),
      ("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", [.reply(202, "", true)]),
      ("HTTP/1.1 204 No Content\r\n\r\n", [.reply(204, "", true)]),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", [.reply(200, "{}", true)]),
      ("HTTP/1.1 413 X\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", [.reply(413, "x", false)]),
      ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 A\r\nContent-Length: 0\r\n\r\n", [.reply(202, "", true)]),
      (
        "HTTP/1.1 202 A\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ne",
        [.reply(202, "", true), .reply(200, "e", true)]
      ),
      ("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", [.fault]),
      ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", [.fault]),
      ("SSH-2.0-x\r\n\r\n", [.fault]), ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", [.fault]),
    ] as [(String, [Seen])])
  func answersAreReadHoweverTheyCome(_ text: String, _ expected: [Seen]) {
    for size in [1, 2, 3, 7, text.utf8.count] { #expect(Self.read(text, by: size) == expected) }
  }

  @Test func anIdThatCouldChangeAPathIsNone() {
    func key(_ id: String, _ attempt: String = "") -> InvocationKey? {
      var reader = RuntimeReplyReader()
      var bytes = ByteBuffer(
        string: "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: \(id)\r\n"
          + "Lambda-Runtime-Invocation-Id: \(attempt)\r\nContent-Length: 0\r\n\r\n")
      guard case .reply(let reply) = reader.read(&bytes) else { return nil }
      return InvocationKey(reply)
    }
    #expect(key("8476a536-e9f4-11e8-9739-2dfe598c3fcd")?.id == "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
    #expect(key("a", "b-1")?.attempt == "b-1")
    #expect(key("a")?.attempt == nil)
    #expect(key("a", "b/c")?.attempt == nil)
    for bad in ["", "a/b", "a b", "a?b", "../next", String(repeating: "a", count: 129)] { #expect(key(bad) == nil) }
  }

  @Test func theErrorTypeIsFound() {
    func type(_ body: String) -> String? {
      var reader = RuntimeReplyReader()
      var bytes = ByteBuffer(string: "HTTP/1.1 400 X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
      guard case .reply(let reply) = reader.read(&bytes) else { return "no reply" }
      return reply.errorType
    }
    #expect(type(#"{"errorMessage":"x","errorType":"InvalidRequestID"}"#) == "InvalidRequestID")
    for other in ["", "{", "[]", #"{"errorType":7}"#, "text"] { #expect(type(other) == nil) }
  }
}
