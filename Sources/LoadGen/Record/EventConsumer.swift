/// Somebody to whom the hub hands events: a file, the clients of the live endpoint. Called on one thread at a time.
protocol EventConsumer: AnyObject {
  /// Whether it wants events as lines of the record. Where nobody does, none are made.
  var wantsLines: Bool { get }
  /// The run has begun; the line is the record's first.
  func begin(_ header: UnsafeRawBufferPointer)
  /// - Parameter line: with its end of line; empty unless `wantsLines`.
  func take(_ event: RecordEvent, line: UnsafeRawBufferPointer)
  /// All events of this moment were handed over. Called about fifty times a second.
  func settle(now: Int64)
  /// Nothing more will come.
  func finish()
}
