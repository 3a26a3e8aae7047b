/// The bytes of one HTTP/1.1 response taken apart, without judging them.
public struct RawResponse: Sendable {
  /// `HTTP/1.1 200 OK`.
  public let statusLine: String
  /// In order, as sent.
  public let fields: [(name: String, value: String)]
  /// What follows the head, framing included.
  public let body: [UInt8]

  /// Nil when there is no whole head.
  public init?(_ bytes: [UInt8]) {
    let separator: [UInt8] = [13, 10, 13, 10]
    guard bytes.count >= 4,
      let end = (0...(bytes.count - 4)).first(where: { bytes[$0..<$0 + 4].elementsEqual(separator) })
    else { return nil }
    var lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n").map(String.init)
    guard !lines.isEmpty else { return nil }
    statusLine = lines.removeFirst()
    fields = lines.map { line in
      let sides = line.split(separator: ":", maxSplits: 1)
      return (String(sides.first ?? ""), String((sides.count > 1 ? sides[1] : "").drop { $0 == " " }))
    }
    body = Array(bytes[(end + 4)...])
  }

  public var status: Int { Int(statusLine.split(separator: " ").dropFirst().first ?? "") ?? 0 }

  /// The first field of that name, whatever its case.
  public func field(_ name: String) -> String? {
    fields.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// The data of a chunked body, whether its last chunk came, and what follows that. Data of a chunk that breaks off counts.
  public var dechunked: (data: [UInt8], isWhole: Bool, rest: [UInt8]) {
    var data: [UInt8] = []
    var at = 0
    while let lineEnd = body[at...].firstIndex(of: 13), lineEnd + 1 < body.count {
      guard let size = Int(String(decoding: body[at..<lineEnd], as: UTF8.self), radix: 16) else { break }
      at = lineEnd + 2
      if size == 0 {
        let isWhole = body.count >= at + 2
        return (data, isWhole, isWhole ? Array(body[(at + 2)...]) : [])
      }
      data += body[at..<min(body.count, at + size)]
      guard body.count >= at + size + 2 else { break }
      at += size + 2
    }
    return (data, false, [])
  }
}
