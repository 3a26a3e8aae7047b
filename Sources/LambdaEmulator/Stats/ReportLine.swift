/// The REPORT line of an invocation, as Lambda writes it into the log.
struct ReportLine: Equatable, Sendable {
  var requestID: String
  var milliseconds: Double
  /// Of the first invocation of a process: from its start to its first `/next`.
  var initMilliseconds: Double?
  var memoryMegabytes: Int64
  var peakBytes: Int64?
  var failure: FunctionFailure?

  var text: String {
    var parts = [
      "REPORT RequestId: \(requestID)", "Duration: \(Self.decimal(milliseconds)) ms",
      "Billed Duration: \(Int((milliseconds + (initMilliseconds ?? 0)).rounded(.up))) ms",
      "Memory Size: \(memoryMegabytes) MB",
      "Max Memory Used: \(peakBytes.map { String(($0 + (1 << 20) - 1) >> 20) } ?? "n/a") MB",
    ]
    if let initMilliseconds { parts.append("Init Duration: \(Self.decimal(initMilliseconds)) ms") }
    if let failure {
      parts.append("Status: \(failure.cause == .timeout ? "timeout" : "error")")
      if failure.cause != .timeout { parts.append("Error Type: \(failure.type)") }
    }
    return parts.joined(separator: "\t")
  }

  private static func decimal(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }
}
