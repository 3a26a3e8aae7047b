import LoadGen
import Testing

@testable import ProxyTUI

@Suite struct LatencyViewTests {
  @Test(arguments: [(24, 80), (40, 120), (60, 200)], [GlyphSet.braille, .ascii])
  func screens(_ size: (Int, Int), _ glyphs: GlyphSet) throws {
    let frames = [(0, false), (1, false), (8, false), (1000, false), (1000, true)].map { streams, failing in
      var model = Sample.endedRun(rows: size.0, columns: size.1, glyphs: glyphs, streams: streams, failing: failing)
      model.tab = .latency
      return Sample.frame(model)
    }
    try GoldenScreen.check(frames, "latency-\(size.1)x\(size.0)-\(glyphs)")
  }
}
