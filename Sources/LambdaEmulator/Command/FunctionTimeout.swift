internal import ArgumentParser
internal import ToolSupport

/// `30`, `30s` or `500ms`: a number alone is seconds, as AWS counts. Whatever is typed is taken: `checked` says what is wrong with it.
struct FunctionTimeout: ExpressibleByArgument, Sendable, Equatable {
  /// In seconds. AWS's begins with a whole one: less is for tests.
  static let range = 0.001...900

  let text: String
  /// Nil when it is no time, or out of range.
  let duration: Duration?

  init(seconds: Int64) { self.init(argument: String(seconds)) }

  init(argument text: String) {
    self.text = text
    let seconds = Int64(text).map { Double($0) } ?? TimeSpan(argument: text)?.seconds ?? 0
    duration = Self.range.contains(seconds) ? .nanoseconds(Int64((seconds * 1e9).rounded())) : nil
  }

  func checked() throws(ToolFailure) -> Duration {
    guard let duration else {
      throw .usage("--timeout", "\(text): must be from 1ms to 900 seconds, as in 30, 30s or 500ms")
    }
    return duration
  }

  var defaultValueDescription: String { text }
}
