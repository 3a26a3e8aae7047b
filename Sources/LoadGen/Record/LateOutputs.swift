/// What is written of a run when a person asks for it, and not from its beginning: consumers of its hub.
struct LateOutputs: Sendable {
  let streams = StreamMemory()
  let record: LateRecord
  /// The run's own record, if there is one.
  let runRecord: String?
  /// Files that the run writes, while it goes on or at its end; nothing else may go there.
  let taken: [String]

  /// - Parameters:
  ///   - reports: the files that the run's own reports go to.
  ///   - snapshot: of the run, now; nil before it has begun.
  init(runRecord: String?, reports: [String], limit: Int64, snapshot: @escaping @Sendable () -> Snapshot?) {
    record = LateRecord(limit: limit, snapshot: snapshot)
    self.runRecord = runRecord
    taken = [runRecord].compactMap { $0 } + reports
  }

  var consumers: [any EventConsumer] { [streams, record] }
}
