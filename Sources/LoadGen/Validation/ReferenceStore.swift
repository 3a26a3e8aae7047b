/// The references of all targets, shared by every thread of a run.
final class ReferenceStore: Sendable {
  init(targets: Int, memory: Int64) {}
  /// One line for each target whose bodies differ each time.
  func notes(targets: [String]) -> [String] { [] }
}
