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
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try text.split(separator: "\n").map { try decoder.decode(LogEntry.self, from: Data($0.utf8)) }
  }

  func settings(_ level: AccessLogSettings.Level) -> AccessLogSettings {
    AccessLogSettings(level: level, destination: .file(path))
  }
}

/// The promise of the access log: names and types. A field that may be null is optional, one that may be missing as well.
struct LogEntry: Decodable {
  var ts, requestId, client, outcome, termination, instance: String
  var traceId, method, host, path, clientProtocol, upstreamProtocol, cause: String?
  var relay: String?
  var splicedBytes: Int64
  var contentEncoding, etagHash, origin, upstreamAddress: String?
  var status, attempts: Int
  var complete: Bool
  var reused: Bool?
  var bytesIn, bytesOut, wireBytesIn, wireBytesOut, peakBufferBytes: Int64
  var expectedLength: Int64?
  var dnsMs, connectMs, tlsMs, ttfbMs, pausedClientMs, pausedUpstreamMs: Double?
  var totalMs: Double
}
