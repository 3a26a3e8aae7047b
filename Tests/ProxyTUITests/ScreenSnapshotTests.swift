import LoadGen
import Testing

@testable import ProxyTUI

/// Whole screens as text files in `Snapshots`; `RECORD_SNAPSHOTS=1` writes them anew, to be looked at before they are
/// kept.
@Suite struct ScreenSnapshotTests {
  @Test(arguments: [
    (24, 80, 0), (24, 80, 1), (24, 80, 8), (24, 80, 1000), (40, 120, 8), (40, 120, 1000), (60, 200, 8), (60, 200, 1000),
    (14, 60, 8), (13, 60, 8), (14, 59, 8), (10, 40, 8), (5, 20, 8), (1, 1, 8),
  ])
  func sizes(_ rows: Int, _ columns: Int, _ lanes: Int) throws {
    let model = Sample.model(rows: rows, columns: columns, lanes: lanes)
    try check(Sample.frame(model), "\(columns)x\(rows)-\(lanes)-lanes")
  }

  @Test(arguments: [GlyphSet.block, .ascii])
  func otherGlyphs(_ glyphs: GlyphSet) throws {
    for (rows, columns) in [(24, 80), (40, 120)] {
      let model = Sample.model(rows: rows, columns: columns, glyphs: glyphs, lanes: 8, failing: true)
      try check(Sample.frame(model), "\(columns)x\(rows)-\(glyphs)")
    }
  }

  @Test func failuresWithTheirRoles() throws {
    let frame = Sample.frame(Sample.model(rows: 24, columns: 80, lanes: 8, failing: true))
    try check(frame, "80x24-failures", withRoles: true)
    try check(Sample.frame(Sample.model(rows: 40, columns: 120, lanes: 8, failing: true)), "120x40-failures")
  }

  @Test func failedLanesOnly() throws {
    var model = Sample.model(rows: 24, columns: 80, lanes: 1000, failing: true)
    _ = update(&model, .key(.character("f")))
    _ = update(&model, .key(.end))
    try check(Sample.frame(model), "80x24-failed-lanes")
  }

  @Test func withoutTelemetry() throws {
    try check(Sample.frame(Sample.model(rows: 24, columns: 80, lanes: 8, telemetry: false)), "80x24-no-telemetry")
  }

  /// Of a function's environments as many have a row as there is room for beside the lanes.
  @Test(arguments: [(24, 80), (40, 120), (60, 200), (14, 60), (18, 60)])
  func environments(_ rows: Int, _ columns: Int) throws {
    for (count, name) in [(1, "function"), (64, "environments")] {
      let model = Sample.model(rows: rows, columns: columns, lanes: 8, environments: count)
      try check(Sample.frame(model), "\(columns)x\(rows)-\(name)")
    }
  }

  @Test func environmentsInASCIIAndRoles() throws {
    for (rows, columns) in [(24, 80), (40, 120)] {
      let model = Sample.model(rows: rows, columns: columns, glyphs: .ascii, lanes: 8, environments: 5)
      try check(Sample.frame(model), "\(columns)x\(rows)-environments-ascii", withRoles: true)
    }
  }

  @Test func help() throws {
    for (glyphs, name) in [(GlyphSet.braille, "help"), (.ascii, "help-ascii")] {
      var model = Sample.model(rows: 24, columns: 80, glyphs: glyphs, lanes: 8)
      _ = update(&model, .key(.character("?")))
      try check(Sample.frame(model), "80x24-\(name)")
    }
  }

  @Test func phases() throws {
    try check(Sample.frame(Sample.model(rows: 24, columns: 80, lanes: 8, phase: .finished)), "80x24-finished")
    try check(Sample.frame(Sample.model(rows: 24, columns: 80, lanes: 8, phase: .paused)), "80x24-paused")
    var model = Sample.model(rows: 24, columns: 80, lanes: 8)
    _ = update(&model, .key(.character("q")))
    try check(Sample.frame(model), "80x24-draining")
  }

  private func check(_ frame: Frame, _ name: String, withRoles: Bool = false) throws {
    try GoldenScreen.check([frame], name, withRoles: withRoles)
  }
}
