import LoadGen
import Testing

@testable import ProxyTUI

@Suite struct StreamViewTests {
  private func model(
    _ detail: StreamDetail?, rows: Int, columns: Int, glyphs: GlyphSet = .braille, top: Int = 0
  ) -> DashboardModel {
    var model = Sample.model(rows: rows, columns: columns, glyphs: glyphs, lanes: 8, failing: true)
    model.focus = RunFocus(lane: 5, stream: 1233)
    model.detail = detail
    model.detailTop = top
    return model
  }

  // MARK: - Screens

  @Test(arguments: [(24, 80), (40, 120), (60, 200)], [GlyphSet.braille, .ascii])
  func screens(_ size: (rows: Int, columns: Int), _ glyphs: GlyphSet) throws {
    var screens = SampleStreams.all.map { title, detail in
      (title, Sample.frame(model(detail, rows: size.rows, columns: size.columns, glyphs: glyphs)))
    }
    let end = model(
      SampleStreams.badGateway, rows: size.rows, columns: size.columns, glyphs: glyphs,
      top: DashboardModel.longestDetail)
    screens.append(("502 from gzproxy, scrolled to its end", Sample.frame(end)))
    try GoldenStreamScreens.check(screens, "stream-\(size.columns)x\(size.rows)-\(glyphs)")
  }

  // MARK: - What it tells

  private func text(_ detail: StreamDetail, width: Int = 78) -> String {
    StreamText.lines(detail, width: width, glyphs: .braille, isRoomy: false).map { line in
      line.spans.map(\.text).joined(separator: " ")
    }.joined(separator: "\n")
  }

  /// Why it failed and what to do about it stand on the smallest screen, and no word of them is cut.
  @Test(arguments: [60, 80, 120, 300])
  func theAdviceIsWhole(_ columns: Int) throws {
    var detail = SampleStreams.cut
    detail.advice = (1...60).map { "word\($0)" }.joined(separator: " ")
    let lines = StreamText.lines(detail, width: columns - 2, glyphs: .braille, isRoomy: false)
    #expect(lines[0].spans.map(\.text).contains("cut · truncated · 3.00 MiB of 8.00 MiB missing"))
    var words: [String] = []
    for line in lines {
      for span in line.spans where span.text.hasPrefix("word") {
        #expect(CellText.width(span.text, limit: 1000) <= span.width)
        words += span.text.split(separator: " ").map(String.init)
      }
    }
    #expect(words == (1...60).map { "word\($0)" })
  }

  @Test func phasesFollowOneAnother() {
    let phases = StreamPhases(SampleStreams.running)
    #expect(phases.phases.map(\.name) == ["dns", "connect", "head", "first byte", "body"])
    #expect(phases.phases.map(\.duration) == [120, 310, 44_570, 1_100, 1_433_900])
    #expect(phases.phases.map(\.isOpen) == [false, false, false, false, true])
    #expect(phases.total == 1_480_000)
    #expect(StreamPhases(SampleStreams.valid).isReused)
    #expect(!phases.isReused)
    var waiting = SampleStreams.running
    (waiting.record.ttfh, waiting.record.ttfb) = (nil, nil)
    #expect(StreamPhases(waiting).phases.map(\.name) == ["dns", "connect", "head"])
    #expect(StreamPhases(waiting).phases.last?.end == 1_480_000)
  }

  @Test func arrivalsStandWhereTheyCame() {
    var strip = ArrivalStrip()
    strip.add(100, at: 0)
    strip.add(50, at: 3500)
    var record = StreamRecord()
    record.gapMax = 2000
    let view = ArrivalView(strip, record, gapAt: 1200, total: 4000, glyphs: .ascii)
    let quarters: [ArrivalView.Cell] = [
      .bytes(1, inSilence: false), .silence, .silence, .bytes(0.5, inSilence: true),
    ]
    #expect(view.cells(4) == quarters)
    #expect(
      view.cells(8)
        == quarters.flatMap { [$0, $0] }.enumerated().map { index, cell in
          index == 7 ? .bytes(0.5, inSilence: false) : cell
        })
    #expect(view.cells(2) == [.bytes(1, inSilence: true), .bytes(0.5, inSilence: true)])
  }

  @Test func whatIsNotKnownIsSaid() {
    let record = text(SampleStreams.withoutHeads)
    #expect(record.contains("arrivals not known"))
    #expect(record.contains("not known here: it was not recorded"))
    #expect(record.contains("its head is not known here"))
    #expect(!record.contains("gzip"))
    #expect(text(SampleStreams.valid).contains("there already: no DNS"))
  }

  // MARK: - Anything may come

  private static var hostile: StreamDetail {
    var detail = SampleStreams.badGateway
    detail.record.url = String(repeating: "\u{1b}]0;日\u{301}", count: 30_000)
    (detail.record.stream, detail.record.lane, detail.record.status) = (.max, .min, -1)
    (detail.record.startedAt, detail.record.endedAt) = (.min, .max)
    (detail.record.dns, detail.record.connect, detail.record.tls) = (.max, -5, .max)
    (detail.record.ttfh, detail.record.ttfb, detail.record.ttlb) = (.min, .max, nil)
    (detail.record.gapMax, detail.longestGapAt) = (.max, .max)
    (detail.record.bytesWire, detail.record.bytesDecoded, detail.record.expectedBytes) = (.min, .max, .max)
    (detail.record.members, detail.record.instanceRSS, detail.record.plannedAt) = (.min, .min, .min)
    detail.memberBytes = [.min, .max]
    detail.advice = String(repeating: "\u{7f}\u{202e}", count: 40_000)
    let name = String(repeating: "x\r\n", count: 22_000)
    detail.requestFields = [ResponseHead.Field(name: name, value: name), ResponseHead.Field(name: "", value: "")]
    detail.response?.fields = Array(repeating: ResponseHead.Field(name: "漢字", value: "\u{1b}[2J 漢字漢字"), count: 3000)
    detail.bodyHead = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
    detail.bodyTail = detail.bodyHead
    return detail
  }

  @Test(arguments: [GlyphSet.braille, .block, .ascii])
  func anySizeIsDrawable(_ glyphs: GlyphSet) {
    for detail in SampleStreams.all.map(\.detail) + [Self.hostile] {
      for (rows, columns) in [(14, 60), (14, 300), (24, 81), (40, 117), (100, 300)] {
        for top in [0, 1, 17, -3, .max] {
          let model = model(detail, size: (rows, columns), glyphs, top: top)
          #expect(Sample.frame(model).isDrawable, "\(columns)x\(rows) from line \(top)")
        }
      }
    }
    let lines = StreamText.lines(Self.hostile, width: 58, glyphs: glyphs, isRoomy: true)
    #expect(lines.count <= StreamText.limit)
  }

  /// Without the runs that a whole screen is made of.
  private func model(
    _ detail: StreamDetail?, size: (rows: Int, columns: Int), _ glyphs: GlyphSet, top: Int
  ) -> DashboardModel {
    var model = DashboardModel(
      label: Sample.label, glyphs: glyphs, size: ScreenSize(rows: size.rows, columns: size.columns))
    model.focus = RunFocus(lane: 5)
    (model.detail, model.detailTop) = (detail, top)
    return model
  }

  /// Every line comes into view on the way down, in order, and nothing empty below the last one.
  @Test(arguments: [(4, 60), (13, 80), (27, 120)])
  func scrollingShowsEveryLine(_ rows: Int, _ columns: Int) {
    let detail = SampleStreams.cut
    let size = ScreenSize(rows: rows, columns: columns)
    var model = model(detail, size: (24, columns), .braille, top: 0)
    let lines = StreamView.lines(model, detail, rows: rows, columns: columns)
    var tall = Frame(size: ScreenSize(rows: lines.count, columns: columns))
    for (row, line) in lines.enumerated() { line.draw(row: row, column: 1, into: &tall) }
    let last = max(0, lines.count - (rows - 1))
    for top in 0...lines.count + 3 {
      model.detailTop = top
      var frame = Frame(size: size)
      StreamView.draw(model, rows: 0..<rows, into: &frame)
      for row in 1..<rows { #expect(Array(frame.row(row)) == Array(tall.row(min(top, last) + row - 1))) }
      #expect(frame.text.contains(StreamView.hint(above: min(top, last), below: last - min(top, last))))
    }
  }
}
