import Synchronization
import TestSupport
import Testing

@testable import ProxyCore

/// What a stream holds while the Runtime API takes none of it.
@Suite struct LambdaBufferTests {
  /// The promise that 64 streams in one small process rest on.
  static let limit = 256 * 1024
  /// Of each of the four socket buffers between the upstream's bytes and the Runtime API's eyes.
  static let socketBuffer = 64 * 1024

  @Test(arguments: ["Content-Length: 33554432\r\n", ""])
  func aStalledStreamHoldsLittleAndStopsTheUpstream(_ framing: String) async throws {
    let taken = Mutex<Int?>(nil)
    let origin = try ScriptedOrigin(sendBuffer: Self.socketBuffer) { peer, _ in
      guard peer.readHead() != nil else { return }
      peer.write("HTTP/1.1 200 OK\r\n\(framing)\r\n")
      let count = peer.fill([UInt8](repeating: 1, count: 65536), untilQuietFor: 500)
      taken.withLock { $0 = count }
      _ = peer.readToEnd()
    }
    let model = try RuntimeModel([LambdaWorkerTests.event(1)], receiveBuffer: Self.socketBuffer) {
      $0.id == "id-1" ? .stall(after: 2) : .answer(202)
    }
    try await withRuntime(model, upstream: origin.url, workers: 2) { configuration, _ in
      configuration.upstreamReceiveBuffer = Self.socketBuffer
      configuration.clientSendBuffer = Self.socketBuffer
      configuration.telemetry = true
    } _: { _ in
      var held: [Int] = []
      while taken.withLock({ $0 }) == nil, held.count < 100_000 { held.append(try await Self.look(model).held) }
      let (last, peak) = try await Self.look(model)
      let sent = try #require(taken.withLock { $0 })
      print("a stalled stream: \(last) bytes held, \(peak) at most; the upstream got rid of \(sent)")
      #expect(held.allSatisfy { $0 <= Self.limit }, "\(held.max() ?? 0)")
      #expect(peak <= Self.limit)
      // It is stalled indeed: something waits, and nothing more of 32 MiB came than the kernel and the limit hold. A
      // socket's buffer is twice what was asked for.
      #expect(last > 0 && last <= Self.limit && peak >= last)
      #expect(sent <= Self.limit + 4 * 2 * Self.socketBuffer, "\(sent) bytes")
    }
  }

  /// Asks the runtime itself, by an invocation that another worker serves.
  private static func look(_ model: RuntimeModel) async throws -> (held: Int, peak: Int) {
    let id = "look-\(model.uploads.count)"
    model.add(RuntimeModel.Event(id: id, body: Events.functionURL("GET", "/.gzproxy/metrics")))
    #expect(await eventually { model.uploads.contains { $0.id == id } })
    let text = model.uploads.first { $0.id == id }.map { String(decoding: $0.body, as: UTF8.self) } ?? ""
    func gauge(_ name: String) throws -> Int {
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") }, "\(text.prefix(200))")
      return try #require(Int(line.dropFirst(name.utf8.count + 1)))
    }
    return (try gauge("gzproxy_buffered_bytes"), try gauge("gzproxy_buffered_bytes_peak"))
  }
}
