import NIOHTTP1
import Testing

@testable import LambdaEmulator

/// A phase that can be called in the midst of an expectation.
private final class Caller {
  var phase = RuntimePhase()
  func next() -> RuntimeAnswer? { phase.next() }
  func response() -> RuntimeAnswer? { phase.response() }
  func error() -> RuntimeAnswer? { phase.error() }
  func initError() -> RuntimeAnswer? { phase.initError() }
}

@Suite struct RuntimeRuleTests {
  @Test func oneInvocationAfterAnother() {
    let runtime = Caller()
    for _ in 0..<2 {
      #expect(runtime.next() == nil)
      // A runtime that lost its connection asks again.
      #expect(runtime.next() == nil)
      runtime.phase.delivered()
      #expect(runtime.next() == nil)
      #expect(runtime.phase.state == .running)
      #expect(runtime.response() == nil)
      runtime.phase.answered()
    }
    #expect(runtime.next() == nil)
    runtime.phase.delivered()
    #expect(runtime.error() == nil)
    runtime.phase.answered()
    #expect(runtime.next() == nil)
  }

  @Test func wrongOrder() {
    let text = "State transition is not allowed"
    let runtime = Caller()
    #expect(runtime.response() == .invalidTransition(from: "Started", to: "InvocationResponse"))
    #expect(runtime.error() == .invalidTransition(from: "Started", to: "InvocationErrorResponse"))
    _ = runtime.next()
    #expect(runtime.initError() == .invalidTransition(from: "Ready", to: "InitError"))
    runtime.phase.delivered()
    _ = runtime.response()
    #expect(runtime.next() == .invalidTransition(from: "InvocationResponse", to: "Ready"))
    runtime.phase.answered()
    let second = runtime.response()
    #expect(second == .invalidTransition(from: "RuntimeResponseSentState", to: "InvocationResponse"))
    #expect(second?.status == 403)
    #expect(second?.body.contains(text) == true)
  }

  @Test func nothingAfterAnInitError() {
    let runtime = Caller()
    #expect(runtime.initError() == nil)
    #expect(runtime.initError() == .invalidTransition(from: "InitError", to: "InitError"))
    #expect(runtime.next() == .invalidTransition(from: "InitError", to: "Ready"))
  }

  @Test(arguments: [
    ("Function.Boom", "Function.Boom"), ("Runtime.ExitError", "Runtime.ExitError"), ("Runtime.X", "Runtime.Unknown"),
    ("Function.X", "Function.Unknown"), ("Function.boom", "Function.Unknown"), ("Function.Bo0m", "Function.Unknown"),
    ("Function.Boom Bang", "Function.Unknown"), ("Function.A.B", "Function.Unknown"), ("ValueError", "Runtime.Unknown"),
    ("", "Runtime.Unknown"), ("Extension.Crash", "Runtime.Unknown"), ("Function.Ä", "Function.Unknown"),
  ]) func errorTypes(_ text: String, _ wanted: String) { #expect(ErrorType.valid(text) == wanted) }

  @Test func noErrorType() { #expect(ErrorType.valid(nil) == "Runtime.Unknown") }

  @Test func aLateAnswerIsToldOnceAndOfTheLastThousand() {
    var ids = TimedOutIDs()
    func consume(_ id: String) -> Bool { ids.consume(id) }
    for index in 0..<1001 { ids.insert("\(index)") }
    #expect(!consume("0"))
    #expect(consume("1"))
    #expect(!consume("1"))
    #expect(consume("1000"))
    // What was consumed takes no room of others for ever.
    for index in 2000..<3000 { ids.insert("\(index)") }
    #expect(!consume("999"))
    #expect(consume("2000"))
  }

  @Test(arguments: [
    ("GET", "/2018-06-01/runtime/invocation/next", RuntimeRoute.next),
    ("GET", "/2018-06-01/runtime/invocation/next?x=1", .next),
    ("POST", "/2018-06-01/runtime/invocation/i-d/response", .response(id: "i-d")),
    ("POST", "/2018-06-01/runtime/invocation/i/error", .error(id: "i")),
    ("POST", "/2018-06-01/runtime/init/error", .initError), ("GET", "/2018-06-01/ping", .ping),
    ("POST", "/2018-06-01/runtime/invocation/next", .methodNotAllowed),
    ("GET", "/2018-06-01/runtime/invocation/i/response", .methodNotAllowed),
    ("GET", "/runtime/invocation/next", .notFound), ("GET", "/2018-06-01/runtime/restore/next", .notFound),
    ("GET", "/", .notFound), ("POST", "/2020-01-01/extension/register", .notFound),
  ]) func routes(_ method: String, _ path: String, _ wanted: RuntimeRoute) {
    #expect(RuntimeRoute(.init(rawValue: method), path) == wanted)
  }

  /// The letters of AWS's open-source supervisor, the line feed behind them included.
  @Test func answers() {
    #expect(RuntimeAnswer.accepted.body == "{\"status\":\"OK\"}\n")
    #expect(
      RuntimeAnswer.tooLarge.body
        == "{\"errorMessage\":\"Exceeded maximum allowed payload size (6291556 bytes).\","
        + "\"errorType\":\"RequestEntityTooLarge\"}\n")
    #expect(
      RuntimeAnswer.invalidRequestID.body
        == "{\"errorMessage\":\"Invalid request ID\",\"errorType\":\"InvalidRequestID\"}\n")
    #expect(
      RuntimeAnswer.invalidTransition(from: "A", to: "B").body
        == "{\"errorMessage\":\"State transition from A to B failed for runtime. "
        + "Error: State transition is not allowed\",\"errorType\":\"InvalidStateTransition\"}\n")
    #expect([RuntimeAnswer.invokeTimeout, .truncated, .invalidResponseMode].map(\.status) == [410, 400, 400])
  }
}
