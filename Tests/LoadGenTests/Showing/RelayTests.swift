import Testing
import ToolSupport

@testable import LoadGen

/// How a person has the lab's proxy move bodies.
@Suite struct RelayTests {
  @Test func everyProxyOfTheLabIsTold() throws {
    let admin = try ScriptedServer { _ in [.send(EngineHarness.hello)] }
    defer { admin.stop() }
    let run = try DeskHarness(adminPort: admin.port)
    defer { run.remove() }
    #expect(run.desk.abilities == [.faults, .relay, .report, .record])
    #expect(run.view().relay == .auto)
    #expect(try run.reply(to: .setRelay(.auto)).text == "--relay auto: it is so already")
    #expect(admin.requestCount == 0)

    let reply = try run.reply(to: .setRelay(.copy))
    #expect(reply.text.hasPrefix("--relay copy, for streams that begin from now on: every body") && !reply.isFailure)
    #expect(admin.requests.map { "\($0.method) \($0.path)" } == ["POST /.gzproxy/relay/copy"])
    #expect(run.view().relay == .copy)

    // A proxy that is started later is told what holds, and both of what comes.
    #expect(try run.reply(to: .setFault(.naive)).isFailure == false)
    #expect(admin.requests.map(\.path) == ["/.gzproxy/relay/copy", "/.gzproxy/relay/copy"])
    _ = try run.reply(to: .setRelay(.auto))
    #expect(admin.requests.suffix(2).map(\.path) == ["/.gzproxy/relay/auto", "/.gzproxy/relay/auto"])
    #expect(run.view().relay == .auto)
    let notes = run.finish()?.notes.filter { $0.hasPrefix("the lab's gzproxy was switched") } ?? []
    #expect(notes.count == 2 && notes[0].contains("to --relay copy by hand at ") && notes[1].contains("--relay auto"))
  }

  @Test func aProxyThatRefusesIsToldOf() throws {
    let admin = try ScriptedServer { _ in [.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")] }
    defer { admin.stop() }
    let run = try DeskHarness(adminPort: admin.port)
    defer { run.remove() }
    let reply = try run.reply(to: .setRelay(.copy))
    #expect(reply.isFailure && reply.text == "the lab's gzproxy was not switched to --relay copy: HTTP 404")
    #expect(run.view().relay == .auto && run.desk.notes() == [])
  }

  @Test func whereNothingCanBeSwitchedThatIsSaid() throws {
    let function = try DeskHarness()
    defer { function.remove() }
    #expect(function.view().relay == nil)
    #expect(try function.reply(to: .setRelay(.copy)).text.contains("always go through memory"))
    let none = try DeskHarness(hasLab: false)
    defer { none.remove() }
    #expect(try none.reply(to: .setRelay(.copy)).text.hasPrefix("there is no lab to switch"))
  }

  @Test func aLongHistoryIsBounded() {
    var history = RelayHistory()
    for turn in 0..<60 { _ = history.set(turn.isMultiple(of: 2) ? .copy : .auto, at: Double(turn)) }
    #expect(history.now == .auto && history.notes.count == RelayHistory.limit + 1)
    #expect(history.notes.last == "it was switched 10 more times after that")
  }
}
