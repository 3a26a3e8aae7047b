/// Knows whether bytes of a TLS connection end between two records (RFC 8446 §5.1) without understanding any.
///
/// Half a record lies in the TLS library, where nobody sees it; a connection in that state has more to say, and must not
/// be given another request.
struct TLSRecordTracker: Sendable {
  private static let headerLength = 5
  private var header: [UInt8] = []
  private var remaining = 0

  var isBetweenRecords: Bool { header.isEmpty && remaining == 0 }

  mutating func receive(_ bytes: UnsafeRawBufferPointer) {
    var index = 0
    while index < bytes.count {
      if remaining > 0 {
        let count = min(remaining, bytes.count - index)
        remaining -= count
        index += count
      } else {
        header.append(bytes[index])
        index += 1
        guard header.count == Self.headerLength else { continue }
        remaining = Int(header[3]) << 8 | Int(header[4])
        header.removeAll(keepingCapacity: true)
      }
    }
  }
}
