import TestSupport
import Testing

@testable import LambdaEmulator

/// Connections of a runtime that end, and that come anew.
@Suite struct ConnectionTests {
  /// One that was asked for again is delivered again.
  @Test func aRuntimeThatLostItsConnection() async throws {
    try await Rig.with(.test()) { rig in
      let first = try rig.runtime()
      try first.askNext()
      first.client.closeNow()
      let client = try rig.request("/")
      let second = try rig.runtime()
      let call = try second.next()
      second.client.closeNow()
      let third = try rig.runtime()
      let again = try third.next()
      #expect(again.id == call.id)
      #expect(try third.stream(again, "x").status == 202)
      #expect(try client.chunkedResponse().body == [0x78])
    }
  }

  /// Between two connections a runtime is neither idle nor gone; one that does not come back is given up.
  @Test func aRuntimeBetweenItsConnections() async throws {
    try await Rig.with(.test { $0.initLimit = .seconds(2) }) { rig in
      for comesBack in [true, false] {
        let first = try rig.runtime()
        try first.askNext()
        try rig.awaitParked(1)
        first.client.closeNow()
        try rig.awaitParked(0)
        let client = try rig.request("/")
        if comesBack {
          let second = try rig.runtime()
          #expect(try second.stream(try second.next(), "x").status == 202)
          #expect(try client.chunkedResponse().body == [0x78])
          second.client.closeNow()
        } else {
          #expect(try client.response().status == 502)
        }
      }
    }
  }

  /// Of two that ask, the one that was given the invocation keeps it, whatever other connection ends.
  @Test func anotherConnectionMayEnd() async throws {
    try await Rig.with(.test()) { rig in
      let (bearer, spare, stranger) = (try rig.runtime(), try rig.runtime(), try rig.runtime())
      for runtime in [bearer, spare] { try runtime.askNext() }
      try rig.awaitParked(2)
      let client = try rig.request("/")
      let call = try bearer.takeNext()
      try stranger.send("GET", "/ping")
      _ = try stranger.client.response()
      stranger.client.finishSending()
      #expect(stranger.client.readToEnd().end == .fin)
      #expect(try rig.instances()[0]["parked_workers"] == 1)
      // Now its own: the one behind it gets the same.
      bearer.client.closeNow()
      let again = try spare.takeNext()
      #expect(again.id == call.id)
      #expect(try spare.stream(again, "x").status == 202)
      #expect(try client.chunkedResponse().body == [0x78])
    }
  }

  @Test func framingThatBreaks() async throws {
    try await Rig.with(.test()) { rig in
      let (client, runtime) = try rig.stream()
      try runtime.client.send("zz\r\nnonsense\r\n")
      #expect(try runtime.client.response().status == 400)
      let (bytes, end) = client.readToEnd()
      #expect(RawResponse(bytes)?.text == "")
      #expect(end == .fin)
    }
  }

  /// It has said half, and listens.
  @Test func halfAnUploadAndNoMore() async throws {
    try await Rig.with(.test()) { rig in
      let (client, runtime) = try rig.stream()
      try runtime.chunk("half")
      runtime.client.finishSending()
      let answer = try runtime.client.response()
      #expect(answer.status == 400)
      #expect(answer.text == RuntimeAnswer.truncated.body)
      #expect(runtime.client.readToEnd().end == .fin)
      let (bytes, end) = client.readToEnd()
      #expect(RawResponse(bytes)?.text == "4\r\nhalf\r\n")
      #expect(end == .fin)
    }
  }

  /// All is said in one breath, and the answer waited for.
  @Test func aRuntimeThatClosesItsSideEarly() async throws {
    try await Rig.with(.test()) { rig in
      let (client, runtime) = try rig.stream()
      try runtime.chunk("whole")
      try runtime.endStream()
      runtime.client.finishSending()
      #expect(try runtime.client.response().status == 202)
      #expect(runtime.client.readToEnd().end == .fin)
      #expect(try client.chunkedResponse().body == Array("whole".utf8))
    }
  }
}
