import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a record costs whoever shows it. The bounds are wide; alone (`--filter ReplayCostTests`) the figures mean something.
@Suite(.serialized) struct ReplayCostTests {
  static let lanes = 10_000

  /// So many lanes, half of them with a running stream, and two that ended in each.
  private static func record(_ path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(file) }
    let out = LineBuffer()
    let encoder = RecordEncoder(targets: SampleEvents.targets)
    encoder.header(SampleEvents.header, into: out)
    func flush() throws {
      let bytes = out.bytes
      try #require(write(file, bytes.baseAddress, bytes.count) == bytes.count)
      out.removeAll()
    }
    for round in 0..<3 {
      for lane in 0..<lanes {
        let start = Int64(round * 1_000_000 + lane * 50)
        let stream = round * lanes + lane + 1
        encoder.encode(.begin(StreamBegin(at: start, stream: stream, lane: lane, target: 0)), into: out)
        var head = StreamHead(at: start + 100_000, stream: stream, lane: lane, status: 200, protocolName: "http/1.1")
        (head.instance, head.requestID) = ("i-\(lane % 4)", "0123456789abcdef-\(stream)")
        encoder.encode(.head(head), into: out)
        let entry = StreamProgress.Entry(lane: lane, bytes: 5000, longestGap: 10)
        encoder.encode(.progress(StreamProgress(at: start + 200_000, entries: [entry])), into: out)
        guard round < 2 || lane % 2 == 0 else { continue }
        var record = StreamRecord()
        (record.stream, record.lane, record.startedAt, record.endedAt) = (stream, lane, start, start + 400_000)
        (record.ttfh, record.ttfb, record.ttlb, record.gapMax) = (100_000, 110_000, 400_000, 10)
        (record.bytesWire, record.status, record.url) = (9000, 200, SampleEvents.targets[0])
        (record.protocolName, record.instance, record.requestID) = ("http/1.1", head.instance, head.requestID)
        encoder.encode(.end(record), into: out)
      }
      try flush()
    }
  }

  @Test func readingAndRemembering() throws {
    #expect(MemoryLayout<FoldedLane>.stride <= 512)
    #expect(MemoryLayout<LaneSnapshot>.stride <= 224)
    #expect(MemoryLayout<RecordEvent>.stride <= 1024)
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try Self.record("\(folder.path)/r")
    let before = Self.residentBytes()
    let source = try ReplaySource(path: "\(folder.path)/r", readingTime: 40_000_000) { MonotonicClock.now() }
    var views = [source.view(of: nil)]
    source.perform(.playback(.setPlaying(false)))
    source.perform(.playback(.seek(to: .max)))
    let began = MonotonicClock.now()
    var longest: Int64 = 0
    repeat {
      let start = MonotonicClock.now()
      // As a dashboard does it: the last view is there until the next one is.
      views = [source.view(of: RunFocus(lane: 5))]
      longest = max(longest, MonotonicClock.now() - start)
    } while views[0].status?.hasPrefix("reading") == true
    let seconds = Double(MonotonicClock.now() - began) / 1e9
    var facts = stat()
    stat("\(folder.path)/r", &facts)
    let megabytes = Double(facts.st_size) / 1e6
    let grown = Double(Self.residentBytes() - before) / 1_048_576
    print(
      "replay: \(HumanText.fixed(megabytes / seconds, 1)) MB/s of \(HumanText.fixed(megabytes, 1)) MB, views of at most"
        + " \(HumanText.fixed(Double(longest) / 1e6, 1)) ms, \(HumanText.fixed(grown, 1)) MiB for \(Self.lanes) lanes;"
        + " a lane \(MemoryLayout<FoldedLane>.stride), a row \(MemoryLayout<LaneSnapshot>.stride),"
        + " an event \(MemoryLayout<RecordEvent>.stride) bytes")
    #expect(views[0].snapshot.lanes.count == Self.lanes && views[0].snapshot.active == Self.lanes / 2)
    #expect(views[0].snapshot.counters.streams == Self.lanes * 5 / 2)
    #expect(megabytes / seconds > 1)
  }

  private static func residentBytes() -> Int64 {
    #if os(Linux)
      let text =
        (try? BodyFile.read("/proc/self/statm", option: "file")).map { String(decoding: $0, as: UTF8.self) } ?? ""
      return (text.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 0)
        * Int64(sysconf(Int32(_SC_PAGESIZE)))
    #else
      return 0
    #endif
  }
}
