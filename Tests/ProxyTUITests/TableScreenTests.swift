import LoadGen
import Testing

@testable import ProxyTUI

/// The views that are tables, and every state that stands over a view, as golden screens.
@Suite struct TableScreenTests {
  private static let sizes = [(24, 80), (40, 120), (60, 200)]

  @Test(arguments: sizes, [GlyphSet.braille, .ascii])
  func streams(_ size: (Int, Int), _ glyphs: GlyphSet) throws {
    for singles in [false, true] {
      let frames = [(0, false), (1, false), (8, false), (1000, false), (1000, true)].map { lanes, failing in
        var model = Sample.model(rows: size.0, columns: size.1, glyphs: glyphs, lanes: lanes, failing: failing)
        if singles { _ = update(&model, .key(.character("t"))) }
        return Sample.frame(model)
      }
      try GoldenScreen.check(frames, "\(singles ? "singles" : "lanes")-\(size.1)x\(size.0)-\(glyphs)")
    }
  }

  /// `c`: who served what.
  @Test(arguments: sizes)
  func otherColumns(_ size: (Int, Int)) throws {
    let frames = [(GlyphSet.braille, false), (.ascii, false), (.braille, true)].map { glyphs, singles in
      var model = Sample.model(rows: size.0, columns: size.1, glyphs: glyphs, lanes: 8, failing: true)
      for key in singles ? ["c", "t"] : ["c"] { _ = update(&model, .key(.character(Unicode.Scalar(key) ?? " "))) }
      return Sample.frame(model)
    }
    try GoldenScreen.check(frames, "origins-\(size.1)x\(size.0)")
  }

  @Test(arguments: [Tab.failures, .environments, .log], sizes)
  func tables(_ tab: Tab, _ size: (Int, Int)) throws {
    var frames: [Frame] = []
    for glyphs in [GlyphSet.braille, .ascii] {
      frames += [(0, false, 0), (1, false, 1), (8, true, 8), (1000, true, 64)].map { lanes, failing, environments in
        var model = Sample.model(
          rows: size.0, columns: size.1, glyphs: glyphs, lanes: lanes, failing: failing, environments: environments)
        model.open(tab)
        return Sample.frame(model)
      }
    }
    try GoldenScreen.check(frames, "\(tab.title.lowercased())-\(size.1)x\(size.0)")
  }

  /// Each at 80×24, in UTF-8 and in ASCII.
  @Test(arguments: ["menus", "prompts", "sources", "phases"])
  func states(_ name: String) throws {
    var frames: [Frame] = []
    for glyphs in [GlyphSet.braille, .ascii] {
      var model = Sample.model(rows: 24, columns: 80, glyphs: glyphs, lanes: 8, failing: true)
      model.label.fileStem = "gztop"
      model.faults = LabFault.all(for: .proxy)
      model.abilities = [
        .load, .concurrency, .rate, .validation, .abortStream, .resetStatistics, .faults, .report, .record, .streams,
      ]
      for change in Self.changes(name) {
        var changed = model
        change(&changed)
        frames.append(Sample.frame(changed))
      }
    }
    try GoldenScreen.check(frames, "states-\(name)")
  }

  private static func changes(_ name: String) -> [(inout DashboardModel) -> Void] {
    switch name {
    case "menus": ["!", "v", "s"].map { key in { _ = update(&$0, .key(.character(key))) } }
    case "prompts":
      [
        { press(&$0, "/cause:cut") }, { press(&$0, "/colour:red\r") }, { press(&$0, "w") }, { press(&$0, "R") },
        { press(&$0, "x") },
      ]
    case "sources":
      [
        { model in
          model.abilities = [.playback, .streams]
          model.playback = PlaybackState(position: 12_000_000, duration: 90_000_000, isPlaying: true, speed: 4)
        },
        { model in
          model.abilities = [.playback, .streams]
          model.playback = PlaybackState(position: 90_000_000, duration: 90_000_000, isPlaying: false, speed: 1)
        },
        { model in
          model.abilities = [.streams]
          model.sourceStatus = "127.0.0.1:9464 does not answer: trying again"
        },
        { model in
          model.fault = .body("cut")
          model.record = "gztop-12s.ndjson"
        },
      ]
    default:
      [Snapshot.Phase.waiting, .warmingUp, .running, .paused, .draining, .finished].map { phase in
        { model in model.snapshot.phase = phase }
      } + [{ press(&$0, "q") }]
    }
  }

  private static func press(_ model: inout DashboardModel, _ keys: String) {
    for scalar in keys.unicodeScalars { _ = update(&model, .key(scalar == "\r" ? .enter : .character(scalar))) }
  }
}
