import NIOCore
import TestSupport
import Testing

@testable import LambdaEmulator

/// The bandwidth of a stream, and what is held of it.
@Suite struct PacingTests {
  /// 6 MiB at once, then a quarter of a mebibyte each 125 ms.
  @Test func sevenMebibytesTakeFourSteps() async throws {
    try await Rig.with(.test { $0.bandwidth = .aws }) { rig in
      let client = try rig.request("/", headers: ["Connection: close"])
      let runtime = try rig.runtime()
      let call = try runtime.next()
      let piece = [UInt8](repeating: 7, count: 1 << 18)
      let start = NIODeadline.now()
      let feeder = RuntimeFeeder {
        try runtime.beginStream(call)
        for _ in 0..<28 { try runtime.chunk(piece) }
        try runtime.endStream()
        _ = try runtime.client.response()
      }
      let (bytes, _) = client.readToEnd()
      let elapsed = NIODeadline.now() - start
      #expect(RawResponse(bytes)?.dechunked.data.count == 7 << 20)
      // The last step may bring the rest of the fourth quarter and the prelude.
      #expect(elapsed >= .milliseconds(375))
      try feeder.wait()
    }
  }

  /// A client that does not read stops the runtime; what is between them is in the kernel.
  @Test func aSlowClientStopsTheRuntime() async throws {
    try await Rig.with(.test()) { rig in
      let client = try rig.request("/", headers: ["Connection: close"])
      let runtime = try rig.runtime()
      let call = try runtime.next()
      try runtime.beginStream(call)
      _ = client.read(through: "\r\n\r\n")
      let sent = SentBytes()
      let piece = [UInt8](repeating: 7, count: 1 << 20)
      let feeder = RuntimeFeeder {
        for _ in 0..<128 {
          try runtime.chunk(piece)
          sent.add(1 << 20)
        }
        try runtime.endStream()
        _ = try runtime.client.response()
      }
      // Until nothing has moved while the emulator answered three hundred times.
      var (last, still) = (-1, 0)
      while still < 300 {
        _ = try rig.stats()
        still = last == sent.count ? still + 1 : 0
        last = sent.count
      }
      // The kernel's buffers of both connections hold some megabytes.
      #expect(sent.count < 64 << 20)
      var body = 0
      while true {
        let line = String(decoding: client.read(through: "\r\n").dropLast(2), as: UTF8.self)
        guard let size = Int(line, radix: 16), size > 0 else { break }
        body += client.read(size + 2).count - 2
      }
      #expect(body == 128 << 20)
      try feeder.wait()
    }
  }
}
