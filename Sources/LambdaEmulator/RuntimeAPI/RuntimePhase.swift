/// Where the runtime of an environment with one invocation at a time stands, and which calls that allows: the states, their
/// names and their gaps are those of AWS's open-source supervisor.
///
/// ```
/// Started ─next▶ Ready ─invocation▶ Running ─response▶ InvocationResponse ──────sent▶ RuntimeResponseSentState ─next▶ Ready
///    └init/error▶ InitError            └─────error▶ InvocationErrorResponse ───sent▶ ┘
/// ```
struct RuntimePhase: Equatable, Sendable {
  enum State: String, Sendable {
    case started = "Started"
    case initError = "InitError"
    case ready = "Ready"
    case running = "Running"
    case responding = "InvocationResponse"
    case reporting = "InvocationErrorResponse"
    case sent = "RuntimeResponseSentState"
  }

  private(set) var state = State.started

  /// The answer when the call is not allowed, nil when it is.
  mutating func next() -> RuntimeAnswer? {
    switch state {
    case .started, .ready, .sent: state = .ready
    // The supervisor hands the same invocation out again.
    case .running: break
    case .initError, .responding, .reporting: return refusal(to: .ready)
    }
    return nil
  }

  mutating func response() -> RuntimeAnswer? { leaveRunning(to: .responding) }
  mutating func error() -> RuntimeAnswer? { leaveRunning(to: .reporting) }

  mutating func initError() -> RuntimeAnswer? {
    guard state == .started else { return refusal(to: .initError) }
    state = .initError
    return nil
  }

  mutating func delivered() { state = .running }
  mutating func answered() { state = .sent }

  private mutating func leaveRunning(to next: State) -> RuntimeAnswer? {
    guard state == .running else { return refusal(to: next) }
    state = next
    return nil
  }

  private func refusal(to next: State) -> RuntimeAnswer {
    .invalidTransition(from: state.rawValue, to: next.rawValue)
  }
}
