internal import Synchronization

/// The run that is being shown, for threads that are there before it and after it.
final class ControlBox: Sendable {
  private let control = Mutex<(any LoadControl)?>(nil)
  private let lostReader = Atomic<Bool>(false)

  func set(_ new: (any LoadControl)?) { control.withLock { $0 = new } }

  /// Nil when there is no run.
  func snapshot() -> Snapshot? { control.withLock { $0 }?.snapshot() }

  /// Nobody wants the rest: the run ends now.
  func readerLeft() {
    lostReader.store(true, ordering: .releasing)
    control.withLock { $0 }?.stop(.now)
  }

  var hasLostReader: Bool { lostReader.load(ordering: .acquiring) }
}
