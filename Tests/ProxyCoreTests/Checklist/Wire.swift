import TestSupport
import Testing

@testable import ProxyCore

/// Bytes as the tests of the checklist write them: Latin-1 text, one scalar a byte, so that every byte can be said and
/// compared.
enum Wire {
  /// How bytes reach the parser: together, or each by itself.
  enum Pace: CaseIterable, Sendable { case atOnce, byteByByte }

  static func bytes(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }

  static func text(_ bytes: [UInt8]) -> String {
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: bytes.map { UnicodeScalar($0) })
    return String(scalars)
  }

  /// A request after which the connection ends.
  static func get(_ path: String = "/", _ fields: String = "", version: String = "1.1") -> String {
    "GET \(path) HTTP/\(version)\r\nHost: pub\r\nX-Request-Id: me\r\nConnection: close\r\n\(fields)\r\n"
  }

  /// A request after which it goes on.
  static func keep(_ path: String = "/", _ fields: String = "", method: String = "GET") -> String {
    "\(method) \(path) HTTP/1.1\r\nHost: pub\r\nX-Request-Id: me\r\n\(fields)\r\n"
  }

  /// What the proxy adds to a response: to `keep`, and to `get`.
  static let kept = "via: 1.1 gzproxy-X\r\nx-request-id: me\r\n\r\n"
  static let closed = "via: 1.1 gzproxy-X\r\nx-request-id: me\r\nconnection: close\r\n\r\n"

  static let good = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"
  static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: pub\r\n\r\n"

  /// The process's own token is another in every run.
  static func withoutToken(_ text: String) -> String {
    text.replacing(#/gzproxy-[0-9a-f]{8}/#, with: "gzproxy-X")
  }
}

/// What came back on one connection, to its end.
struct Answer: Sendable {
  var bytes: [UInt8]
  var end: SocketPeer.End
  /// Latin-1, the proxy's token as `gzproxy-X`.
  var text: String { Wire.withoutToken(Wire.text(bytes)) }
  /// Responses in it, as far as their status lines tell.
  var statuses: [Int] {
    text.ranges(of: "HTTP/1.1 ").compactMap { Int(text[$0.upperBound...].prefix(3)) }
  }
}

extension SocketPeer {
  @discardableResult
  func put(_ text: String, _ pace: Wire.Pace = .atOnce) -> Bool {
    let bytes = Wire.bytes(text)
    if pace == .atOnce { return write(bytes) }
    for byte in bytes where !write([byte]) { return false }
    return true
  }

  /// One head, Latin-1.
  func takeHead() -> String? { readHeadBytes().map { Wire.withoutToken(Wire.text($0)) } }

  /// One response with a Content-Length, or without a body.
  func takeResponse(toHead: Bool = false) -> String? {
    guard let head = takeHead() else { return nil }
    let length = head.lowercased().split(separator: "content-length: ").dropFirst().first?.prefix { $0.isNumber }
    guard !toHead, let length, let count = Int(length) else { return head }
    return read(count: count).map { head + Wire.text($0) }
  }

  func takeAll() -> Answer {
    let (bytes, end) = readToEnd()
    return Answer(bytes: bytes, end: end)
  }
}

/// One connection: says `request` and reads to the end.
func ask(_ port: Int, _ request: String, _ pace: Wire.Pace = .atOnce) async throws -> Answer {
  try await blocking {
    let client = try SocketPeer.connect(port: port)
    client.put(request, pace)
    return client.takeAll()
  }
}

/// What the client gets when the upstream says `response`.
func relay(
  _ response: String, to request: String = Wire.get(), _ pace: Wire.Pace = .atOnce, then ending: Ending = .open,
  with change: (inout ProxyConfiguration) -> Void = { _ in }
) async throws -> Answer {
  let origin = try ScriptedOrigin.saying(response, pace, then: ending)
  return try await withProxy(to: origin.url, change) { try await ask($0.port, request) }
}

enum Ending: CaseIterable, Sendable { case open, fin, reset }

extension ScriptedOrigin {
  /// Says `bytes` to the first request of its first connection and notes when the proxy has ended that; every other
  /// request gets `Wire.good`.
  static func saying(_ bytes: String, _ pace: Wire.Pace = .atOnce, then ending: Ending = .open) throws -> ScriptedOrigin
  {
    try ScriptedOrigin { peer, origin in
      let isFirst = origin.connections == 1
      while let head = peer.takeHead() {
        guard isFirst else {
          guard peer.put(Wire.good) else { return }
          continue
        }
        origin.note(head)
        peer.put(bytes, pace)
        switch ending {
        case .open: break
        case .fin: peer.finish()
        case .reset: return peer.reset()
        }
        _ = peer.readToEnd()
        origin.note("ended")
      }
    }
  }

  /// The proxy has given up the first connection.
  var isBurnt: Bool { requests.contains("ended") }
}
