import ArgumentParser
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import ProxyCore

/// `gzproxy serve` behind the Lambda Web Adapter, which talks to it as hyper does and keeps idle connections for four seconds:
/// a server that ends them sooner makes it lose requests.
@Suite struct WebAdapterTests {
  private static let poolTime = Duration.seconds(4)

  /// Time as the test has it: it goes on by itself, and by leaps.
  private final class LeapingClock: Sendable {
    private let ahead = Atomic<Int64>(0)
    private let looks = Atomic<Int>(0)

    @Sendable func now() -> NIODeadline {
      looks.add(1, ordering: .relaxed)
      return .now() + .nanoseconds(ahead.load(ordering: .relaxed))
    }

    func leap(_ time: TimeAmount) { ahead.add(time.nanoseconds, ordering: .relaxed) }

    /// Returns when the proxy has looked at all its limits from now on. It is idle: each look is a tick's.
    func isSeen() async -> Bool {
      let seen = looks.load(ordering: .relaxed)
      // The first may have begun before.
      return await eventually { looks.load(ordering: .relaxed) >= seen + 3 }
    }
  }

  private static func request(_ number: Int) -> String {
    """
    GET /\(number) HTTP/1.1\r
    x-amzn-lambda-context: {"request_id":"id-\(number)","deadline":1700000000000,"invoked_function_arn":"arn:aws:lambda"}\r
    x-amzn-request-context: {"http":{"method":"GET"},"accountId":"123456789012"}\r
    x-amzn-trace-id: Root=1-\(number)\r
    host: 127.0.0.1:8080\r
    \r

    """
  }

  /// One request on a connection that stays; nil when there is no answer.
  private static func ask(_ client: SocketPeer, _ number: Int) async throws -> String? {
    try await blocking {
      client.write(Self.request(number))
      guard let head = client.readHead(), let body = client.read(count: 5) else { return nil }
      return head.prefix { $0 != "\r\n" } + " " + String(decoding: body, as: UTF8.self)
    }
  }

  @Test func aConnectionOutlivesTheAdaptersPoolAndItsContextsStayHere() async throws {
    let origin = try ScriptedOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    let clock = LeapingClock()
    try await withProxy(to: origin.url) {
      $0.clock = clock.now
      // Makes the ticks frequent; upstream connections are none of the adapter's.
      $0.limits.upstreamIdle = .milliseconds(80)
    } _: { server in
      let client = try SocketPeer.connect(port: server.port)
      #expect(try await Self.ask(client, 1) == "HTTP/1.1 200 OK hello")
      clock.leap(.milliseconds(4500))
      #expect(await clock.isSeen())
      #expect(client.isQuiet)
      #expect(try await Self.ask(client, 2) == "HTTP/1.1 200 OK hello")
      #expect(origin.requests.count == 2)
      for (number, request) in zip(1..., origin.requests.map { $0.lowercased() }) {
        #expect(request.hasPrefix("get /\(number) "))
        #expect(!request.contains("x-amzn-lambda-context") && !request.contains("x-amzn-request-context"), "\(request)")
        #expect(!request.contains("id-\(number)") && !request.contains("123456789012"), "\(request)")
        #expect(request.contains("x-amzn-trace-id: root=1-\(number)\r\n"), "\(request)")
      }
      // It was the clock that the proxy went by.
      clock.leap(.seconds(75))
      #expect(try await blocking { client.readToEnd().end } == .fin)
    }
  }

  @Test func whatServeIsToldByDefaultIsLongerThanThePool() throws {
    let options = try ServeCommand.parse(["--upstream", "http://127.0.0.1:9"]).options
    #expect(try options.makeConfiguration().limits.clientIdle > Self.poolTime)
    #expect(ProxyLimits().clientIdle > Self.poolTime)
  }
}
