internal import LoadGen

/// The keys, the letters and the words of the screen, in a box over everything else. Keys first: a low screen has no room
/// for more, and scrolls.
enum HelpView {
  typealias Line = (key: String, meaning: String)
  private static let width = 66
  private static let keyWidth = 17

  /// What there is to say; of commands only those that the source takes.
  static func lines(_ model: DashboardModel) -> [Line] {
    guard model.snapshot.watch == nil else {
      return general(model).filter { !untoldKeys.contains($0.key) } + watchedWords
    }
    return general(model) + load(model) + playback(model) + words
  }

  static func height(on size: ScreenSize, lines: Int) -> Int { max(1, min(lines, size.rows - 4)) }

  static func draw(_ model: DashboardModel, into frame: inout Frame) {
    let lines = lines(model)
    let height = height(on: frame.size, lines: lines.count)
    let top = min(model.helpTop, max(0, lines.count - height))
    let more = lines.count > height ? " (\(top + 1)-\(top + height) of \(lines.count))" : ""
    let box = BoxView.draw(
      title: "gztop: keys and words" + more, width: width, height: height + 2, glyphs: model.glyphs, into: &frame)
    for (row, line) in zip(box.rows, lines.dropFirst(top)) {
      frame.put(line.key, row: row, column: box.column, width: keyWidth - 1, role: .key)
      frame.put(line.meaning, row: row, column: box.column + keyWidth, width: box.width - keyWidth, role: .text)
    }
  }

  private static func general(_ model: DashboardModel) -> [Line] {
    let quit = model.abilities.contains(.load) ? "quit: streams have 2 s; again: cut them now" : "quit"
    return [
      ("q, Ctrl-C", quit),
      ("1 to 6, Tab", "Streams Overview Latency Failures Environments Log"),
      ("up down j k", "select; PgUp PgDn g G; the wheel scrolls"),
      ("Enter, Esc", "open a stream; back, close, dismiss"),
      ("t", "lanes, or single streams: running and ended"),
      ("/", "filter: reset  cause:timeout  bytes>1MiB  !valid"),
      ("o  O", "sort by the next column; the other way round"),
      ("f", "failed only, or all"),
      ("c", "other columns: protocol, instance, request, URL"),
      ("a  A", "seen: unpin the selected failure; all of them"),
      ("m", "Latency: the next metric"),
      ("Ctrl-L  Ctrl-Z", "redraw; suspend"),
    ]
  }

  private static func load(_ model: DashboardModel) -> [Line] {
    let can = model.abilities
    var lines: [Line] = []
    if can.contains(.load) { lines.append(("p", "pause the load, go on")) }
    if can.contains(.concurrency) {
      lines += [("+  -", "one lane more, or less"), ("]  [", "ten lanes more, or less")]
    }
    if can.contains(.rate) { lines.append((">  <", "arrivals: faster, slower; # types the rate")) }
    if can.contains(.validation) { lines.append(("v", "how bodies are judged from now on")) }
    if can.contains(.abortStream) { lines.append(("x", "cut the selected stream: no failure of the target's")) }
    if can.contains(.faults) { lines.append(("!", "make something go wrong in the lab, and see it")) }
    if can.contains(.relay) { lines.append(("r", "gzproxy: bodies through pipes, or memory")) }
    if can.contains(.resetStatistics) { lines.append(("R", "count from zero")) }
    if can.contains(.report) { lines.append(("s", "save a report of the run so far")) }
    if can.contains(.record) { lines.append(("w", "record to a file from now on; again: stop")) }
    return lines
  }

  private static func playback(_ model: DashboardModel) -> [Line] {
    guard model.abilities.contains(.playback) else { return [] }
    return [
      ("p, Space", "play, pause"), (">  <", "twice, half as fast"), (".", "the next event"),
      (",  left right", "5 s back; 5 s back, 5 s on"), (":", "go to a moment"),
    ]
  }

  /// What they show no watched target tells.
  private static let untoldKeys: Set = ["t", "f", "a  A", "m"]

  private static let watchedWords: [Line] = [
    ("-", "the target does not tell it"),
    ("STATE", "sending, no bytes yet; gone: told of no more"),
    ("", "untold: the target does not answer"),
    ("SENT  RATE", "bytes to its client; a second, as last told"),
    ("AGE  HELD", "since its start; what is held for it"),
    ("active 3/8", "running, of what a function takes at once"),
  ]

  private static let words: [Line] = [
    ("S, STATE", "W waiting  H headers  S streaming"),
    ("", "V valid  X failed  E ended  - idle"),
    ("", "X is also waiting before its next try"),
    ("! before a row", "a failure that nobody has marked as seen"),
    ("ST  HTTP", "status of the answer"),
    ("TTFB  GAP", "time to first byte; longest silence in a body"),
    ("MEM", "held for the stream; * the whole instance's"),
    ("WIRE  GUNZIP", "bytes as they came; what they inflate to"),
    ("active 8/9", "streams running, of lanes wanted"),
    ("cut by us", "by x, or by the run's end: no failures"),
    ("tester busy", "near 100 % gztop is the limit itself"),
    ("lab (proxy)", "against a gzproxy of its own"),
    ("lab (naive)", "one with the classic 502 mistake added"),
    ("lab (lambda)", "gzproxy as a Lambda function's runtime"),
  ]
}
