import Synchronization
import TestSupport
import Testing

@testable import ProxyCore

/// The runtime loop against a Runtime API that does all that one can do.
@Suite struct LambdaWorkerTests {
  static let small = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

  static func event(_ number: Int) -> RuntimeModel.Event {
    RuntimeModel.Event(id: "id-\(number)", body: Events.functionURL("GET", "/\(number)"))
  }

  /// Whether an invocation after the one in question is served.
  static func goesOn(_ model: RuntimeModel, upstream: String, workers: Int) async throws -> LambdaRuntime? {
    try await withRuntime(model, upstream: upstream, workers: workers) { runtime in
      #expect(await eventually { model.uploads.contains { $0.id == "id-2" && $0.isWhole } }, "\(model.uploads)")
      #expect(await eventually { model.parked == workers })
      return runtime
    }
  }

  @Test(
    arguments: [
      .answer(202), .answer(200, ""), .answer(202, closes: true), .answer(400, #"{"errorType":"InvalidRequestID"}"#),
      .answer(410, #"{"errorType":"InvokeTimeout"}"#), .answer(413, #"{"errorType":"RequestEntityTooLarge"}"#),
      .answer(413, closes: true), .early(200, after: 0), .early(202, after: 2), .early(413, after: 1, closes: true),
      .early(410, after: 1), .hangUp(after: 0), .hangUp(after: 2), .say("garbage\r\n\r\n"), .say("HTTP/1.1 2"),
      .say("HTTP/1.1 202 A\r\nContent-Length: 0\r\n\r\nHTTP/1.1 202 A\r\nContent-Length: 0\r\n\r\n"),
    ] as [RuntimeModel.Manner], [1, 3])
  func whateverOneInvocationMeetsTheNextIsServed(_ manner: RuntimeModel.Manner, _ workers: Int) async throws {
    let origin = try ScriptedOrigin.answering(Self.small)
    let model = try RuntimeModel([Self.event(1), Self.event(2)]) { $0.id == "id-1" ? manner : .answer(202) }
    _ = try await Self.goesOn(model, upstream: origin.url, workers: workers)
  }

  @Test(
    arguments: [
      .answer(403, #"{"errorType":"InvalidStateTransition"}"#), .answer(500, ""), .answer(503, closes: true),
      .answer(400, #"{"errorType":"InvalidFunctionResponseMode"}"#),
    ] as [RuntimeModel.Manner])
  func whatIsFatalEndsAProcessOfOneAndNoOther(_ manner: RuntimeModel.Manner) async throws {
    let origin = try ScriptedOrigin.answering(Self.small)
    let classic = try RuntimeModel([Self.event(1)]) { _ in manner }
    let reason = try await withRuntime(classic, upstream: origin.url) { await $0.waitForEnd() }
    #expect(reason?.isEmpty == false)
    let managed = try RuntimeModel([Self.event(1), Self.event(2)]) { $0.id == "id-1" ? manner : .answer(202) }
    _ = try await Self.goesOn(managed, upstream: origin.url, workers: 3)
  }

  @Test(
    arguments: [
      "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 408 X\r\nContent-Length: 0\r\n\r\n", "",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "garbage\r\n\r\n",
      "HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: ../x\r\nContent-Length: 2\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: x\r\nContent-Length: 99999999\r\n\r\n",
    ], [1, 3])
  func aFaultyAnswerToAPollIsAskedAgain(_ opening: String, _ workers: Int) async throws {
    let origin = try ScriptedOrigin.answering(Self.small)
    let model = try RuntimeModel([Self.event(2)], openings: [opening])
    _ = try await Self.goesOn(model, upstream: origin.url, workers: workers)
  }

  @Test(arguments: [403, 500]) func aRefusedPollEndsAProcessOfOne(_ status: Int) async throws {
    let opening = "HTTP/1.1 \(status) X\r\nContent-Length: 0\r\n\r\n"
    let classic = try RuntimeModel([], openings: [opening])
    let reason = try await withRuntime(classic, upstream: "http://127.0.0.1:9") { await $0.waitForEnd() }
    #expect(reason?.contains("\(status)") == true)
    let origin = try ScriptedOrigin.answering(Self.small)
    let managed = try RuntimeModel([Self.event(2)], openings: [opening, opening, opening])
    _ = try await Self.goesOn(managed, upstream: origin.url, workers: 3)
  }

  @Test func aRefusedUploadLetsGoOfTheUpstream() async throws {
    let left = Mutex(false)
    let origin = try ScriptedOrigin { peer, _ in
      guard peer.readHead() != nil else { return }
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\nhello")
      _ = peer.readToEnd()
      left.withLock { $0 = true }
    }
    for manner in [RuntimeModel.Manner.early(413, after: 2, closes: true), .hangUp(after: 2)] {
      left.withLock { $0 = false }
      let model = try RuntimeModel([Self.event(1)]) { _ in manner }
      try await withRuntime(model, upstream: origin.url) { _ in
        #expect(await eventually { left.withLock { $0 } })
        #expect(await eventually { model.parked == 1 })
      }
    }
  }

  /// The Runtime API takes two megabytes a second and less: what it does not take must not be read.
  @Test func nothingIsReadThatCannotGoOn() async throws {
    let taken = Mutex(0)
    let origin = try ScriptedOrigin(sendBuffer: 65536) { peer, _ in
      guard peer.readHead() != nil else { return }
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
      let count = peer.fill([UInt8](repeating: 1, count: 65536), untilQuietFor: 500)
      taken.withLock { $0 = count }
    }
    let model = try RuntimeModel([Self.event(1)]) { _ in .stall(after: 2) }
    try await withRuntime(model, upstream: origin.url) { configuration, _ in
      configuration.upstreamReceiveBuffer = 65536
      configuration.clientSendBuffer = 65536
    } _: { _ in
      #expect(await eventually { taken.withLock { $0 } > 0 })
      // Socket buffers on three ways, and what a stream may hold.
      #expect(taken.withLock { $0 } < 12_000_000)
    }
  }

  /// A platform that hangs up does so in the middle of a flush.
  @Test(arguments: [RuntimeModel.Manner.hangUp(after: 4), .early(413, after: 4, closes: true), .early(410, after: 3)])
  func aPlatformThatHangsUpCostsItsOwnInvocationOnly(_ manner: RuntimeModel.Manner) async throws {
    let body = [UInt8](repeating: 3, count: 1_500_000)
    let origin = try ScriptedOrigin { peer, _ in
      while peer.readHead() != nil {
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n")
        guard peer.write(body) else { return }
      }
    }
    let model = try RuntimeModel((0..<60).map(Self.event)) { $0.id.hasSuffix("9") ? .answer(202) : manner }
    try await withRuntime(model, upstream: origin.url, workers: 8) { _ in
      let uploads = try await model.answered(60, within: .seconds(20))
      for upload in uploads where upload.id.hasSuffix("9") { #expect(upload.isWhole && upload.body == body) }
      #expect(await eventually { model.parked == 8 })
    }
  }

  @Test(arguments: [RuntimeModel.Framing.lengthAndClose, .untilClose])
  func anEventOnAConnectionThatEndsIsAnswered(_ framing: RuntimeModel.Framing) async throws {
    let origin = try ScriptedOrigin.answering(Self.small)
    var event = Self.event(1)
    event.framing = framing
    let model = try RuntimeModel([event, Self.event(2)])
    try await withRuntime(model, upstream: origin.url) { _ in
      let uploads = try await model.answered(2)
      #expect(uploads.map(\.id) == ["id-1", "id-2"])
      #expect(uploads.allSatisfy { $0.isWhole && String(decoding: $0.body, as: UTF8.self) == "hello" })
      #expect(model.connections == 2)
    }
  }

  /// Whatever name leads there.
  @Test(arguments: ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.0.0.2"])
  func nobodyIsSentToTheRuntimeAPI(_ host: String) async throws {
    let model = try RuntimeModel([Self.event(1)])
    try await withRuntime(model, upstream: "http://\(host):\(model.port)") { configuration, settings in
      configuration.prohibited = settings.api
    } _: { _ in
      let upload = try #require(try await model.answered(1).first)
      #expect(upload.prelude.hasPrefix(#"{"statusCode":502,"#))
      // Where nothing listens the connection fails by itself.
      #expect(
        upload.prelude.contains("cause=destination_prohibited") || upload.prelude.contains("cause=connection_refused"))
      #expect(model.polls <= 2)
    }
  }

  @Test func manyWorkersServeAtOnceEachOnItsOwnConnection() async throws {
    let workers = 16
    let waiting = Mutex(0)
    let origin = try ScriptedOrigin { peer, _ in
      while peer.readHead() != nil {
        waiting.withLock { $0 += 1 }
        // Nobody is answered before all are here.
        for _ in 0..<2000 where waiting.withLock({ $0 }) < workers { peer.rest(milliseconds: 2) }
        guard peer.write(Self.small) else { return }
      }
    }
    let model = try RuntimeModel((0..<workers).map(Self.event))
    try await withRuntime(model, upstream: origin.url, workers: workers) { _ in
      let uploads = try await model.answered(workers)
      #expect(Set(uploads.map(\.id)).count == workers)
      #expect(uploads.allSatisfy { $0.isWhole && String(decoding: $0.body, as: UTF8.self) == "hello" })
      #expect(await eventually { model.parked == workers })
      #expect(model.connections == workers)
    }
  }

  /// Responses go to whoever asked, whatever the order in which they come.
  @Test func answersAreNeverMixedUp() async throws {
    let count = 400
    let origin = try ScriptedOrigin { peer, _ in
      while let head = peer.readHead() {
        let number = head.dropFirst(5).prefix { $0.isNumber }
        let body = String(repeating: "\(number).", count: 200)
        let isCut = (Int(number) ?? 0) % 10 == 9
        let length = isCut ? body.utf8.count + 1 : body.utf8.count
        guard peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n\(body)") else { return }
        if isCut { return peer.finish() }
      }
    }
    let model = try RuntimeModel((0..<count).map(Self.event))
    try await withRuntime(model, upstream: origin.url, workers: 8) { _ in
      let uploads = try await model.answered(count)
      for upload in uploads {
        let number = String(upload.id.dropFirst(3))
        #expect(String(decoding: upload.body, as: UTF8.self) == String(repeating: "\(number).", count: 200))
        let isCut = (Int(number) ?? 0) % 10 == 9
        #expect(upload.trailers.isEmpty == !isCut)
      }
      #expect(await eventually { model.parked == 8 })
    }
  }

  // MARK: The end

  @Test func parkedWorkersEndAtOnce() async throws {
    let model = try RuntimeModel([])
    try await withRuntime(model, upstream: "http://127.0.0.1:9", workers: 4) { runtime in
      #expect(await eventually { model.parked == 4 })
      let clock = ContinuousClock()
      let began = clock.now
      #expect(await runtime.shutdown(within: .seconds(30)) == 0)
      #expect(clock.now - began < .seconds(20))
    }
  }

  @Test(arguments: [LambdaSettings.Abort.trailers, .reset])
  func whatIsUnfinishedAtTheEndIsSeenAsSuch(_ abort: LambdaSettings.Abort) async throws {
    let origin = try ScriptedOrigin { peer, _ in
      guard let head = peer.readHead() else { return }
      if head.hasPrefix("GET /1 ") { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello") }
      _ = peer.readToEnd()
    }
    let model = try RuntimeModel([Self.event(1), Self.event(2)])
    try await withRuntime(model, upstream: origin.url, workers: 2) {
      $1.abort = abort
    } _: { runtime in
      #expect(await eventually { model.parked == 0 && model.polls == 2 && origin.connections == 2 })
      #expect(await runtime.shutdown(within: .milliseconds(50)) == 2)
      let uploads = try await model.answered(2)
      let begun = try #require(uploads.first { $0.id == "id-1" })
      #expect(begun.isWhole == (abort == .trailers))
      if abort == .trailers { #expect(begun.trailers["Lambda-Runtime-Function-Error-Type"] == "Function.Draining") }
      let silent = try #require(uploads.first { $0.id == "id-2" })
      #expect(silent.prelude.hasPrefix(#"{"statusCode":503,"#))
    }
  }
}
