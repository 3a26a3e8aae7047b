import Synchronization

/// Set by one thread and seen by another.
final class SharedFlag: Sendable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .acquiring) }
  func set(_ new: Bool) { value.store(new, ordering: .releasing) }
}
