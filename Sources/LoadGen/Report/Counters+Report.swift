extension Counters {
  /// The counters that a report was made of, as far as it tells them: what knows counters can show a report too.
  init(_ report: RunReport) {
    self.init()
    let totals = report.totals
    (streams, ok, failed, cutByDeadline) = (totals.streams, totals.ok, totals.failed, totals.cutByDeadline)
    (bytesWire, bytesDecoded) = (totals.bytesWire, totals.bytesDecoded)
    (late, dropped) = (report.arrivals.late, report.arrivals.dropped)
    for (name, count) in report.status { if let code = Int(name) { status[code] = count } }
    protocols = report.protocols
    for (name, count) in report.transport { if let key = TransportOutcome(rawValue: name) { transport[key] = count } }
    for (name, count) in report.gzip { if let key = Verdict(rawValue: name) { verdicts[key] = count } }
    for (name, count) in report.validation { if let key = Treatment(rawValue: name) { treatments[key] = count } }
    for (name, counts) in report.httpCauses {
      guard let code = Int(name) else { continue }
      for (name, count) in counts {
        if let key = FailureCause(rawValue: name) { causes[code, default: EnumCounts()][key] = count }
      }
    }
    missedExpectations = report.missedExpectations
    pauses = report.pauses.pauses
    if let histogram = report.histogram(.ttfb) { ttfbBuckets = LatencyBuckets(histogram) }
    if let histogram = report.histogram(.ttlb) { ttlbBuckets = LatencyBuckets(histogram) }
  }
}
