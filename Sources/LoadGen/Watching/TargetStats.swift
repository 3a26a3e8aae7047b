#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// What a watcher reads of the `stats` of gzproxy or gzlambda; other members are passed over.
struct TargetStats: Decodable, Equatable {
  /// Where gzproxy and gzlambda serve them.
  static let path = "/.gzproxy/stats"

  struct Stream: Decodable, Equatable {
    var requestID: String
    var bufferedBytes: Int64

    enum CodingKeys: String, CodingKey {
      case requestID = "request_id"
      case bufferedBytes = "buffered_bytes"
    }
  }

  /// One of several processes that answer behind the same address.
  struct Instance: Decodable, Equatable {
    var id: String
    var rssBytes: Int64?
    var rssPeakBytes: Int64?

    enum CodingKeys: String, CodingKey {
      case id
      case rssBytes = "rss_bytes"
      case rssPeakBytes = "rss_peak_bytes"
    }
  }

  var rssBytes: Int64?
  var rssPeakBytes: Int64?
  var streams: [Stream]?
  var instances: [Instance]?

  enum CodingKeys: String, CodingKey {
    case rssBytes = "rss_bytes"
    case rssPeakBytes = "rss_peak_bytes"
    case streams, instances
  }

  /// Nil when the text is not such a document, or says no memory; none is 0, which no process has.
  init?(json: [UInt8]) {
    guard let stats = try? JSONDecoder().decode(TargetStats.self, from: Data(json)) else { return nil }
    self = stats
    guard figures.rss ?? 0 > 0 else { return nil }
  }

  /// The target's. Where there are instances they are what is loaded, and what is asked of memory is a bound for each
  /// process: the largest one's count.
  private var figures: (rss: Int64?, peak: Int64?) {
    let known = (instances ?? []).filter { $0.rssBytes ?? 0 > 0 }
    guard !known.isEmpty else { return (rssBytes, rssPeakBytes) }
    return (known.compactMap(\.rssBytes).max(), known.compactMap { $0.rssPeakBytes ?? $0.rssBytes }.max())
  }

  func update(_ memory: inout TargetMemory, source: String) {
    let known = (instances ?? []).prefix(InstanceBook.limit).filter { $0.rssBytes ?? 0 > 0 }
    memory.source = known.count > 1 ? "\(source), largest of \(known.count) instances" : source
    memory.rssBytes = figures.rss
    memory.rssPeakBytes = max(memory.rssPeakBytes ?? 0, figures.rss ?? 0, figures.peak ?? 0)
    memory.sampleCount &+= 1
    memory.bufferedByRequest = Dictionary(
      (streams ?? []).map { ($0.requestID, $0.bufferedBytes) }, uniquingKeysWith: { first, _ in first })
    for instance in known {
      guard memory.instances[instance.id] != nil || memory.instances.count < InstanceBook.limit else { continue }
      var entry = memory.instances[instance.id, default: TargetMemory.Instance()]
      entry.rssBytes = instance.rssBytes ?? entry.rssBytes
      entry.rssPeakBytes = max(entry.rssPeakBytes, instance.rssPeakBytes ?? 0, instance.rssBytes ?? 0)
      memory.instances[instance.id] = entry
    }
  }
}
