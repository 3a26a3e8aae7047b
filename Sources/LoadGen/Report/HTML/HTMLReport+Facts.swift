internal import ToolSupport

// What the target and the tester used, the plan, and the proofs.
extension HTMLReport {
  var resources: String {
    let memory = report.targetMemory
    let client = report.client
    var rows = [["Target memory, said by", HTMLText.escaped(memory.source, limit: Self.maximumText)]]
    if let rss = memory.rssBytes { rows.append(["Target memory, last", HumanText.size(rss)]) }
    if let peak = memory.rssPeakBytes { rows.append(["Target memory, peak", HumanText.size(peak)]) }
    if memory.sampleCount > 0 { rows.append(["Samples of it", HumanText.grouped(memory.sampleCount)]) }
    rows.append(["Tester, processor time", HumanText.duration(client.cpuSeconds)])
    rows.append(["Tester, busiest thread", TextSummary.percent(client.busyFraction)])
    rows.append(["Tester, memory peak", HumanText.size(client.rssPeakBytes)])
    rows.append(["Tester, threads", HumanText.grouped(client.threads)])
    let instances = report.instances.prefix(Self.maximumRows).map { instance in
      ["<code>\(HTMLText.escaped(instance.id, limit: 200))</code>", instance.work, instance.peak]
    }
    return HTMLText.section(
      "resources", "Target and tester",
      [
        "<div class=\"columns\"><div>", HTMLText.table(["", ""], rows), "</div><div>",
        HTMLText.table(["instance", "served", "memory peak"], Array(instances)), "</div></div>",
        report.instances.count > Self.maximumRows
          ? "<p>and \(report.instances.count - Self.maximumRows) more instances</p>" : "",
      ])
  }

  var plan: String {
    let options = report.options
    var rows = [
      ["Method", HTMLText.escaped(options.method, limit: 200)], ["Lanes", HumanText.grouped(options.concurrency)],
      ["Grace", HumanText.duration(options.graceSeconds)],
      ["Connect timeout", HumanText.duration(options.connectTimeoutSeconds)],
      ["Stall timeout", HumanText.duration(options.stallTimeoutSeconds)],
      ["Expected status", HTMLText.escaped(options.expect.status.joined(separator: ", "), limit: 200)],
      ["Seed", String(options.seed)],
    ]
    if let streams = options.streams { rows.append(["Streams planned", HumanText.grouped(streams)]) }
    if let seconds = options.durationSeconds { rows.append(["Duration planned", HumanText.duration(seconds)]) }
    if let seconds = options.maxTimeSeconds { rows.append(["Longest stream allowed", HumanText.duration(seconds)]) }
    for header in options.headers.prefix(Self.maximumRows) {
      rows.append(["Header", "<code>\(HTMLText.escaped(header, limit: Self.maximumText))</code>"])
    }
    let urls = options.urls.prefix(Self.maximumRows).map {
      ["<code>\(HTMLText.escaped($0, limit: Self.maximumText))</code>"]
    }
    let list = options.urls.count > 5 ? HTMLText.details("All targets", HTMLText.table([""], Array(urls))) : ""
    return HTMLText.section("plan", "Plan", [HTMLText.table(["", ""], rows, numbersFrom: 9), list])
  }

  var notes: String {
    let items = report.notes.prefix(Self.maximumRows).map {
      "<li>\(HTMLText.escaped($0, limit: Self.maximumText))</li>"
    }
    return HTMLText.section("notes", "Notes", items.isEmpty ? [] : ["<ul>"] + items + ["</ul>"])
  }

  /// The kept failures, the first of each kind before the second of any: so that, where there is no room for all, each kind
  /// is there.
  func evidence(room: Int) -> String {
    var left = room
    var texts: [String] = []
    let ordered = Self.inTurns(report.evidence)
    for entry in ordered {
      let text = piece(entry)
      guard text.utf8.count < left else { break }
      left -= text.utf8.count
      texts.append(text)
    }
    let missing = ordered.count - texts.count
    if missing > 0 { texts.append("<p>\(missing) more pieces have no room here; the JSON report has them all.</p>") }
    let lead =
      texts.isEmpty ? "" : "<p class=\"muted\">The first few streams of each kind of failure, as they arrived.</p>"
    return HTMLText.section("evidence", "Evidence", [lead] + texts)
  }

  private static func inTurns(_ entries: [EvidenceEntry]) -> [EvidenceEntry] {
    var turns: [String: Int] = [:]
    let numbered = entries.enumerated().map { index, entry -> (turn: Int, index: Int, entry: EvidenceEntry) in
      let kind = "\(entry.outcome) \(entry.cause ?? "")"
      turns[kind, default: 0] += 1
      return (turns[kind, default: 0], index, entry)
    }
    return numbered.sorted { ($0.turn, $0.index) < ($1.turn, $1.index) }.map(\.entry)
  }

  private func piece(_ entry: EvidenceEntry) -> String {
    let status = entry.status.map { "status \($0)" } ?? "no response"
    let what = [entry.outcome, entry.cause].compactMap { $0 }.joined(separator: ", ")
    let title =
      "Stream \(HumanText.grouped(entry.stream)): <b class=\"bad\">\(HTMLText.escaped(what, limit: 200))</b>"
      + (entry.outcome == status ? "" : ", \(status)")
    let headers = entry.headers.map {
      [
        "<code>\(HTMLText.escaped($0.name, limit: Self.maximumText))</code>",
        "<code>\(HTMLText.escaped($0.value, limit: Self.maximumText))</code>",
      ]
    }
    var content = ["<p><code>\(HTMLText.escaped(entry.url, limit: Self.maximumText))</code></p>"]
    if !entry.advice.isEmpty {
      content.append("<p class=\"advice\">\(HTMLText.escaped(entry.advice, limit: Self.maximumText))</p>")
    }
    content.append(HTMLText.table(["header", "value"], headers, numbersFrom: 9))
    if !entry.bodyHead.isEmpty {
      content.append(
        "<h4>The body begins (\(entry.bodyHead.count) bytes kept)</h4><pre>\(HexDump.text(entry.bodyHead))</pre>")
    }
    if !entry.bodyTailHex.isEmpty {
      content.append("<h4>and ends</h4><pre>\(HTMLText.escaped(entry.bodyTailHex, limit: 100))</pre>")
    }
    return HTMLText.details(title, content.joined(separator: "\n"))
  }
}
