/// The ids that AWS gives to invocations.
enum InvocationID {
  /// A UUID of version 4 (RFC 9562 §5.4).
  static func requestID() -> String {
    let high = UInt64.random(in: .min ... .max) & ~0xF000 | 0x4000
    let low = UInt64.random(in: .min ... .max) & ~(0b11 << 62) | 0b10 << 62
    let digits = Array(hexadecimal(high, 16) + hexadecimal(low, 16))
    return [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
      .map { String($0) }.joined(separator: "-")
  }

  /// The client's, where it sent one with a root; else a new one.
  static func traceID(from sent: String?, milliseconds: Int64) -> String {
    if let sent, sent.contains("Root=1-") { return sent }
    let seconds = UInt64(clamping: milliseconds / 1000)
    let random = hexadecimal(.random(in: .min ... .max), 16) + hexadecimal(.random(in: 0...0xFFFF_FFFF), 8)
    return "Root=1-\(hexadecimal(seconds, 8))-\(random)"
  }

  /// What the runtime is told: with the segment that its own hang on.
  static func runtimeTraceID(_ traceID: String) -> String {
    if traceID.contains("Parent=") { return traceID }
    let sampling = traceID.contains("Sampled=") ? "" : ";Sampled=0"
    return "\(traceID);Parent=\(hexadecimal(.random(in: .min ... .max), 16))\(sampling)"
  }

  /// At least `width` digits.
  private static func hexadecimal(_ value: UInt64, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
