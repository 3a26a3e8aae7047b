/// One line of advice for what went wrong below or beside the status.
enum Advice {
  static func text(verdict: Verdict) -> String { "" }
  static func text(transport: TransportOutcome) -> String { "" }
}
