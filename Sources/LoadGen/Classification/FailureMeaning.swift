/// What a kind of failure means, for whoever has seen none of its streams: a reader who came late, or of a record that began late.
public enum FailureMeaning {
  /// - Parameter name: as a dashboard names kinds: `cut`, `truncated`, `502 length_and_chunked`.
  /// - Returns: nil for what only a person can explain, as an expectation of their own.
  public static func text(kind name: String) -> String? {
    if let outcome = TransportOutcome(rawValue: name) { return Advice.text(transport: outcome) }
    if let verdict = Verdict(rawValue: name) { return Advice.text(verdict: verdict) }
    let words = name.split(separator: " ")
    guard words.count == 2, Int(words[0]) != nil else { return nil }
    return FailureCause(rawValue: String(words[1])).map { Advice.text(cause: $0) }
  }
}
