internal import LoadGen

/// What a stream spent its time on, one phase after the other, as far as it was measured. Microseconds from the stream's
/// start, as doubles: what a record says of times is anything, and a double does not overflow.
struct StreamPhases: Equatable, Sendable {
  struct Phase: Equatable, Sendable {
    var name: String
    var start: Double
    var end: Double
    /// It is not over, or never was: what it waited for did not come.
    var isOpen = false

    var duration: Double { end - start }
  }

  private(set) var phases: [Phase] = []
  /// A head came over a connection that was there already.
  let isReused: Bool
  /// The end of the scale, more than 0.
  let total: Double
  /// When the body began; nil when no byte of it came.
  let bodyStart: Double?

  init(_ detail: StreamDetail) {
    let record = detail.record
    let whole = max(0, Double(record.endedAt) - Double(record.startedAt))
    let end = max(record.ttlb.map(Double.init) ?? whole, 0)
    isReused = record.dns == nil && record.connect == nil && record.tls == nil && record.ttfh != nil
    bodyStart = record.ttfb.map { max(0, Double($0)) }
    var at = 0.0
    var phases: [Phase] = []
    func add(_ name: String, until moment: Double, isOpen: Bool = false) {
      let moment = max(at, moment)
      phases.append(Phase(name: name, start: at, end: moment, isOpen: isOpen))
      at = moment
    }
    for (name, time) in [("dns", record.dns), ("connect", record.connect), ("tls", record.tls)] {
      if let time { add(name, until: at + max(0, Double(time))) }
    }
    let isOver = record.ttlb != nil
    guard let head = record.ttfh else {
      add(detail.isRunning ? "head" : Self.missing(record), until: end, isOpen: true)
      self.phases = phases
      total = max(1, at)
      return
    }
    add("head", until: Double(head))
    if let first = record.ttfb {
      add("first byte", until: Double(first))
      add("body", until: end, isOpen: !isOver)
    } else {
      add(isOver ? "end" : detail.isRunning ? "first byte" : "no body", until: end, isOpen: !isOver)
    }
    self.phases = phases
    total = max(1, at)
  }

  /// What a stream without a head did not come to, or not beyond.
  private static func missing(_ record: StreamRecord) -> String {
    switch record.transport {
    case .dnsFailed: "no dns"
    case .connectFailed: "no connect"
    case .tlsFailed: "no tls"
    default: "no head"
    }
  }
}
