import CDeflate
import ToolSupport

@testable import LoadGen

/// What a stream costs gzload besides libcurl and the kernel.
enum LoadCases {
  static let all: [Micro.Case] = [
    Micro.Case(name: "head-same", what: "a response's head that is the lane's last one, byte for byte") {
      collected([responseLines(date: "10:00:00")])
    },
    Micro.Case(name: "head-other", what: "a response's head that is another one than the last") {
      collected([responseLines(date: "10:00:00"), responseLines(date: "10:00:01")])
    },
    Micro.Case(name: "body-full", what: "64 KiB of gzip inflated and checked, in pieces of 16 KiB") {
      try judged(.full, body(65_536))
    },
    Micro.Case(name: "body-compared", what: "64 KiB of gzip compared with the reference, in pieces of 16 KiB") {
      try judged(.compare, body(65_536))
    },
    Micro.Case(name: "body-small", what: "1 KiB of gzip compared with the reference") {
      try judged(.compare, body(1024))
    },
    Micro.Case(name: "stream-counted", what: "a stream judged by the plan's expectations, and its five times recorded")
    {
      let accountant = Accountant(expectations: Expectations())
      let head = ResponseHead(status: 200, fields: [("content-encoding", "gzip")])
      let judgement = BodyJudgement(verdict: .valid, treatment: .full, bytesWire: 1024, bytesDecoded: 4096)
      var (distributions, time): (Distributions, Int64) = (Distributions(), 1000)
      return {
        let account = accountant.account(transport: .complete, head: head, judgement: judgement)
        time = time &* 25_214_903_917 % 1_000_003
        for metric in [Distributions.Metric.ttfh, .ttfb, .ttlb, .gapMax, .throughput] {
          distributions.record(metric, time)
        }
        return account.reason.isEmpty ? 1 : 0
      }
    },
    Micro.Case(
      name: "snapshot", what: "two threads' reports of 32 lanes each published, and made into a dashboard's snapshot"
    ) {
      let engine = try LoadEngine(
        plan: plan { $0.concurrency = 64 }, memory: NoTargetMemory())
      let reports = engine.boards.indices.map { report(thread: $0, threads: engine.boards.count) }
      return {
        for (board, report) in zip(engine.boards, reports) { board.publish(report) }
        return engine.snapshot().lanes.count
      }
    },
  ]

  private static func plan(_ change: (inout LoadPlan) -> Void) -> LoadPlan {
    var plan = LoadPlan(urls: ["http://127.0.0.1:1/"])
    plan.threads = 2
    plan.publishesDistributions = true
    change(&plan)
    return plan
  }

  private static func report(thread: Int, threads: Int) -> LoopReport {
    var report = LoopReport()
    report.active = 32
    report.counters.streams = 1000
    report.counters.status[200] = 990
    report.counters.status[502] = 10
    report.lanes = (0..<32).map { slot in
      var lane = LaneSnapshot(lane: slot * threads + thread)
      lane.state = .streaming
      lane.stream = 1000 + slot
      lane.status = 200
      lane.requestID = "0af7651916cd43dd8448eb211c80319c"
      lane.instance = "i-\(slot % 4)"
      return lane
    }
    var distributions = Distributions()
    for value in 1...1000 { distributions.record(.ttlb, Int64(value)) }
    report.distributions = distributions
    report.distributionsVersion = 1
    return report
  }

  private static func responseLines(date: String) -> [[UInt8]] {
    let text =
      "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Mon, 23 Nov 2026 \(date) GMT\r\nContent-Type: application/json\r\n"
      + "Content-Length: 8388608\r\nConnection: keep-alive\r\nX-Request-Id: 1\r\nContent-Encoding: gzip\r\n\r\n"
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).dropLast()
    return lines.map { Array(($0 + "\r\n").utf8) }
  }

  /// Each head in turn.
  private static func collected(_ heads: [[[UInt8]]]) -> () -> Int {
    var (collector, turn) = (HeadCollector(), 0)
    return {
      collector.reset()
      for line in heads[turn] { _ = line.withUnsafeBytes { collector.receive($0) } }
      turn = (turn + 1) % heads.count
      return collector.head.fields.count
    }
  }

  /// Gzip of text like a log's, as long as that, about.
  private static func body(_ length: Int) throws -> [UInt8] {
    var (text, state): ([UInt8], UInt64) = ([], 1)
    while text.count < length * 4 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      text += Array("GET /objects/\(state >> 40) 200 \(state >> 48 & 4095)\n".utf8)
    }
    var kept = length * 4
    while true {
      let member = try gzip(Array(text.prefix(kept)))
      if member.count <= length { return member }
      kept = kept * 15 / 16
    }
  }

  private static func gzip(_ text: [UInt8]) throws -> [UInt8] {
    let deflated = [UInt8](unsafeUninitializedCapacity: cdeflate_raw_bound(text.count)) { buffer, count in
      count = cdeflate_raw(text, text.count, 1, buffer.baseAddress, buffer.count)
    }
    let ends = [cdeflate_crc32(0, text, text.count), UInt32(text.count)]
    let trailer = ends.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
    return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255] + deflated + trailer
  }

  private static func judged(_ mode: ValidationMode, _ body: [UInt8]) throws -> () -> Int {
    let judge = BodyJudge(
      options: .init(mode: mode, expectGzip: true), references: ReferenceStore(targets: 1, memory: 64 << 20))
    let head = ResponseHead(status: 200, fields: [("content-encoding", "gzip")])
    let operation = {
      judge.begin(target: 0, method: "GET", head: head)
      body.withUnsafeBytes { bytes in
        for start in stride(from: 0, to: bytes.count, by: 16_384) {
          judge.receive(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + 16_384, bytes.count)]))
        }
      }
      return judge.finish(transport: .complete).verdict == .valid ? 1 : 0
    }
    // The reference, where there is one, is not what is measured.
    guard operation() == 1, operation() == 1 else { throw Micro.Wrong(words: ["the body is not judged valid"]) }
    return operation
  }
}
