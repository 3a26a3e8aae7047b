import FoundationEssentials
import TestSupport

@testable import ProxyCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file of a test's own for an access log, and its lines as values.
final class LogFile: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/gzproxy-log-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw RawClient.Failure(description: "mkstemp: \(errno)") }
    close(descriptor)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { unlink(path) }

  var text: String { String(decoding: (try? Data(contentsOf: URL(filePath: path))) ?? Data(), as: UTF8.self) }

  /// Every line must be one JSON object of the shape below.
  func lines() throws -> [LogEntry] {
    try text.split(separator: "\n").map { try JSONDecoder().decode(LogEntry.self, from: Data($0.utf8)) }
  }

  func settings(_ level: AccessLogSettings.Level) -> AccessLogSettings {
    AccessLogSettings(level: level, destination: .file(path))
  }
}

/// The promise of the access log: names and types. A field that may be null is optional, one that may be missing as well.
struct LogEntry: Decodable {
  var ts, request_id, client, outcome, termination, instance: String
  var trace_id, method, host, path, client_protocol, upstream_protocol, cause: String?
  var content_encoding, etag_hash, origin, upstream_address: String?
  var status, attempts: Int
  var complete: Bool
  var reused: Bool?
  var bytes_in, bytes_out, wire_bytes_in, wire_bytes_out, peak_buffer_bytes: Int64
  var expected_length: Int64?
  var dns_ms, connect_ms, tls_ms, ttfb_ms, paused_client_ms, paused_upstream_ms: Double?
  var total_ms: Double
}

extension SocketPeer {
  /// One request on a connection that stays open, and the head of its response.
  static func ask(_ port: Int, _ request: String) throws -> (peer: SocketPeer, head: String?) {
    let peer = try SocketPeer.connect(port: port)
    peer.write(request)
    return (peer, peer.readHead())
  }
}
