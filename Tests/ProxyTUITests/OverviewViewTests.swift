import LoadGen
import Testing

@testable import ProxyTUI

@Suite struct OverviewViewTests {
  @Test(arguments: [(24, 80), (40, 120), (60, 200)], [GlyphSet.braille, .ascii])
  func screens(_ size: (Int, Int), _ glyphs: GlyphSet) throws {
    let frames = [(0, false), (1, false), (8, false), (1000, false), (1000, true)].map { streams, failing in
      var model = Sample.endedRun(rows: size.0, columns: size.1, glyphs: glyphs, streams: streams, failing: failing)
      model.tab = .overview
      return Sample.frame(model)
    }
    try GoldenScreen.check(frames, "overview-\(size.1)x\(size.0)-\(glyphs)")
  }

  @Test func smallAndBlockScreens() throws {
    let frames = [(14, 60, GlyphSet.braille), (14, 60, .ascii), (20, 80, .braille), (24, 80, .block)].map {
      var model = Sample.endedRun(rows: $0.0, columns: $0.1, glyphs: $0.2, streams: 1000, failing: true)
      model.tab = .overview
      return Sample.frame(model)
    }
    try GoldenScreen.check(frames, "overview-small")
  }

  /// A process that was killed has no memory now.
  @Test func anOldFigureOfMemoryIsNotNow() {
    var model = Sample.model(rows: 24, columns: 120, lanes: 8)
    model.tab = .overview
    for (age, isNow) in [(1.0, true), (25, false)] {
      var snapshot = Sample.snapshot(lanes: 8, seconds: 20 + age)
      snapshot.memory.ageSeconds = age
      for step in 0..<12 {
        snapshot.elapsedSeconds += 0.1
        _ = update(&model, Sample.tick(snapshot, now: snapshot.elapsedSeconds + Double(step) / 10))
      }
      #expect((model.history.point(back: 0)?.memory != nil) == isNow)
      let row = Sample.frame(model).text.split(separator: "\n").first { $0.contains(" memory ") } ?? ""
      #expect(row.contains("11.8 MiB now") == isNow && row.contains("11.8 MiB, 25 s ago") != isNow, "\(row)")
    }
  }

  @Test func withoutTelemetryThatIsSaid() throws {
    var model = Sample.model(rows: 24, columns: 80, lanes: 8, telemetry: false)
    model.tab = .overview
    let frame = Sample.frame(model)
    #expect(frame.text.contains("n/a — target sends no telemetry"))
    try GoldenScreen.check([frame], "overview-80x24-no-telemetry", withRoles: true)
  }
}
