import TestSupport
import Testing

@testable import LambdaEmulator

/// How responses end that do not end as they should.
@Suite struct EndTests {
  private static func request10(_ rig: Rig) throws -> RawClient {
    let client = try RawClient(port: rig.port)
    try client.send("GET / HTTP/1.0\r\nHost: test\r\n\r\n")
    return client
  }

  /// Its body ends with its connection, so that a FIN would make a part of it look like the whole.
  @Test(arguments: [TrailerEffect.cut, .trailer]) func anOldClientSeesACut(_ effect: TrailerEffect) async throws {
    try await Rig.with(.test { $0.trailerEffect = effect }) { rig in
      for breaks in [true, false] {
        let client = try Self.request10(rig)
        let runtime = try rig.runtime()
        let call = try runtime.next()
        try runtime.beginStream(call)
        try runtime.chunk("half")
        _ = client.read(through: "half")
        if breaks {
          runtime.client.closeNow()
        } else {
          try runtime.endStream(trailers: ["Lambda-Runtime-Function-Error-Type: Function.Cut"])
        }
        #expect(client.readToEnd().end == .reset)
        runtime.client.closeNow()
      }
    }
  }

  @Test func anOldClientSeesAWholeBody() async throws {
    try await Rig.with(.test()) { rig in
      let client = try Self.request10(rig)
      let runtime = try rig.runtime()
      #expect(try runtime.stream(try runtime.next(), "whole").status == 202)
      let (bytes, end) = client.readToEnd()
      #expect(end == .fin)
      #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("\r\n\r\nwhole"))
    }
  }

  /// The client has its answer; the slot is free when the upload ends, however that is.
  @Test(arguments: [InstancesMode.managed, .classic])
  func aBadPreludeCostsNoSlot(_ instances: InstancesMode) async throws {
    try await Rig.with(.test { $0.instances = instances }) { rig in
      let (client, runtime, call) = try rig.parkedCall()
      try runtime.beginStream(call, prelude: "no JSON")
      #expect(try client.response().status == 502)
      runtime.client.finishSending()
      // Its end has been seen when the connection ends. A process of one has its slot back with its next question.
      #expect(runtime.client.readToEnd().end != .open)
      if instances == .managed { try rig.awaitActive(0) }
      let next = try rig.runtime()
      try next.askNext()
      let other = try rig.parkedRequest("/")
      #expect(try next.stream(try next.takeNext(), "x").status == 202)
      #expect(try other.chunkedResponse().body == [0x78])
    }
  }

  /// No client takes one for an answer.
  @Test(arguments: [100, 101, 103, 199]) func anInterimStatusIsNoResponse(_ status: Int) async throws {
    try await Rig.with(.test()) { rig in
      let (client, runtime, call) = try rig.call()
      try runtime.beginStream(call, prelude: #"{"statusCode":\#(status)}"#)
      try runtime.endStream()
      #expect(try client.response().status == 502)
    }
  }

  /// A prelude that comes byte by byte is not copied with each of them.
  @Test func aLongPreludeInPiecesIsCheap() async throws {
    try await Rig.with(.test()) { rig in
      let (client, runtime, call) = try rig.call()
      try runtime.beginStream(call, prelude: "")
      let prelude = #"{"statusCode":200,"headers":{"x":""# + String(repeating: "v", count: 200_000) + #""}}"#
      let pieces = (Array(prelude.utf8) + [UInt8](repeating: 0, count: 8)).map {
        [UInt8(ascii: "1"), 13, 10, $0, 13, 10]
      }
      let clock = ContinuousClock()
      let began = clock.now
      try runtime.client.send(pieces.flatMap(\.self))
      try runtime.chunk("x")
      try runtime.endStream()
      #expect(try client.chunkedResponse().body == [0x78])
      // A hundredth of it where nothing is copied; minutes where everything is.
      #expect(clock.now - began < .seconds(10))
    }
  }
}
