internal import NIOCore

/// One way to the upstream being opened: several sockets where the name has several addresses, at most one of which wins.
/// It reports once, and not at all after `cancel`.
final class ConnectAttempt {
  private var candidates: [UpstreamConnection] = []
  var timings = ConnectTimings(startedAt: .now())
  private var report: ((Result<UpstreamConnection, ConnectFailure>) -> Void)?

  init(report: @escaping (Result<UpstreamConnection, ConnectFailure>) -> Void) { self.report = report }

  /// False while the name is still being resolved.
  var hasAddress: Bool { !candidates.isEmpty }
  var isOver: Bool { report == nil }

  func add(_ candidate: UpstreamConnection) {
    timings.addressed(at: .now())
    candidates.append(candidate)
  }

  func succeeded(_ connection: UpstreamConnection) {
    guard let report else {
      connection.close()
      return
    }
    self.report = nil
    candidates = []
    connection.timings = timings.ready(at: .now(), handshakeAt: connection.handshakeAt)
    report(.success(connection))
  }

  func failed(_ failure: ConnectFailure) {
    guard let report else { return }
    self.report = nil
    closeCandidates()
    report(.failure(failure))
  }

  func cancel() {
    report = nil
    closeCandidates()
  }

  private func closeCandidates() {
    let all = candidates
    candidates = []
    for candidate in all { candidate.close() }
  }
}
