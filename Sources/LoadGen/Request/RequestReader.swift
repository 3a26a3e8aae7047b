/// One thread's view of the requests of a run. Costs an atomic load a stream, and a lock when the targets have changed.
struct RequestReader {
  private let set: RequestSet
  private var table: RequestTable
  private var version: Int

  init(_ set: RequestSet) {
    self.set = set
    (table, version) = set.latest()
  }

  mutating func request(for ticket: StreamAllocator.Ticket) -> TargetRequest {
    if set.version != version { (table, version) = set.latest() }
    return table.request(of: ticket.stream)
  }
}
