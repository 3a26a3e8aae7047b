import Synchronization
import Testing
import ToolSupport

@testable import LoadGen

/// What lies between the loop threads and the files: nothing waits, nothing is lost silently, and files stay bounded.
@Suite struct HubTests {
  /// Notes what it is handed.
  private final class Witness: EventConsumer {
    let events: Box
    init(_ events: Box) { self.events = events }
    let wantsLines = true
    func begin(_ header: UnsafeRawBufferPointer) { events.add("header") }
    func take(_ event: RecordEvent, line: UnsafeRawBufferPointer) { events.add(String(decoding: line, as: UTF8.self)) }
    func settle(now: Int64) {}
    func finish() { events.add("end") }
  }
  private final class Box: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
  }

  private static func events(_ times: Range<Int64>) -> [RecordEvent] {
    times.map { .firstByte(at: $0, stream: 1, lane: 1) }
  }

  @Test func aFullOutboxDropsWholeAndCounts() {
    let outbox = EventOutbox(capacity: 10)
    var first = Self.events(0..<8)
    #expect(outbox.offer(&first))
    #expect(first.isEmpty)
    var second = Self.events(0..<2) + [.end(SampleEvents.barest)]
    #expect(!outbox.offer(&second))
    #expect(second.isEmpty)
    let contents = outbox.take()
    #expect(contents.batches.map(\.count) == [8])
    #expect(contents.droppedEvents == 3 && contents.droppedEnds == 1)
    #expect(outbox.take().droppedEvents == 0)
    var third = Self.events(0..<10)
    #expect(outbox.offer(&third))
  }

  @Test func eventsOfAllThreadsComeInOrderAndLossesAreTold() {
    let box = Box()
    let hub = RecordHub(
      desk: HubDesk(targets: [], consumers: [Witness(box)]) { _ in SampleEvents.header })
    hub.begin(threads: 2, start: MonotonicClock.now(), startedAt: 0)
    var late = Self.events(5..<6)
    var early = Self.events(2..<4)
    hub.outbox(thread: 0)?.offer(&late)
    hub.outbox(thread: 1)?.offer(&early)
    var tooMany = (0...EventOutbox.capacityOfAll).map { _ in RecordEvent.end(SampleEvents.barest) }
    #expect(hub.outbox(thread: 1)?.offer(&tooMany) == false)
    #expect(hub.outbox(thread: 2) == nil)
    let notes = hub.stop()
    hub.finish(nil)
    #expect(notes.count == 1 && notes[0].contains("\(EventOutbox.capacityOfAll + 1) streams are missing"))
    let lines = box.all
    #expect(lines.first == "header" && lines.last == "end")
    #expect(lines.contains { $0.contains("\"e\":\"gap\"") && $0.contains("\"ends\":\(EventOutbox.capacityOfAll + 1)") })
    #expect(lines.filter { $0.contains("\"first\"") }.count == 3)
  }

  /// Somebody who wants no line while anything happens, and one at the end.
  private final class LateWitness: EventConsumer {
    let events: Box
    var wantsLines: Bool { events.all.contains("end of moment") }
    init(_ events: Box) { self.events = events }
    func begin(_ header: UnsafeRawBufferPointer) {}
    func take(_ event: RecordEvent, line: UnsafeRawBufferPointer) {
      events.add(String(decoding: line, as: UTF8.self))
    }
    func settle(now: Int64) { events.add("end of moment") }
    func finish() {}
  }

  @Test func whoWantsLinesAtTheVeryEndGetsTheLastOne() {
    let box = Box()
    var desk = HubDesk(targets: [], consumers: [LateWitness(box)]) { _ in SampleEvents.header }
    desk.begin(startedAt: 0)
    var contents = EventOutbox.Contents()
    contents.batches = [[.notice(at: 1, "nobody listens")]]
    desk.handOut([contents], now: 1)
    desk.finish(RecordFinal(sample: RecordSample(at: 2), interrupted: false, thresholds: [], notes: []))
    let lines = box.all
    #expect(lines.prefix(2) == ["", "end of moment"])
    #expect(lines.count == 3 && lines.last?.hasPrefix("{\"e\":\"final\"") == true)
  }

  /// The clock of a run that waits for its beginning stands; who follows it must not take that for a lost connection.
  @Test func aRunThatWaitsIsNotSilent() throws {
    let box = Box()
    let now = Mutex<Int64>(0)
    let hub = RecordHub(desk: HubDesk(targets: [], consumers: [Witness(box)]) { _ in SampleEvents.header })
    hub.begin(threads: 1, start: 0, startedAt: 0)
    let recorder = RunRecorder(hub: hub) { now.withLock { $0 } }
    var snapshot = Snapshot()
    snapshot.phase = .waiting
    for _ in 0..<100 {
      recorder.observe(snapshot)
      now.withLock { $0 += 100_000_000 }
    }
    _ = hub.stop()
    hub.finish(nil)
    #expect(box.all.count { $0.hasPrefix("{\"e\":\"sample\"") } == 5)
  }

  @Test func inOneMomentTimesDecide() {
    let box = Box()
    var desk = HubDesk(targets: [], consumers: [Witness(box)]) { _ in SampleEvents.header }
    var (first, second) = (EventOutbox.Contents(), EventOutbox.Contents())
    first.batches = [[.firstByte(at: 5, stream: 1, lane: 1), .firstByte(at: 5, stream: 2, lane: 1)]]
    second.batches = [[.firstByte(at: 4, stream: 3, lane: 1)], [.firstByte(at: 6, stream: 4, lane: 1)]]
    desk.handOut([first, second], now: 7)
    #expect(box.all.compactMap { $0.firstMatch(of: /"s":(\d)/)?.1 } == ["3", "1", "2", "4"])
  }

  @Test func aRecordThatIsFullKeepsFailures() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let file = RecordFile(
      output: try OutputFile(file: "\(folder.path)/r", option: "--record", outcome: OutputOutcome()), limit: 4000)
    var failed = SampleEvents.barest
    failed.result = .failed
    var desk = HubDesk(targets: [], consumers: [file]) { _ in SampleEvents.header }
    desk.begin(startedAt: 0)
    var contents = EventOutbox.Contents()
    contents.batches = [(0..<200).map { .end($0 % 10 == 0 ? failed : SampleEvents.barest) }]
    desk.handOut([contents], now: 1)
    contents.batches = [[.sample(RecordSample(at: 5))]]
    desk.handOut([contents], now: 2)
    desk.finish(nil)
    let text = try folder.text("r")
    #expect(text.utf8.count < 6500)
    let (events, parser) = try SampleEvents.parsed(text)
    #expect(parser.damagedLines == 0)
    let limit = try #require(events.firstIndex { if case .limit = $0 { true } else { false } })
    #expect(limit > 20)
    for event in events[limit...] { if case .end(let record) = event { #expect(record.result == .failed) } }
    #expect(events[limit...].contains { if case .end = $0 { true } else { false } })
    #expect(events.last == .sample(RecordSample(at: 5)))
  }

  #if os(Linux)
    @Test func aFullDiskIsToldOnceAndEndsTheWriting() throws {
      let outcome = OutputOutcome()
      let file = try OutputFile(file: "/dev/full", option: "--record", outcome: outcome)
      "line\n".utf8CString.withUnsafeBytes { file.append($0) }
      file.finish()
      #expect(outcome.failure == .unwritable("--record /dev/full: not all of it was written: No space left on device"))
    }
  #endif

  @Test func aFileThatCannotBeMadeIsAUsageError() {
    #expect(throws: ToolFailure.self) {
      _ = try OutputFile(file: "/nonexistent/x", option: "--record", outcome: OutputOutcome())
    }
  }

  @Test func rowsHaveTheirColumns() throws {
    let out = LineBuffer()
    StreamRow.header(into: out)
    #expect(out.text.split(separator: ",").count == StreamRow.columns.count)
    out.removeAll()
    StreamRow.csv(SampleEvents.barest, into: out)
    #expect(out.text.filter { $0 == "," }.count == StreamRow.columns.count - 1)
    out.removeAll()
    StreamRow.json(SampleEvents.record("x"), into: out)
    #expect(out.text.filter { $0 == ":" }.count == StreamRow.columns.count)
  }

  /// An independent reader of CSV and JSON gets the same texts from both.
  @Test func otherReadersUnderstandRows() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let (csv, json) = (LineBuffer(), LineBuffer())
    StreamRow.header(into: csv)
    let texts = SampleEvents.hostile + ["=1+1", "+1", "-1", "@x", "a=1", "\t=1", "\u{202E}=x", "=\"a\",b"]
    for text in texts {
      StreamRow.csv(SampleEvents.record(text), into: csv)
      StreamRow.json(SampleEvents.record(text), into: json)
    }
    try folder.write("c", csv.text)
    try folder.write("j", json.text)
    let script = """
      import csv, json, re, sys
      hidden = "[\\x00-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\ufffe\\uffff]"
      def shown(value):
          if not isinstance(value, str): return str(value)
          value = re.sub(hidden, "?", value)
          return "'" + value if value[:1] and value[0] in "=+-@" else value
      lines = open(sys.argv[1] + "/c", newline="", encoding="utf-8").read()
      assert not re.search(hidden, lines.replace("\\n", ""))
      rows = list(csv.DictReader(open(sys.argv[1] + "/c", newline="", encoding="utf-8")))
      objects = [json.loads(line) for line in open(sys.argv[1] + "/j", newline="\\n", encoding="utf-8")]
      assert len(rows) == len(objects), (len(rows), len(objects))
      for row, object in zip(rows, objects):
          for name, value in row.items():
              assert shown(object.get(name, "")) == value, (name, value, object.get(name))
      assert lines.count("\\n") == len(rows) + 1
      print(len(rows), len(rows[0]))
      """
    let run = try ToolRun(executable: "/usr/bin/python3", ["-c", script, folder.path])
    #expect(run.errors == "")
    #expect(run.output == "\(texts.count) \(StreamRow.columns.count)\n")
  }
}
