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
}
