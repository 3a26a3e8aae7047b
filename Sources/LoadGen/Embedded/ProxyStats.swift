#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// What a watcher reads of gzproxy's `/.gzproxy/stats`; other members are passed over.
struct ProxyStats: Decodable, Equatable {
  struct Stream: Decodable, Equatable {
    var requestID: String
    var bufferedBytes: Int64

    enum CodingKeys: String, CodingKey {
      case requestID = "request_id"
      case bufferedBytes = "buffered_bytes"
    }
  }

  var rssBytes: Int64
  var rssPeakBytes: Int64?
  var streams: [Stream]?

  enum CodingKeys: String, CodingKey {
    case rssBytes = "rss_bytes"
    case rssPeakBytes = "rss_peak_bytes"
    case streams
  }

  /// Nil when the text is not such a document, or says a memory of zero, which no process has.
  init?(json: [UInt8]) {
    let stats = try? JSONDecoder().decode(ProxyStats.self, from: Data(json))
    guard let stats, stats.rssBytes > 0 else { return nil }
    self = stats
  }

  func update(_ memory: inout TargetMemory, source: String) {
    memory.source = source
    memory.rssBytes = rssBytes
    memory.rssPeakBytes = max(memory.rssPeakBytes ?? 0, rssBytes, rssPeakBytes ?? 0)
    memory.sampleCount &+= 1
    memory.bufferedByRequest = Dictionary(
      (streams ?? []).map { ($0.requestID, $0.bufferedBytes) }, uniquingKeysWith: { first, _ in first })
  }
}
