internal import Synchronization

/// Asks gzproxy or gzlambda for its stats (`--watch-url`, and the lab's proxy).
final class StatsProbe: MemoryProbe {
  private let url: String
  private let source: String
  private let failures = Mutex(Failures())

  private struct Failures {
    var inARow = 0
    var reason = ""
  }

  /// - Parameter source: who is asked, as the report names it.
  init(url: String, source: String) {
    self.url = url
    self.source = source
  }

  func sample(into memory: inout TargetMemory) -> Bool {
    switch BriefRequest.get(url, timeout: Self.timeout) {
    case .failure(let reason):
      note(reason, &memory)
      return false
    case .body(let bytes):
      guard let stats = TargetStats(json: bytes) else {
        note("no stats with rss_bytes", &memory)
        return false
      }
      failures.withLock { $0.inARow = 0 }
      memory.unavailableReason = nil
      stats.update(&memory, source: source)
      return true
    }
  }

  private func note(_ reason: String, _ memory: inout TargetMemory) {
    failures.withLock { failures in
      failures.inARow &+= 1
      failures.reason = reason
    }
    if memory.source == nil { memory.unavailableReason = "\(url) gave no figure: \(reason)\(hint)" }
  }

  /// A URL without a path is taken for gzproxy's; to gzlambda that is a request like any other.
  private var hint: String {
    url.hasSuffix(TargetStats.path) ? "; gzlambda tells it at \(TargetStats.lambdaPath)" : ""
  }

  /// One question that went unanswered is no news.
  func notices() -> [String] {
    let failures = failures.withLock { $0 }
    guard failures.inARow >= Self.patience else { return [] }
    return ["\(url) does not say what the target's memory is: \(failures.reason)"]
  }

  /// Milliseconds.
  private static let timeout = 1000
  private static let patience = 4
}
