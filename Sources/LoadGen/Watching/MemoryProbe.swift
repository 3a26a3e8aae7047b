/// Somebody who can be asked for the target's memory. Asked on one thread at a time.
protocol MemoryProbe: Sendable {
  /// Asks, for a second or two at most, and enters the answer. False when there was none; what is known stays as it is.
  func sample(into memory: inout TargetMemory) -> Bool
  /// What a person should know at once.
  func notices() -> [String]
}
