import Testing

@testable import LoadGen

@Suite struct SimpleResponseTests {
  private func body(_ text: String) -> String? {
    SimpleResponse.body(of: Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "{}"), ("HTTP/1.0 200 OK\r\nX: y\r\n\r\n{}", "{}"),
    (
      "HTTP/1.1 200 OK\r\ntransfer-encoding:  chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
      "abc0123456789"
    ),
    ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", ""),
  ])
  func whole(response: String, expected: String) {
    #expect(body(response) == expected)
  }

  @Test(arguments: [
    "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}", "SSH-2.0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n{}\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx", "\r\n\r\n",
  ])
  func notWhole(response: String) {
    #expect(body(response) == nil)
  }

  /// No prefix of a response is taken for a whole one, and none traps.
  @Test func everyPrefix() {
    let response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    let bytes = Array(response.utf8)
    for count in 0..<(bytes.count - 4) { #expect(SimpleResponse.body(of: Array(bytes.prefix(count))) == nil) }
    #expect(body(response) == "abcde")
  }
}
