import NIOCore
import TestSupport
import Testing

@testable import ProxyCore

/// `Server-Timing`, asked for and not.
@Suite struct ServerTimingTests {
  static func text(_ timing: ServerTiming) -> String {
    var out = ByteBuffer()
    timing.write(&out)
    return String(buffer: out)
  }

  @Test func theSharesAreKeptApart() {
    #expect(
      Self.text(ServerTiming(total: .microseconds(41_250), origin: .milliseconds(30)))
        == "server-timing: proxy;dur=11.250, origin;dur=30.000\r\n")
    #expect(Self.text(ServerTiming(total: .milliseconds(2), origin: nil)) == "server-timing: proxy;dur=2.000\r\n")
    #expect(Self.text(ServerTiming(total: .zero, origin: .milliseconds(1))).contains("proxy;dur=0.000,"))
  }

  @Test(arguments: [true, false])
  func itStandsOnEveryResponseBesideTheUpstreams(_ isOn: Bool) async throws {
    let origin = try ScriptedOrigin.answering(
      "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nServer-Timing: db;dur=5\r\nContent-Length: 0\r\n\r\n")
    try await withProxy(to: origin.url) {
      $0.serverTiming = isOn
    } _: { server async throws in
      let passed = try await exchange(server.port, get()).text
      #expect(passed.contains("Server-Timing: db;dur=5\r\n"))
      #expect(passed.components("server-timing: proxy;dur=") == (isOn ? 1 : 0))
      #expect(passed.contains(", origin;dur=") == isOn)
      for own in [get("/.gzproxy/healthz"), get("/.gzproxy/none"), "GET / HTTP/1.1\r\n\r\n"] {
        let text = try await exchange(server.port, own).text
        #expect(text.components("server-timing: proxy;dur=") == (isOn ? 1 : 0) && !text.contains("origin;dur"))
      }
    }
  }
}

extension String {
  /// How often `mark` occurs.
  fileprivate func components(_ mark: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(of: mark) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
