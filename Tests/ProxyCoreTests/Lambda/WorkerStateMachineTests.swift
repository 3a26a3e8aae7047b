import Testing

@testable import ProxyCore

extension WorkerStateMachine.Action {
  /// How long the worker is to rest; nil when it is not.
  fileprivate var pause: Duration? {
    if case .rest(let pause, _) = self { pause } else { nil }
  }
}

@Suite struct WorkerStateMachineTests {
  static func serving(managed: Bool) -> WorkerStateMachine {
    var machine = WorkerStateMachine(isManaged: managed)
    _ = machine.connected()
    _ = machine.next(status: 200, isEvent: true, persists: true)
    return machine
  }

  @Test func oneConnectionServesOneAfterTheOther() {
    var machine = WorkerStateMachine(isManaged: false)
    #expect(machine.connected() == .poll)
    for _ in 0..<3 {
      #expect(machine.next(status: 200, isEvent: true, persists: true) == .serve)
      #expect(machine.sent() == .none)
      #expect(machine.reply(status: 202, isStuck: false, persists: true) == .poll)
    }
  }

  @Test func anEarlyAnswerWaitsForTheUploadsEnd() {
    var machine = Self.serving(managed: false)
    #expect(machine.reply(status: 200, isStuck: false, persists: true) == .none)
    #expect(machine.state == .serving)
    #expect(machine.sent() == .poll)
  }

  @Test(arguments: [true, false]) func aConnectionThatEndsIsReplaced(_ persists: Bool) {
    var machine = Self.serving(managed: false)
    _ = machine.sent()
    #expect(machine.reply(status: 202, isStuck: false, persists: persists) == (persists ? .poll : .connect))
  }

  @Test(arguments: [400, 410, 413, 404], [true, false])
  func oneInvocationsTroubleIsItsOwn(_ status: Int, _ isManaged: Bool) {
    var machine = Self.serving(managed: isManaged)
    _ = machine.sent()
    #expect(machine.reply(status: status, isStuck: false, persists: true) == .poll)
    var closing = Self.serving(managed: isManaged)
    _ = closing.sent()
    #expect(closing.reply(status: status, isStuck: false, persists: false) == .connect)
  }

  @Test(arguments: [400, 410, 413], [true, false])
  func aRefusalInMidUploadEndsTheUpload(_ status: Int, _ isManaged: Bool) {
    var machine = Self.serving(managed: isManaged)
    #expect(machine.reply(status: status, isStuck: false, persists: false) == .abandon(.refused(status)))
    #expect(machine.state == .connecting)
  }

  @Test(arguments: [403, 500, 503]) func whatIsFatalToOneIsNotToMany(_ status: Int) {
    for isSent in [true, false] {
      var classic = Self.serving(managed: false)
      if isSent { _ = classic.sent() }
      guard case .exit = classic.reply(status: status, isStuck: false, persists: true) else {
        Issue.record("\(status) must end the process")
        continue
      }
      var managed = Self.serving(managed: true)
      if isSent { _ = managed.sent() }
      let action = managed.reply(status: status, isStuck: false, persists: true)
      #expect(isSent ? action.pause == .milliseconds(100) : action == .abandon(.refused(status)))
    }
    var classic = WorkerStateMachine(isManaged: false)
    _ = classic.connected()
    guard case .exit = classic.next(status: status, isEvent: false, persists: true) else {
      Issue.record("/next: \(status) must end the process")
      return
    }
    var managed = WorkerStateMachine(isManaged: true)
    _ = managed.connected()
    #expect(managed.next(status: status, isEvent: false, persists: true).pause == .milliseconds(100))
  }

  @Test func aWrongResponseModeEndsOnlyTheClassicProcess() {
    var classic = Self.serving(managed: false)
    _ = classic.sent()
    guard case .exit = classic.reply(status: 400, isStuck: true, persists: true) else {
      Issue.record("the supervisor answers no more")
      return
    }
    var managed = Self.serving(managed: true)
    _ = managed.sent()
    #expect(managed.reply(status: 400, isStuck: true, persists: true) == .poll)
  }

  @Test(arguments: [204, 408]) func noEventYetIsAskedAgainAfterABreath(_ status: Int) {
    for isManaged in [true, false] {
      var machine = WorkerStateMachine(isManaged: isManaged)
      for _ in 0..<100 {
        _ = machine.connected()
        #expect(machine.next(status: status, isEvent: false, persists: true).pause == WorkerStateMachine.breath)
        #expect(machine.rested() == .connect)
      }
    }
  }

  @Test func patienceEndsOnlyWhereOneIsServedAtATime() {
    var classic = WorkerStateMachine(isManaged: false)
    var pauses: [Duration] = []
    while let pause = classic.couldNotConnect("refused").pause {
      pauses.append(pause)
      _ = classic.rested()
    }
    #expect(pauses == [100, 200, 400, 800, 1600].map { .milliseconds($0) })
    #expect(classic.state == .ended)

    var managed = WorkerStateMachine(isManaged: true)
    for index in 0..<1000 {
      guard let pause = managed.couldNotConnect("refused").pause else {
        Issue.record("gave up after \(index)")
        return
      }
      #expect(pause <= .seconds(2))
      _ = managed.rested()
    }
  }

  @Test func anEventMakesUpForFailures() {
    var machine = WorkerStateMachine(isManaged: false)
    for _ in 0..<50 {
      for _ in 0..<WorkerStateMachine.patience {
        guard machine.couldNotConnect("refused").pause != nil else {
          Issue.record("counted failures of before the last event")
          return
        }
        _ = machine.rested()
      }
      _ = machine.connected()
      _ = machine.next(status: 200, isEvent: true, persists: true)
      _ = machine.sent()
      _ = machine.reply(status: 202, isStuck: false, persists: false)
    }
  }

  @Test func aLostConnectionCostsItsInvocation() {
    var uploading = Self.serving(managed: true)
    #expect(uploading.disconnected() == .abandon(.connection))
    var waiting = Self.serving(managed: true)
    _ = waiting.sent()
    #expect(waiting.disconnected() == .connect)
    var polling = WorkerStateMachine(isManaged: true)
    _ = polling.connected()
    #expect(polling.disconnected().pause == .milliseconds(100))
  }

  @Test func whatNobodyAskedForEndsTheConnection() {
    var machine = Self.serving(managed: true)
    _ = machine.reply(status: 202, isStuck: false, persists: true)
    #expect(machine.reply(status: 202, isStuck: false, persists: true) == .abandon(.garbled))
    var polling = WorkerStateMachine(isManaged: true)
    _ = polling.connected()
    #expect(polling.garbled().pause == .milliseconds(100))
  }

  /// The event is taken; its answer goes on the next connection.
  @Test func anEventOnAConnectionThatEndsIsServedOnTheNext() {
    var machine = WorkerStateMachine(isManaged: false)
    _ = machine.connected()
    #expect(machine.next(status: 200, isEvent: true, persists: false) == .connect)
    #expect(machine.couldNotConnect("refused").pause != nil)
    #expect(machine.rested() == .connect)
    #expect(machine.connected() == .serve)
    #expect(machine.sent() == .none)
    #expect(machine.reply(status: 202, isStuck: false, persists: true) == .poll)
  }

  @Test func aPollThatEndsByHabitIsNoFailure() {
    var machine = WorkerStateMachine(isManaged: false)
    for _ in 0..<50 {
      _ = machine.connected()
      #expect(machine.disconnected(wasQuiet: true).pause == .milliseconds(100))
      _ = machine.rested()
    }
  }

  /// What goes on for long is told at its first, second, fourth, eighth time.
  @Test func failuresAreToldMoreAndMoreSeldom() {
    var machine = WorkerStateMachine(isManaged: true)
    let told = (1...40).filter { _ in
      guard case .rest(_, let reason) = machine.couldNotConnect("refused") else { return false }
      _ = machine.rested()
      return reason != nil
    }
    #expect(told == [1, 2, 4, 8, 16, 32])
  }

  @Test func afterTheEndNothingHappens() {
    var machine = Self.serving(managed: true)
    machine.stop()
    #expect(machine.sent() == .none)
    #expect(machine.reply(status: 202, isStuck: false, persists: true) == .none)
    #expect(machine.disconnected() == .none)
    #expect(machine.rested() == .none)
    #expect(machine.connected() == .none)
    #expect(machine.garbled() == .none)
  }
}
